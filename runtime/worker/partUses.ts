// How many runs here take which part of a value: a part that was fetched goes when the last of them is over.

import { TaskRunTable } from './taskRunTable.ts'

export class PartUses {
  /** Instead of a row, how many. */
  readonly #uses = new TaskRunTable()

  get size(): number {
    return this.#uses.size
  }

  of(task: number, run: number, part: number): number {
    return Math.max(0, this.#uses.get(task, run, part))
  }

  add(task: number, run: number, part: number): void {
    this.#uses.set(task, run, this.of(task, run, part) + 1, part)
  }

  /** One run less; returns whether it was the last. */
  remove(task: number, run: number, part: number): boolean {
    const left = this.#uses.get(task, run, part) - 1
    if (left > 0) this.#uses.set(task, run, left, part)
    else this.#uses.delete(task, run, part)
    return left <= 0
  }
}
