// The runs of a thread: which of them asks, and which waits for tasks of its own, so that others may run meanwhile.
//
// A run is found by the asynchronous context that its function was called in. Runs that end at once share one context:
// entering another for each would cost more than the shortest of them.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { TaskContext, TaskThread } from './taskContext.ts'

/** One run, or several that ended one after another without ever waiting. */
export class LaneRun {
  batch = -1
  index = -1
  task = -1
  start = 0
  context: TaskContext | undefined
  /** Answers from other tasks that it waits for. */
  waits = 0
  /** Whether the main thread was told that it waits; nothing unless it was set aside. */
  told: boolean | undefined
  /** Called when it begins to wait. */
  onWait: (() => void) | undefined
}

export class LaneRuns {
  readonly #storage = new AsyncLocalStorage<LaneRun | undefined>()
  readonly #tell: (run: LaneRun) => void
  #run: LaneRun | undefined

  /** @param tell called when a run that was set aside begins to wait or goes on: see `LaneRun.told` */
  constructor(tell: (run: LaneRun) => void) {
    this.#tell = tell
  }

  /** What is called from now on belongs to this run. */
  begin(batch: number, index: number, task: number, start: number): LaneRun {
    let run = this.#run
    if (!run) {
      run = this.#run = new LaneRun()
      this.#storage.enterWith(run)
    }
    run.batch = batch
    run.index = index
    run.task = task
    run.start = start
    run.context = undefined
    return run
  }

  /** The run goes on asynchronously: the next one gets a context of its own. */
  keep(): void {
    this.#run = undefined
  }

  /** Nothing runs. */
  rest(): void {
    this.#run = undefined
    this.#storage.enterWith(undefined)
  }

  /** The run that the code which asks belongs to. */
  current(): LaneRun | undefined {
    return this.#storage.getStore()
  }

  /** See `TaskThread.waits`. */
  waits: TaskThread['waits'] = () => {
    const run = this.current()
    if (!run) return () => {}
    if (run.waits++ === 0) {
      run.onWait?.()
      this.look(run)
    }
    return () => {
      // It may well wait for the next answer at once.
      if (--run.waits === 0) setImmediate(() => this.look(run))
    }
  }

  /** Tells whether it waits, where that is news. */
  look(run: LaneRun): void {
    const waits = run.waits > 0
    if (run.told === undefined || run.told === waits) return
    run.told = waits
    this.#tell(run)
  }
}
