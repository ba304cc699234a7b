// What a task may ask about itself while it runs, and the client through which it submits tasks of its own.

import { taskThread } from '../host/taskContext.ts'
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
  }
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
