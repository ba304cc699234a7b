// Finds the task that grows past the worker's memory and ends its thread alone, before the supervisor must end the process.

import type { TaskFailure } from '../protocol/failure.ts'
import type { Lanes } from './lanes.ts'
import type { WorkerCore } from './workerCore.ts'

/** A task is ended this far below where the supervisor ends the whole process. */
const BELOW_TERMINATE_SHARE = 0.02
/** Where other values take less than this of the memory, it would be no better without them. */
const OTHERS_SHARE_MIN = 0.1
/** Memory stays that full for so long before a thread is ended: garbage had its time to go. Beyond its limit none is left. */
const FULL_MS = 25
/** A thread says what it uses between two steps of its JavaScript: one that does not is inside native code. */
const ANSWER_MS = 50

export class Overflow {
  readonly #core: WorkerCore
  readonly #lanes: Lanes
  #looking = false
  /** Since when memory is that full. */
  #sinceMs: number | undefined

  constructor(core: WorkerCore, lanes: Lanes) {
    this.#core = core
    this.#lanes = lanes
  }

  /** @param usedBytes the process's size without free memory */
  look(usedBytes: number): void {
    const { limits } = this.#core.state
    const isOver = usedBytes > (limits.terminateShare - BELOW_TERMINATE_SHARE) * limits.limitBytes
    if (!isOver) {
      this.#sinceMs = undefined
      return
    }
    const nowMs = performance.now()
    this.#sinceMs ??= nowMs
    const isBeyond = usedBytes > limits.limitBytes
    if ((isBeyond || nowMs - this.#sinceMs >= FULL_MS) && !this.#looking) void this.#relieve()
  }

  async #relieve(): Promise<void> {
    this.#looking = true
    const busy = this.#busy()
    const asked = busy.length > 0 ? busy : this.#rested()
    const bytes = busy.length === 1 ? [0] : await this.#sizes(asked)
    this.#looking = false
    this.#sinceMs = undefined
    if (busy.length > 0) this.#endLargest(busy, bytes)
    else this.#renewLargest(asked, bytes)
  }

  #sizes(lanes: readonly number[]): Promise<number[]> {
    return Promise.all(lanes.map((lane) => this.#lanes.usedBytes(lane, ANSWER_MS)))
  }

  #endLargest(busy: readonly number[], bytes: readonly number[]): void {
    const still = this.#busy()
    // Alone it is what fills the memory, beside others the largest.
    const largest = busy.length < 2 || still.length < 2 ? still[0] : busy[bytes.indexOf(Math.max(...bytes))]
    if (!still.includes(largest)) return
    const { limitBytes } = this.#core.state.limits
    // Tasks that its thread ran before may have left what fills it: the next one starts in a thread of its own.
    const hadCompany =
      busy.length > 1 ||
      this.#lanes.hasRun(largest) ||
      this.#otherBytes(largest) > OTHERS_SHARE_MIN * limitBytes
    this.#lanes.end(largest, grewTooLarge(limitBytes), hadCompany)
  }

  /** Nothing runs: what tasks left behind in a thread fills the memory, and goes with that thread. */
  #renewLargest(rested: readonly number[], bytes: readonly number[]): void {
    const most = Math.max(0, ...bytes)
    if (most < OTHERS_SHARE_MIN * this.#core.state.limits.limitBytes) return
    const largest = rested[bytes.indexOf(most)]
    // It may have begun with something meanwhile: then it is looked at again.
    if (this.#rested().includes(largest) && !this.#busy().includes(largest)) this.#lanes.end(largest)
  }

  /** Threads that have run tasks, without those in which a run waits for tasks of its own. */
  #rested(): number[] {
    const { lanes } = this.#core.state
    return [...lanes.keys()].filter((lane) => this.#lanes.hasRun(lane) && lanes[lane].aside.length === 0)
  }

  /** Values in memory that the thread's run has no use for. */
  #otherBytes(lane: number): number {
    const { values, strayBytes, lanes } = this.#core.state
    let own = 0
    for (const row of lanes[lane].posted[0].pinned) own += values.bytes(row)
    return values.managedBytes + strayBytes - own
  }

  #busy(): number[] {
    const { lanes } = this.#core.state
    return [...lanes.keys()].filter(
      (lane) => lanes[lane].posted.length > 0 && this.#lanes.progress(lane).index >= 0,
    )
  }
}

function grewTooLarge(limitBytes: number): TaskFailure {
  const limit = `${Math.round(limitBytes / 1e6)} MB`
  return {
    kind: 'out-of-memory',
    name: 'OutOfMemoryError',
    message:
      `the task grew past its worker's memory limit of ${limit}, though it ran there alone: ` +
      "make the pieces smaller, or raise the worker's memory limit",
    stack: '',
    key: '',
  }
}
