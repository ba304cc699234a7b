// The client of a worker's thread: tasks in it submit tasks through one connection, made when the first of them asks.

import { type TaskThread, taskThread } from '../host/taskContext.ts'
import { kernelNames } from '../kernels/kernel.ts'
import { taskClientName } from '../protocol/taskClientName.ts'
import { Connection } from './connection.ts'
import { Core } from './core.ts'
import { processLifter } from './processLifter.ts'

let opening: Promise<Core> | undefined

/** The core that all clients in this thread share; nothing when this is no thread of a worker. */
export function taskCore(): Promise<Core> | undefined {
  const thread = taskThread()
  if (!thread) return undefined
  opening ??= open(thread).catch((error) => {
    opening = undefined
    throw error
  })
  return opening
}

async function open({ scheduler, worker }: TaskThread): Promise<Core> {
  const address = { ...scheduler, source: scheduler.control }
  const connection = await Connection.open(address, taskClientName(worker))
  const core = new Core(connection, address, processLifter(), kernelNames)
  // Logs of workers come to every client: told here, a task's own would go round for ever.
  core.onLog = () => {}
  core.onClosed = () => {
    opening = undefined
  }
  return core
}
