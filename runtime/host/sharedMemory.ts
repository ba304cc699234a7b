// Shared memory of a worker: who still sees which buffer, and buffers that nobody sees any more, ready to be used again.
//
// V8 neither counts nor hurries to free SharedArrayBuffers, and the first touch of fresh memory costs ten to a hundred
// times a copy. So the worker counts itself: a buffer has `values` that stand in it and wrappers handed to lanes. A lane
// tells when its wrappers were collected (`letGo`); when all have, the buffer is free and the next value of its size gets it.

interface Entry {
  id: number
  buffer: SharedArrayBuffer
  /** Held values that stand in it. */
  values: number
  /** Wrappers of it that lanes have. */
  handed: number
  /** A thread that saw it was ended: nobody can say that it is unseen, so it is never used again. */
  stained: boolean
}

/** A buffer under the number that main thread and lanes call it by. */
export interface NumberedBuffer {
  id: number
  buffer: SharedArrayBuffer
}

/** Every thread counts on from its own multiple of this, the main thread from 0: no two give the same number. */
export const IDS_PER_THREAD = 2 ** 32

export class SharedMemory {
  readonly #entries = new Map<number, Entry>()
  readonly #idOf = new WeakMap<SharedArrayBuffer, number>()
  /** Free buffers by size, the one freed last on top: it is most likely in a cache. Sizes stand in the order of their last use. */
  readonly #free = new Map<number, NumberedBuffer[]>()
  /** Ids that each lane has wrappers of, with how many. */
  readonly #handedTo: Map<number, number>[]
  readonly #freeBytesMax: number
  #nextId = 0
  /** Bytes that wait for a new value. */
  freeBytes = 0
  /** Bytes in which no value stands, but that lanes have not let go of. */
  strayBytes = 0
  /** Bytes given up since the main thread last collected its garbage: only that returns them to the system. */
  givenUpBytes = 0
  /** Bytes given up that may still be in wrappers of any thread's: see `Returning`. */
  unreturnedBytes = 0

  constructor(lanes: number, freeBytesMax: number) {
    this.#handedTo = Array.from({ length: lanes }, () => new Map())
    this.#freeBytesMax = freeBytesMax
  }

  /** Memory for a value: one that is free, else new. It is not counted before `keep`. */
  take(byteLength: number): SharedArrayBuffer {
    return this.takeFree(byteLength) ?? new SharedArrayBuffer(byteLength)
  }

  /** A free buffer of this size, if there is one. */
  takeFree(byteLength: number): SharedArrayBuffer | undefined {
    const free = this.#free.get(byteLength)?.pop()
    if (free) this.freeBytes -= byteLength
    return free?.buffer
  }

  /** A value stands in this buffer from now on; returns the buffer's number. */
  keep(buffer: SharedArrayBuffer): number {
    let id = this.#idOf.get(buffer)
    if (id === undefined) {
      id = this.#nextId++
      this.#idOf.set(buffer, id)
    }
    this.#entry(id, buffer).values++
    return id
  }

  /** A value that a lane made stands in a buffer that the lane numbered. Returns the buffer as this thread knows it. */
  keepFrom(lane: number, id: number, buffer: SharedArrayBuffer): SharedArrayBuffer {
    const known = this.#entries.get(id)
    const entry = known ?? this.#entry(id, buffer)
    // Born there: the lane has its own wrapper. One that was handed to it is counted already.
    if (!known) this.#hand(lane, entry)
    else if (entry.values === 0) this.strayBytes -= entry.buffer.byteLength
    entry.values++
    return entry.buffer
  }

  /** A value that stood in it is gone. */
  drop(id: number): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    entry.values--
    if (entry.values === 0) this.strayBytes += entry.buffer.byteLength
    this.#settle(entry)
  }

  /** A lane is sent a wrapper of it. */
  handOut(lane: number, id: number): void {
    const entry = this.#entries.get(id)
    if (entry) this.#hand(lane, entry)
  }

  /** Free buffers for a lane to make results in, at most `count` of a size. */
  grant(lane: number, byteLength: number, count: number): NumberedBuffer[] {
    const free = this.#free.get(byteLength)
    const granted = free?.splice(-count) ?? []
    for (const { id, buffer } of granted) {
      this.freeBytes -= byteLength
      this.strayBytes += byteLength
      this.#hand(lane, this.#entry(id, buffer))
    }
    return granted
  }

  /** A lane's wrappers of these were collected, one for each time an id is named. */
  letGo(lane: number, ids: readonly number[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id)
      const handed = this.#handedTo[lane].get(id)
      if (!entry || handed === undefined) continue
      if (handed === 1) this.#handedTo[lane].delete(id)
      else this.#handedTo[lane].set(id, handed - 1)
      entry.handed--
      this.#settle(entry)
    }
  }

  /** A lane's thread is gone or going: what it saw may still be written to for a moment. */
  laneEnded(lane: number): void {
    for (const [id, handed] of this.#handedTo[lane]) {
      const entry = this.#entries.get(id)
      if (!entry) continue
      entry.handed -= handed
      entry.stained = true
      this.#settle(entry)
    }
    this.#handedTo[lane].clear()
  }

  /** Gives up free buffers, those of the sizes that were not used for longest first, until at most `bytes` of them are left. */
  trim(bytes: number): void {
    for (const [byteLength, buffers] of this.#free) {
      while (this.freeBytes > bytes && buffers.pop()) {
        this.freeBytes -= byteLength
        this.#giveUp(byteLength)
      }
      if (buffers.length === 0) this.#free.delete(byteLength)
      if (this.freeBytes <= bytes) return
    }
  }

  #giveUp(byteLength: number): void {
    this.givenUpBytes += byteLength
    this.unreturnedBytes += byteLength
  }

  #entry(id: number, buffer: SharedArrayBuffer): Entry {
    let entry = this.#entries.get(id)
    if (!entry) {
      entry = { id, buffer, values: 0, handed: 0, stained: false }
      this.#entries.set(id, entry)
      this.#idOf.set(buffer, id)
    }
    return entry
  }

  #hand(lane: number, entry: Entry): void {
    entry.handed++
    const handed = this.#handedTo[lane]
    handed.set(entry.id, (handed.get(entry.id) ?? 0) + 1)
  }

  /** Frees a buffer that nobody sees. */
  #settle(entry: Entry): void {
    if (entry.values > 0 || entry.handed > 0) return
    const { id, buffer, stained } = entry
    this.#entries.delete(id)
    this.strayBytes -= buffer.byteLength
    const { byteLength } = buffer
    if (stained || byteLength > this.#freeBytesMax) {
      this.#giveUp(byteLength)
      return
    }
    // What work was like a while ago says little of what comes: the size that was freed just now stays.
    this.trim(this.#freeBytesMax - byteLength)
    this.freeBytes += byteLength
    const free = this.#free.get(byteLength) ?? []
    free.push({ id, buffer })
    this.#free.delete(byteLength)
    this.#free.set(byteLength, free)
  }
}
