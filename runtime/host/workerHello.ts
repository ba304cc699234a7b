// How a worker greets its scheduler: who it is, and what it still holds from an earlier connection.

import type { WorkerMessage } from '../protocol/messages.ts'
import { HEDDLE_VERSION, PROTOCOL_VERSION } from '../protocol/version.ts'
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
  const rows: number[] = []
  if (cluster !== undefined)
    for (let row = 0; row < values.rows; row++) {
      const isKnown = values.rowOf(values.task(row), values.run(row)) === row
      if (isKnown && values.phase(row) !== AWAITED) rows.push(row)
    }
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
    heldTasks: Int32Array.from(rows, (row) => values.task(row)),
    heldRuns: Int32Array.from(rows, (row) => values.run(row)),
    heldSizes: Float64Array.from(rows, (row) => values.bytes(row)),
  }
}
