// Gathers the results of a batch into a lane's reports: small encodings packed, large ones handed over as shared memory.

import type { MessagePort } from 'node:worker_threads'
import type { EncodedValue } from '../functions/encodedValue.ts'
import type { TaskFailure } from '../protocol/failure.ts'
import { SET_ASIDE, type SharedResult } from '../worker/laneReport.ts'
import { SHARE_FROM_BYTES, SLAB_BYTES_MAX } from './dataFrames.ts'
import type { LaneMemory } from './laneMemory.ts'
import { movable } from './laneMessages.ts'

export class ReportWriter {
  readonly #batch: number
  readonly #aside: number | undefined
  readonly #memory: LaneMemory
  #count = 0
  #starts: Float64Array
  #durationsMs: Float64Array
  #sizes: Float64Array
  #ends: Uint32Array
  #packed = new Uint8Array(1024)
  #packedBytes = 0
  #failures: TaskFailure[] = []
  #shared: SharedResult[] = []
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

  /** Whether it holds so much that it should be sent before more is added. */
  get isFull(): boolean {
    return this.#packedBytes > SLAB_BYTES_MAX
  }

  result(start: number, durationMs: number, value: EncodedValue): void {
    const { bytes, buffers } = value
    let size = bytes.length
    for (const buffer of buffers) size += buffer.byteLength
    this.made?.push(...buffers)
    const ids = buffers.map((buffer) => this.#memory.idOf(buffer))
    if (bytes.length >= SHARE_FROM_BYTES) {
      const shared = this.#share(bytes)
      ids.unshift(this.#memory.idOf(shared.buffer))
      this.made?.push(shared.buffer)
      this.#shared.push({ index: this.#count, bytes: shared, buffers, ids })
    } else {
      this.#pack(bytes)
      if (buffers.length > 0) this.#shared.push({ index: this.#count, buffers, ids })
    }
    this.#enter(start, durationMs, size)
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
    const packed = this.#packed.slice(0, this.#packedBytes)
    const whole = count === this.#sizes.length
    port.postMessage(
      {
        kind: 'report',
        batch: this.#batch,
        starts: whole ? this.#starts : this.#starts.slice(0, count),
        durationsMs: whole ? this.#durationsMs : this.#durationsMs.slice(0, count),
        sizes: whole ? this.#sizes : this.#sizes.slice(0, count),
        ends: whole ? this.#ends : this.#ends.slice(0, count),
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
    if (need > this.#packed.length) {
      const grown = new Uint8Array(Math.max(need, 2 * this.#packed.length))
      grown.set(this.#packed.subarray(0, this.#packedBytes))
      this.#packed = grown
    }
    this.#packed.set(bytes, this.#packedBytes)
    this.#packedBytes = need
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
