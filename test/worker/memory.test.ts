// Memory limits as numbers, and what a worker does ahead of them: it makes room first, and runs alone what needs all of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Growth } from '../../runtime/worker/growth.ts'
import { bytesToSpill, memoryLimits, shouldHold, shouldPause } from '../../runtime/worker/memory.ts'

const limits = memoryLimits(100)
const memory = { managedBytes: 0, leavingBytes: 0, rssBytes: 0, expectedBytes: 0 }

const spills: [string, Partial<typeof memory>, number][] = [
  ['at 60 % held nothing leaves', { managedBytes: 60 }, 0],
  ['above it the rest leaves', { managedBytes: 80 }, 20],
  ['what leaves already counts', { managedBytes: 80, leavingBytes: 15 }, 5],
  ['at 70 % measured nothing leaves', { managedBytes: 50, rssBytes: 70 }, 0],
  ['above it as much as is above 60 %', { managedBytes: 50, rssBytes: 75 }, 15],
  ['no more can leave than is held', { managedBytes: 5, rssBytes: 90 }, 5],
  ['what runs will need leaves ahead of them', { managedBytes: 50, expectedBytes: 45 }, 15],
]
for (const [title, state, expected] of spills)
  test(title, () => assert.equal(bytesToSpill({ ...memory, ...state }, limits), expected))

test('a worker pauses above 80 % and resumes below 78 %', () => {
  assert.deepEqual(
    [80, 81].map((rss) => shouldPause(rss, limits, false)),
    [false, true],
  )
  assert.deepEqual(
    [79, 78].map((rss) => shouldPause(rss, limits, true)),
    [true, false],
  )
})

test('runs are held while values and the process itself are above 80 %', () => {
  assert.equal(shouldHold(30, 51, limits), true)
  assert.equal(shouldHold(30, 50, limits), false)
  assert.equal(shouldHold(0, 90, limits), false, 'without values nothing would ever get better')
})

test('shares can be set one by one', () => {
  const own = memoryLimits(100, { targetShare: 0.3 })
  assert.equal(bytesToSpill({ ...memory, managedBytes: 50 }, own), 20)
  assert.equal(own.pauseShare, 0.8)
})

test('a run is expected to need twice its last large result, or twice its input at first', () => {
  const growth = new Growth()
  assert.equal(
    growth.expectedBytes(1, () => 7),
    14,
  )
  growth.observe(1, 100)
  growth.observe(1, 10)
  assert.equal(
    growth.expectedBytes(1, () => 7),
    180,
  )
  growth.observe(2, 0)
  assert.equal(
    growth.expectedBytes(2, () => 7),
    0,
  )
})
