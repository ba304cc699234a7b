// The data plane's frames: a fixed head, a table of values, then their bytes just as they lie in memory.
//
//   head (24 bytes): u32 kind | u32 serial | u32 table bytes | u32 flags | f64 body bytes
//   table: f64 numbers, a row a value: task, run, bytes of the encoding (−1: absent), crc32, count of buffers, their bytes…
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
/** More than this in one frame is not ours. */
const TABLE_BYTES_MAX = 256e6
const TEXT_BYTES_MAX = 64e3
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

/** One value on its way, with its name. `value` is absent where the sender does not have it. */
export interface NamedValue {
  task: number
  run: number
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
export function namesFrame(
  kind: number,
  serial: number,
  names: readonly { task: number; run: number }[],
): Uint8Array[] {
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
  for (const { task, run, value } of values) {
    if (!value) {
      numbers.push(task, run, -1, 0, 0)
      continue
    }
    const own = [value.bytes, ...value.buffers.map((buffer) => new Uint8Array(buffer))]
    numbers.push(task, run, value.bytes.length, checked ? checksum(own) : 0, value.buffers.length)
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

function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0
  for (const part of parts) sum = crc32(part, sum)
  return sum
}

/** Puts frames together from received pieces; bytes go straight to where the values will stay. */
export class FrameReader {
  readonly #receive: (frame: DataFrame) => void
  readonly #allocate: Allocate
  readonly #head = Buffer.alloc(HEAD_BYTES)
  /** What is being filled now, and what follows: head, table, then the body's parts. */
  #into: Uint8Array = this.#head
  #filled = 0
  #stage: 'head' | 'table' | 'text' | 'body' = 'head'
  #parts: Uint8Array[] = []
  #frame: DataFrame = { kind: 0, serial: 0, values: [], text: '' }
  #checksums: number[] = []
  #flags = 0
  #bodyBytes = 0
  /** Bytes received so far, frames' heads included. */
  receivedBytes = 0

  /** @param allocate where large encodings and buffers are put */
  constructor(receive: (frame: DataFrame) => void, allocate: Allocate) {
    this.#receive = receive
    this.#allocate = allocate
  }

  /** The kind of the frame of which some but not all was received; 0 between frames. */
  get kindUnderWay(): number {
    return this.#stage === 'head' ? 0 : this.#frame.kind
  }

  /** @throws {DataFrameError} when the bytes are not a frame, or arrived damaged */
  push(chunk: Uint8Array): void {
    this.receivedBytes += chunk.length
    for (let at = 0; at < chunk.length; ) {
      const take = Math.min(chunk.length - at, this.#into.length - this.#filled)
      this.#into.set(take === chunk.length ? chunk : chunk.subarray(at, at + take), this.#filled)
      this.#filled += take
      at += take
      while (this.#filled === this.#into.length) this.#next()
    }
  }

  /** The part at hand is complete: on to the next one, which may be empty. */
  #next(): void {
    this.#filled = 0
    if (this.#stage === 'head') {
      this.#readHead()
      if (this.#into.length > 0) return
    }
    if (this.#stage === 'text') {
      this.#finish(Buffer.from(this.#into).toString())
      return
    }
    if (this.#stage === 'table') this.#readTable()
    const part = this.#parts.shift()
    if (part) this.#into = part
    else this.#finish('')
  }

  #readHead(): void {
    const kind = this.#head.readUInt32LE(0)
    const tableBytes = this.#head.readUInt32LE(8)
    this.#flags = this.#head.readUInt32LE(12)
    this.#bodyBytes = this.#head.readDoubleLE(16)
    const sane = kind >= HELLO && kind <= STORED && this.#bodyBytes >= 0 && tableBytes % 8 === 0
    if (!sane || tableBytes > TABLE_BYTES_MAX)
      throw new DataFrameError('what came is no frame of heddle data')
    this.#frame = { kind, serial: this.#head.readUInt32LE(4), values: [], text: '' }
    this.#checksums = []
    if (kind === HELLO || kind === REFUSED) {
      if (this.#bodyBytes > TEXT_BYTES_MAX) throw new DataFrameError('what came is no frame of heddle data')
      this.#stage = 'text'
      this.#into = new Uint8Array(this.#bodyBytes)
    } else {
      this.#stage = 'table'
      this.#into = new Uint8Array(tableBytes)
    }
  }

  #readTable(): void {
    const table = new Float64Array(this.#into.buffer, 0, this.#into.length / 8)
    this.#stage = 'body'
    const { kind } = this.#frame
    if (kind !== VALUES && kind !== PUT && kind !== GET) return
    const sizes = readTable(table, this.#frame.values, this.#checksums, this.#bodyBytes)
    if (kind !== GET) this.#parts = placeBody(this.#frame.values, sizes, this.#allocate)
  }

  #finish(text: string): void {
    const frame = this.#frame
    frame.text = text
    this.#stage = 'head'
    this.#into = this.#head
    if (this.#flags & CHECKED) this.#check(frame.values)
    this.#receive(frame)
  }

  #check(values: readonly NamedValue[]): void {
    values.forEach(({ task, value }, i) => {
      if (!value) return
      const parts = [value.bytes, ...value.buffers.map((buffer) => new Uint8Array(buffer))]
      if (checksum(parts) !== this.#checksums[i])
        throw new DataFrameError(`the value of task ${task} arrived damaged: its checksum differs`)
    })
  }
}

/** Reads the rows of a table; returns each value's sizes, its encoding first, or nothing where it is absent. */
function readTable(
  table: Float64Array,
  values: NamedValue[],
  checksums: number[],
  bodyBytes: number,
): (number[] | undefined)[] {
  const sizes: (number[] | undefined)[] = []
  let total = 0
  for (let at = 0; at < table.length; ) {
    const [task, run, bytes, sum, buffers] = table.subarray(at, at + 5)
    at += 5
    if (!(buffers >= 0 && at + buffers <= table.length))
      throw new DataFrameError("a frame's table of values is cut short")
    values.push({ task, run })
    checksums.push(sum)
    const own = bytes < 0 ? undefined : [bytes, ...table.subarray(at, at + buffers)]
    at += buffers
    sizes.push(own)
    for (const size of own ?? []) {
      if (!(size >= 0)) throw new DataFrameError("a frame's table of values is broken")
      total += size
    }
  }
  if (total !== bodyBytes) throw new DataFrameError("a frame's table of values does not add up to its body")
  return sizes
}

/** Makes room for the values: small encodings side by side, large ones and buffers in shared memory of their own. */
function placeBody(
  values: NamedValue[],
  sizes: readonly (number[] | undefined)[],
  allocate: Allocate,
): Uint8Array[] {
  const parts: Uint8Array[] = []
  let slab = new Uint8Array(0)
  let at = 0
  sizes.forEach((own, i) => {
    if (!own) return
    const [bytes, ...buffers] = own
    const isSmall = bytes < SHARE_FROM_BYTES
    if (isSmall && at + bytes > slab.length) {
      slab = new Uint8Array(slabBytes(sizes, i))
      at = 0
    }
    const value: EncodedValue = {
      bytes: isSmall ? slab.subarray(at, at + bytes) : new Uint8Array(allocate(bytes)),
      buffers: buffers.map((size) => allocate(size)),
    }
    if (isSmall) at += bytes
    values[i].value = value
    parts.push(value.bytes, ...value.buffers.map((buffer) => new Uint8Array(buffer)))
  })
  return joinNeighbours(parts)
}

/** Bytes of the small encodings from `from` on, up to a size that one survivor may hold back without harm. */
function slabBytes(sizes: readonly (number[] | undefined)[], from: number): number {
  let bytes = 0
  for (let i = from; i < sizes.length; i++) {
    const size = sizes[i]?.[0] ?? 0
    if (size >= SHARE_FROM_BYTES) continue
    if (bytes > 0 && bytes + size > SLAB_BYTES_MAX) break
    bytes += size
  }
  return bytes
}

/** Views that lie side by side on one buffer become one, so that thousands of tiny values are one copy. */
function joinNeighbours(parts: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = []
  for (const part of parts) {
    if (part.length === 0) continue
    const last = joined.at(-1)
    if (last && last.buffer === part.buffer && last.byteOffset + last.length === part.byteOffset)
      joined[joined.length - 1] = new Uint8Array(part.buffer, last.byteOffset, last.length + part.length)
    else joined.push(part)
  }
  return joined
}
