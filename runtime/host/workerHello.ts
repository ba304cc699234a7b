// How a worker greets its scheduler: who it is, and what it still holds from an earlier connection.

import type { WorkerMessage } from '../protocol/messages.ts'
import { HEDDLE_VERSION, PROTOCOL_VERSION } from '../protocol/version.ts'
import { WHOLE } from '../worker/taskRunTable.ts'
import { AWAITED } from '../worker/values.ts'
import type { WorkerState } from '../worker/workerState.ts'
import type { WorkerConfig } from './workerConfig.ts'

/** @param cluster the cluster that it was connected to before; absent at the first time */
export function workerHello(
  { values, limits }: WorkerState,
  config: WorkerConfig,
  dataAddress: string,
  cluster: string | undefined,
): WorkerMessage {
  const held: { task: number; run: number; bytes: number }[] = []
  if (cluster !== undefined)
    for (let row = 0; row < values.rows; row++) {
      const [task, run] = [values.task(row), values.run(row)]
      const isKnown = values.part(row) === WHOLE && values.rowOf(task, run) === row
      if (isKnown && values.phase(row) !== AWAITED) held.push({ task, run, bytes: values.bytes(row) })
    }
  if (cluster !== undefined)
    for (const { task, run } of values.parted.all())
      held.push({ task, run, bytes: values.bytesOfParts(task, run) })
  return {
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    version: HEDDLE_VERSION,
    name: config.name,
    host: config.host,
    pid: process.pid,
    threads: config.threads,
    memoryLimitBytes: config.memoryLimitBytes,
    targetBytes: limits.targetShare * limits.limitBytes,
    dataAddress,
    resources: config.resources,
    cluster,
    ...(config.startedAgain !== undefined && { startedAgain: config.startedAgain }),
    heldTasks: Int32Array.from(held, ({ task }) => task),
    heldRuns: Int32Array.from(held, ({ run }) => run),
    heldSizes: Float64Array.from(held, ({ bytes }) => bytes),
  }
}
