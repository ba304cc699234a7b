// What instrumented modules call at run time: remembers of each function where it was written and what it captures.
//
// The hook is one global per thread, shared by every copy of heddle in it, since instrumented code can name nothing else.
// A function carries its capture list in a private field, so that none of its visible properties change.

import { fileURLToPath, pathToFileURL } from 'node:url'
import { decorate, decorateMetadata, decorateParam } from './decoratorHelpers.ts'
import { findIn, type ImportEntry, type ImportFound, memberPath } from './importSearch.ts'
import { InnerFunctions } from './innerFunctions.ts'
import { type LaterParts, laterPartsOf, type Shape, shapeOf } from './laterParts.ts'
import { NotedCall } from './notedCall.ts'
import type { SourceRecord } from './sourceRecord.ts'
import { StaticStates } from './staticState.ts'

// biome-ignore lint/complexity/noBannedTypes: any function of the user's can be lifted.
export type AnyFunction = Function

/** `file@hash` of the module, the number of the function in it, then the captured values. */
export type CaptureList = readonly [module: string, unit: number, ...captured: unknown[]]
export type CaptureThunk = () => CaptureList | PerWorkerCapture
export type PerWorkerCapture = readonly [mark: typeof PER_WORKER, id: string, init: AnyFunction]
export const PER_WORKER: unique symbol = Symbol.for('heddle.perWorker') as never

/**
 * What a worker module says of a function in it: its semantic digest in hexadecimal, how many captures it needs at once, and the
 * variables and classes of the module whose weak collections it reaches.
 */
export type UnitNote = readonly [
  unit: number,
  semantic: string,
  eager: number,
  weak?: readonly (string | number)[],
]

/** How the instances of a class with `#private` members give and take them. */
export interface PrivateAccess {
  read(instance: object): unknown[]
  write(instance: object, values: unknown[]): void
  /** Fields that begin as a function which uses private names, and that function's number: they are made anew with an instance. */
  inward?: readonly (readonly [key: string, unit: number])[]
}

class ReturnsItsArgument {
  constructor(target: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field is put on an object made elsewhere.
    return target
  }
}

class Stamp extends ReturnsItsArgument {
  #thunk: CaptureThunk
  constructor(target: object, thunk: CaptureThunk) {
    super(target)
    this.#thunk = thunk
  }
  static of(target: object): CaptureThunk | undefined {
    return #thunk in target ? (target as Stamp).#thunk : undefined
  }
}

const forgotten = new FinalizationRegistry<{ classes: Map<string, WeakRef<object>>; id: string }>(
  ({ classes, id }) => {
    if (!classes.get(id)?.deref()) classes.delete(id)
  },
)

