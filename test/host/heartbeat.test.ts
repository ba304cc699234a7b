// What a heartbeat says of memory: always the sums, and where each value is only while somebody looks.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heartbeat } from '../../runtime/host/heartbeat.ts'
import { LaneProgress } from '../../runtime/host/laneMessages.ts'
import { decide } from '../../runtime/worker/decide.ts'
import { memoryLimits } from '../../runtime/worker/memory.ts'
import { WorkerState } from '../../runtime/worker/workerState.ts'

const readings = (memoryWatched: boolean) => ({
  cpuPercent: 0,
  rssBytes: 500,
  receivedBytes: 0,
  sentBytes: 0,
  gpus: undefined,
  progress: () => new LaneProgress(),
  memoryWatched,
})

test('sums always, tasks of values on disk and on their way while somebody looks', () => {
  const state = new WorkerState({ threads: 1, limits: memoryLimits(1000) })
  const { values, fetches } = state
  values.hold(1, 10, 100)
  values.hold(2, 20, 200)
  values.hold(3, 30, 50)
  const { write } = values.chooseToSpill(250)
  for (const row of write) values.written(row)
  // One of the two is being read back: it is not in memory yet.
  values.load(write[1])
  values.await(4, 40, 70)
  fetches.want(7, 4, 40, 70)
  decide(state)
  const said = heartbeat(state, readings(true))
  assert.deepEqual(
    [said.managedBytes, said.spilledBytes, said.movingBytes, said.spilledTasks, said.movingTasks],
    [50, 300, 70, Int32Array.of(1, 2), Int32Array.of(4)],
  )
  const quiet = heartbeat(state, readings(false))
  assert.deepEqual(
    [quiet.spilledBytes, quiet.movingBytes, quiet.spilledTasks, quiet.movingTasks],
    [300, 70, undefined, undefined],
  )
})
