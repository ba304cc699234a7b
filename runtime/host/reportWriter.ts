// Gathers the results of a batch into a lane's reports: small encodings packed, large ones handed over as shared memory.

import type { MessagePort } from 'node:worker_threads'
import type { EncodedValue } from '../functions/encodedValue.ts'
import type { TaskFailure } from '../protocol/failure.ts'
import { SET_ASIDE, type SharedResult } from '../worker/laneReport.ts'
import { SHARE_FROM_BYTES, SLAB_BYTES_MAX } from './dataFrames.ts'
import type { LaneMemory } from './laneMemory.ts'
import { movable } from './laneMessages.ts'

/** Room for small results to begin with. */
const PACKED_BYTES = 1024

export class ReportWriter {
  readonly #batch: number
  readonly #aside: number | undefined
  readonly #memory: LaneMemory
  #count = 0
  #starts: Float64Array
  #durationsMs: Float64Array
  #sizes: Float64Array
  #ends: Uint32Array
  #packed = new Uint8Array(PACKED_BYTES)
  #packedBytes = 0
  #failures: TaskFailure[] = []
  #shared: SharedResult[] = []
  #parts: Float64Array | undefined
  /** Shared memory of all results so far; absent once it need not be known. */
  made: SharedArrayBuffer[] | undefined = []

  /** @param aside the place in the batch, for a report of one run that had been set aside */
  constructor(batch: number, runs: number, memory: LaneMemory, aside?: number) {
    this.#batch = batch
    this.#aside = aside
    this.#memory = memory
    this.#starts = new Float64Array(runs)
    this.#durationsMs = new Float64Array(runs)
    this.#sizes = new Float64Array(runs)
    this.#ends = new Uint32Array(runs)
  }

  /** Whether it must be sent before more is added: it holds much, or parts, which stand behind all results. */
  get isFull(): boolean {
    return this.#packedBytes > SLAB_BYTES_MAX || this.#parts !== undefined
  }

  result(start: number, durationMs: number, value: EncodedValue): void {
    this.#enter(start, durationMs, this.#put(this.#count, value))
  }

  /** A result in parts: the report must be sent before another one is added. */
  resultInParts(start: number, durationMs: number, parts: readonly EncodedValue[]): void {
    this.#reserve(
      parts.reduce((sum, { bytes }) => sum + (bytes.length < SHARE_FROM_BYTES ? bytes.length : 0), 0),
    )
    const run = this.#count
    this.#enter(start, durationMs, 0)
    const ends = new Uint32Array(this.#count + parts.length)
    ends.set(this.#ends.subarray(0, this.#count))
    this.#parts = Float64Array.from(parts, (part, i) => {
      const size = this.#put(this.#count + i, part)
      ends[this.#count + i] = this.#packedBytes
      this.#sizes[run] += size
      return size
    })
    this.#ends = ends
  }

  /** Packs a value, or hands over its memory, as the one at this place; gives its bytes. */
  #put(index: number, { bytes, buffers }: EncodedValue): number {
    let size = bytes.length
    for (const buffer of buffers) size += buffer.byteLength
    this.made?.push(...buffers)
    const ids = buffers.map((buffer) => this.#memory.idOf(buffer))
    if (bytes.length >= SHARE_FROM_BYTES) {
      const shared = this.#share(bytes)
      ids.unshift(this.#memory.idOf(shared.buffer))
      this.made?.push(shared.buffer)
      this.#shared.push({ index, bytes: shared, buffers, ids })
    } else {
      this.#pack(bytes)
      if (buffers.length > 0) this.#shared.push({ index, buffers, ids })
    }
    return size
  }

  failed(start: number, durationMs: number, failure: TaskFailure): void {
    this.#failures.push(failure)
    this.#enter(start, durationMs, -1)
  }

  /** Its result comes later, in a report of its own. */
  setAside(start: number, durationMs: number): void {
    this.#enter(start, durationMs, SET_ASIDE)
  }

  /** Sends what it has, if anything, and begins anew. */
  send(port: MessagePort): void {
    const count = this.#count
    if (count === 0) return
    const isExact = this.#packedBytes === this.#packed.length
    const packed = isExact ? this.#packed : this.#packed.slice(0, this.#packedBytes)
    if (isExact) this.#packed = new Uint8Array(PACKED_BYTES)
    const whole = count === this.#sizes.length
    port.postMessage(
      {
        kind: 'report',
        batch: this.#batch,
        starts: whole ? this.#starts : this.#starts.slice(0, count),
        durationsMs: whole ? this.#durationsMs : this.#durationsMs.slice(0, count),
        sizes: whole ? this.#sizes : this.#sizes.slice(0, count),
        ends: whole || this.#parts ? this.#ends : this.#ends.slice(0, count),
        ...(this.#parts && { parts: this.#parts }),
        packed,
        failures: this.#failures,
        shared: this.#shared,
        aside: this.#aside,
      },
      movable(packed.buffer),
    )
    this.#count = 0
    this.#packedBytes = 0
    this.#failures = []
    this.#shared = []
    if (!this.#parts) return
    this.#parts = undefined
    this.#ends = new Uint32Array(this.#sizes.length)
  }

  #enter(start: number, durationMs: number, size: number): void {
    const at = this.#count++
    this.#starts[at] = start
    this.#durationsMs[at] = durationMs
    this.#sizes[at] = size
    this.#ends[at] = this.#packedBytes
  }

  #pack(bytes: Uint8Array): void {
    const need = this.#packedBytes + bytes.length
    if (need > this.#packed.length) this.#grow(Math.max(need, 2 * this.#packed.length))
    this.#packed.set(bytes, this.#packedBytes)
    this.#packedBytes = need
  }

  /** Room for exactly so many bytes more. */
  #reserve(bytes: number): void {
    if (this.#packedBytes + bytes > this.#packed.length) this.#grow(this.#packedBytes + bytes)
  }

  #grow(length: number): void {
    const grown = new Uint8Array(length)
    grown.set(this.#packed.subarray(0, this.#packedBytes))
    this.#packed = grown
  }

  /** A large encoding in memory that every thread can read. */
  #share(bytes: Uint8Array): { buffer: SharedArrayBuffer; length: number } {
    if (bytes.buffer instanceof SharedArrayBuffer && bytes.byteOffset === 0)
      return { buffer: bytes.buffer, length: bytes.length }
    const buffer = this.#memory.allocate(bytes.length)
    new Uint8Array(buffer).set(bytes)
    return { buffer, length: bytes.length }
  }
}
