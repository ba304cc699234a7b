// Argument lists of many tasks in one growing buffer: the fast path of `client.map`.

import { tableOf } from './encodeFunction.ts'
import type { DecodeOptions, EncodeOptions } from './encodeOptions.ts'
import { isLargeMemory, type SharedArguments, sharedArguments } from './sharedArguments.ts'
import { explained } from './valueCodec.ts'
import { ValueDecoder } from './valueDecoder.ts'
import { ValueEncoder } from './valueEncoder.ts'
import { TAG } from './valueTags.ts'

/** Where a large argument is held. */
export interface HeldPlace {
  /** Its place among the task's dependencies. */
  dependency: number
  /** What a worker loads before it decodes it. */
  loads: readonly string[]
  /** The worker modules that it needs. */
  modules: readonly string[]
}

/** Who takes large arguments out of lists. */
export interface LargeArguments {
  /** What an encoding has at least to be one. */
  fromBytes: number
  /** Has the argument at a place of the list held elsewhere. */
  hold(value: unknown, place: number): HeldPlace
}

/** Writes argument lists one behind the other. Each is whole by itself: the scheduler cuts the buffer apart by offsets. */
export class ArgumentWriter {
  readonly #encoder: ValueEncoder
  readonly #modules = new Set<string>()
  readonly #large: LargeArguments | undefined
  /** Whether the argument that is being written refers to dependencies: it can stand nowhere else. */
  #refers = false

  constructor(options: EncodeOptions = {}, large?: LargeArguments) {
    this.#large = large
    const { reference } = options
    this.#encoder = new ValueEncoder({
      rootName: 'arguments',
      ...options,
      reference:
        reference &&
        ((value) => {
          const place = reference(value)
          if (place >= 0) this.#refers = true
          return place
        }),
    })
  }

  /** Bytes of all lists so far. */
  get length(): number {
    return this.#encoder.writer.length
  }

  /**
   * How many bytes of the list written last say what it is; those behind them say where the code of its functions is.
   * Keys are made from these alone, so that they survive edits elsewhere in a file.
   */
  semanticLength = 0

  /** Worker modules that the functions among all arguments so far need. */
  get modules(): ReadonlySet<string> {
    return this.#modules
  }

  /**
   * Writes one task's arguments; returns how many bytes they took.
   * @param keepsLarge leaves large arguments in the list
   * @throws {CannotTravelError} when one of them cannot travel; nothing is then left of the list
   */
  write(args: readonly unknown[], keepsLarge = false): number {
    const encoder = this.#encoder
    const { writer } = encoder
    const start = writer.length
    encoder.begin()
    try {
      do this.#writeItems(args, keepsLarge)
      while (encoder.beginsAgain())
      encoder.finish()
      this.semanticLength = encoder.valueLength
    } catch (error) {
      encoder.abandon()
      throw explained(error, encoder.options)
    }
    if (encoder.table)
      for (const name of encoder.options.lifter?.modulesOf(encoder.table) ?? []) this.#modules.add(name)
    return writer.length - start
  }

  #writeItems(args: readonly unknown[], keepsLarge: boolean): void {
    const encoder = this.#encoder
    encoder.writer.varint(args.length)
    const large = keepsLarge ? undefined : this.#large
    const shared = large && sharedArguments(args, large.fromBytes)
    for (let i = 0; i < args.length; i++) {
      const argument = args[i]
      if (typeof argument === 'number') encoder.number(argument)
      else {
        encoder.path[0] = i
        const together = shared?.get(i)
        if (large && together) this.#writeShared(argument as object, together, i, large)
        else if (large && mayBeLarge(argument)) this.#writeOrHold(argument, i, large)
        else encoder.value(argument, 1)
      }
    }
  }

  /** Writes an argument, or a reference to it where it turns out to be large and means nothing but itself. */
  #writeOrHold(argument: unknown, place: number, { fromBytes, hold }: LargeArguments): void {
    const encoder = this.#encoder
    const { writer } = encoder
    if (!isLargeMemory(argument, fromBytes)) {
      const begun = encoder.mark()
      this.#refers = false
      encoder.value(argument, 1)
      if (writer.length - begun.length < fromBytes || this.#refers) return
      encoder.rewind(begun)
    }
    const { dependency, loads, modules } = hold(argument, place)
    writer.byte(TAG.held)
    writer.varint(dependency)
    // Its functions are named beside this list, since their code has to be there before it is decoded.
    if (loads.length > 0) tableOf(encoder).loads.push(...loads)
    for (const name of modules) this.#modules.add(name)
  }

  /** Writes an argument as an item of the list that it is held in with those that share its memory. */
  #writeShared(argument: object, shared: SharedArguments, place: number, { hold }: LargeArguments): void {
    const { writer } = this.#encoder
    shared.dependency ??= hold(shared.list, place).dependency
    writer.byte(TAG.heldItem)
    writer.varint(shared.dependency)
    writer.varint(shared.list.indexOf(argument))
  }

  /** All bytes so far, as a view that is valid until more are written. */
  view(): Uint8Array {
    return this.#encoder.writer.bytes.subarray(0, this.#encoder.writer.length)
  }

  /** Writes one task's arguments where they are one number: the same bytes as `write([value])`, without making a list. */
  writeNumber(value: number): void {
    const { writer } = this.#encoder
    writer.byte(0)
    writer.varint(1)
    this.#encoder.number(value)
  }

  /** The same for a number, where there is one, and the results of `count` dependencies in their order. */
  writeReferences(head: number | undefined, count: number): void {
    const { writer } = this.#encoder
    writer.byte(0)
    writer.varint(head === undefined ? count : count + 1)
    if (head !== undefined) this.#encoder.number(head)
    for (let i = 0; i < count; i++) {
      writer.byte(TAG.dependency)
      writer.varint(i)
    }
  }

  /** Forgets all lists, and keeps the buffer. */
  clear(): void {
    this.#encoder.writer.length = 0
    if (this.#modules.size > 0) this.#modules.clear()
  }
}

const mayBeLarge = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) || (typeof value === 'string' && value.length > SHORT_TEXT)

/** Texts up to this length are never large. */
const SHORT_TEXT = 1024

/** One argument list; `bytes` holds it and nothing else. */
export function readArguments(bytes: Uint8Array, options: DecodeOptions = {}): unknown[] {
  const decoder = new ValueDecoder(bytes, [], options)
  const length = decoder.reader.varint()
  const args: unknown[] = new Array(length)
  for (let i = 0; i < length; i++) args[i] = decoder.value()
  decoder.finish()
  return args
}
