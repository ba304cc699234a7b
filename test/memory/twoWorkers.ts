// A cluster of two workers of a thread each, for what goes from one to the other.

import { rmSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { Client } from '../../runtime/index.ts'

export interface TwoWorkers {
  client: Client
  /** Pids of the workers that are here now. */
  workers(): Promise<number[]>
}

/**
 * Ends with the test. Computations of this process go there.
 * @param spillFolder is removed when the workers have ended
 */
export async function startTwoWorkers(
  t: TestContext,
  memoryLimit: string,
  spillFolder?: string,
): Promise<TwoWorkers> {
  const count = 2
  const more = spillFolder === undefined ? {} : { spillFolder }
  const options = { workers: count, threadsPerWorker: 1, memoryLimit, onOutput: () => {}, ...more }
  const cluster = await startLocalCluster(options)
  const client = await Client.connect(cluster.file)
  t.after(async () => {
    await client.close()
    await cluster.close()
    // Not before: workers write there until they have ended.
    if (spillFolder !== undefined) rmSync(spillFolder, { recursive: true, force: true })
  })
  const workers = async (): Promise<number[]> => (await client.info()).workers.map(({ pid }) => pid)
  while ((await workers()).length < count) await new Promise(setImmediate)
  return { client, workers }
}

/** Resolves when a worker that was killed is one no more: its results may be there before its scheduler knows. */
export async function untilGone(workers: TwoWorkers['workers'], pid: number): Promise<void> {
  while ((await workers()).includes(pid)) await new Promise(setImmediate)
}
