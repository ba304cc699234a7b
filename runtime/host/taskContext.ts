// What a task may ask about itself while it runs.

/** The run that this thread is computing now. */
export interface TaskContext {
  /** The name of the worker that runs it. */
  readonly worker: string
  /** The thread within that worker, counted from 0. */
  readonly thread: number
  /** Says something to whoever watches the cluster; also written to the worker's output. */
  log(text: string): void
}

/** Every copy of heddle that a thread may have loaded finds the same context here. */
const CONTEXT = Symbol.for('heddle.taskContext')
const holder = globalThis as { [CONTEXT]?: TaskContext }

/**
 * The running task's context, or nothing outside of tasks.
 * @example currentTask()?.log(`row ${i} of ${rows.length}`)
 */
export function currentTask(): TaskContext | undefined {
  return holder[CONTEXT]
}

/** The lane says what runs from now on. */
export function enterTask(context: TaskContext | undefined): void {
  holder[CONTEXT] = context
}
