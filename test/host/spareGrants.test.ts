// Which free buffers lanes are given before their next batch.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GRANTED_SIZES_MAX, SpareGrants } from '../../runtime/host/spareGrants.ts'

test('a lane is given as many of each size as its results had, one time', () => {
  const grants = new SpareGrants()
  assert.deepEqual(grants.wanted(0), [])
  grants.made(0, [100, 200, 100])
  assert.deepEqual(grants.wanted(0), [
    [100, 2],
    [200, 1],
  ])
  assert.deepEqual(grants.wanted(1), [], 'others made none')
  grants.given(0, 100, 1)
  grants.given(0, 200, 1)
  assert.deepEqual(grants.wanted(0), [[100, 1]], 'what it has not used yet counts')
})

test('tasks that take turns find their sizes again', () => {
  const grants = new SpareGrants()
  grants.made(0, [2800])
  grants.made(0, [170, 170])
  assert.deepEqual(grants.wanted(0), [
    [2800, 1],
    [170, 2],
  ])
  grants.given(0, 2800, 1)
  grants.made(0, [2800])
  assert.deepEqual(
    grants.wanted(0),
    [
      [170, 2],
      [2800, 1],
    ],
    'a result in it makes room for the next',
  )
})

test('a few sizes are remembered, of each a few, and nothing is owed once lanes let go', () => {
  const grants = new SpareGrants()
  for (let size = 1; size <= GRANTED_SIZES_MAX + 2; size++) grants.made(0, [size])
  assert.deepEqual(
    grants.wanted(0).map(([size]) => size),
    Array.from({ length: GRANTED_SIZES_MAX }, (_, i) => i + 3),
  )
  grants.made(0, new Array<number>(100).fill(5))
  assert.deepEqual(grants.wanted(0).at(-1), [5, 8])
  grants.given(0, 5, 8)
  assert.equal(grants.wanted(0).length, GRANTED_SIZES_MAX - 1)
  grants.letGo()
  assert.deepEqual(grants.wanted(0).at(-1), [5, 8])
})
