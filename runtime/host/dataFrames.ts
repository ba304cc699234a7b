// The data plane's frames: a fixed head, a table of values, then their bytes just as they lie in memory.
//
//   head (24 bytes): u32 kind | u32 serial | u32 table bytes | u32 flags | f64 body bytes
//   table: f64 numbers, a row a value: task, run, part (−1: all), bytes of the encoding (−1: absent), crc32, count of buffers, their bytes…
//   body: for each value its encoding, then its buffers, without gaps
//
// `hello` and `refused` carry a text as their body instead.

import { crc32 } from 'node:zlib'
import type { EncodedValue } from '../functions/encodedValue.ts'
import { SHARED_FROM_BYTES } from '../kernels/resultMemory.ts'

export const HELLO = 1
export const WELCOME = 2
export const REFUSED = 3
/** Asks for values by task and run. */
export const GET = 4
/** Answers a `GET`, in its order. */
export const VALUES = 5
/** Brings values. */
export const PUT = 6
/** Answers a `PUT`. */
export const STORED = 7

/** The body's checksums stand in the table and are to be compared. */
export const CHECKED = 1
export const HEAD_BYTES = 24
/** Encodings at least this large get memory of their own that threads can share. */
export const SHARE_FROM_BYTES = SHARED_FROM_BYTES

/** Small encodings lie together in pieces of at most this size. */
export const SLAB_BYTES_MAX = 1 << 20

/** What came over a data connection is not what heddle sends. */
export class DataFrameError extends Error {
  override name = 'DataFrameError'
}

/** Gives memory of exactly this size. */
export type Allocate = (byteLength: number) => SharedArrayBuffer

/**
 * Memory for those who keep values for themselves: V8 counts and frees it as any other, which it does not for shared
 * memory, and nothing here or in the codec needs more of it than to be a buffer.
 */
export const ownMemory: Allocate = (byteLength) =>
  new ArrayBuffer(byteLength) as ArrayBufferLike as SharedArrayBuffer

/** What a value is called: parts of one have numbers from 0 on, none says all of it. */
export interface ValueName {
  task: number
  run: number
  part?: number
}

/** One value on its way, with its name. `value` is absent where the sender does not have it. */
export interface NamedValue extends ValueName {
  value?: EncodedValue
}

export interface DataFrame {
  kind: number
  serial: number
  values: NamedValue[]
  text: string
}

function head(kind: number, serial: number, tableBytes: number, flags: number, bodyBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + tableBytes)
  bytes.writeUInt32LE(kind, 0)
  bytes.writeUInt32LE(serial, 4)
  bytes.writeUInt32LE(tableBytes, 8)
  bytes.writeUInt32LE(flags, 12)
  bytes.writeDoubleLE(bodyBytes, 16)
  return bytes
}

/** A frame whose body is a text. */
export function textFrame(kind: number, serial: number, text = ''): Uint8Array[] {
  const body = Buffer.from(text)
  return [Buffer.concat([head(kind, serial, 0, 0, body.length), body])]
}

/** A frame that only names values. */
export function namesFrame(kind: number, serial: number, names: readonly ValueName[]): Uint8Array[] {
  return valuesFrame(kind, serial, names, false)
}

/** The parts of a frame that carries values, to be written one after another; large ones are not copied. */
export function valuesFrame(
  kind: number,
  serial: number,
  values: readonly NamedValue[],
  checked: boolean,
): Uint8Array[] {
  const numbers: number[] = []
  const parts: Uint8Array[] = []
  let bodyBytes = 0
  for (const { task, run, part = -1, value } of values) {
    if (!value) {
      numbers.push(task, run, part, -1, 0, 0)
      continue
    }
    const own = [value.bytes, ...value.buffers.map((buffer) => new Uint8Array(buffer))]
    numbers.push(task, run, part, value.bytes.length, checked ? checksum(own) : 0, value.buffers.length)
    for (const buffer of value.buffers) numbers.push(buffer.byteLength)
    for (const part of own) {
      bodyBytes += part.length
      parts.push(part)
    }
  }
  const table = Float64Array.from(numbers)
  const first = head(kind, serial, table.byteLength, checked ? CHECKED : 0, bodyBytes)
  first.set(new Uint8Array(table.buffer), HEAD_BYTES)
  return joinSmall([first, ...parts])
}

/** Puts small neighbours together: one system call and one object for thousands of tiny results. */
export function joinSmall(parts: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = []
  let small: Uint8Array[] = []
  const flush = (): void => {
    if (small.length > 0) joined.push(small.length === 1 ? small[0] : Buffer.concat(small))
    small = []
  }
  for (const part of parts) {
    if (part.length === 0) continue
    if (part.length < SHARE_FROM_BYTES) small.push(part)
    else {
      flush()
      joined.push(part)
    }
  }
  flush()
  return joined
}

export function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0
  for (const part of parts) sum = crc32(part, sum)
  return sum
}
