// Writes values as bytes: one pass, exact, with shared and cyclic references, and the code of functions named beside them.

import { ByteWriter } from './byteWriter.ts'
import { CannotTravelError, type PathPart, pathText, VariableStart } from './cannotTravel.ts'
import { encodeExotic } from './encodeExotic.ts'
import { encodeFunction } from './encodeFunction.ts'
import type { EncodeOptions } from './encodeOptions.ts'
import { encodeSymbol } from './encodeSymbol.ts'
import { type UnitTable, writeUnitTable } from './unitTable.ts'
import { DEEP, SHAPES_MAX, SMALL_INTEGER, TAG } from './valueTags.ts'

/** Up to this many objects are searched one by one before a Map is worth its cost. */
const LINEAR_MAX = 8

interface Postponed {
  path: PathPart[]
  write(depth: number): void
}

export class ValueEncoder {
  readonly writer: ByteWriter
  options: EncodeOptions
  buffers: SharedArrayBuffer[] = []
  /** Bytes of the finished encoding in front of its unit table. */
  valueLength = 0
  /** Says where the code of the functions met so far is; made when the first one is met. */
  table: UnitTable | undefined
  readonly path: PathPart[] = []
  #start = 0
  #seenCount = 0
  readonly #seenFirst: object[] = []
  #seenMap: Map<object, number> | undefined
  #shapes: string[][] = []
  #postponed: Postponed[] = []
  #deepest = DEEP

  constructor(options: EncodeOptions, writer = new ByteWriter()) {
    this.options = options
    this.writer = writer
  }

