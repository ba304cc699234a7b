// When a lens that cancels comes, and when it goes.

import assert from 'node:assert/strict'
import test from 'node:test'
import { LastingRuns, LONG_RUN_MS } from '../../client/runs/lastingRuns.ts'

const A = { run: 'a' }
const B = { run: 'b' }

test('a run gets its lens when it has gone on for a while, however many others change meanwhile', () => {
  const runs = new LastingRuns()
  assert.deepEqual(runs.look([A], 1000), { changed: false, againMs: LONG_RUN_MS })
  assert.deepEqual(runs.look([A, B], 1300), { changed: false, againMs: 100 })
  assert.deepEqual(runs.look([A, B], 1400), { changed: true, againMs: 300 })
  assert.deepEqual([runs.has('a'), runs.has('b')], [true, false])
  assert.deepEqual(runs.look([A, B], 1700), { changed: true, againMs: undefined })
  assert.deepEqual(runs.look([A, B], 1800), { changed: false, againMs: undefined })
})

test('a run that has ended loses its lens at once, and one that was over soon never had one', () => {
  const runs = new LastingRuns()
  runs.look([A], 0)
  runs.look([A], 400)
  assert.deepEqual(runs.look([{ ...A, end: {} }, B], 401), { changed: true, againMs: LONG_RUN_MS })
  assert.equal(runs.has('a'), false)
  assert.deepEqual(runs.look([{ ...B, end: {} }], 500), { changed: false, againMs: undefined })
  // The same name again is another run.
  assert.deepEqual(runs.look([B], 2000), { changed: false, againMs: LONG_RUN_MS })
})
