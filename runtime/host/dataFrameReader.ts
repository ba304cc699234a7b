// Puts the data plane's frames together again from the pieces that a socket gives.

import {
  type Allocate,
  CHECKED,
  checksum,
  type DataFrame,
  DataFrameError,
  GET,
  HEAD_BYTES,
  HELLO,
  type NamedValue,
  PUT,
  REFUSED,
  STORED,
  VALUES,
} from './dataFrames.ts'
import { placeBody } from './valuePlaces.ts'

/** More than this in one frame is not ours. */
const TABLE_BYTES_MAX = 256e6
const TEXT_BYTES_MAX = 64e3

/** Parts of which so much is missing are received where they will stay. */
const PLACE_FROM_BYTES = 128 << 10

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

  /** Where the next bytes belong, when they are many: who receives them there tells `placed`, who does not, `push`. */
  get place(): Uint8Array | undefined {
    const missing = this.#into.length - this.#filled
    return missing < PLACE_FROM_BYTES || this.#stage !== 'body'
      ? undefined
      : this.#into.subarray(this.#filled)
  }

  /**
   * So many bytes were received in the memory that `place` gave last.
   * @throws {DataFrameError} when they arrived damaged
   */
  placed(byteLength: number): void {
    this.receivedBytes += byteLength
    this.#filled += byteLength
    while (this.#filled === this.#into.length) this.#next()
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
    const [task, run, part, bytes, sum, buffers] = table.subarray(at, at + 6)
    at += 6
    if (!(buffers >= 0 && at + buffers <= table.length))
      throw new DataFrameError("a frame's table of values is cut short")
    values.push(part >= 0 ? { task, run, part } : { task, run })
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
