// A lane's side of shared memory: it numbers the buffers it makes, and tells the main thread which ones it no longer sees.

import type { MessagePort } from 'node:worker_threads'
import { collectGarbage } from './garbage.ts'
import type { NumberedBuffer } from './sharedMemory.ts'

export class LaneMemory {
  readonly #port: MessagePort
  readonly #idOf = new WeakMap<SharedArrayBuffer, number>()
  readonly #registry: FinalizationRegistry<number>
  readonly #granted = new Map<number, NumberedBuffer[]>()
  #letGo: number[] = []
  readonly #collectBytes: number
  #nextId: number
  #seenBytes = 0

  /**
   * @param firstId its own buffers are numbered from here on
   * @param collectBytes garbage is collected when so many bytes came into sight since the last time
   */
  constructor(port: MessagePort, firstId: number, collectBytes: number) {
    this.#collectBytes = collectBytes
    this.#port = port
    this.#nextId = firstId
    this.#registry = new FinalizationRegistry((id) => {
      if (this.#letGo.length === 0) setImmediate(() => this.#tell())
      this.#letGo.push(id)
    })
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

  /** Memory for a result: one of this size that was granted, else new. */
  allocate(byteLength: number): SharedArrayBuffer {
    return this.#granted.get(byteLength)?.pop()?.buffer ?? new SharedArrayBuffer(byteLength)
  }

  /** Buffers to make results in. Those of other sizes that were granted before and not used are let go of. */
  grant(buffers: readonly NumberedBuffer[]): void {
    for (const { id, buffer } of buffers) {
      this.#register(id, buffer)
      const granted = this.#granted.get(buffer.byteLength)
      if (granted) granted.push({ id, buffer })
      else this.#granted.set(buffer.byteLength, [{ id, buffer }])
    }
    if (this.#granted.size > 4) this.#granted.delete(this.#granted.keys().next().value!)
  }

  /** Between tasks: collects garbage when much came into sight. */
  rest(): void {
    if (this.#seenBytes < this.#collectBytes) return
    this.#seenBytes = 0
    collectGarbage()
  }

  /** Gives back unused grants; what was seen and is not used any more can then be used again. */
  collect(): void {
    this.#granted.clear()
    this.#seenBytes = 0
    collectGarbage()
  }

  #register(id: number, buffer: SharedArrayBuffer): void {
    this.#idOf.set(buffer, id)
    this.#registry.register(buffer, id)
    this.#seenBytes += buffer.byteLength
  }

  #tell(): void {
    this.#port.postMessage({ kind: 'let-go', ids: this.#letGo })
    this.#letGo = []
  }
}
