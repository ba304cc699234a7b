// What a task may ask about itself while it runs, and the client through which it submits tasks of its own.

import { type TaskContext, taskThread } from '../host/taskContext.ts'
import { Client } from './client.ts'
import { UsageError } from './errors.ts'
import { askAbout } from './questions.ts'
import { taskCore } from './taskClient.ts'

/** The run that asks. */
export interface CurrentTask {
  /** The name of the worker that runs it. */
  readonly worker: string
  /** The thread within that worker, counted from 0. */
  readonly thread: number
  /**
   * A client of the cluster that the task runs on. While the task awaits what it submitted, its thread is free for other
   * tasks. All tasks of a thread share its connection, so closing it does nothing.
   */
  readonly client: Promise<Client>
  /** The task's key. */
  readonly key: Promise<string>
  /** Says something to whoever watches the cluster; also written to the worker's output. */
  log(text: string): void
  /**
   * Says how far this task has come: `explain` of its future tells it. Told ten times a second at most, the last of them in
   * any case where it says that all is done.
   * @param done how much of `total`; without a total, a share from 0 to 1
   * @throws {UsageError} when a number is none, or `total` is not above 0
   * @example currentTask().progress(3, 10, 'reading parts') // 3 of 10 (30 %), reading parts
   */
  progress(done: number, total?: number, text?: string): void
}

/**
 * The task that this code runs in.
 * @throws {UsageError} outside of tasks
 * @example
 * async function fibonacci(n: number): Promise<number> {
 *   if (n < 2) return n
 *   const client = await currentTask().client
 *   const [a, b] = await client.gather([client.submit(fibonacci, n - 1), client.submit(fibonacci, n - 2)])
 *   return a + b
 * }
 */
export function currentTask(): CurrentTask {
  const context = taskThread()?.current()
  if (!context)
    throw new UsageError(
      'currentTask() was called outside of a task: call it inside a function that a cluster runs',
    )
  const { task, worker, thread } = context
  return {
    worker,
    thread,
    get client() {
      return clientOfThread()
    },
    get key() {
      return keyOf(task)
    },
    log: (text) => context.log(text),
    progress: (done, total, text) => tellProgress(context, done, total, text),
  }
}

const PROGRESS_EVERY_MS = 100
/** When each run said last how far it has come. */
const toldMs = new WeakMap<TaskContext, number>()

function tellProgress(context: TaskContext, done: number, total = 1, text = ''): void {
  if (!Number.isFinite(done) || done < 0 || !Number.isFinite(total) || total <= 0)
    throw new UsageError(
      `progress(done, total) takes a number from 0 and a total above 0, not ${done} of ${total}`,
    )
  const nowMs = performance.now()
  if (done < total && nowMs - (toldMs.get(context) ?? -Infinity) < PROGRESS_EVERY_MS) return
  toldMs.set(context, nowMs)
  const percent = `${Math.round((100 * done) / total)} %`
  const share = total === 1 ? percent : `${done} of ${total} (${percent})`
  context.progress(text === '' ? share : `${share}, ${text}`)
}

let client: Promise<Client> | undefined

async function clientOfThread(): Promise<Client> {
  if (client && !(await client).closed) return client
  client = Client.local()
  return client
}

async function keyOf(task: number): Promise<string> {
  const core = await taskCore()
  return core ? ((await askAbout(core, 'key', String(task))) as string) : ''
}
