// The scheduler's program: started by whoever owns the cluster, says on its standard output where it is, or why not.
//
// One line: `ready <path of cluster.json>`, or `failed <reason>` and exit code 1.

import { useCompileCache } from './compileCache.ts'
import { packageFolder } from './entries.ts'
import { watchLifeline } from './lifeline.ts'
import { nameProcess } from './processTitle.ts'
import type { SchedulerProcess } from './schedulerProcess.ts'
import { keepYoung } from './youngBundle.ts'

useCompileCache()
nameProcess('heddle scheduler')
keepYoung(packageFolder())
// An owner may stop reading once it knows; that is no reason to end.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

// What follows is loaded now, so that the cache above serves it too.
const { schedulerOptions } = await import('../cluster/schedulerOptions.ts')
const { SchedulerGround } = await import('./schedulerGround.ts')

let started = false
let ground: InstanceType<typeof SchedulerGround> | undefined
let scheduler: SchedulerProcess | undefined

/** The owner is gone, or the process is to end before there is a scheduler. */
function abandon(reason: string): void {
  if (scheduler) void scheduler.abandon(reason)
  else void (ground?.abandon() ?? Promise.resolve()).finally(() => process.exit(1))
}

try {
  const options = schedulerOptions(process.argv.slice(2))
  // A record may fail to be made: nothing is begun before it.
  if (options.settings?.record === undefined) ground = new SchedulerGround(options)
  watchLifeline(() => abandon('its owner is gone'))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      const reason = `the cluster was ended by ${signal}`
      if (scheduler) void scheduler.stop(reason)
      else abandon(reason)
    })
  process.on('uncaughtException', (error) => {
    process.stderr.write(`heddle scheduler crashed: ${error.stack}\n`)
    process.exitCode = 1
    abandon('the scheduler crashed')
  })
  const loaded = await import('./schedulerProcess.ts')
  const events = {
    log: (level: string, text: string): void => {
      if (level !== 'info') process.stderr.write(`heddle scheduler: ${text}\n`)
    },
    ended: (): void => {
      // Before it has started, the reason is still to be said.
      if (started) process.exit()
    },
  }
  scheduler = new loaded.SchedulerProcess(options, events, ground)
  const file = await scheduler.start()
  started = true
  process.stdout.write(`ready ${file}\n`)
} catch (error) {
  const lines = (error as Error).message.replaceAll('\n', ' ')
  process.exitCode = 1
  process.stdout.write(`failed ${lines}\n`, () => process.exit())
}
