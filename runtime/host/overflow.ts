// Finds the task that grows past the worker's memory and ends its thread alone, before the supervisor must end the process.

import type { TaskFailure } from '../protocol/failure.ts'
import type { Lanes } from './lanes.ts'
import type { WorkerCore } from './workerCore.ts'

/** A task is ended this far below where the supervisor ends the whole process. */
const BELOW_TERMINATE_SHARE = 0.05
/** A thread says what it uses between two steps of its JavaScript: one that does not is inside native code. */
const ANSWER_MS = 100

export class Overflow {
  readonly #core: WorkerCore
  readonly #lanes: Lanes
  #looking = false
  /** Memory was that full already at the last look: garbage had its time to go. */
  #again = false

  constructor(core: WorkerCore, lanes: Lanes) {
    this.#core = core
    this.#lanes = lanes
  }

  /** @param usedBytes the process's size without free memory */
  look(usedBytes: number): void {
    const { limits } = this.#core.state
    const isOver = usedBytes > (limits.terminateShare - BELOW_TERMINATE_SHARE) * limits.limitBytes
    const wasOver = this.#again
    this.#again = isOver
    if (isOver && wasOver && !this.#looking) void this.#relieve()
  }

  async #relieve(): Promise<void> {
    this.#looking = true
    const busy = this.#busy()
    const bytes =
      busy.length < 2 ? [] : await Promise.all(busy.map((lane) => this.#lanes.usedBytes(lane, ANSWER_MS)))
    this.#looking = false
    this.#again = false
    const still = this.#busy()
    if (still.length === 0) return
    // Alone it is what fills the memory. Beside others the largest gets another try, alone.
    if (busy.length < 2 || still.length < 2)
      this.#lanes.end(still[0], grewTooLarge(this.#core.state.limits.limitBytes))
    else {
      const most = Math.max(...bytes)
      const largest = busy[bytes.indexOf(most)]
      if (still.includes(largest)) this.#lanes.end(largest, 'alone')
    }
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
