// What classes and namespaces hold in static fields, and which of it the program changed: `C.list.push(1)`, `C.configure(…)`.
//
// A worker makes such a class from its text, so that what was changed since has to go along. Instrumented code notes what there
// is when the declaration is done; when the class is sent, that is compared with what there is then.

import { hash } from 'node:crypto'
import type { AnyFunction, PrivateAccess } from './liftHook.ts'

/** How a class with private static fields gives and takes them, and which of its numbers are counters. */
export interface StaticAccess {
  privates?: readonly string[]
  read?(): unknown[]
  write?(values: unknown[]): void
  counted?: readonly string[]
}

/** What differs from what a declaration made. */
export interface StaticChanges {
  own: [key: PropertyKey, value: unknown][]
  /** By their place among the private fields. */
  privates: [place: number, value: unknown][]
}

interface Field {
  value: unknown
  content: readonly unknown[]
}

interface Fields {
  own: Map<PropertyKey, Field>
  privates: readonly Field[]
}

interface Begun extends Fields {
  access: StaticAccess
  /** What it held when its module had been evaluated. */
  evaluated?: Fields
}

export type WeakCollection = WeakMap<object, unknown> | WeakSet<object>

/** More parts of one field than this are not compared: its size is. */
const PARTS_MAX = 20_000
/** Properties of the language's own. */
const GIVEN: ReadonlySet<PropertyKey> = new Set(['prototype', 'length', 'name', 'arguments', 'caller'])

/** How an instance of the user's class gives its private fields; nothing for what is no such instance. */
export type InstanceReader = (Class: AnyFunction) => readonly PrivateAccess[] | undefined

export class StaticStates {
  readonly #begun = new WeakMap<object, Begun>()
  readonly #variables = new Map<string, ((name: string) => object | undefined)[]>()
  /** The changes that an object has here, where they came from another process. */
  readonly #given = new WeakMap<object, StaticChanges>()
  readonly #reader: InstanceReader

  constructor(reader: InstanceReader) {
    this.#reader = reader
  }

  /** Notes what a class or namespace holds now, by its declaration. */
  begin(made: object, access: StaticAccess = {}): void {
    this.#begun.set(made, { access, ...this.#fieldsOf(made, access) })
  }

  /** Notes that the module of these is done: what they hold now, workers that evaluate it have too. */
  evaluated(all: readonly object[]): void {
    for (const made of all) {
      const begun = this.#begun.get(made)
      if (begun) begun.evaluated = this.#fieldsOf(made, begun.access)
    }
  }

