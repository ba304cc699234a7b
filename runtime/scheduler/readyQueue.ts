// Tasks that could run and wait for a worker, the smallest rank first.

import { Heap } from './heap.ts'
import { READY } from './phases.ts'
import { rankOf } from './rank.ts'
import type { Segment } from './segment.ts'
import type { State } from './state.ts'

/** Many tasks of one graph, ascending in rank. */
interface SortedRun {
  segment: Segment
  rows: Int32Array
  at: number
  firstRank: number
}

/**
 * A graph's root tasks come sorted, so they stay one list with a position: taking the next of ten million costs no
 * search. Everything else is in a heap. Entries are never taken out from the middle: one whose task is no longer READY,
 * or whose row has become another task, is skipped when it comes up.
 */
export class ReadyQueue {
  readonly #heap = new Heap()
  readonly #runs: SortedRun[] = []

  push(rank: number, row: number): void {
    this.#heap.push(rank, row)
  }

  /** `rows` must be of one segment, of one priority, and ascending in rank. */
  pushRun(segment: Segment, rows: Int32Array, firstRank: number): void {
    let at = this.#runs.length
    while (at > 0 && this.#runs[at - 1].firstRank > firstRank) at--
    this.#runs.splice(at, 0, { segment, rows, at: 0, firstRank })
  }

  /** The first task, or −1 when there is none. */
  top(state: State): number {
    this.#skipStale(state)
    const run = this.#runs[0]
    if (run === undefined) return this.#heap.length > 0 ? this.#heap.topRow : -1
    const row = run.rows[run.at]
    return this.#heap.length > 0 && this.#heap.topRank < rankOf(state, row) ? this.#heap.topRow : row
  }

  /** Takes what `top` has just returned. */
  pop(row: number): void {
    const run = this.#runs[0]
    if (run !== undefined && run.rows[run.at] === row) run.at++
    else this.#heap.pop()
  }

  /** All tasks in it, outdated entries left out, in no order: for checks. */
  *rows(state: State): Generator<number> {
    const { phase, segment } = state.tasks
    for (const [rank, row] of this.#heap.entries())
      if (phase[row] === READY && rankOf(state, row) === rank) yield row
    for (const run of this.#runs)
      for (let i = run.at; i < run.rows.length; i++)
        if (phase[run.rows[i]] === READY && state.segments[segment[run.rows[i]]] === run.segment)
          yield run.rows[i]
  }

  #skipStale(state: State): void {
    const { phase, segment } = state.tasks
    const heap = this.#heap
    while (heap.length > 0 && (phase[heap.topRow] !== READY || rankOf(state, heap.topRow) !== heap.topRank))
      heap.pop()
    for (;;) {
      const run = this.#runs[0]
      if (run === undefined) return
      const { rows } = run
      while (
        run.at < rows.length &&
        (phase[rows[run.at]] !== READY || state.segments[segment[rows[run.at]]] !== run.segment)
      )
        run.at++
      if (run.at < rows.length) return
      this.#runs.shift()
    }
  }
}
