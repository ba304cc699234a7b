// Parts of values that the language does not tell and V8's inspector does, in about a millisecond.

import type { Runtime } from 'node:inspector'

/** A global through which values go to and from the inspector. */
const SLOT = '__heddleInspected'

/** The internal parts of a value by their names, e.g. `[[Entries]]`; nothing for names that it has not. */
export function internalParts(value: object, names: readonly string[]): unknown[] {
  const { Session } = process.getBuiltinModule('node:inspector')
  const session = new Session()
  const slot: { value: unknown } = { value }
  // Answers come before `post` returns, since the inspector is asked of its own thread.
  const ask = <T>(method: string, params: object): T => {
    let answer: unknown
    session.post(method, params, (_error, result) => {
      answer = result
    })
    return answer as T
  }
  const given = (remote: Runtime.RemoteObject | undefined): unknown => {
    if (remote?.objectId === undefined) {
      if (remote?.type === 'bigint') return BigInt(remote.unserializableValue!.slice(0, -1))
      return remote?.unserializableValue === undefined ? remote?.value : Number(remote.unserializableValue)
    }
    ask('Runtime.callFunctionOn', {
      objectId: remote.objectId,
      functionDeclaration: `function () { 'use strict'; globalThis.${SLOT}.value = this }`,
    })
    return slot.value
  }
  Object.defineProperty(globalThis, SLOT, { value: slot, enumerable: false, configurable: true })
  session.connect()
  try {
    const { result } = ask<Runtime.EvaluateReturnType>('Runtime.evaluate', {
      expression: `globalThis.${SLOT}.value`,
      objectGroup: 'heddle',
    })
    const { internalProperties = [] } = ask<Runtime.GetPropertiesReturnType>('Runtime.getProperties', {
      objectId: result.objectId,
      ownProperties: true,
    })
    return names.map((name) => given(internalProperties.find((one) => one.name === name)?.value))
  } finally {
    session.disconnect()
    Reflect.deleteProperty(globalThis, SLOT)
  }
}
