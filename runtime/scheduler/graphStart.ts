// Starting a new graph: what somebody needs waits, what can run is queued or placed, what nobody needs goes at once.

import { GROUP_STRIDE } from './groups.ts'
import { QUEUED } from './journal.ts'
import { failFor, revive } from './need.ts'
import { ERRED, READY, RELEASED, STORED, WAITING } from './phases.ts'
import { isRootLike, ready } from './place.ts'
import { rankOf } from './rank.ts'
import { settle } from './release.ts'
import type { Segment } from './segment.ts'
import type { State } from './state.ts'

/** Root tasks of one graph from this many on are a list of their own in the queue. */
const SORTED_RUN_MIN = 32

/** Counts of many tasks that go from one phase to another: neighbours are mostly of one group, and are counted together. */
class PhaseMoves {
  readonly #state: State
  readonly #from: number
  readonly #to: number
  #group = -1
  #count = 0
  #total = 0

  constructor(state: State, from: number, to: number) {
    this.#state = state
    this.#from = from
    this.#to = to
  }

  add(group: number): void {
    if (group !== this.#group) {
      this.#flush()
      this.#group = group
    }
    this.#count++
  }

  /** Completes the counts; returns how many tasks moved. */
  end(): number {
    this.#flush()
    return this.#total
  }

  #flush(): void {
    if (this.#count === 0) return
    const { counts, groups } = this.#state
    const at = this.#group * GROUP_STRIDE
    groups.counts[at + this.#from] -= this.#count
    groups.counts[at + this.#to] += this.#count
    groups.touch(this.#group)
    counts[this.#from] -= this.#count
    counts[this.#to] += this.#count
    this.#total += this.#count
    this.#count = 0
  }
}

/** Walks back from the wanted tasks: what somebody needs waits, what nobody needs is let go at once. */
export function needFromTheEnd(state: State, segment: Segment, index: number, taken: Int32Array): void {
  const { tasks, cross } = state
  const { waiters, waiting, phase } = tasks
  const { dependencyOffsets, dependencies } = segment
  const withEdges = dependencies.length > 0
  const again: number[] = []
  const moved = new PhaseMoves(state, RELEASED, WAITING)
  for (let k = taken.length - 1; k >= 0; k--) {
    const row = taken[k]
    if (row < 0 || waiters[row] === 0) continue
    phase[row] = WAITING
    moved.add(tasks.group[row])
    if (!withEdges) continue
    let missing = 0
    for (let e = dependencyOffsets[k], end = dependencyOffsets[k + 1]; e < end; e++) {
      const entry = dependencies[e]
      if (entry >= 0) {
        waiters[entry]++
        missing++
        continue
      }
      const dependency = cross.dependency[-1 - entry]
      waiters[dependency]++
      if (phase[dependency] !== STORED) missing++
      if (phase[dependency] === RELEASED) again.push(dependency)
    }
    waiting[row] = missing
  }
  segment.progress.pending += moved.end()
  revive(state, again)
  if (state.counts[RELEASED] === 0) return
  for (let k = taken.length - 1; k >= 0; k--) {
    const row = taken[k]
    // A row may have been forgotten with one after it; rows of this graph are not used again meanwhile.
    if (row >= 0 && tasks.segment[row] === index && phase[row] === RELEASED && waiters[row] === 0) {
      segment.progress.total--
      if (tasks.keepers[row] === 0) settle(state, row)
    }
  }
}

/** Walks forward, and uses `taken` up: tasks that can start are queued or placed; one that stands on a failure fails. */
export function startFromTheBeginning(
  state: State,
  segment: Segment,
  index: number,
  taken: Int32Array,
): void {
  const { tasks } = state
  // Roots are gathered at the front of `taken`, whose rows are read once, in order: ten million need no list of their own.
  let roots = 0
  for (let k = 0; k < taken.length; k++) {
    const row = taken[k]
    if (row < 0 || tasks.segment[row] !== index) continue
    if (tasks.phase[row] !== WAITING) continue
    if (tasks.waiting[row] > 0) {
      if (standsOnFailure(state, segment, k)) failFor(state, row)
      continue
    }
    const set = tasks.option[row]
    if ((set === 0 || isPlain(state, set)) && isRootLike(state, row)) taken[roots++] = row
    else ready(state, row)
  }
  queueRoots(state, segment, taken.subarray(0, roots))
}

/** Tasks of such options keep the order of their places in a queue for everybody. */
function isPlain(state: State, set: number): boolean {
  const { restriction, rankOffset } = state.options.sets[set]
  return !restriction && rankOffset === 0
}

function standsOnFailure(state: State, segment: Segment, place: number): boolean {
  const { phase } = state.tasks
  const { dependencyOffsets, dependencies } = segment
  for (let e = dependencyOffsets[place], end = dependencyOffsets[place + 1]; e < end; e++) {
    const entry = dependencies[e]
    if (entry < 0 && phase[state.cross.dependency[-1 - entry]] === ERRED) return true
  }
  return false
}

/** The queue keeps `found` where there are many. */
function queueRoots(state: State, segment: Segment, found: Int32Array): void {
  const { phase } = state.tasks
  const few = found.length < SORTED_RUN_MIN
  const moved = new PhaseMoves(state, WAITING, READY)
  let count = 0
  for (let i = 0; i < found.length; i++) {
    const row = found[i]
    // Failures of others may have taken it along since it was found.
    if (phase[row] !== WAITING) continue
    phase[row] = READY
    moved.add(state.tasks.group[row])
    found[count++] = row
    if (!few) continue
    state.queue.push(rankOf(state, row), row)
    state.journal.write(state.nowMs, QUEUED, row, 0, -1)
  }
  moved.end()
  if (count === 0) return
  if (!few) state.queue.pushRun(segment, found.subarray(0, count), rankOf(state, found[0]))
  state.queuedMore = true
}
