// Writes values as bytes: one pass, exact, with shared and cyclic references, and the code of functions named beside them.

import { ByteWriter } from './byteWriter.ts'
import {
  CannotTravelError,
  describeValue,
  isProxy,
  type PathPart,
  pathText,
  remedyFor,
  VariableStart,
} from './cannotTravel.ts'
import { encodeArray, encodeMap, encodePlain, encodeSet } from './encodeContainers.ts'
import { encodeExotic } from './encodeExotic.ts'
import { encodeFunction } from './encodeFunction.ts'
import type { EncodeOptions } from './encodeOptions.ts'
import { encodeSymbol } from './encodeSymbol.ts'
import { ReachedHolders } from './reachedHolders.ts'
import { NotedViews, type SharedRanges } from './sharedRanges.ts'
import { encodeStates, type WeakCollection } from './stateCodec.ts'
import { type UnitTable, writeUnitTable } from './unitTable.ts'
import { DEEP, HAS_STATES, SMALL_INTEGER, TAG } from './valueTags.ts'

/** Up to this many objects are searched one by one before a Map is worth its cost. */
const LINEAR_MAX = 8

interface Postponed {
  path: PathPart[]
  write(depth: number): void
}

/** Where an encoding stood. */
export interface EncoderMark {
  length: number
  seen: number
  shapes: number
  postponed: number
  weak: number
  holders: number
  lists: readonly number[]
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
  /** Key lists that were met before: objects like them name theirs by number. */
  shapes: string[][] = []
  #postponed: Postponed[] = []
  #deepest = DEEP
  /** Weak collections that were met: their entries stand behind everything else. */
  #weak: WeakCollection[] = []
  /** Declarations with changeable state that functions here reach; made when the first one is. */
  #reached: ReachedHolders | undefined

  /** Views of memory that were met; kept while it is not known which buffers several of them share. */
  #views: NotedViews | undefined
  /** What several views share, known from a first pass. */
  shared: SharedRanges | undefined

  constructor(options: EncodeOptions, writer = new ByteWriter()) {
    this.options = options
    this.writer = writer
  }

  /** Begins a new encoding behind what the writer holds already. */
  begin(): void {
    this.#start = this.writer.length
    this.shared = undefined
    this.#restart()
  }

