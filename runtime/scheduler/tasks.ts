// The columns of the tasks: one row a task, rows are used again. This is where the layout is explained.

import { resized } from './grow.ts'
import { DIGEST_WORDS, ROWS_MAX } from './keyTable.ts'
import { FREE } from './phases.ts'

/**
 * A task is a row. Rows of one graph are handed out in the order in which its tasks should run, so that neighbours in
 * time are neighbours in memory. What a row does not hold lies in its graph's segment at the row's `place` there:
 * dependencies, dependents, arguments, callable.
 */
export class TaskColumns {
  capacity = 1024
  /** See phases.ts. */
  phase = new Uint8Array(this.capacity)
  /** Bits, see phases.ts. */
  flags = new Uint8Array(this.capacity)
  /** Index into the scheduler's option sets. */
  option = new Uint16Array(this.capacity)
  /** RUNNING: the worker it is assigned to. */
  worker = new Int32Array(this.capacity)
  /** The latest run; of a stored task the one that made the value. Workers name data by (row, run). */
  run = new Int32Array(this.capacity)
  group = new Int32Array(this.capacity)
  /** Index of its graph's segment; −1 where the row is free. */
  segment = new Int32Array(this.capacity)
  /** Its place in the segment, which is also its place in the order of that graph. */
  place = new Int32Array(this.capacity)
  /** WAITING: how many of its dependencies are not STORED. */
  waiting = new Int32Array(this.capacity)
  /** Who needs the value: clients that want it, and dependents that are WAITING, READY or RUNNING. */
  waiters = new Int32Array(this.capacity)
  /** Who needs the row: clients that want it, and dependents that exist. Never less than `waiters`. */
  keepers = new Int32Array(this.capacity)
  /** STORED: the head of the list of workers that hold the value, in the replica pool. */
  holders = new Int32Array(this.capacity)
  /** Head of the list of dependents in other graphs, in the pool of cross edges. */
  crossDependents = new Int32Array(this.capacity)
  /** Head of the list of clients that want it, in the pool of wants. */
  wants = new Int32Array(this.capacity)
  /** STORED: the value's bytes. RUNNING: the milliseconds that it was expected to take when it was assigned. */
  weight = new Float64Array(this.capacity)
  /** Four words a row. */
  digests = new Int32Array(this.capacity * DIGEST_WORDS)
  /** Rows below this were used at some time. */
  top = 0
  #free = new Int32Array(256)
  #freeCount = 0

  get used(): number {
    return this.top - this.#freeCount
  }

  /** Bytes of all columns. */
  get byteLength(): number {
    return this.capacity * 72 + this.#free.byteLength
  }

  /**
   * Hands out `count` rows, ascending, all columns cleared.
   * @throws {RangeError} when there is no memory for them; nothing has changed then
   */
  take(count: number): Int32Array {
    const fresh = Math.max(0, count - this.#freeCount)
    if (this.top + fresh > this.capacity) this.#grow(this.top + fresh)
    const rows = new Int32Array(count)
    const reused = count - fresh
    this.#freeCount -= reused
    if (reused > 0) {
      rows.set(this.#free.subarray(this.#freeCount, this.#freeCount + reused))
      sortRows(rows.subarray(0, reused))
    }
    for (let i = reused; i < count; i++) rows[i] = this.top++
    // Ascending rows with the right distance between first and last are all the rows between them.
    if (count > 0 && rows[count - 1] - rows[0] === count - 1) this.#clearRange(rows[0], rows[0] + count)
    else for (let i = 0; i < count; i++) this.#clear(rows[i])
    return rows
  }

  giveBack(row: number): void {
    this.phase[row] = FREE
    this.segment[row] = -1
    if (this.#freeCount === this.#free.length) this.#free = resized(this.#free, this.#freeCount * 2)
    this.#free[this.#freeCount++] = row
  }

  #clear(row: number): void {
    this.flags[row] = 0
    this.worker[row] = -1
    this.run[row] = 0
    this.waiting[row] = 0
    this.waiters[row] = 0
    this.keepers[row] = 0
    this.holders[row] = -1
    this.crossDependents[row] = -1
    this.wants[row] = -1
    this.weight[row] = 0
  }

  /** The rows `from … to`: the usual case of a large graph, at the speed of memory. */
  #clearRange(from: number, to: number): void {
    this.flags.fill(0, from, to)
    this.worker.fill(-1, from, to)
    this.run.fill(0, from, to)
    this.waiting.fill(0, from, to)
    this.waiters.fill(0, from, to)
    this.keepers.fill(0, from, to)
    this.holders.fill(-1, from, to)
    this.crossDependents.fill(-1, from, to)
    this.wants.fill(-1, from, to)
    this.weight.fill(0, from, to)
  }

  #grow(needed: number): void {
    // A large graph gets what it needs and a little more: doubling would waste as much as it holds.
    if (needed > ROWS_MAX) throw new RangeError(`at most ${ROWS_MAX} tasks fit`)
    const capacity = Math.min(ROWS_MAX, Math.max(Math.ceil(this.capacity * 1.5), Math.ceil(needed * 1.02)))
    const next = {
      phase: resized(this.phase, capacity),
      flags: resized(this.flags, capacity),
      option: resized(this.option, capacity),
      worker: resized(this.worker, capacity),
      run: resized(this.run, capacity),
      group: resized(this.group, capacity),
      segment: resized(this.segment, capacity),
      place: resized(this.place, capacity),
      waiting: resized(this.waiting, capacity),
      waiters: resized(this.waiters, capacity),
      keepers: resized(this.keepers, capacity),
      holders: resized(this.holders, capacity),
      crossDependents: resized(this.crossDependents, capacity),
      wants: resized(this.wants, capacity),
      weight: resized(this.weight, capacity),
      digests: resized(this.digests, capacity * DIGEST_WORDS),
    }
    Object.assign(this, next)
    this.capacity = capacity
  }
}

/** Rows come back in the order in which tasks ended, which is nearly sorted, forwards or backwards: both are cheap to see. */
function sortRows(rows: Int32Array): void {
  let ascending = true
  for (let i = 1; i < rows.length && ascending; i++) ascending = rows[i - 1] < rows[i]
  if (!ascending) rows.sort()
}
