// Questions about tasks and the cluster, answered by the scheduler.

import { kindOf } from '../graph/taskOptionChecks.ts'
import type { Core } from './core.ts'
import { UsageError } from './errors.ts'
import { Future } from './future.ts'

/**
 * @throws {UsageError} when a task is asked about by something else than a future or a key
 */
export async function askAbout(
  core: Core,
  what:
    | 'info'
    | 'story'
    | 'explain'
    | 'dump'
    | 'key'
    | 'lines'
    | 'watch-lines'
    | 'line-times'
    | 'rebalance'
    | 'replicate',
  task?: Future | string,
): Promise<unknown> {
  core.requireOpen()
  const key = task instanceof Future ? task.key : task
  if ((what === 'story' || what === 'explain') && typeof key !== 'string')
    throw new UsageError(`${what} needs a future or a key, not ${kindOf(key)}`)
  const answer = await core.connection.request(what, (request) => ({ type: 'query', request, what, key }))
  if (answer.type !== 'answer') throw new Error(`${what} was answered by ${answer.type}`)
  return answer.value
}
