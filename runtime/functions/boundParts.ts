// What `bind` made a function of. The language does not tell; V8's inspector does, in about a millisecond.

import type { Runtime } from 'node:inspector'
import type { AnyFunction } from './liftHook.ts'

export interface BoundParts {
  target: AnyFunction
  self: unknown
  args: unknown[]
}

/** A global through which values go to and from the inspector. */
const SLOT = '__heddleBound'

/** Whether a function may come from `bind`: native code, and a name that says so. */
export const looksBound = (fn: AnyFunction): boolean =>
  fn.name.startsWith('bound ') && /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn))

/** The function, the `this` and the first arguments that a bound function stands for; nothing for any other. */
export function boundParts(fn: AnyFunction): BoundParts | undefined {
  const { Session } = process.getBuiltinModule('node:inspector')
  const session = new Session()
  const slot: { value: unknown } = { value: fn }
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
    const part = (name: string): unknown => given(internalProperties.find((one) => one.name === name)?.value)
    const target = part('[[TargetFunction]]')
    if (typeof target !== 'function') return undefined
    return { target, self: part('[[BoundThis]]'), args: part('[[BoundArgs]]') as unknown[] }
  } finally {
    session.disconnect()
    Reflect.deleteProperty(globalThis, SLOT)
  }
}
