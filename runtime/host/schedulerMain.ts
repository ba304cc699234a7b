// The scheduler's program: started by whoever owns the cluster, says on its standard output where it is, or why not.
//
// One line: `ready <path of cluster.json>`, or `failed <reason>` and exit code 1.

import { useCompileCache } from './compileCache.ts'
import { watchLifeline } from './lifeline.ts'

useCompileCache()
process.title = 'heddle scheduler'
// An owner may stop reading once it knows; that is no reason to end.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

// What follows is loaded now, so that the cache above serves it too.
const { SchedulerProcess } = await import('./schedulerProcess.ts')
const { schedulerOptions } = await import('../cluster/schedulerOptions.ts')

let started = false
try {
  const scheduler = new SchedulerProcess(schedulerOptions(process.argv.slice(2)), {
    log: (level, text) => {
      if (level !== 'info') process.stderr.write(`heddle scheduler: ${text}\n`)
    },
    ended: () => {
      // Before it has started, the reason is still to be said.
      if (started) process.exit()
    },
  })
  watchLifeline(() => void scheduler.abandon('its owner is gone'))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void scheduler.stop(`the cluster was ended by ${signal}`))
  process.on('uncaughtException', (error) => {
    process.stderr.write(`heddle scheduler crashed: ${error.stack}\n`)
    process.exitCode = 1
    void scheduler.abandon('the scheduler crashed')
  })
  const file = await scheduler.start()
  started = true
  process.stdout.write(`ready ${file}\n`)
} catch (error) {
  const lines = (error as Error).message.replaceAll('\n', ' ')
  process.exitCode = 1
  process.stdout.write(`failed ${lines}\n`, () => process.exit())
}
