// Who holds a value: a pool of linked entries, one list a task, whose head is the task's `holders` column.

import { resized } from './grow.ts'

export class ReplicaPool {
  /** The worker that an entry names. */
  worker = new Int32Array(64)
  /** The next entry of the same task, or −1. Of a free entry: the next free one. */
  next = new Int32Array(64)
  #free = -1
  #top = 0
  #used = 0

  get size(): number {
    return this.#used
  }

  /** Puts an entry before `head`; returns the new head. */
  add(worker: number, head: number): number {
    let entry = this.#free
    if (entry >= 0) this.#free = this.next[entry]
    else {
      entry = this.#top++
      if (entry === this.worker.length) {
        const capacity = Math.ceil(entry * 1.5)
        this.worker = resized(this.worker, capacity)
        this.next = resized(this.next, capacity)
      }
    }
    this.worker[entry] = worker
    this.next[entry] = head
    this.#used++
    return entry
  }

  has(worker: number, head: number): boolean {
    for (let entry = head; entry >= 0; entry = this.next[entry])
      if (this.worker[entry] === worker) return true
    return false
  }

  /** Takes the entry of `worker` out of a list; returns its head afterwards. */
  remove(worker: number, head: number): number {
    let previous = -1
    for (let entry = head; entry >= 0; previous = entry, entry = this.next[entry]) {
      if (this.worker[entry] !== worker) continue
      const after = this.next[entry]
      this.#giveBack(entry)
      if (previous < 0) return after
      this.next[previous] = after
      return head
    }
    return head
  }

  /** Gives back one entry and returns the one after it: for taking a whole list apart. */
  drop(entry: number): number {
    const after = this.next[entry]
    this.#giveBack(entry)
    return after
  }

  count(head: number): number {
    let count = 0
    for (let entry = head; entry >= 0; entry = this.next[entry]) count++
    return count
  }

  /** One holder, spread by `salt` when there are several, so that not everybody fetches from the same worker. */
  pick(head: number, salt: number): number {
    if (head < 0) return -1
    if (this.next[head] < 0) return this.worker[head]
    let steps = (salt >>> 0) % this.count(head)
    let entry = head
    while (steps-- > 0) entry = this.next[entry]
    return this.worker[entry]
  }

  #giveBack(entry: number): void {
    this.next[entry] = this.#free
    this.#free = entry
    this.#used--
  }
}
