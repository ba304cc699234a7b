// The bytes of the values a worker holds, by the rows of its books: tiny ones lie packed in slabs, not an object each.

import type { EncodedValue } from '../functions/encodedValue.ts'
import { withRoom } from '../worker/column.ts'
import type { LaneReport, SharedResult } from '../worker/laneReport.ts'
import type { BatchValues } from './laneMessages.ts'
import type { SharedMemory } from './sharedMemory.ts'

/** Small encodings that came together; freed when the last of them is forgotten. */
interface Slab {
  bytes: Uint8Array
  live: number
}

const NONE = -1
const EMPTY = new Uint8Array(0)

export class ValueStore {
  /** Per row: its slab, or −1; and where in it the encoding lies. */
  #slab = new Int32Array(0)
  #from = new Uint32Array(0)
  #length = new Uint32Array(0)
  readonly #slabs: (Slab | undefined)[] = []
  readonly #freeSlabs: number[] = []
  readonly #memory: SharedMemory
  #lastSlab = NONE
  /** Rows with something in shared memory. */
  readonly #shared = new Map<number, Omit<SharedResult, 'index'>>()

  /** Bytes of slabs, those that hold back forgotten values included. */
  slabBytes = 0

  constructor(memory: SharedMemory) {
    this.#memory = memory
  }

  /** Keeps the results that a lane reported, and parts behind them; row −1 is not kept. */
  keepReport(lane: number, rows: Int32Array, report: LaneReport): void {
    let live = 0
    for (const row of rows) if (row !== NONE) live++
    if (live === 0) return
    for (const { index, bytes, buffers, ids } of report.shared) {
      if (rows[index] === NONE) continue
      const first = bytes ? 1 : 0
      this.#shared.set(rows[index], {
        bytes: bytes && { buffer: this.#memory.keepFrom(lane, ids[0], bytes.buffer), length: bytes.length },
        buffers: buffers.map((buffer, i) => this.#memory.keepFrom(lane, ids[first + i], buffer)),
        ids,
      })
    }
    const number = this.#newSlab(report.packed)
    let kept = 0
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]
      if (row === NONE) continue
      this.#makeRoom(row)
      const from = i === 0 ? 0 : report.ends[i - 1]
      const length = report.ends[i] - from
      if (length === 0) continue
      this.#slab[row] = number
      this.#from[row] = from
      this.#length[row] = length
      kept++
    }
    this.#slabs[number]!.live = kept
    if (kept === 0) this.#dropSlab(number)
  }

  /** Keeps one value that came in a frame: small ones of one frame lie in one slab. */
  keep(row: number, value: EncodedValue): void {
    this.#makeRoom(row)
    const { bytes, buffers } = value
    const ids = buffers.map((buffer) => this.#memory.keep(buffer))
    if (bytes.buffer instanceof SharedArrayBuffer) {
      ids.unshift(this.#memory.keep(bytes.buffer))
      this.#shared.set(row, { bytes: { buffer: bytes.buffer, length: bytes.length }, buffers, ids })
      return
    }
    if (buffers.length > 0) this.#shared.set(row, { buffers, ids })
    let number = this.#lastSlab
    if (this.#slabs[number]?.bytes.buffer !== bytes.buffer) {
      number = this.#newSlab(new Uint8Array(bytes.buffer))
      this.#lastSlab = number
    }
    this.#slabs[number]!.live++
    this.#slab[row] = number
    this.#from[row] = bytes.byteOffset
    this.#length[row] = bytes.length
  }

  /** A value that is here only to be sent: gives how to say that it was, so that its memory serves the next one. */
  pass({ bytes, buffers }: EncodedValue): () => void {
    const own = bytes.buffer instanceof SharedArrayBuffer ? [bytes.buffer, ...buffers] : buffers
    const ids = own.map((buffer) => this.#memory.keep(buffer))
    return () => {
      for (const id of ids.splice(0)) this.#memory.drop(id)
    }
  }

  /** The value of a row whose bytes are in memory. Views, not copies. */
  get(row: number): EncodedValue {
    const shared = this.#shared.get(row)
    if (shared?.bytes)
      return { bytes: new Uint8Array(shared.bytes.buffer, 0, shared.bytes.length), buffers: shared.buffers }
    return { bytes: this.#small(row), buffers: shared?.buffers ?? [] }
  }

  /** Lets go of a row's bytes in memory. */
  release(row: number): void {
    const shared = this.#shared.get(row)
    if (shared) {
      this.#shared.delete(row)
      for (const id of shared.ids) this.#memory.drop(id)
    }
    if (row >= this.#slab.length || this.#slab[row] === NONE) return
    const number = this.#slab[row]
    this.#slab[row] = NONE
    const slab = this.#slabs[number]!
    if (--slab.live === 0) this.#dropSlab(number)
  }

  /** Packs the values of `rows` for a lane; `ends` and `indexes` say which run needs which. */
  pack(lane: number, rows: readonly number[], ends: Uint32Array, indexes: Uint32Array): BatchValues {
    const shared: SharedResult[] = []
    const packedEnds = new Uint32Array(rows.length)
    let bytes = 0
    rows.forEach((row, index) => {
      const large = this.#shared.get(row)
      if (large) {
        shared.push({ index, ...large })
        for (const id of large.ids) this.#memory.handOut(lane, id)
      }
      if (!large?.bytes) bytes += this.#length[row]
      packedEnds[index] = bytes
    })
    const packed = new Uint8Array(bytes)
    let at = 0
    rows.forEach((row, index) => {
      if (packedEnds[index] === at) return
      packed.set(this.#small(row), at)
      at = packedEnds[index]
    })
    return { ends, indexes, packed, packedEnds, shared }
  }

  #small(row: number): Uint8Array {
    const number = this.#slab[row]
    if (number === NONE) return EMPTY
    const { bytes } = this.#slabs[number]!
    return bytes.subarray(this.#from[row], this.#from[row] + this.#length[row])
  }

  #newSlab(bytes: Uint8Array): number {
    const number = this.#freeSlabs.pop() ?? this.#slabs.length
    this.#slabs[number] = { bytes, live: 0 }
    this.slabBytes += bytes.buffer.byteLength
    return number
  }

  #dropSlab(number: number): void {
    this.slabBytes -= this.#slabs[number]!.bytes.buffer.byteLength
    this.#slabs[number] = undefined
    this.#freeSlabs.push(number)
  }

  #makeRoom(row: number): void {
    if (row < this.#slab.length) return
    const before = this.#slab.length
    this.#slab = withRoom(this.#slab, row + 1).fill(NONE, before)
    this.#from = withRoom(this.#from, row + 1)
    this.#length = withRoom(this.#length, row + 1)
  }
}
