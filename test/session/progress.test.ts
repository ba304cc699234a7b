// What a progress bar says.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { progressLine } from '../../runtime/session/progress.ts'

test('a bar, counts, the rate and failures', () => {
  const counts = { total: 1000, finished: 410, running: 2, erred: 2, perSecond: 8200.4 }
  assert.equal(progressLine(counts, 10), '[████░░░░░░] 412/1,000 · 8,200/s · 2 failed')
  assert.equal(progressLine({ total: 0, finished: 0, running: 0, erred: 0, perSecond: 0 }, 4), '[████] 0/0')
})
