// Questions about tasks and the cluster, answered by the scheduler.

import type { Core } from './core.ts'
import { Future } from './future.ts'

/**
 * @throws {RefusedError} when the scheduler knows no such task
 */
export async function askAbout(
  core: Core,
  what: 'info' | 'story' | 'explain' | 'dump' | 'key' | 'lines' | 'rebalance' | 'replicate',
  task?: Future | string,
): Promise<unknown> {
  core.requireOpen()
  const key = task instanceof Future ? task.key : task
  const answer = await core.connection.request(what, (request) => ({ type: 'query', request, what, key }))
  if (answer.type !== 'answer') throw new Error(`${what} was answered by ${answer.type}`)
  return answer.value
}
