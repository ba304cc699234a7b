// How figures are compared: directions of better, missing peers, the baseline.

import assert from 'node:assert/strict'
import test from 'node:test'
import { advantage, compare, median, readable, tableOf } from './figure.ts'

test('more per second is better, less time is better', () => {
  assert.equal(advantage('tasks/s', 300, 100), 3)
  assert.equal(advantage('ms', 2, 10), 5)
})

test('a figure stands beside the same figure of the peer, and beside nothing where there is none', () => {
  const ours = [
    { bench: 'client', figure: 'map', unit: 'tasks/s', value: 300_000 },
    { bench: 'client', figure: 'other', unit: 'ms', value: 1 },
  ]
  const peers = [
    { bench: 'client', figure: 'map', peer: 'dask' as const, value: 3_000 },
    { bench: 'client', figure: 'map', peer: 'dask threads' as const, value: 30_000 },
  ]
  const [map, other] = compare(ours, peers, [])
  assert.deepEqual(map, {
    ...ours[0],
    peer: 'dask',
    peerValue: 3_000,
    ratio: 100,
    threadsValue: 30_000,
    threadsRatio: 10,
    againstBaseline: null,
  })
  assert.equal(other.ratio, null)
})

test('against the baseline, ratios are compared where both have a peer, since machines drift', () => {
  const before = compare(
    [{ bench: 'b', figure: 'f', unit: 'ms', value: 10 }],
    [{ bench: 'b', figure: 'f', peer: 'dask', value: 100 }],
    [],
  )
  const [now] = compare(
    [{ bench: 'b', figure: 'f', unit: 'ms', value: 20 }],
    [{ bench: 'b', figure: 'f', peer: 'dask', value: 400 }],
    before,
  )
  assert.equal(now.againstBaseline, 2)
})

test('numbers and the table are for people', () => {
  assert.equal(readable(312_345), '312,000')
  assert.equal(readable(0.042123), '0.0421')
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  const table = tableOf(compare([{ bench: 'client', figure: 'map', unit: 'tasks/s', value: 5 }], [], []))
  assert.match(table, /^bench {3}figure {2}unit {5}heddle/)
})
