// Runs that may start, smallest priority number first: a 4-ary heap in two typed columns.

import { withRoom } from './column.ts'

export class ReadyQueue {
  #slots = new Int32Array(64)
  #priorities = new Float64Array(64)
  #serials = new Float64Array(64)
  #length = 0
  #serial = 0

  /** How many entries stand in the heap, those of dropped runs included. */
  get length(): number {
    return this.#length
  }

  /** Equal priorities leave in the order they came. */
  push(slot: number, priority: number): void {
    if (this.#length === this.#slots.length) {
      this.#slots = withRoom(this.#slots, this.#length + 1)
      this.#priorities = withRoom(this.#priorities, this.#length + 1)
      this.#serials = withRoom(this.#serials, this.#length + 1)
    }
    const serial = this.#serial++
    let at = this.#length++
    while (at > 0) {
      const parent = (at - 1) >> 2
      if (!(priority < this.#priorities[parent])) break
      this.#move(parent, at)
      at = parent
    }
    this.#put(at, slot, priority, serial)
  }

  /** The slot that should start next, without taking it; −1 when there is none. */
  peek(): number {
    return this.#length > 0 ? this.#slots[0] : -1
  }

  /** Calls back for so many entries at most, about those that come first: entries of dropped runs, and some twice, are among them. */
  visit(most: number, look: (slot: number) => void): void {
    for (let at = 0, end = Math.min(most, this.#length); at < end; at++) look(this.#slots[at])
  }

  pop(): number {
    if (this.#length === 0) return -1
    const first = this.#slots[0]
    const last = --this.#length
    if (last === 0) {
      this.#serial = 0
      return first
    }
    const slot = this.#slots[last]
    const priority = this.#priorities[last]
    const serial = this.#serials[last]
    let at = 0
    for (;;) {
      const from = 4 * at + 1
      if (from >= last) break
      let least = from
      const to = Math.min(from + 4, last)
      for (let child = from + 1; child < to; child++) if (this.#before(child, least)) least = child
      if (!this.#isBefore(least, priority, serial)) break
      this.#move(least, at)
      at = least
    }
    this.#put(at, slot, priority, serial)
    return first
  }

  #before(a: number, b: number): boolean {
    return this.#isBefore(a, this.#priorities[b], this.#serials[b])
  }

  #isBefore(at: number, priority: number, serial: number): boolean {
    const own = this.#priorities[at]
    return own < priority || (own === priority && this.#serials[at] < serial)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#slots[from], this.#priorities[from], this.#serials[from])
  }

  #put(at: number, slot: number, priority: number, serial: number): void {
    this.#slots[at] = slot
    this.#priorities[at] = priority
    this.#serials[at] = serial
  }
}
