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

/** Where a task stands that is not the first. */
export interface Standing {
  rank: number
  row: number
  run: SortedRun | undefined
  at: number
}

/**
 * A graph's root tasks come sorted, so they stay one list with a position: taking the next of ten million costs no
 * search. Everything else is in a heap. An entry whose task is no longer READY, or whose row has become another task, is
 * skipped when it comes up; one that was taken out of turn leaves a hole, which is skipped too.
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

  /**
   * Looks behind the first task.
   * @param looksMax entries looked at, those of sorted runs first
   * @returns what fits among them, the smallest rank first
   */
  behind(state: State, looksMax: number, fits: (row: number) => boolean): Standing[] {
    const { phase, segment } = state.tasks
    const found: Standing[] = []
    let looks = 0
    for (const run of this.#runs)
      for (let at = run.at; at < run.rows.length && looks < looksMax; at++, looks++) {
        const row = run.rows[at]
        if (phase[row] === READY && state.segments[segment[row]] === run.segment && fits(row))
          found.push({ rank: rankOf(state, row), row, run, at })
      }
    let at = 0
    for (const [rank, row] of this.#heap.entries()) {
      if (looks++ >= looksMax) break
      if (phase[row] === READY && rankOf(state, row) === rank && fits(row))
        found.push({ rank, row, run: undefined, at })
      at++
    }
    return found.sort((one, other) => one.rank - other.rank)
  }

  /** Takes what `behind` has just returned; nothing else may have been taken or queued since. */
  take({ run, at }: Standing): void {
    if (run) run.rows[at] = -1
    else this.#heap.leave(at)
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
