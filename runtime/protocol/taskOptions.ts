// What a user may ask of a task beside its function and arguments.

export interface TaskOptions {
  /** Higher runs first; 0 by default. Ties are broken by graph order. */
  priority?: number
  /** How often a task that threw runs again; 0 by default. */
  retries?: number
  /** What it needs of a worker's `resources`, fractions included, e.g. `{ gpu: 0.5 }`. */
  resources?: Record<string, number>
  /** Names or hosts of the workers that may run it. */
  workers?: string[]
  /** Lets another worker run it when none of `workers` can. */
  allowOtherWorkers?: boolean
  /** Ends the task, and its thread alone, after this many milliseconds. */
  timeoutMs?: number
}

/** A group of tasks that share a function: what panels and progress bars count. */
export interface TaskGroup {
  name: string
  /** The layer or method it came from, e.g. `bag.map`. */
  kind?: string
  /** Where the user's code asked for it. */
  file?: string
  line?: number
  column?: number
  /** Results come in so many parts, of which dependents name the one that they take; absent where they are whole. */
  parts?: number
}