  /**
   * Begins once more where it turned out that several views share a buffer: asked when everything was written, before the end.
   * @example do write() while (encoder.beginsAgain())
   */
  beginsAgain(): boolean {
    if (!this.#views || this.shared) return false
    if (this.#postponed.length > 0) this.#drain()
    const shared = this.#views.shared()
    if (!shared) return false
    this.writer.length = this.#start
    this.#restart()
    this.shared = shared
    return true
  }

  #restart(): void {
    this.#views = undefined
    this.#seenCount = 0
    this.#seenFirst.length = 0
    this.#seenMap = undefined
    if (this.shapes.length > 0) this.shapes = []
    this.table = undefined
    this.buffers = []
    if (this.#weak.length > 0) this.#weak = []
    this.#reached = undefined
    this.path.length = 0
    this.#deepest = DEEP
    this.writer.byte(0)
  }

  /** Ends it: deep contents and the unit table follow the value. */
  finish(): void {
    if (this.#postponed.length > 0) this.#drain()
    if (this.#weak.length > 0 || this.#reached)
      if (encodeStates(this, this.#weak, this.reached)) this.writer.bytes[this.#start] |= HAS_STATES
    this.valueLength = this.writer.length - this.#start
    if (this.table) writeUnitTable(this.writer, this.table, this.#start)
  }

  /** Notes where the encoding stands, so that `rewind` can take back what is written from here on. */
  mark(): EncoderMark {
    const { units, imports, perWorkerIds, classIds, outside, variables, loads } = this.table ?? {}
    return {
      length: this.writer.length,
      seen: this.#seenCount,
      shapes: this.shapes.length,
      postponed: this.#postponed.length,
      weak: this.#weak.length,
      holders: this.#reached?.holders.size ?? 0,
      lists: [
        units?.length ?? 0,
        imports?.length ?? 0,
        perWorkerIds?.length ?? 0,
        classIds?.length ?? 0,
        outside?.length ?? 0,
        variables?.length ?? 0,
        loads?.length ?? 0,
      ],
    }
  }

  rewind({ length, seen, shapes, postponed, weak, holders, lists }: EncoderMark): void {
    this.writer.length = length
    this.#seenCount = seen
    this.#seenFirst.length = Math.min(this.#seenFirst.length, seen)
    if (this.#seenMap)
      for (const [value, index] of this.#seenMap) if (index >= seen) this.#seenMap.delete(value)
    this.shapes.length = shapes
    this.#postponed.length = postponed
    this.#weak.length = weak
    this.#reached?.rewind(holders)
    if (!this.table) return
    const { units, imports, perWorkerIds, classIds, outside, variables, loads } = this.table
    for (const [i, list] of [units, imports, perWorkerIds, classIds, outside, variables, loads].entries())
      list.length = lists[i]
  }

  /** Forgets an encoding that failed half-way, or was taken, with all that was met: an encoder at rest keeps nothing alive. */
  abandon(): void {
    this.writer.length = this.#start
    this.#postponed = []
    this.#seenFirst.length = 0
    this.#seenMap = undefined
    this.buffers = []
    this.#weak = []
    this.#reached = undefined
    this.#views = undefined
    this.shared = undefined
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

  /** A buffer that travels whole is shared with the views of it that were met before. */
  noteWhole(buffer: ArrayBufferLike): void {
    this.#views?.noteWhole(buffer)
  }

  /** The views that were met, to note another one. */
  get views(): NotedViews {
    this.#views ??= new NotedViews()
    return this.#views
  }

  /** Whether an object was met before: then a reference to it has been written. */
  wasSeen(value: object): boolean {
    const index = this.seenAt(value)
    if (index < 0) return false
    this.writer.byte(TAG.seen)
    this.writer.varint(index)
    return true
  }

  hasSeen(value: object): boolean {
    return this.seenAt(value) >= 0
  }

  /** All objects that were met, in that order. */
  met(): Iterable<object> {
    return this.#seenMap?.keys() ?? this.#seenFirst
  }

  get reached(): ReachedHolders {
    this.#reached ??= new ReachedHolders()
    return this.#reached
  }

  /** Whether something here reaches declarations whose state may change. */
  get reachesStates(): boolean {
    return this.#reached !== undefined
  }

  /** The number of an object that was met, −1 for others. */
  seenAt(value: object): number {
    return this.#seenMap ? (this.#seenMap.get(value) ?? -1) : this.#seenFirst.indexOf(value)
  }

  /** Writes a weak collection, which cannot say here what of it travels. */
  weakCollection(value: WeakCollection): void {
    this.remember(value)
    this.writer.byte(TAG.weakCollection)
    this.writer.byte(value instanceof WeakMap ? 0 : 1)
    this.#weak.push(value)
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
      if (this.wasSeen(value)) return
      this.#refuseProxy(value, depth)
      encodeArray(this, value, depth)
    } else if (prototype === Object.prototype || prototype === null) {
      if (this.wasSeen(value)) return
      this.#refuseProxy(value, depth)
      encodePlain(this, value, prototype === null, depth)
    } else if (!this.#isReference(value) && !this.wasSeen(value)) {
      this.#refuseProxy(value, depth)
      if (prototype === Map.prototype && value instanceof Map) encodeMap(this, value, depth)
      else if (prototype === Set.prototype && value instanceof Set) encodeSet(this, value, depth)
      else encodeExotic(this, value, prototype as object, depth)
    }
  }

  #refuseProxy(value: object, depth: number): void {
    if (isProxy(value)) this.refuse(depth, describeValue(value), remedyFor(value))
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