  /** Begins a new encoding behind what the writer holds already. */
  begin(): void {
    this.#start = this.writer.length
    this.#seenCount = 0
    this.#seenFirst.length = 0
    this.#seenMap = undefined
    if (this.#shapes.length > 0) this.#shapes = []
    this.table = undefined
    this.buffers = []
    this.path.length = 0
    this.#deepest = DEEP
    this.writer.byte(0)
  }

  /** Ends it: deep contents and the unit table follow the value. */
  finish(): void {
    if (this.#postponed.length > 0) this.#drain()
    this.valueLength = this.writer.length - this.#start
    if (this.table) writeUnitTable(this.writer, this.table, this.#start)
  }

  /** Forgets an encoding that failed half-way, or was taken, with all that was met: an encoder at rest keeps nothing alive. */
  abandon(): void {
    this.writer.length = this.#start
    this.#postponed = []
    this.#seenFirst.length = 0
    this.#seenMap = undefined
    this.buffers = []
  }

  value(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'number':
        this.number(value)
        return
      case 'string':
        this.writer.text(value)
        return
      case 'boolean':
        this.writer.byte(value ? TAG.true : TAG.false)
        return
      case 'undefined':
        this.writer.byte(TAG.undefined)
        return
      case 'object':
        value === null ? this.writer.byte(TAG.null) : this.#object(value, depth)
        return
      case 'function':
        if (this.#isReference(value) || this.wasSeen(value)) return
        encodeFunction(this, value, depth)
        return
      case 'bigint':
        this.writer.byte(TAG.bigint)
        this.writer.byte(value < 0n ? 1 : 0)
        this.writer.text((value < 0n ? -value : value).toString(16))
        return
      case 'symbol':
        encodeSymbol(this, value, depth)
        return
    }
  }

  number(value: number): void {
    const { writer } = this
    if ((value | 0) === value && (value !== 0 || !Object.is(value, -0))) {
      if (value >= 0 && value < 128) {
        writer.byte(SMALL_INTEGER | value)
        return
      }
      writer.byte(TAG.integer)
      writer.varint(value >= 0 ? value * 2 : -value * 2 - 1)
      return
    }
    writer.byte(TAG.double)
    writer.double(value)
  }

  /** Whether an object was met before: then a reference to it has been written. */
  wasSeen(value: object): boolean {
    let index: number
    if (this.#seenMap) index = this.#seenMap.get(value) ?? -1
    else index = this.#seenFirst.indexOf(value)
    if (index < 0) return false
    this.writer.byte(TAG.seen)
    this.writer.varint(index)
    return true
  }

  hasSeen(value: object): boolean {
    return this.#seenMap ? this.#seenMap.has(value) : this.#seenFirst.includes(value)
  }

  /** Numbers an object, in the order in which the decoder will make it. */
  remember(value: object): void {
    const index = this.#seenCount++
    if (this.#seenMap) {
      this.#seenMap.set(value, index)
      return
    }
    this.#seenFirst.push(value)
    if (index < LINEAR_MAX) return
    this.#seenMap = new Map()
    for (let i = 0; i < this.#seenFirst.length; i++) this.#seenMap.set(this.#seenFirst[i], i)
  }

  /**
   * Writes a container's contents: now, or after everything else where it is nested deeply.
   * The caller has written what the empty container is made from.
   */
  contents(depth: number, write: (depth: number) => void): void {
    if (depth < this.#deepest) {
      this.writer.byte(0)
      write(depth)
    } else {
      this.writer.byte(TAG.later)
      this.#postponed.push({ path: this.path.slice(0, Math.min(depth, 24)), write })
    }
  }

  /** Writes a value of which nothing is left for later, since the decoder needs it whole at once. */
  whole(value: unknown, depth: number): void {
    const outer = this.#postponed
    const outerDeepest = this.#deepest
    this.#postponed = []
    this.value(value, depth)
    if (this.#postponed.length > 0) this.#drain()
    this.#postponed = outer
    this.#deepest = outerDeepest
  }

  #drain(): void {
    for (let i = 0; i < this.#postponed.length; i++) {
      const { path, write } = this.#postponed[i]
      for (let j = 0; j < path.length; j++) this.path[j] = path[j]
      this.#deepest = path.length + DEEP
      write(path.length)
    }
    this.#postponed = []
  }

  #isReference(value: object): boolean {
    const { reference } = this.options
    if (!reference) return false
    const index = reference(value)
    if (index < 0) return false
    this.writer.byte(TAG.dependency)
    this.writer.varint(index)
    return true
  }

  #object(value: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Array.prototype && Array.isArray(value)) {
      if (!this.wasSeen(value)) this.#array(value, depth)
    } else if (prototype === Object.prototype || prototype === null) {
      if (!this.wasSeen(value)) this.#plain(value, prototype === null, depth)
    } else if (!this.#isReference(value) && !this.wasSeen(value)) {
      if (prototype === Map.prototype && value instanceof Map) this.#map(value, depth)
      else if (prototype === Set.prototype && value instanceof Set) this.#set(value, depth)
      else encodeExotic(this, value, prototype as object, depth)
    }
  }

  #array(value: readonly unknown[], depth: number): void {
    const { length } = value
    const { writer } = this
    this.remember(value)
    const named = length <= 16 ? namedKeys(value) : undefined
    if (named) {
      writer.byte(TAG.arrayWithKeys)
      writer.varint(length)
      this.contents(depth, (at) => {
        this.items(value, at)
        this.pairs(value, named, at)
      })
      return
    }
    if (length >= 4 && typeof value[0] === 'number' && this.#numberArray(value)) return
    writer.byte(TAG.array)
    writer.varint(length)
    if (length === 0) return
    if (depth < 4) {
      // The shallow case, without a closure: most arguments come this way.
      writer.byte(0)
      this.items(value, depth)
    } else this.contents(depth, (at) => this.items(value, at))
  }

  #numberArray(value: readonly unknown[]): boolean {
    let integers = true
    for (let i = 0; i < value.length; i++) {
      const item = value[i]
      if (typeof item !== 'number') return false
      if (integers && ((item | 0) !== item || Object.is(item, -0))) integers = false
    }
    const { writer } = this
    writer.byte(integers ? TAG.integerArray : TAG.doubleArray)
    writer.varint(value.length)
    writer.ensure(value.length * (integers ? 4 : 8))
    let at = writer.length
    if (integers) {
      for (let i = 0; i < value.length; i++, at += 4) writer.view.setInt32(at, value[i] as number, true)
    } else
      for (let i = 0; i < value.length; i++, at += 8) writer.view.setFloat64(at, value[i] as number, true)
    writer.length = at
    return true
  }

  /** A list's items; runs of missing ones are counted. */
  items(value: readonly unknown[], depth: number): void {
    let present: string[] | undefined
    for (let i = 0; i < value.length; i++) {
      const item = value[i]
      if (item === undefined && !(i in value)) {
        present ??= Object.keys(value)
        const next = nextIndex(present, i, value.length)
        this.writer.byte(TAG.holes)
        this.writer.varint(next - i)
        i = next - 1
        continue
      }
      this.path[depth] = i
      this.value(item, depth + 1)
    }
  }

  #plain(value: object, bare: boolean, depth: number): void {
    this.remember(value)
    const symbols = Object.getOwnPropertySymbols(value)
    if (symbols.length > 0) {
      this.writer.byte(TAG.symbolKeys)
      this.writer.byte(bare ? 1 : 0)
      this.contents(depth, (at) => {
        this.properties(value, at)
        this.symbolPairs(value, symbols, at)
      })
      return
    }
    this.writer.byte(bare ? TAG.bareObject : TAG.object)
    if (depth < 4) {
      this.writer.byte(0)
      this.properties(value, depth)
    } else this.contents(depth, (at) => this.properties(value, at))
  }

