// What a worker tells of itself every half second.

import type { GpuReading, HeartbeatMessage } from '../protocol/messages.ts'
import { READING, READY, WAITING } from '../worker/runBooks.ts'
import { WHOLE } from '../worker/taskRunTable.ts'
import { LOADING, SPILLED } from '../worker/values.ts'
import type { WorkerState } from '../worker/workerState.ts'
import type { LaneProgress } from './laneMessages.ts'

export const HEARTBEAT_MS = 500
/** Of more values than this a heartbeat does not say where they are. */
const LISTED_MAX = 100_000

export interface Readings {
  cpuPercent: number
  rssBytes: number
  receivedBytes: number
  sentBytes: number
  gpus: GpuReading[] | undefined
  progress(lane: number): LaneProgress
  /** Somebody looks at which values are where. */
  memoryWatched: boolean
}

export function heartbeat(state: WorkerState, readings: Readings): HeartbeatMessage {
  const { cpuPercent, rssBytes, receivedBytes, sentBytes, gpus, progress, memoryWatched } = readings
  const { values, runs, lanes } = state
  const runningTasks = new Int32Array(lanes.length).fill(-1)
  const runningSince = new Float64Array(lanes.length)
  lanes.forEach((lane, number) => {
    const { batch, index, start } = progress(number)
    const posted = lane.posted.find((one) => one.batch === batch)
    // A run that was reported since may have left the books.
    if (!posted || index < posted.reported) return
    runningTasks[number] = runs.task(posted.slots[index])
    runningSince[number] = start
  })
  return {
    type: 'heartbeat',
    cpuPercent,
    managedBytes: values.managedBytes,
    rssBytes,
    spilledBytes: values.spilledBytes,
    heldTasks: values.count,
    waiting: runs.counts[WAITING] + runs.counts[READY] + runs.counts[READING],
    paused: state.tellsPause,
    receivedBytes,
    sentBytes,
    runningTasks,
    runningSince,
    gpus,
    movingBytes: state.fetches.bytesInFlight,
    ...(memoryWatched && {
      spilledTasks: spilledTasks(state),
      movingTasks: Int32Array.from(state.fetches.moving()).subarray(0, LISTED_MAX),
    }),
  }
}

function spilledTasks({ values }: WorkerState): Int32Array {
  const tasks: number[] = []
  for (let row = 0; row < values.rows && tasks.length < LISTED_MAX; row++) {
    const phase = values.phase(row)
    if (values.part(row) !== WHOLE) continue
    if ((phase === SPILLED || phase === LOADING) && !values.isDoomed(row)) tasks.push(values.task(row))
  }
  return Int32Array.from(tasks)
}
