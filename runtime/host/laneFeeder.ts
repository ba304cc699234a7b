// Gives lanes their batches, with the callables and the memory that they need, and stops what was cancelled.

import type { MessageOf } from '../protocol/fields.ts'
import type { WORKER_INSTRUCTIONS } from '../protocol/messages.ts'
import type { WorkerAction } from '../worker/actions.ts'
import { CANCELLED } from '../worker/runBooks.ts'
import { startMessages } from './laneBatch.ts'
import type { Lanes } from './lanes.ts'
import type { MemoryKeeper } from './memoryKeeper.ts'
import type { WorkerCore } from './workerCore.ts'

/** How often a cancelled run that waits in a lane is looked at, until it runs or is reported. */
const LOOK_MS = 10

export class LaneFeeder {
  readonly #core: WorkerCore
  readonly #lanes: Lanes
  readonly #keeper: MemoryKeeper
  /** As the scheduler sent them: lanes load them when they first need them. */
  readonly #callables = new Map<number, { bytes: Uint8Array; modules: string[] }>()

  constructor(core: WorkerCore, lanes: Lanes, keeper: MemoryKeeper) {
    this.#core = core
    this.#lanes = lanes
    this.#keeper = keeper
  }

  addCallables(message: MessageOf<typeof WORKER_INSTRUCTIONS, 'callables'>): void {
    const { numbers, contents, contentOffsets, modules, forgotten } = message
    if (forgotten) this.#forget(forgotten)
    numbers.forEach((number, i) => {
      const bytes = contents.slice(contentOffsets[i], contentOffsets[i + 1])
      this.#callables.set(number, { bytes, modules: modules[i] })
    })
  }

  #forget(numbers: Uint32Array): void {
    for (const number of numbers) this.#callables.delete(number)
    this.#lanes.forget(numbers)
  }

  /** Their numbers are a connection's own. */
  forgetCallables(): void {
    this.#callables.clear()
    this.#lanes.forgetCallables()
  }

  start({ lane, batch, slots, timeoutMs }: Extract<WorkerAction, { kind: 'start' }>): void {
    const { state, store } = this.#core
    // Its thread may have been ended by an action before this one: then the runs are ready again.
    if (!state.lanes[lane].posted.some((posted) => posted.batch === batch)) return
    const { message, transfer } = startMessages(state, store, lane, batch, slots)
    const unknown = this.#lanes.unknownTo(lane, message.callables)
    if (unknown.length > 0) {
      const sent = unknown.map((number) => this.#callables.get(number))
      this.#lanes.post(lane, {
        kind: 'callables',
        numbers: unknown,
        contents: sent.map((callable) => callable?.bytes ?? new Uint8Array(0)),
        modules: sent.map((callable) => callable?.modules ?? []),
      })
    }
    this.#keeper.grant(lane)
    this.#lanes.post(lane, message, transfer)
    if (timeoutMs > 0) this.#lanes.limit(lane, batch, timeoutMs)
  }

  /** Ends a lane that is running a cancelled task now; looks again while one of them waits in the lane. */
  stop(action: Extract<WorkerAction, { kind: 'stop' }>): void {
    const { state } = this.#core
    const { lane, batch } = action
    const { posted: batches, aside } = state.lanes[lane]
    if (aside.some((one) => one.batch === batch && state.runs.phase(one.slot) === CANCELLED)) {
      this.#lanes.end(lane)
      return
    }
    const posted = batches.find((one) => one.batch === batch)
    if (!posted) return
    const isCancelled = (at: number): boolean => state.runs.phase(posted.slots[at]) === CANCELLED
    const progress = this.#lanes.progress(lane)
    if (progress.batch === batch && progress.index >= posted.reported && isCancelled(progress.index)) {
      this.#lanes.end(lane)
      return
    }
    for (let at = posted.reported; at < posted.slots.length; at++)
      if (isCancelled(at)) {
        setTimeout(() => this.#core.on(() => this.stop(action)), LOOK_MS)
        return
      }
  }
}
