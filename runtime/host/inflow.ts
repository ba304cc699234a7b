// Holds back values that clients bring while memory is short: their sockets are not read, so that they wait to send.

import type { WorkerState } from '../worker/workerState.ts'

export class Inflow {
  readonly #state: WorkerState
  #waiting: { promise: Promise<void>; open: () => void } | undefined

  constructor(state: WorkerState) {
    this.#state = state
  }

  /** Resolves when there is room for more; nothing when there is some now. */
  wait(): Promise<void> | undefined {
    if (!this.#isClosed()) return undefined
    if (!this.#waiting) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting = { promise, open: resolve }
    }
    return this.#waiting.promise
  }

  /** To be called after every event. */
  look(): void {
    if (!this.#waiting || this.#isClosed()) return
    this.#waiting.open()
    this.#waiting = undefined
  }

  /** Only while something is about to leave memory: where nothing can, waiting would be for ever. */
  #isClosed(): boolean {
    const { held, paused, values, lanes } = this.#state
    if (!held && !paused) return false
    return values.leavingBytes > 0 || lanes.some(({ posted, aside }) => posted.length + aside.length > 0)
  }
}
