// Who wants a result: a pool of (client, handle), linked both ways per task; a task's `wants` column is its list's head.

import { resized } from './grow.ts'

export class WantPool {
  client = new Int32Array(64)
  handle = new Uint32Array(64)
  task = new Int32Array(64)
  next = new Int32Array(64)
  #previous = new Int32Array(64)
  #free = -1
  #top = 0
  #used = 0

  get size(): number {
    return this.#used
  }

  get byteLength(): number {
    return this.client.length * 20
  }

  /** Makes room for `count` more at once. */
  reserve(count: number): void {
    if (this.#top + count > this.client.length) this.#grow(this.#top + count)
  }

  /** Puts an entry at the head of the task's list. */
  add(client: number, handle: number, task: number, heads: Int32Array): number {
    let entry = this.#free
    if (entry >= 0) this.#free = this.next[entry]
    else {
      entry = this.#top++
      if (entry === this.client.length) this.#grow(Math.ceil(entry * 1.5))
    }
    const head = heads[task]
    this.client[entry] = client
    this.handle[entry] = handle
    this.task[entry] = task
    this.next[entry] = head
    this.#previous[entry] = -1
    if (head >= 0) this.#previous[head] = entry
    heads[task] = entry
    this.#used++
    return entry
  }

  remove(entry: number, heads: Int32Array): void {
    const before = this.#previous[entry]
    const after = this.next[entry]
    if (before >= 0) this.next[before] = after
    else heads[this.task[entry]] = after
    if (after >= 0) this.#previous[after] = before
    this.next[entry] = this.#free
    this.#free = entry
    this.#used--
  }

  #grow(capacity: number): void {
    this.client = resized(this.client, capacity)
    this.handle = resized(this.handle, capacity)
    this.task = resized(this.task, capacity)
    this.next = resized(this.next, capacity)
    this.#previous = resized(this.#previous, capacity)
  }
}
