// Argument lists of many tasks in one growing buffer: the fast path of `client.map`.

import type { DecodeOptions, EncodeOptions } from './encodeOptions.ts'
import { explained } from './valueCodec.ts'
import { ValueDecoder } from './valueDecoder.ts'
import { ValueEncoder } from './valueEncoder.ts'
import { TAG } from './valueTags.ts'

/** Writes argument lists one behind the other. Each is whole by itself: the scheduler cuts the buffer apart by offsets. */
export class ArgumentWriter {
  readonly #encoder: ValueEncoder
  readonly #modules = new Set<string>()

  constructor(options: EncodeOptions = {}) {
    this.#encoder = new ValueEncoder({ rootName: 'arguments', ...options })
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
   * @throws {CannotTravelError} when one of them cannot travel; nothing is then left of the list
   */
  write(args: readonly unknown[]): number {
    const encoder = this.#encoder
    const { writer } = encoder
    const start = writer.length
    encoder.begin()
    try {
      writer.varint(args.length)
      for (let i = 0; i < args.length; i++) {
        const argument = args[i]
        if (typeof argument === 'number') encoder.number(argument)
        else {
          encoder.path[0] = i
          encoder.value(argument, 1)
        }
      }
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
    this.#modules.clear()
  }
}

/** One argument list; `bytes` holds it and nothing else. */
export function readArguments(bytes: Uint8Array, options: DecodeOptions = {}): unknown[] {
  const decoder = new ValueDecoder(bytes, [], options)
  const length = decoder.reader.varint()
  const args: unknown[] = new Array(length)
  for (let i = 0; i < length; i++) args[i] = decoder.value()
  decoder.finish()
  return args
}
