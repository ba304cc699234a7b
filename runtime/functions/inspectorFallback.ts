// Where no loader saw the code: V8's own inspector says where a function was written and what its closure holds.
//
// It is slower (about half a millisecond a function) and knows less: no `this` of an arrow function, no package values by
// name, no variables that V8 optimised away. `node --import heddle/register` knows all of these.

import { readFileSync } from 'node:fs'
import type { Runtime, Session } from 'node:inspector'
import { analyse } from './analysis/analyse.ts'
import { withoutMark } from './analysis/sourceText.ts'
import type { AnalysedModule, SourceUnit } from './analysis/sourceUnit.ts'
import { CannotTravelError } from './cannotTravel.ts'
import { formatOf } from './emission/fileFormat.ts'
import { isClass } from './encodeFunction.ts'
import { type AnyFunction, type CaptureList, liftHook } from './liftHook.ts'
import { userFileOf } from './userFile.ts'

const WAY_OUT = 'Run the program with the loader: node --import heddle/register program.ts'
/** A global through which values go to and from the inspector. */
const SLOT = '__heddleInspected'

interface KnownFile {
  module: AnalysedModule
  lineStarts: number[]
}

class Inspected {
  readonly #session: Session
  readonly #scripts = new Map<string, string>()
  readonly #files = new Map<string, KnownFile>()
  readonly #classes = new WeakMap<AnyFunction, { list: CaptureList | undefined }>()
  readonly #slot: { value: unknown } = { value: undefined }

  constructor() {
    const inspector = process.getBuiltinModule('node:inspector')
    this.#session = new inspector.Session()
    this.#session.connect()
    this.#session.on('Debugger.scriptParsed', ({ params }) => this.#scripts.set(params.scriptId, params.url))
    this.#ask('Debugger.enable')
    this.#ask('Debugger.setSkipAllPauses', { skip: true })
    Object.defineProperty(globalThis, SLOT, { value: this.#slot, enumerable: false, configurable: true })
  }

  capturesOf(fn: AnyFunction): CaptureList | undefined {
    const asClass = isClass(fn)
    const known = asClass ? this.#classes.get(fn) : undefined
    if (known) return known.list
    const list = this.#inspect(fn, asClass)
    if (asClass) this.#classes.set(fn, { list })
    return list
  }

  #inspect(fn: AnyFunction, asClass: boolean): CaptureList | undefined {
    this.#slot.value = fn
    try {
      const { result } = this.#ask<Runtime.EvaluateReturnType>('Runtime.evaluate', {
        expression: `globalThis.${SLOT}.value`,
        objectGroup: 'heddle',
      })
      const { internalProperties = [] } = this.#properties(result.objectId!)
      const location = internalProperties.find((one) => one.name === '[[FunctionLocation]]')?.value?.value as
        | { scriptId: string; lineNumber: number; columnNumber: number }
        | undefined
      const file = location && userFileOf(this.#scripts.get(location.scriptId))
      if (!location || file === undefined) return undefined
      const { module, lineStarts } = this.#file(file)
      const unit = unitAt(module, lineStarts[location.lineNumber] + location.columnNumber, asClass)
      if (!unit) return undefined
      if (unit.thisNodes.length > 0)
        throw new CannotTravelError(
          `the function at ${file}:${location.lineNumber + 1} uses \`this\` of the code around it, which cannot be found without the loader. ${WAY_OUT}`,
          { path: 'this', remedy: WAY_OUT },
        )
      // What comes back from workers is then this very function or class.
      if (unit.top && unit.selfBinding) liftHook.l(module.id, unit.number, fn)
      const scopes = internalProperties.find((one) => one.name === '[[Scopes]]')?.value?.objectId
      const values = this.#captured(unit, scopes)
      return [module.id, unit.number, ...values]
    } finally {
      this.#slot.value = undefined
      this.#ask('Runtime.releaseObjectGroup', { objectGroup: 'heddle' })
    }
  }

  /** The values of a unit's captured variables, innermost scopes first. */
  #captured(unit: SourceUnit, scopes: string | undefined): unknown[] {
    const found = new Map<string, unknown>()
    if (unit.captureNames.length > 0 && scopes !== undefined) {
      for (const scope of this.#properties(scopes).result) {
        if (
          !/^\d+$/.test(scope.name) ||
          !scope.value?.objectId ||
          /Global/.test(scope.value.description ?? '')
        )
          continue
        for (const { name, value } of this.#properties(scope.value.objectId).result)
          if (value && unit.captureNames.includes(name) && !found.has(name))
            found.set(name, this.#valueOf(value))
      }
    }
    return unit.captureNames.map((name) => {
      if (!found.has(name))
        throw new ReferenceError(`\`${name}\` has no value yet, or V8 did not keep it. ${WAY_OUT}`)
      return found.get(name)
    })
  }

  #valueOf(remote: Runtime.RemoteObject): unknown {
    if (remote.objectId !== undefined) {
      this.#ask('Runtime.callFunctionOn', {
        objectId: remote.objectId,
        functionDeclaration: `function () { globalThis.${SLOT}.value = this }`,
      })
      return this.#slot.value
    }
    if (remote.type === 'bigint') return BigInt(remote.unserializableValue!.slice(0, -1))
    return remote.unserializableValue === undefined ? remote.value : Number(remote.unserializableValue)
  }

  #file(file: string): KnownFile {
    const known = this.#files.get(file)
    if (known) return known
    const source = withoutMark(readFileSync(file, 'utf8'))
    const module = analyse(file, source, { format: formatOf(file, source) })
    liftHook.sources.set(module.id, source)
    liftHook.loaded.set(file, module.hash)
    const lineStarts = [0]
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lineStarts.push(at + 1)
    const made = { module, lineStarts }
    this.#files.set(file, made)
    return made
  }

  #properties(objectId: string): Runtime.GetPropertiesReturnType {
    return this.#ask('Runtime.getProperties', { objectId, ownProperties: true })
  }

  /** Asks the inspector of this very thread, which answers at once. */
  #ask<T>(method: string, params: object = {}): T {
    let answer: unknown
    let failure: Error | null = null
    this.#session.post(method, params, (error, result) => {
      failure = error
      answer = result
    })
    if (failure) throw failure
    return answer as T
  }
}

/** The innermost function or class whose head holds a position. */
function unitAt(module: AnalysedModule, offset: number, asClass: boolean): SourceUnit | undefined {
  let best: SourceUnit | undefined
  for (const unit of module.units) {
    const ofClass = unit.kind === 'class' || unit.kind === 'classExpression'
    if (ofClass !== asClass || unit.start > offset || (best && unit.start <= best.start)) continue
    const body = unit.node.body
    const last = ofClass ? unit.end : (body?.start ?? unit.end)
    if (offset <= last) best = unit
  }
  return best
}

let inspected: Inspected | undefined

/** Finds what a function captures by inspecting it. */
export function capturesByInspector(fn: AnyFunction): CaptureList | undefined {
  inspected ??= new Inspected()
  return inspected.capturesOf(fn)
}
