// `heddle scheduler`: a scheduler in this process, until Ctrl-C or `heddle stop`.

import { schedulerOptions } from '../cluster/schedulerOptions.ts'
import { SchedulerProcess } from '../host/schedulerProcess.ts'
import { EXIT } from './exitCodes.ts'
import { plural } from './quantity.ts'

const PORT_DEFAULT = '8786'

export async function schedulerCommand(args: readonly string[]): Promise<number> {
  const options = schedulerOptions(withDefaults(args))
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

/** What people call `--workers` here, a scheduler's own program calls local ones. */
function withDefaults(args: readonly string[]): string[] {
  const own = args.map((arg) => arg.replace(/^--workers(?==|$)/, '--local-workers'))
  return own.some((arg) => /^--port(=|$)/.test(arg)) ? own : ['--port', PORT_DEFAULT, ...own]
}
