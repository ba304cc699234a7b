// What a task may ask about itself while it runs, and what its thread is told of it.
//
// Every copy of heddle that a thread may have loaded finds the same place here, hence the global symbol.

/** The run that this thread is computing now. */
export interface TaskContext {
  /** The scheduler's number for the task. */
  readonly task: number
  /** The name of the worker that runs it. */
  readonly worker: string
  /** The thread within that worker, counted from 0. */
  readonly thread: number
  /** Says something to whoever watches the cluster; also written to the worker's output. */
  log(text: string): void
  /** Says how far it has come, in words. */
  progress(text: string): void
}

/** What a thread of a worker offers to the tasks in it. */
export interface TaskThread {
  /** The task that asks, nothing outside of tasks. */
  current(): TaskContext | undefined
  /** The worker's name. */
  worker: string
  /** The scheduler that the worker serves. */
  scheduler: { control: string; token: string; certificate?: string }
  /** The task that asks begins to wait for other tasks: its thread is free until the answer is called. */
  waits(): () => void
}

const THREAD = Symbol.for('heddle.taskThread')
const holder = globalThis as { [THREAD]?: TaskThread }

/** The thread of a worker that this code runs in; nothing elsewhere. */
export function taskThread(): TaskThread | undefined {
  return holder[THREAD]
}

/** Said once by the thread itself. */
export function becomeTaskThread(thread: TaskThread): void {
  holder[THREAD] = thread
}
