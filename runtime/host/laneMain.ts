// A lane: one thread's long-lived loop, started once by the pool, that runs batches of tasks until its port closes.

import { setSourceMapsSupport } from 'node:module'
import { threadId } from 'node:worker_threads'
import { useCompileCache } from './compileCache.ts'
import type { LaneSetup } from './laneMessages.ts'

// Stacks name the user's lines; packages' own maps are not worth the time they take.
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false })
useCompileCache()
// Loaded only now, so that the cache serves it, and before anybody asks.
const loading = import('./laneRunner.ts')

/** Resolves when the main thread has closed the port. */
export default async function lane(setup: LaneSetup): Promise<void> {
  const { LaneRunner } = await loading
  const { port } = setup
  const runner = new LaneRunner(setup)
  const closed = new Promise<void>((resolve) => port.on('close', resolve))
  port.on('message', (message) => runner.receive(message))
  port.postMessage({ kind: 'ready', threadId })
  await closed
}
