// What stands beside lines at which threads were seen.

import assert from 'node:assert/strict'
import test from 'node:test'
import { hottest, seenLines, seenText, seenTooltip } from '../../client/runs/lineTimes.ts'
import { workOf, workTooltip } from '../../client/runs/lineWork.ts'
import { applyRunEvent, type Run } from '../../client/runs/runsModel.ts'
import type { LineTime } from '../../runtime/protocol/runs.ts'

const time = (line: number, selfMs: number, calledMs = 0): LineTime => ({
  file: '/home/ada/lib.ts',
  line,
  selfMs,
  calledMs,
})

function runWith(...times: LineTime[]): Run {
  const figures = { file: '/home/ada/a.ts', line: 3, column: 1, name: 'map', tasks: 4, failed: 0, skipped: 0 }
  const lines = [{ ...figures, workMs: 4000, bytes: 0, spilledBytes: 2e6 }]
  return applyRunEvent(new Map(), { run: 'r1', sequence: 0, event: { kind: 'lines', lines, times } })!
}

test('lines that were seen long enough are marked, the hottest first', () => {
  const run = runWith(time(1, 700), time(2, 2200, 100), time(3, 19), time(4, 30))
  assert.deepEqual(
    seenLines(run).map(({ time: { line }, ms, share }) => [line, ms, Math.round(100 * share)]),
    [
      [2, 2300, 75],
      [1, 700, 23],
    ],
    'a sample or two, and one part in a hundred, are not worth a mark',
  )
  assert.deepEqual(seenLines(runWith()), [])
  assert.deepEqual(seenLines(runWith(time(1, 0))), [])
})

test('the text says the time and its part, and when it is of earlier code', () => {
  const [seen] = seenLines(runWith(time(2, 2200, 100), time(1, 700)))
  assert.equal(seenText(seen, false), '2.30 s · 77 %')
  assert.equal(seenText(seen, true), '2.30 s · 77 % · before the change')
  const tooltip = seenTooltip(seen, true)
  assert.match(
    tooltip,
    /^2\.20 s in this line, 100 ms in what its function calls of Node and of packages: 77 % /,
  )
  assert.match(tooltip, /The file has changed since\.$/)
  assert.doesNotMatch(seenTooltip(seenLines(runWith(time(1, 700)))[0], false), /packages|changed/)
})

test('the tooltip of a computation names where its time went, and what left memory', () => {
  const run = runWith(time(1, 700), time(2, 2200), time(3, 100), time(4, 90))
  assert.equal(hottest(run), 'Most time: lib.ts:2 71 %, lib.ts:1 23 %, lib.ts:3 3 %.')
  assert.match(workTooltip(workOf(run)[0]), /workers wrote 2\.0 MB to disk[^\n]*\nMost time: lib\.ts:2 71 %/)
  assert.equal(hottest(runWith()), undefined)
})
