// A list of (task, run) pairs that only grows; entries that are no longer true are swept out now and then.

import { resized } from './grow.ts'

export class TaskRuns {
  tasks = new Int32Array(8)
  runs = new Int32Array(8)
  length = 0
  #views: { tasks: Int32Array; runs: Int32Array } | undefined

  push(task: number, run: number): void {
    if (this.length === this.tasks.length) {
      this.#replace(resized(this.tasks, this.length * 2), resized(this.runs, this.length * 2))
    }
    this.tasks[this.length] = task
    this.runs[this.length++] = run
  }

  clear(): void {
    this.length = 0
    if (this.tasks.length > 1 << 17) this.#replace(new Int32Array(8), new Int32Array(8))
  }

  /** Keeps the entries that `holds` says are still true, in their order. */
  sweep(holds: (task: number, run: number) => boolean): void {
    let kept = 0
    for (let i = 0; i < this.length; i++) {
      const task = this.tasks[i]
      const run = this.runs[i]
      if (!holds(task, run)) continue
      this.tasks[kept] = task
      this.runs[kept++] = run
    }
    this.length = kept
    if (kept * 8 < this.tasks.length && this.tasks.length > 64) {
      const capacity = Math.max(8, kept * 2)
      this.#replace(resized(this.tasks, capacity), resized(this.runs, capacity))
    }
  }

  /** Both columns, as views that later changes show in; of one length always the same views. */
  views(): { tasks: Int32Array; runs: Int32Array } {
    if (this.#views?.tasks.length !== this.length)
      this.#views = { tasks: this.tasks.subarray(0, this.length), runs: this.runs.subarray(0, this.length) }
    return this.#views
  }

  #replace(tasks: Int32Array<ArrayBuffer>, runs: Int32Array<ArrayBuffer>): void {
    this.tasks = tasks
    this.runs = runs
    this.#views = undefined
  }
}
