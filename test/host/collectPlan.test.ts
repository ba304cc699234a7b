// When a worker's threads collect their garbage, as readings of its memory come in.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CollectPlan } from '../../runtime/host/collectPlan.ts'
import { memoryLimits } from '../../runtime/worker/memory.ts'

const limits = memoryLimits(1000)
const CALM = { usedBytes: 400, strayBytes: 0, unexplainedBytes: 100, givenUpBytes: 0 }

/** The moments, of one every 25 ms for so long, at which lanes were asked. */
function asked(plan: CollectPlan, forMs: number, reading: (nowMs: number) => typeof CALM): number[] {
  const moments: number[] = []
  for (let nowMs = 0; nowMs < forMs; nowMs += 25)
    if (plan.next({ nowMs, ...reading(nowMs) }, limits).lanes) moments.push(nowMs)
  return moments
}

test('nothing is collected while there is room and nothing stands about', () => {
  assert.deepEqual(
    asked(new CollectPlan(), 5000, () => CALM),
    [],
  )
})

test('where collecting gives nothing back it is done less and less often, down to once a second', () => {
  const tight = { ...CALM, usedBytes: 750 }
  const moments = asked(new CollectPlan(), 6000, () => tight)
  assert.deepEqual(moments, [0, 275, 800, 1825, 2850, 3875, 4900, 5925])
})

test('where values alone make memory short, and no garbage can, it is done once a second', () => {
  const full = { ...CALM, usedBytes: 750, unexplainedBytes: 20 }
  assert.deepEqual(
    asked(new CollectPlan(), 4000, () => full),
    [0, 1025, 2050, 3075],
  )
  assert.deepEqual(
    asked(new CollectPlan(), 1000, (nowMs) => ({ ...full, unexplainedBytes: nowMs < 500 ? 20 : 60 })),
    [0, 500],
  )
  assert.deepEqual(
    asked(new CollectPlan(), 1000, (nowMs) => ({ ...full, usedBytes: nowMs < 500 ? 750 : 810 })),
    [0, 500],
    'above what pauses the worker everything is tried',
  )
})

test('a process that grew smaller is a reason to ask again soon', () => {
  const falling = (bytesAMs: number) => (nowMs: number) => ({ ...CALM, usedBytes: 900 - bytesAMs * nowMs })
  assert.deepEqual(asked(new CollectPlan(), 1000, falling(0.1)), [0, 275, 550, 825])
  assert.deepEqual(asked(new CollectPlan(), 1000, falling(0.01)), [0, 275, 800])
})

test('values that left are a reason to ask at once, those that nobody lets go of are not', () => {
  const plan = new CollectPlan()
  const kept = asked(plan, 3000, () => ({ ...CALM, strayBytes: 60 }))
  assert.deepEqual(kept, [0, 75, 200, 425, 850, 1675, 2700])
  assert.equal(plan.next({ nowMs: 3000, ...CALM, strayBytes: 60 }, limits).lanes, false)
  assert.equal(plan.next({ nowMs: 3000, ...CALM, strayBytes: 61 }, limits).lanes, true)
})

test('the main thread collects once a twentieth of the limit was given up, and where memory is short', () => {
  const plan = new CollectPlan()
  const calm = (givenUpBytes: number) => plan.next({ nowMs: 0, ...CALM, givenUpBytes }, limits)
  assert.deepEqual(calm(50), { lanes: false, own: false })
  assert.deepEqual(calm(51), { lanes: false, own: true })
  assert.deepEqual(plan.next({ nowMs: 1, ...CALM, usedBytes: 701 }, limits), { lanes: true, own: true })
  assert.deepEqual(plan.next({ nowMs: 2, ...CALM, usedBytes: 701 }, limits), { lanes: false, own: false })
})
