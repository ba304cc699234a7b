// A worker under a supervisor, which is this process: as `heddle worker` has it, with its configuration in the environment.

import { watchLifeline } from '../../../runtime/host/lifeline.ts'
import { nameProcess } from '../../../runtime/host/processTitle.ts'
import { Supervisor } from '../../../runtime/host/supervisor.ts'
import { takeWorkerConfig } from '../../../runtime/host/workerConfig.ts'

const config = takeWorkerConfig()
nameProcess(`heddle supervisor ${config.name}`)

const supervisor = new Supervisor(config, (code, reason) => {
  if (code !== 0) console.error(`heddle worker ${config.name}: ${reason}`)
  process.exit(code)
})

watchLifeline(() => {
  supervisor.abandon()
  process.exit(0)
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => supervisor.leave())

supervisor.start()