  #fieldsOf(made: object, { read }: StaticAccess): Fields {
    const own = new Map<PropertyKey, Field>()
    for (const [key, value] of ownValues(made)) own.set(key, this.#field(value))
    return { own, privates: (read?.() ?? []).map((one) => this.#field(one)) }
  }

  /** Notes the fields that a statement added which belongs to the declaration: `C.count = 3`. */
  more(made: object): void {
    const begun = this.#begun.get(made)
    if (!begun) return
    for (const [key, value] of ownValues(made)) {
      const known = begun.own.get(key)
      if (!known || !Object.is(known.value, value)) begun.own.set(key, this.#field(value))
    }
  }

  /** Notes the variables of a module that hold namespaces and weak collections, read when they are sent. */
  v(module: string, read: (name: string) => object | undefined): void {
    const list = this.#variables.get(module)
    if (list) list.push(read)
    else this.#variables.set(module, [read])
  }

  variable(module: string, name: string): object | undefined {
    for (const read of this.#variables.get(module) ?? []) {
      try {
        const value = read(name)
        if (value !== undefined) return value
      } catch {
        // That variable has no value yet.
      }
    }
    return undefined
  }

  /** Whether a class has static fields that are looked at. */
  isKept(made: object): boolean {
    return this.#begun.has(made)
  }

  /** What was changed of an object's fields since its declaration, or its module's end; nothing where nothing was. */
  changesOf(made: object, since: 'declaration' | 'evaluation' = 'declaration'): StaticChanges | undefined {
    const begun = this.#begun.get(made)
    if (!begun) return undefined
    const { access } = begun
    const before = (since === 'evaluation' && begun.evaluated) || begun
    const changes: StaticChanges = { own: [], privates: [] }
    const isChanged = (name: PropertyKey, value: unknown, was: Field | undefined): boolean => {
      if (isWeak(value) && Object.is(was?.value, value)) return false
      if (was && Object.is(was.value, value)) return !isSame(was.content, this.#content(value))
      return !(isNumber(value) && access.counted?.includes(name as string))
    }
    for (const [key, value] of ownValues(made))
      if (isChanged(key, value, before.own.get(key))) changes.own.push([key, value])
    const privates = access.read?.() ?? []
    for (let i = 0; i < privates.length; i++)
      if (isChanged(access.privates![i], privates[i], before.privates[i]))
        changes.privates.push([i, privates[i]])
    return changes.own.length + changes.privates.length > 0 ? changes : undefined
  }

  /** What refusals and warnings call a private field. */
  privateName(made: object, place: number): string {
    return this.#begun.get(made)?.access.privates?.[place] ?? '#'
  }

  /** The weak collections that fields of a class hold, by key or by place among the private ones. */
  weakFieldsOf(made: object): [where: PropertyKey | { place: number }, collection: WeakCollection][] {
    const begun = this.#begun.get(made)
    if (!begun) return []
    const found: ReturnType<StaticStates['weakFieldsOf']> = []
    for (const [key, value] of ownValues(made)) if (isWeak(value)) found.push([key, value])
    for (const [place, value] of (begun.access.read?.() ?? []).entries())
      if (isWeak(value)) found.push([{ place }, value])
    return found
  }

  weakFieldOf(made: object, where: PropertyKey | { place: number }): WeakCollection | undefined {
    const value: unknown =
      typeof where === 'object'
        ? this.#begun.get(made)?.access.read?.()[where.place]
        : Object.getOwnPropertyDescriptor(made, where)?.value
    return isWeak(value) ? value : undefined
  }

  /** Gives fields of this thread's own class or namespace the values that they have where a function came from. */
  give(made: object, changes: StaticChanges): void {
    if (this.#given.get(made) === changes) return
    this.#given.set(made, changes)
    for (const [key, value] of changes.own) {
      const known = Object.getOwnPropertyDescriptor(made, key)
      // Code of a namespace may name its constants by themselves.
      if (typeof made === 'object' && known && fill(known.value, value)) continue
      Object.defineProperty(made, key, {
        writable: true,
        enumerable: true,
        configurable: true,
        ...known,
        value,
      })
    }
    const { read, write } = this.#begun.get(made)?.access ?? {}
    if (changes.privates.length === 0 || !read || !write) return
    const values = read()
    for (const [place, value] of changes.privates) values[place] = value
    write(values)
  }

  #field(value: unknown): Field {
    return { value, content: this.#content(value) }
  }

  /** All that a value holds, in one list, which is the same for as long as nothing in it is changed. */
  #content(value: unknown): readonly unknown[] {
    const parts: unknown[] = []
    const seen = new Set<object>()
    const add = (of: unknown): void => {
      if (typeof of !== 'object' || of === null || seen.has(of)) return
      seen.add(of)
      this.#addParts(of, parts)
    }
    add(value)
    for (let i = 0; i < parts.length && i < PARTS_MAX; i++) add(parts[i])
    return parts
  }

  #addParts(of: object, parts: unknown[]): void {
    if (Array.isArray(of)) {
      parts.push(of.length)
      for (let i = 0; i < of.length && i < PARTS_MAX; i++) parts.push(of[i])
    } else if (of instanceof Map) {
      parts.push(of.size)
      for (const [key, item] of of) if (parts.push(key, item) > PARTS_MAX) break
    } else if (of instanceof Set) {
      parts.push(of.size)
      for (const item of of) if (parts.push(item) > PARTS_MAX) break
    } else if (ArrayBuffer.isView(of))
      parts.push(digestOf(new Uint8Array(of.buffer, of.byteOffset, of.byteLength)))
    else if (of instanceof ArrayBuffer || of instanceof SharedArrayBuffer)
      parts.push(digestOf(new Uint8Array(of)))
    else if (of instanceof Date) parts.push(of.getTime())
    // What it holds cannot be compared: it goes along.
    else if (isWeak(of)) parts.push(Symbol('weak'))
    const privates = this.#levelsOf(of)
    if (!privates) return
    for (const [key, item] of ownValues(of)) parts.push(key, item)
    for (const { read } of privates) parts.push(...read(of))
  }

  /** Private members of plain objects and of the user's instances; nothing of others, which change by themselves. */
  #levelsOf(of: object): readonly PrivateAccess[] | undefined {
    const prototype: unknown = Object.getPrototypeOf(of)
    if (prototype === Object.prototype || prototype === null) return []
    const Class: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
    return typeof Class === 'function' ? this.#reader(Class) : undefined
  }
}

export const isWeak = (value: unknown): value is WeakCollection =>
  value instanceof WeakMap || value instanceof WeakSet

const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint'

const isSame = (before: readonly unknown[], now: readonly unknown[]): boolean =>
  before.length === now.length && before.every((part, i) => Object.is(part, now[i]))

const digestOf = (bytes: Uint8Array): string => hash('sha1', bytes)

function ownValues(made: object): [PropertyKey, unknown][] {
  const found: [PropertyKey, unknown][] = []
  for (const key of Reflect.ownKeys(made)) {
    if (typeof made === 'function' && GIVEN.has(key)) continue
    if (Array.isArray(made) && (key === 'length' || /^\d+$/.test(String(key)))) continue
    const descriptor = Object.getOwnPropertyDescriptor(made, key)
    if (descriptor && 'value' in descriptor) found.push([key, descriptor.value])
  }
  return found
}

/** Puts into a container what another of its kind holds; false where they are of no such kind. */
function fill(target: unknown, from: unknown): boolean {
  if (Array.isArray(target) && Array.isArray(from)) target.splice(0, target.length, ...(from as unknown[]))
  else if (target instanceof Map && from instanceof Map) {
    target.clear()
    for (const [key, value] of from) target.set(key, value)
  } else if (target instanceof Set && from instanceof Set) {
    target.clear()
    for (const item of from) target.add(item)
  } else if (isPlain(target) && isPlain(from)) {
    for (const key of Reflect.ownKeys(target)) Reflect.deleteProperty(target, key)
    Object.assign(target, from)
  } else return false
  return true
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
