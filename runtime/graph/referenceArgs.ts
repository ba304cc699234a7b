// The arguments of many tasks that take results of others and little else, in columns: no object is kept for a task.

import { GrowingU32 } from './growing.ts'

/** Tasks in a row, each of which takes results of earlier ones, no one of them twice, behind one number at most. */
export class ReferenceArgs {
  /** The index of the run's first task. */
  readonly first: number
  /** Whether each task has a number before its references. */
  readonly headed: boolean
  readonly #heads: number[] = []
  readonly #offsets = new GrowingU32()
  readonly #tasks = new GrowingU32()

  constructor(first: number, headed: boolean) {
    this.first = first
    this.headed = headed
    this.#offsets.push(0)
  }

  /** The index of the first task behind the run. */
  get end(): number {
    return this.first + this.#offsets.length - 1
  }

  /** Adds a reference to the task that `end` closes. */
  push(task: number): void {
    this.#tasks.push(task)
  }

  /** Closes the arguments of the next task. */
  close(head: number | undefined): void {
    if (this.headed) this.#heads.push(head!)
    this.#offsets.push(this.#tasks.length)
  }

  /** The number before a task's references. */
  head(task: number): number | undefined {
    return this.headed ? this.#heads[task - this.first] : undefined
  }

  /** The tasks that a task refers to, in the order of its arguments: a view, valid while nothing is added. */
  tasks(task: number): Uint32Array {
    const at = task - this.first
    return this.#tasks.view().subarray(this.#offsets.at(at), this.#offsets.at(at + 1))
  }

  /** Where in `column` the references of a task begin. */
  from(task: number): number {
    return this.#offsets.at(task - this.first)
  }

  /** All references of the run, task by task: valid while nothing is added. */
  get column(): Uint32Array {
    return this.#tasks.view()
  }
}
