// The supervisor process: one for each worker process, started by the scheduler's side or by `heddle worker`.

import { watchLifeline } from './lifeline.ts'
import { nameProcess } from './processTitle.ts'
import { Supervisor } from './supervisor.ts'
import { takeWorkerConfig } from './workerConfig.ts'

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
