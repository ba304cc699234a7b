// The worker process: started by a supervisor, ends with it.

import { memoryLimits } from '../worker/memory.ts'
import { useCompileCache } from './compileCache.ts'
import { packageFolder } from './entries.ts'
import { signToParent, watchLifeline } from './lifeline.ts'
import { nameProcess } from './processTitle.ts'
import { EXIT_REFUSED, takeWorkerConfig } from './workerConfig.ts'
import { keepYoung } from './youngBundle.ts'

useCompileCache()
const config = takeWorkerConfig()
nameProcess(`heddle worker ${config.name}`)
keepYoung(packageFolder())
// One thread pool of the native engines a process: as many threads as the worker has.
process.env.POLARS_MAX_THREADS ??= String(config.threads)

/** Threads that native code holds would keep `process.exit` waiting for ever. */
const endNow = (): void => void process.kill(process.pid, 'SIGKILL')

// What follows is loaded only now, so that the cache above serves it too; threads start while the rest is loaded.
const { startLanePool } = await import('./lanePool.ts')
const { limitBytes, spillShare } = memoryLimits(config.memoryLimitBytes, config.memoryShares)
const pool = startLanePool({ threads: config.threads, heapBytesMax: spillShare * limitBytes })
const { WorkerProcess } = await import('./workerProcess.ts')

const end = (code: number, reason: string): void => {
  if (code !== 0) console.error(`heddle worker ${config.name}: ${reason}`)
  process.exitCode = code
  // Lets a last message out, then ends whatever still runs in the threads.
  setTimeout(() => {
    worker.removeFiles() // What was just being written may have made its folder anew.
    process.exit(code)
  }, 50)
  setTimeout(endNow, 2000).unref()
}
const worker = new WorkerProcess(config, pool, end, signToParent)

watchLifeline(() => {
  worker.removeFiles()
  endNow()
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => worker.leave(`the worker was ended by ${signal}`))
// A fault of heddle itself: the supervisor starts a new process, the scheduler runs again what was lost.
process.on('uncaughtException', (error) => {
  console.error(`heddle worker ${config.name} crashed:`, error)
  endNow()
})

try {
  await worker.start()
} catch (error) {
  console.error(`heddle worker ${config.name} cannot start: ${(error as Error).message}`)
  worker.removeFiles()
  process.exit(EXIT_REFUSED)
}