/** The global `__heddle`. Its one-letter methods are what instrumented code calls. */
export class LiftHook {
  /** What classes and namespaces hold, and what of it was changed. */
  readonly statics = new StaticStates((Class) => this.#levelsOf(Class))
  /** Where the call that is being made stands. */
  readonly calls = new NotedCall()
  /** Functions that only their class can make. */
  readonly inner = new InnerFunctions()
  /** What compiled decorators call. */
  readonly decorators = { decorate, decorateMetadata, decorateParam }
  /** The program's main script, once known. */
  entry: string | undefined
  /** True in a worker's thread. */
  worker = false
  /** True while an instance is being made whose fields come from elsewhere: constructors and initialisers then do nothing. */
  making = false
  /** The source of every instrumented module, by `file@hash`: what functions are extracted from, even if the file changes. */
  readonly sources = new Map<string, string>()
  /** The hash of each loaded file's source, in the order of evaluation. */
  readonly loaded = new Map<string, string>()
  /** Set-up functions that workers run before their first task. */
  readonly setups: AnyFunction[] = []
  /** In a worker: the sources that its clients sent, so that tasks can send functions in their turn. */
  records: (() => ReadonlyMap<string, SourceRecord>) | undefined
  /** In a worker: where a file of the sender's is that came from there. */
  movedFile: ((file: string) => string | undefined) | undefined
  /** Finds captures where no loader saw the code. */
  fallback: ((fn: AnyFunction) => CaptureList | undefined) | undefined

  readonly #liveByNumber = new Map<string, Map<number, unknown>>()
  readonly #lookups = new Map<string, ((unit: number) => unknown)[]>()
  readonly #imports = new Map<string, (() => ImportEntry[])[]>()
  readonly #packages = new Map<string, { specifier: string; namespace: unknown }>()
  readonly #required = new Map<string, () => Record<string, unknown>>()
  readonly #importCache = new WeakMap<object, ImportFound>()
  readonly #notes = new Map<string, Map<number, UnitNote>>()
  readonly #private = new WeakMap<object, PrivateAccess>()
  readonly #shapes = new WeakMap<AnyFunction, Shape>()
  readonly #homes = new WeakMap<AnyFunction, AnyFunction>()
  readonly #classes = new Map<string, WeakRef<object>>()
  readonly #classIds = new WeakMap<object, string>()

  /** Stamps a function with its capture list. */
  f<T extends AnyFunction>(fn: T, thunk: CaptureThunk): T {
    if (typeof fn === 'function' && !Stamp.of(fn)) new Stamp(fn, thunk)
    return fn
  }

  /** Stamps the methods of an object literal: pairs of key and thunk, a number standing for a computed key. */
  o<T extends object>(object: T, pairs: readonly [string | number, CaptureThunk][]): T {
    for (const [key, thunk] of pairs) {
      const method = typeof key === 'number' ? markedMethod(object, key) : ownValue(object, key)
      if (typeof method === 'function') this.f(method, thunk)
    }
    return object
  }

  /** Notes the imports of a module, read when a value has to be found among them. */
  i(module: string, thunk: () => ImportEntry[]): void {
    appendTo(this.#imports, module, thunk)
  }

  /** Notes a module's own functions and classes by number, read when a decoder looks for this process's copy. */
  m(module: string, lookup: (unit: number) => unknown): void {
    appendTo(this.#lookups, module, lookup)
  }

  /** Notes one live function or class. */
  l(module: string, unit: number, value: unknown): void {
    let units = this.#liveByNumber.get(module)
    if (!units) {
      units = new Map()
      this.#liveByNumber.set(module, units)
    }
    // What comes back from workers brings copies of this program's own modules along: they do not take its place.
    if (this.worker || !units.has(unit)) units.set(unit, value)
  }

  /** Notes what a worker module knows of the functions in it. */
  u(module: string, notes: readonly UnitNote[]): void {
    let units = this.#notes.get(module)
    if (!units) {
      units = new Map()
      this.#notes.set(module, units)
    }
    for (const note of notes) units.set(note[0], note)
  }

  /** Notes what a CommonJS module in a cycle of imports requires: what it got may not be what others get. */
  r(module: string, read: () => Record<string, unknown>): void {
    this.#required.set(module, read)
  }

  /** What a CommonJS module in a cycle got by its own `require`, by the names of its variables. */
  q(module: string): Record<string, unknown> {
    return this.#required.get(module)?.() ?? {}
  }

  /** Notes the class that this thread has for a content, so that instances that come back are its own. */
  knowClass(id: string, made: object): void {
    this.#classes.set(id, new WeakRef(made))
    forgotten.register(made, { classes: this.#classes, id })
  }

  /** The same for a class that was made here from what came: it keeps its id. */
  receiveClass(id: string, made: object): void {
    this.knowClass(id, made)
    this.#classIds.set(made, id)
  }

  /** The id that a class came with. */
  idOfClass(made: object): string | undefined {
    return this.#classIds.get(made)
  }

  classOf(id: string): object | undefined {
    return this.#classes.get(id)?.deref()
  }

  /** Notes the class of static methods, which can be sent without it: `client.map(Parser.parse, texts)`. */
  s(home: AnyFunction, keys: readonly string[]): void {
    for (const key of keys) {
      const method = ownValue(home, key)
      if (typeof method === 'function') this.#homes.set(method, home)
    }
  }

  /** The class that a static method stands in. */
  homeOf(method: AnyFunction): AnyFunction | undefined {
    return this.#homes.get(method)
  }

  /** Notes what a function or class is by its declaration: the program changes it afterwards. */
  k(made: AnyFunction): void {
    if (!this.#shapes.has(made)) this.#shapes.set(made, shapeOf(made))
  }

  /** What was added to a function or class since then. */
  laterPartsOf(made: AnyFunction): LaterParts | undefined {
    const shape = this.#shapes.get(made)
    return shape && laterPartsOf(made, shape)
  }

  /** Notes how a class makes the functions in it that use its private names. */
  n(module: string, made: object, makers: Parameters<InnerFunctions['note']>[2]): void {
    this.inner.note(module, made, makers)
  }

  /** Notes how a class gives and takes its private members. */
  p(target: AnyFunction, access: PrivateAccess): void {
    this.#private.set(target, access)
  }

  /** Guards a dynamic import with a computed specifier inside a task. */
  d(from: string, specifier: unknown): unknown {
    if (this.worker && typeof specifier === 'string' && /^\.{0,2}\//.test(specifier))
      throw new Error(
        `import(${JSON.stringify(specifier)}) inside a task: only a literal path, or a template that begins with one, can be followed to a worker (from ${from})`,
      )
    return specifier
  }

  /** The URL of a file beside the user's sources, which may have come with the task. */
  w(url: string): URL {
    const moved = this.movedFile?.(fileURLToPath(url))
    return moved === undefined ? new URL(url) : pathToFileURL(moved)
  }

  /** Where a dynamic import by a template leads: the files that could match were sent along. */
  t(targets: Record<string, string>, specifier: string): string {
    if (Object.hasOwn(targets, specifier)) return targets[specifier]
    throw new Error(
      `import(${JSON.stringify(specifier)}) inside a task leads to no file: ${Object.keys(targets).join(', ')} were there when it was sent`,
    )
  }

  /** What a function captures, or nothing when it was not seen by the loader. */
  capturesOf(fn: AnyFunction): CaptureThunk | undefined {
    const thunk = Stamp.of(fn)
    if (thunk || !this.fallback) return thunk
    const list = this.fallback(fn)
    return list && (() => list)
  }

  privateAccessOf(target: object): PrivateAccess | undefined {
    return this.#private.get(target)
  }

  /** Private members of an instance of the user's class; nothing for other classes. */
  #levelsOf(Class: AnyFunction): PrivateAccess[] | undefined {
    if (!Stamp.of(Class)) return undefined
    const levels: PrivateAccess[] = []
    for (let at: unknown = Class; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
      const access = this.#private.get(at)
      if (access) levels.push(access)
    }
    return levels
  }

  noteOf(module: string, unit: number): UnitNote | undefined {
    return this.#notes.get(module)?.get(unit)
  }

  /** This thread's own copy of a module-level function or class. */
  liveUnit(module: string, unit: number): unknown {
    for (const lookup of this.#lookups.get(module) ?? []) {
      try {
        const live = lookup(unit)
        if (live !== undefined) return live
      } catch {
        // That variable has no value yet.
      }
    }
    return this.#liveByNumber.get(module)?.get(unit)
  }

  /** Finds a package's function or class among the imports of the user's modules. */
  findImport(value: object): ImportFound | undefined {
    const known = this.#importCache.get(value)
    if (known) return known
    for (const [from, thunks] of this.#imports) {
      for (const thunk of thunks) {
        const found = findIn(thunk, value, from)
        if (!found) continue
        this.#importCache.set(value, found)
        return found
      }
    }
    for (const [url, { specifier, namespace }] of this.#packages) {
      const path = memberPath('*', namespace, value)
      if (path) return { specifier, path, from: '', url }
    }
    return undefined
  }

  /** Notes a package that came with a value, so that what its functions give can travel on. */
  knowPackage(url: string, specifier: string, namespace: unknown): void {
    this.#packages.set(url, { specifier, namespace })
  }

  /** Notes that a module of the user's begins to be evaluated: in this order cycles of imports are entered. */
  e(module: string): void {
    const at = module.lastIndexOf('@')
    const file = module.slice(0, at)
    this.loaded.delete(file)
    this.loaded.set(file, module.slice(at + 1))
  }
}

function ownValue(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value
}

/** The method under a computed key: its source bears the number of its unit. */
function markedMethod(object: object, unit: number): unknown {
  const mark = new RegExp(`['"]heddle:${unit}['"]`)
  for (const key of Reflect.ownKeys(object)) {
    const value = ownValue(object, key)
    if (typeof value === 'function' && mark.test(Function.prototype.toString.call(value))) return value
  }
  return undefined
}

function appendTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

declare global {
  var __heddle: LiftHook | undefined
}

/** The hook of this thread. */
export const liftHook: LiftHook = (() => {
  if (!globalThis.__heddle)
    Object.defineProperty(globalThis, '__heddle', { value: new LiftHook(), enumerable: false })
  return globalThis.__heddle as LiftHook
})()
