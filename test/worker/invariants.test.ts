// Each invariant of a worker is shown to catch a planted fault.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brokenInvariants } from '../../runtime/worker/invariants.ts'
import { READY } from '../../runtime/worker/runBooks.ts'
import type { WorkerState } from '../../runtime/worker/workerState.ts'
import { PlayedWorker } from './kit.ts'

/** A worker with a bit of everything: one run posted, one ready, one waiting, one value held. */
function busyWorker(): WorkerState {
  const worker = new PlayedWorker({ expectedMs: 50 })
  worker.put('v')
  worker.execute('a <- v; b; c <- x@2')
  return worker.state
}

const faults: [rule: string, plant: (state: WorkerState) => void][] = [
  ['phases are counted', (state) => void state.runs.counts[READY]++],
  ['a posted run is in one lane', (state) => void state.lanes[0].posted.pop()],
  ['who lacks a value waits for it', (state) => state.waiters.clear()],
  ['what is waited for is coming', (state) => state.waiters.set(0, [...state.waiters.values()].flat())],
  ['bytes are counted', (state) => void state.values.managedBytes++],
  ['what leaves first is in memory, and on disk too', (state) => void state.values.passing.add(0)],
  ['a used value is pinned', (state) => void state.values.unpin(0)],
  [
    'a dropped value goes when nothing uses it',
    (state) => {
      state.values.drop(state.values.hold(9, 9, 10))
    },
  ],
  [
    'a free thread with ready runs is given one',
    (state) => void state.lanes.splice(0, 1, { phase: 'open', posted: [], aside: [] }),
  ],
]

for (const [rule, plant] of faults)
  test(`"${rule}" catches its fault`, () => {
    const state = busyWorker()
    assert.deepEqual(brokenInvariants(state), [])
    plant(state)
    const broken = brokenInvariants(state).map((text) => text.split(':')[0])
    assert.ok(broken.includes(rule), `${rule} is not among ${broken}`)
  })
