// Reads what ValueEncoder wrote. It never waits: worker modules that hold the code of functions were loaded before.

import { BrokenValueError, ByteReader } from './byteReader.ts'
import { decodeExotic } from './decodeExotic.ts'
import {
  decodeBound,
  decodeClosure,
  decodeFunctionWithKeys,
  decodeImported,
  decodeInner,
  decodeLocalClass,
  decodeOutside,
  decodePerWorker,
  decodeWithLaterParts,
} from './decodeFunction.ts'
import type { DecodeOptions } from './encodeOptions.ts'
import { globalAt } from './globalNames.ts'
import { ownNamed } from './ownNames.ts'
import { decodeStates, type GivenStates, type WeakCollection } from './stateCodec.ts'
import { readUnitTable, type UnitTable } from './unitTable.ts'
import { HAS_STATES, SHAPES_MAX, SMALL_INTEGER, TAG, WELL_KNOWN_SYMBOLS } from './valueTags.ts'

/** Holds a number in the decoder's list while its object cannot be made yet. */
const UNMADE = Symbol('unmade')
/** Freezing is to cost little: the first objects of a value, and short lists of numbers. */
const FROZEN_MAX = 10_000
const FROZEN_NUMBERS_MAX = 256

export class ValueDecoder {
  readonly reader: ByteReader
  readonly buffers: readonly SharedArrayBuffer[]
  readonly options: DecodeOptions
  readonly table: UnitTable | undefined
  readonly unitSemantics: string[] = []
  readonly #made: unknown[] = []
  #weak: WeakCollection[] | undefined
  /** What came for this thread's own classes and namespaces. */
  states: GivenStates = []
  readonly #shapes: string[][] = []
  #postponed: (() => void)[] = []
  readonly #flags: number
  #toFreeze: object[] | undefined
  /** Large arguments that were read, by their dependency. */
  #held: Map<number, unknown> | undefined

  constructor(bytes: Uint8Array, buffers: readonly SharedArrayBuffer[], options: DecodeOptions) {
    this.reader = new ByteReader(bytes)
    this.buffers = buffers
    this.options = options
    this.table = readUnitTable(bytes)
    this.#flags = this.reader.byte()
    if (options.freeze) this.#toFreeze = []
  }

