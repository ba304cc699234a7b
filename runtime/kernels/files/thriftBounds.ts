// Whether bytes are a whole struct in Thrift's compact protocol: looked at before a library takes memory for what damaged ones claim.
// Source: Apache Thrift, "Thrift Compact protocol" (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).

import type { ThriftStruct, ThriftType } from './footerTypes.ts'

/** Parquet's own structs nest less than ten deep. */
const MAX_DEPTH = 64
/** A number of 64 bits takes ten bytes at most, one of 32 bits five. */
const MAX_VARINT_BYTES = 10
const MAX_SHORT_VARINT_BYTES = 5

const STOP = 0
const BOOLEAN_TRUE = 1
const BOOLEAN_FALSE = 2
const BYTE = 3
const I16 = 4
const I32 = 5
const I64 = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const STRUCT = 12

/**
 * Walks over a struct: every list has as many items as it says, every text as many bytes, and every field that is known its type.
 * @param bytes begin with the struct; more may stand behind it
 * @param type what is known of it
 * @returns how many bytes it takes
 * @throws {RangeError} when they end before it does, nest without end, or are of other types
 * @example requireWholeStruct(Uint8Array.of(0x15, 0x02, 0x00)) // 3
 */
export function requireWholeStruct(bytes: Uint8Array, type?: ThriftStruct): number {
  const walk = new Walk(bytes)
  walk.struct(0, type)
  return walk.at
}

class Walk {
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  struct(depth: number, own?: ThriftStruct): void {
    let left = own?.required?.length ?? 0
    let field = 0
    for (;;) {
      const head = this.#byte()
      const type = head & 0x0f
      if (type === STOP) break
      if (head >> 4 === 0) {
        const zigzag = this.#varint(MAX_SHORT_VARINT_BYTES)
        field = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
      } else field += head >> 4
      const known = own?.fields[field]
      if (known && !isOf(type, known))
        throw new RangeError(`field ${field} of ${own?.name} is of another type`)
      if (own?.required?.includes(field)) left--
      // Fields have their truth in their type.
      if (type !== BOOLEAN_TRUE && type !== BOOLEAN_FALSE) this.#value(type, depth, known)
    }
    if (left > 0) throw new RangeError(`${own?.name} lacks a field`)
  }

  #value(type: number, depth: number, known?: ThriftType): void {
    switch (type) {
      case BOOLEAN_TRUE:
      case BOOLEAN_FALSE:
      case BYTE:
        this.#skip(1)
        return
      case I16:
      case I32:
        this.#varint(MAX_SHORT_VARINT_BYTES)
        return
      case I64:
        this.#varint(MAX_VARINT_BYTES)
        return
      case DOUBLE:
        this.#skip(8)
        return
      case BINARY:
        this.#skip(this.#varint(MAX_SHORT_VARINT_BYTES))
        return
      case LIST:
      case STRUCT:
        if (depth >= MAX_DEPTH) throw new RangeError(`structs nest more than ${MAX_DEPTH} deep`)
        if (type === LIST) this.#list(depth + 1, isList(known) ? known[0] : undefined)
        else this.struct(depth + 1, isStruct(known) ? known : undefined)
        return
      default:
        throw new RangeError(`byte ${this.at} is of type ${type}, which parquet has not`)
    }
  }

  #list(depth: number, known?: ThriftType): void {
    const head = this.#byte()
    const size = head >> 4 === 15 ? this.#varint(MAX_SHORT_VARINT_BYTES) : head >> 4
    // Every item takes a byte at least.
    this.#requireLeft(size)
    if (known && size > 0 && !isOf(head & 0x0f, known))
      throw new RangeError(`the list before byte ${this.at} has items of another type`)
    for (let i = 0; i < size; i++) this.#value(head & 0x0f, depth, known)
  }

  #byte(): number {
    this.#requireLeft(1)
    return this.#bytes[this.at++]
  }

  #skip(count: number): void {
    this.#requireLeft(count)
    this.at += count
  }

  /** A number without a sign; beyond 2^53 only its length counts. */
  #varint(mostBytes: number): number {
    let value = 0
    for (let i = 0; i < mostBytes; i++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new RangeError(`a number at byte ${this.at} has more than ${mostBytes} bytes`)
  }

  #requireLeft(count: number): void {
    const left = this.#bytes.length - this.at
    if (count > left) throw new RangeError(`byte ${this.at} asks for ${count} more, and there are ${left}`)
  }
}

const isList = (known: ThriftType | undefined): known is readonly [ThriftType] => Array.isArray(known)

const isStruct = (known: ThriftType | undefined): known is ThriftStruct =>
  typeof known === 'object' && !isList(known)

function isOf(type: number, known: ThriftType): boolean {
  if (isList(known)) return type === LIST
  switch (known) {
    case 'boolean':
      return type === BOOLEAN_TRUE || type === BOOLEAN_FALSE
    case 'byte':
      return type === BYTE
    case 'int':
      return type === I16 || type === I32
    case 'int64':
      return type === I64
    case 'binary':
      return type === BINARY
    default:
      return type === STRUCT
  }
}
