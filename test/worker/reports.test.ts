// What a worker tells of values: as of before or behind each order to discard some.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reports } from '../../runtime/worker/reports.ts'

const told = (reports: Reports): [number[], number][] =>
  reports
    .take()
    .flatMap((message) => (message.type === 'stored' ? [[[...message.tasks], message.discards]] : []))

test('what was stored before values were discarded is told as of before, though in the same turn', () => {
  const reports = new Reports()
  reports.stored(1, 1, 8)
  reports.stored(2, 1, 8)
  reports.discarded()
  reports.discarded()
  reports.stored(3, 1, 8)
  assert.deepEqual(told(reports), [
    [[1, 2], 0],
    [[3], 2],
  ])
  reports.stored(4, 1, 8)
  assert.deepEqual(told(reports), [[[4], 2]])
  assert.deepEqual(told(reports), [])
})

test('a new connection hears of nothing older, and is counted anew', () => {
  const reports = new Reports()
  reports.stored(1, 1, 8)
  reports.discarded()
  reports.stored(2, 1, 8)
  reports.forget()
  reports.stored(3, 1, 8)
  assert.deepEqual(told(reports), [[[3], 0]])
})