  /** Reads what was left for later, once the value itself has been read. */
  finish(): void {
    if (this.#postponed.length > 0) this.#drain()
    if (this.#toFreeze) for (const object of this.#toFreeze) Object.freeze(object)
    if (!(this.#flags & HAS_STATES)) return
    // What classes hold is theirs to change.
    this.#toFreeze = undefined
    this.states = decodeStates(this, this.#weak ?? [])
  }

  value(): unknown {
    const tag = this.reader.byte()
    if (tag >= SMALL_INTEGER) return tag - SMALL_INTEGER
    switch (tag) {
      case TAG.undefined:
        return undefined
      case TAG.null:
        return null
      case TAG.true:
        return true
      case TAG.false:
        return false
      case TAG.integer: {
        const zigzag = this.reader.varint()
        return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
      }
      case TAG.double:
        return this.reader.double()
      case TAG.latin1:
      case TAG.utf16:
        return this.reader.textOf(tag)
      case TAG.array:
        return this.#array()
      case TAG.object:
        return this.#object({})
      case TAG.bareObject:
        return this.#object(Object.create(null))
      case TAG.seen:
        return this.#seen(this.reader.varint())
      case TAG.dependency: {
        const index = this.reader.varint()
        if (!this.options.reference)
          throw new BrokenValueError(
            `an encoded value refers to dependency #${index}, and there are none here`,
          )
        return this.options.reference(index)
      }
      case TAG.held:
        return this.#heldArgument(this.reader.varint())
      case TAG.heldItem: {
        const list = this.#heldArgument(this.reader.varint()) as unknown[]
        return list[this.reader.varint()]
      }
      case TAG.integerArray:
      case TAG.doubleArray:
        return this.#numberArray(tag === TAG.integerArray)
      case TAG.bigint: {
        const negative = this.reader.byte() === 1
        const magnitude = BigInt(`0x${this.reader.text()}`)
        return negative ? -magnitude : magnitude
      }
      case TAG.symbol:
        return Symbol.for(this.reader.text())
      case TAG.wellKnownSymbol:
        return WELL_KNOWN_SYMBOLS[this.reader.byte()]
      case TAG.map: {
        const map = new Map()
        this.made(map)
        this.contents(() => this.entries(map))
        return map
      }
      case TAG.set: {
        const set = new Set()
        this.made(set)
        this.contents(() => this.members(set))
        return set
      }
      case TAG.arrayWithKeys: {
        const array: unknown[] = new Array(this.reader.varint())
        this.#keep(array)
        this.contents(() => {
          this.items(array)
          this.pairs(array)
        })
        return array
      }
      case TAG.symbolKeys: {
        const object: object = this.reader.byte() === 1 ? Object.create(null) : {}
        this.#keep(object)
        this.contents(() => {
          this.properties(object)
          this.symbolPairs(object)
        })
        return object
      }
      case TAG.closure:
        return decodeClosure(this)
      case TAG.outside:
        return decodeOutside(this)
      case TAG.localClass:
        return decodeLocalClass(this)
      case TAG.functionWithKeys:
        return decodeFunctionWithKeys(this)
      case TAG.withLaterParts:
        return decodeWithLaterParts(this)
      case TAG.inner:
        return decodeInner(this)
      case TAG.bound:
        return decodeBound(this)
      case TAG.perWorker:
        return decodePerWorker(this)
      case TAG.imported:
        return decodeImported(this)
      case TAG.global: {
        const path: string[] = []
        for (let n = this.reader.varint(); n > 0; n--) path.push(this.reader.text())
        return globalAt(path)
      }
      case TAG.kernel: {
        const name = this.reader.text()
        const kernel = this.options.kernels?.named(name) ?? ownNamed(name)
        if (!kernel)
          throw new BrokenValueError(
            `the function ${name} is not known here: is heddle the same version on both sides?`,
          )
        return kernel
      }
    }
    return decodeExotic(this, tag)
  }

  /** A large argument is decoded where it stands first: each run has a copy of its own, one object stays one. */
  #heldArgument(index: number): unknown {
    this.#held ??= new Map()
    const held = this.#held
    if (held.has(index)) return held.get(index)
    const encoding = this.options.reference?.(index)
    if (!(encoding instanceof Uint8Array))
      throw new BrokenValueError(`an argument list lacks its large argument, dependency #${index}`)
    const value = this.another(encoding)
    held.set(index, value)
    return value
  }

  /** Decodes a value that stands by itself, in the same way. */
  another(bytes: Uint8Array): unknown {
    const decoder = new ValueDecoder(bytes, [], this.options)
    const value = decoder.value()
    decoder.finish()
    return value
  }

  /** What a weak collection holds comes behind everything else. */
  weakCollection(collection: WeakCollection): WeakCollection {
    this.#weak ??= []
    this.#weak.push(collection)
    return this.made(collection)
  }

  /** Gives an object the next number. */
  made<T>(object: T): T {
    this.#made.push(object)
    return object
  }

  /** Takes a number for an object that can be made only when more has been read. */
  reserve(): number {
    return this.#made.push(UNMADE) - 1
  }

  /** Puts the object that a number was reserved for in its place. */
  place<T>(index: number, object: T): T {
    this.#made[index] = object
    return object
  }

  #seen(index: number): unknown {
    const value = this.#made[index]
    if (value === UNMADE || index >= this.#made.length)
      throw new BrokenValueError(
        'a value refers to itself before it can be made: a class that its own static state needs',
      )
    return value
  }

  /** Reads a container's contents: here, or after everything else, as they were written. */
  contents(read: () => void): void {
    if (this.reader.byte() === TAG.later) this.#postponed.push(read)
    else read()
  }

  /** Reads a value of which nothing was left for later. */
  whole(): unknown {
    const outer = this.#postponed
    this.#postponed = []
    const value = this.value()
    if (this.#postponed.length > 0) this.#drain()
    this.#postponed = outer
    return value
  }

  #drain(): void {
    for (let i = 0; i < this.#postponed.length; i++) this.#postponed[i]()
    this.#postponed = []
  }

  #keep<T extends object>(object: T): T {
    if (this.#toFreeze && this.#toFreeze.length < FROZEN_MAX) this.#toFreeze.push(object)
    return this.made(object)
  }

  #array(): unknown[] {
    const length = this.reader.varint()
    // A length that the bytes cannot hold is only possible with holes: those are read into a list that grows.
    const array: unknown[] = length <= this.reader.end ? new Array(length) : []
    array.length = length
    this.#keep(array)
    if (length > 0) this.contents(() => this.items(array))
    return array
  }

  items(array: unknown[]): void {
    const { reader } = this
    for (let i = 0; i < array.length; i++) {
      if (reader.bytes[reader.at] === TAG.holes) {
        reader.skip(1)
        i += reader.varint() - 1
      } else array[i] = this.value()
    }
  }

  #numberArray(integers: boolean): number[] {
    const { reader } = this
    const length = reader.varint()
    let at = reader.skip(length * (integers ? 4 : 8))
    const array: number[] = new Array(length)
    if (integers) for (let i = 0; i < length; i++, at += 4) array[i] = reader.view.getInt32(at, true)
    else for (let i = 0; i < length; i++, at += 8) array[i] = reader.view.getFloat64(at, true)
    // Freezing many numbers would box each of them.
    return length <= FROZEN_NUMBERS_MAX ? this.#keep(array) : this.made(array)
  }

  #object(object: object): object {
    this.#keep(object)
    this.contents(() => this.properties(object))
    return object
  }

  properties(object: object): void {
    const keys = this.#keys()
    const target = object as Record<string, unknown>
    for (const key of keys) {
      if (key === '__proto__') defineOwn(object, key, this.value())
      else target[key] = this.value()
    }
  }

  /** The same, onto an object whose class may have setters: they are not called. */
  ownProperties(object: object): void {
    for (const key of this.#keys()) defineOwn(object, key, this.value())
  }

  #keys(): readonly string[] {
    const index = this.reader.varint()
    if (index > 0) return this.#shapes[index - 1]
    const keys: string[] = []
    for (let n = this.reader.varint(); n > 0; n--) keys.push(this.reader.text())
    if (this.#shapes.length < SHAPES_MAX) this.#shapes.push(keys)
    return keys
  }

  pairs(object: object): void {
    for (let n = this.reader.varint(); n > 0; n--) {
      const key = this.reader.text()
      defineOwn(object, key, this.value())
    }
  }

  symbolPairs(object: object): void {
    for (let n = this.reader.varint(); n > 0; n--) {
      const symbol = this.value() as symbol
      defineOwn(object, symbol, this.value())
    }
  }

  entries(map: Map<unknown, unknown>): void {
    for (let n = this.reader.varint(); n > 0; n--) {
      const key = this.value()
      Map.prototype.set.call(map, key, this.value())
    }
  }

  members(set: Set<unknown>): void {
    for (let n = this.reader.varint(); n > 0; n--) Set.prototype.add.call(set, this.value())
  }
}

function defineOwn(object: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}
