// `heddle scheduler`: a scheduler in this process, until Ctrl-C or `heddle stop`.

import { portNumber, type SchedulerOptions } from '../cluster/schedulerOptions.ts'
import { SETTING_OPTIONS, settingsOfValues } from '../cluster/schedulerSettings.ts'
import { workerCounts } from '../cluster/workerCounts.ts'
import { WORKER_MEMORY_OPTIONS, workerMemoryOptions } from '../cluster/workerMemory.ts'
import { SchedulerProcess } from '../host/schedulerProcess.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitCodes.ts'
import { plural } from './quantity.ts'
import { UsageError } from './usageError.ts'

const PORT_DEFAULT = '8786'

export async function schedulerCommand(args: readonly string[]): Promise<number> {
  const options = readArguments(args)
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  const scheduler = new SchedulerProcess(options, {
    log: (level, text) => process.stderr.write(`heddle scheduler: ${level}: ${text}\n`),
    ended: resolve,
  })
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (interrupted) void scheduler.abandon(`ended by ${signal}`)
      interrupted = true
      void scheduler.stop(`the cluster was ended by ${signal}`)
    })
  const file = await scheduler.start()
  const { local } = options
  const workers = local
    ? `${plural(local.workers, 'worker')} × ${plural(local.threads, 'thread')}`
    : 'no workers yet'
  process.stderr.write(
    `heddle scheduler ${scheduler.id} is running: ${workers}\n` +
      `  dashboard    ${scheduler.address.dashboardUrl}\n` +
      `  use it       heddle run FILE --connect ${file}\n` +
      `  add workers  heddle worker --connect ${file}\n` +
      '  stop it      Ctrl-C\n',
  )
  process.stderr.write(`heddle scheduler has ended: ${await ended}\n`)
  return EXIT.ok
}

const OPTIONS = {
  port: { type: 'string' },
  workers: { type: 'string' },
  threads: { type: 'string' },
  'memory-limit': { type: 'string' },
  ...WORKER_MEMORY_OPTIONS,
  ...SETTING_OPTIONS,
} as const

function readArguments(args: readonly string[]): SchedulerOptions {
  const { values } = parseCommandLine(args, OPTIONS, false)
  const { port = PORT_DEFAULT, workers, threads, 'memory-limit': memoryLimit } = values
  if (workers === undefined && (threads !== undefined || memoryLimit !== undefined))
    throw new UsageError(
      '--threads and --memory-limit are of workers: give --workers too, or give them to `heddle worker`',
    )
  const counts = { workers, threads, memoryLimit, ...workerMemoryOptions(values) }
  return {
    port: portNumber(port),
    settings: settingsOfValues(values),
    ...(workers !== undefined && {
      local: workerCounts(counts, { workers: '--workers', threads: '--threads' }),
    }),
  }
}