  /** An object's own text keys and values; keys that were met before in the same order are named by number. */
  properties(value: object, depth: number): void {
    const keys = Object.keys(value)
    this.#keys(keys)
    const source = value as Record<string, unknown>
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]
      const item = source[key]
      if (typeof item === 'number') {
        this.number(item)
        continue
      }
      this.path[depth] = key
      this.value(item, depth + 1)
    }
  }

  #keys(keys: string[]): void {
    const shapes = this.#shapes
    search: for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i]
      if (shape.length !== keys.length) continue
      for (let k = 0; k < keys.length; k++) if (shape[k] !== keys[k]) continue search
      this.writer.varint(i + 1)
      return
    }
    if (shapes.length < SHAPES_MAX) shapes.push(keys)
    this.writer.varint(0)
    this.writer.varint(keys.length)
    for (const key of keys) this.writer.text(key)
  }

  /** Some own properties by name. */
  pairs(value: object, keys: readonly string[], depth: number): void {
    this.writer.varint(keys.length)
    for (const key of keys) {
      this.writer.text(key)
      this.path[depth] = key
      this.value((value as Record<string, unknown>)[key], depth + 1)
    }
  }

  symbolPairs(value: object, symbols: readonly symbol[], depth: number): void {
    const own = symbols.filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol))
    this.writer.varint(own.length)
    for (const symbol of own) {
      this.path[depth] = `[${String(symbol)}]`
      encodeSymbol(this, symbol, depth + 1)
      this.value((value as Record<symbol, unknown>)[symbol], depth + 1)
    }
  }

  #map(value: Map<unknown, unknown>, depth: number): void {
    this.remember(value)
    this.writer.byte(TAG.map)
    this.contents(depth, (at) => this.entries(value, at))
  }

  entries(value: Map<unknown, unknown>, depth: number): void {
    this.writer.varint(sizeOfMap(value))
    let i = 0
    Map.prototype.forEach.call(value, (item, key) => {
      this.path[depth] = i++
      this.value(key, depth + 1)
      this.path[depth] = typeof key === 'string' ? key : i - 1
      this.value(item, depth + 1)
    })
  }

  #set(value: Set<unknown>, depth: number): void {
    this.remember(value)
    this.writer.byte(TAG.set)
    this.contents(depth, (at) => this.members(value, at))
  }

  members(value: Set<unknown>, depth: number): void {
    this.writer.varint(sizeOfSet(value))
    let i = 0
    Set.prototype.forEach.call(value, (item) => {
      this.path[depth] = i++
      this.value(item, depth + 1)
    })
  }

  /** The path of the value that is being written, as the user would write it. */
  pathAt(depth: number): string {
    const parts: PathPart[] = [this.options.rootName ?? 'value', ...this.path.slice(0, depth)]
    return pathText(parts)
  }

  /** What stands before every refusal. */
  get context(): string {
    const { context } = this.options
    return typeof context === 'function' ? context() : (context ?? '')
  }

  /** Marks that a captured variable is written next. */
  variable(name: string, depth: number): void {
    this.path[depth] = new VariableStart(name)
  }

  /** Refuses the value that is being written. */
  refuse(depth: number, type: string, remedy: string): never {
    const path = this.pathAt(depth)
    throw new CannotTravelError(
      `${this.context}\`${path}\` is ${type}, which cannot be sent to a worker. ${remedy}`,
      { path, type, remedy, place: this.options.place?.() },
    )
  }
}

/** Keys of a list that are no indices, or nothing when it has none. */
function namedKeys(value: readonly unknown[]): string[] | undefined {
  const keys = Object.keys(value)
  if (keys.length === 0 || /^\d+$/.test(keys[keys.length - 1])) return undefined
  return keys.filter((key) => !/^\d+$/.test(key))
}

function nextIndex(present: readonly string[], from: number, length: number): number {
  let low = 0
  let high = present.length
  while (low < high) {
    const middle = (low + high) >> 1
    const key = Number(present[middle])
    if (Number.isInteger(key) && key < from) low = middle + 1
    else high = middle
  }
  const key = low < present.length ? Number(present[low]) : length
  return Number.isInteger(key) ? Math.min(key, length) : length
}

// A subclass may have replaced `size`, so the built-in one is asked.
const sizeOfMap = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!,
) as (map: Map<unknown, unknown>) => number
const sizeOfSet = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(Set.prototype, 'size')!.get!,
) as (set: Set<unknown>) => number
