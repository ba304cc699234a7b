// How a worker introduces itself.

import type { WorkerMessage } from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'

export const workerHello = (name: string, protocol = PROTOCOL_VERSION): WorkerMessage => ({
  type: 'hello',
  protocol,
  version: '0',
  name,
  host: 'here',
  pid: 1,
  threads: 2,
  memoryLimitBytes: 1e9,
  dataAddress: 'unix:/nowhere',
  resources: {},
  heldTasks: new Int32Array(),
  heldRuns: new Int32Array(),
  heldSizes: new Float64Array(),
})
