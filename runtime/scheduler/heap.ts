// A 4-ary heap of (rank, row): the smallest rank comes out first.

import { resized } from './grow.ts'

export class Heap {
  #ranks = new Float64Array(16)
  #rows = new Int32Array(16)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The smallest rank; only when not empty. */
  get topRank(): number {
    return this.#ranks[0]
  }

  get topRow(): number {
    return this.#rows[0]
  }

  *entries(): Generator<[rank: number, row: number]> {
    for (let i = 0; i < this.#length; i++) yield [this.#ranks[i], this.#rows[i]]
  }

  /** Leaves a hole, of row −1, where `entries` gave its `at`-th: it comes up with its rank as any other. */
  leave(at: number): void {
    this.#rows[at] = -1
  }

  push(rank: number, row: number): void {
    if (this.#length === this.#rows.length) {
      this.#ranks = resized(this.#ranks, this.#length * 2)
      this.#rows = resized(this.#rows, this.#length * 2)
    }
    const ranks = this.#ranks
    const rows = this.#rows
    let at = this.#length++
    while (at > 0) {
      const parent = (at - 1) >> 2
      if (ranks[parent] <= rank) break
      ranks[at] = ranks[parent]
      rows[at] = rows[parent]
      at = parent
    }
    ranks[at] = rank
    rows[at] = row
  }

  /** Takes the row of the smallest rank; only when not empty. */
  pop(): number {
    const ranks = this.#ranks
    const rows = this.#rows
    const first = rows[0]
    const length = --this.#length
    const rank = ranks[length]
    const row = rows[length]
    let at = 0
    for (;;) {
      let child = 4 * at + 1
      if (child >= length) break
      let least = child
      let leastRank = ranks[child]
      const end = Math.min(child + 4, length)
      for (child++; child < end; child++) {
        if (ranks[child] < leastRank) {
          least = child
          leastRank = ranks[child]
        }
      }
      if (leastRank >= rank) break
      ranks[at] = leastRank
      rows[at] = rows[least]
      at = least
    }
    ranks[at] = rank
    rows[at] = row
    if (length === 0 && rows.length > 1 << 16) {
      this.#ranks = new Float64Array(16)
      this.#rows = new Int32Array(16)
    }
    return first
  }
}
