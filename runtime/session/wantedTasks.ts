// Which tasks of a graph are wanted under which handles: runs of both in a row, since calls mostly come in rows.

import type { Handle } from '../protocol/ids.ts'

interface Run {
  handle: Handle
  task: number
  count: number
}

export class WantedTasks {
  readonly #runs: Run[] = []
  /** What `takeFresh` has given: all runs before this one, and so many of its tasks. */
  #takenRuns = 0
  #takenOfRun = 0

  /** Handles must come in rising order, as they are allocated. */
  add(handle: Handle, task: number, count: number): void {
    const last = this.#runs.at(-1)
    if (last && handle < last.handle + last.count)
      throw new RangeError(`handle ${handle} comes behind ${last.handle + last.count - 1}`)
    if (last && handle === last.handle + last.count && task === last.task + last.count) last.count += count
    else this.#runs.push({ handle, task, count })
  }

  /** The task that a handle wants; nothing for handles of other graphs. */
  taskOf(handle: Handle): number | undefined {
    const runs = this.#runs
    let low = 0
    let high = runs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (runs[middle].handle + runs[middle].count <= handle) low = middle + 1
      else high = middle
    }
    const run = runs[low]
    return run && handle >= run.handle ? run.task + handle - run.handle : undefined
  }

  /** Gives what was added since the last time. */
  takeFresh(each: (handle: Handle, task: number, count: number) => void): void {
    const runs = this.#runs
    for (; this.#takenRuns < runs.length; this.#takenRuns++, this.#takenOfRun = 0) {
      const { handle, task, count } = runs[this.#takenRuns]
      const taken = this.#takenOfRun
      if (count > taken) each(handle + taken, task + taken, count - taken)
      // The last run may go on.
      if (this.#takenRuns === runs.length - 1) {
        this.#takenOfRun = count
        return
      }
    }
  }

  clear(): void {
    this.#runs.length = 0
    this.#takenRuns = 0
    this.#takenOfRun = 0
  }
}
