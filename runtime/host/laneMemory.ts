// A lane's side of shared memory: it numbers the buffers it makes, and tells the main thread which ones it no longer sees.

import type { MessagePort } from 'node:worker_threads'
import { type ResultMemory, releaseCaches } from '../kernels/resultMemory.ts'
import { collectGarbage } from './garbage.ts'
import type { NumberedBuffer } from './sharedMemory.ts'
import { GRANTED_SIZES_MAX } from './spareGrants.ts'

/** Buffers of so many sizes wait for the next result. */
const SPARE_SIZES_MAX = GRANTED_SIZES_MAX

/** What a collection found is known a turn later, and told in the next one. */
const TURNS_TO_TELL = 3

function afterTurns(turns: number, then: () => void): void {
  setImmediate(() => (turns > 1 ? afterTurns(turns - 1, then) : then()))
}

export class LaneMemory implements ResultMemory {
  readonly #port: MessagePort
  readonly #idOf = new WeakMap<SharedArrayBuffer, number>()
  readonly #registry: FinalizationRegistry<number>
  /** Those that were made here: they count when they are made, and again when a result stands in them. */
  readonly #made = new WeakSet<SharedArrayBuffer>()
  /** Buffers of this thread's own that nobody looks at, by size: granted ones, and those that kernels gave back. */
  readonly #spare = new Map<number, SharedArrayBuffer[]>()
  #spareBytes = 0
  #letGo: number[] = []
  readonly #collectBytes: number
  readonly #collectGarbage: () => void
  /** The wave that is to be answered, while a collection is to come. */
  #wave: number | undefined
  #nextId: number
  #seenBytes = 0

  /**
   * @param firstId its own buffers are numbered from here on
   * @param collectBytes garbage is collected when so many bytes came into sight since the last time
   */
  constructor(port: MessagePort, firstId: number, collectBytes: number, collect = collectGarbage) {
    this.#collectGarbage = collect
    this.#collectBytes = collectBytes
    this.#port = port
    this.#nextId = firstId
    this.#registry = new FinalizationRegistry((id) => {
      if (this.#letGo.length === 0) setImmediate(() => this.#tell())
      this.#letGo.push(id)
    })
  }

  get cacheBytes(): number {
    return this.#collectBytes
  }

  /** A buffer came from the main thread under this number. */
  see(id: number, buffer: SharedArrayBuffer): void {
    // Twice in one message is one wrapper: the second is let go of at once.
    if (this.#idOf.has(buffer)) {
      if (this.#letGo.length === 0) setImmediate(() => this.#tell())
      this.#letGo.push(id)
    } else this.#register(id, buffer)
  }

  /** The number of a buffer that a result stands in, wherever it came from. */
  idOf(buffer: SharedArrayBuffer): number {
    let id = this.#idOf.get(buffer)
    if (id === undefined) {
      id = this.#nextId++
      this.#register(id, buffer)
    }
    return id
  }

  /** Memory for a result: one of this size that was granted or given back, else new. */
  allocate(byteLength: number): SharedArrayBuffer {
    const spare = this.#spare.get(byteLength)?.pop()
    if (spare) {
      this.#spareBytes -= byteLength
      return spare
    }
    // A task that makes much and keeps little must not wait for its end: V8 does not count shared memory.
    if (this.#seenBytes > 2 * this.#collectBytes) this.rest()
    this.#seenBytes += byteLength
    const buffer = new SharedArrayBuffer(byteLength)
    this.#made.add(buffer)
    return buffer
  }

  /** A kernel has no more use for a buffer that it was given, and no result stands in it. */
  giveBack(buffer: SharedArrayBuffer): void {
    if (this.#spareBytes + buffer.byteLength > this.#collectBytes) return // The garbage collection takes it.
    this.#keepSpare(buffer)
  }

  /** Buffers to make results in. Those of other sizes that were granted before and not used are let go of. */
  grant(buffers: readonly NumberedBuffer[]): void {
    for (const { id, buffer } of buffers) {
      this.#register(id, buffer)
      this.#keepSpare(buffer)
    }
  }

  /** Nobody in this thread will look at these again: they need not wait for a garbage collection. */
  forget(buffers: Iterable<SharedArrayBuffer>): void {
    for (const buffer of buffers) {
      const id = this.#idOf.get(buffer)
      if (id === undefined) continue
      this.#idOf.delete(buffer)
      this.#registry.unregister(buffer)
      const times = this.#made.has(buffer) ? 2 : 1
      this.#seenBytes = Math.max(0, this.#seenBytes - times * buffer.byteLength)
      this.#letGo.push(id)
    }
    this.#tell()
  }

  /** Between tasks: collects garbage when much came into sight. */
  rest(): void {
    if (this.#seenBytes < this.#collectBytes) return
    this.#seenBytes = 0
    this.#collectGarbage()
  }

  /**
   * Gives back unused grants and has garbage collected; what was seen and is not used any more can then be used again.
   * Once for all that ask in one turn of the event loop: what was collected is told in the next turn, which would
   * never come on a slow machine if each collection took as long as it takes until the next one is asked for.
   * @param wave answered when what was collected has been told
   */
  collect(wave: number): void {
    const isAsked = this.#wave !== undefined
    this.#wave = wave
    if (isAsked) return
    setImmediate(() => {
      const asked = this.#wave
      this.#wave = undefined
      this.#spare.clear()
      this.#spareBytes = 0
      this.#seenBytes = 0
      releaseCaches()
      this.#collectGarbage()
      afterTurns(TURNS_TO_TELL, () => this.#port.postMessage({ kind: 'collected', wave: asked }))
    })
  }

  #keepSpare(buffer: SharedArrayBuffer): void {
    const { byteLength } = buffer
    const spare = this.#spare.get(byteLength)
    if (spare?.includes(buffer)) return
    if (spare) spare.push(buffer)
    else this.#spare.set(byteLength, [buffer])
    this.#spareBytes += byteLength
    if (this.#spare.size <= SPARE_SIZES_MAX) return
    const [oldest, buffers] = this.#spare.entries().next().value!
    this.#spare.delete(oldest)
    this.#spareBytes -= oldest * buffers.length
  }

  #register(id: number, buffer: SharedArrayBuffer): void {
    this.#idOf.set(buffer, id)
    this.#registry.register(buffer, id, buffer)
    this.#seenBytes += buffer.byteLength
  }

  #tell(): void {
    if (this.#letGo.length === 0) return
    this.#port.postMessage({ kind: 'let-go', ids: this.#letGo })
    this.#letGo = []
  }
}
