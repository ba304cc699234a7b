// What stands above a line after a run.

import assert from 'node:assert/strict'
import test from 'node:test'
import { adviceOf } from '../../client/runs/lineAdvice.ts'
import { heatOf, lastRunText, workOf, workText, workTooltip } from '../../client/runs/lineWork.ts'
import { applyRunEvent, type Runs } from '../../client/runs/runsModel.ts'
import type { LineFigures } from '../../runtime/protocol/runs.ts'

const LINE: LineFigures = {
  file: '/home/ada/a.ts',
  line: 3,
  column: 1,
  name: 'range-map',
  tasks: 1204,
  failed: 0,
  skipped: 0,
  workMs: 3100,
  bytes: 412e6,
  spilledBytes: 0,
}

test('the text of a lens: tasks, time, bytes, failures', () => {
  assert.equal(workText(LINE), '1,204 tasks · 3.10 s · 412 MB')
  assert.equal(workText({ ...LINE, tasks: 1, workMs: 2, bytes: 16 }), '1 task · 2 ms')
  assert.equal(workText({ ...LINE, spilledBytes: 80e6 }), '1,204 tasks · 3.10 s · 412 MB · 80 MB spilled')
  assert.equal(workText({ ...LINE, failed: 2 }), '1,206 tasks · 3.10 s · 412 MB · 2 failed')
  assert.equal(
    workText({ ...LINE, tasks: 0, failed: 1, skipped: 3, workMs: 0, bytes: 0 }),
    '1 task · < 1 ms · 1 failed · 3 not run',
  )
})

test('lines share the work of their run; those that did nothing show nothing', () => {
  const runs: Runs = new Map()
  const lines = [LINE, { ...LINE, line: 4, workMs: 9300 }, { ...LINE, line: 5, tasks: 0, workMs: 0 }]
  const run = applyRunEvent(runs, { run: 'r1', sequence: 0, event: { kind: 'lines', lines } })!
  const work = workOf(run)
  assert.deepEqual(
    work.map(({ figures, share }) => [figures.line, share]),
    [
      [3, 0.25],
      [4, 0.75],
    ],
  )
  assert.match(workTooltip(work[0]), /^range-map: 1,204 tasks ran for 3\.10 s .*, 3 ms each on average\./)
  assert.match(workTooltip(work[0]), /25 % of the work/)
  const failing = { ...work[0], figures: { ...LINE, failed: 1, skipped: 2 } }
  assert.match(
    workTooltip(failing),
    /\n1 task failed\.\n2 tasks did not run, since what they need failed\.\n/,
  )
})

test('what the lines of a collection cost together is of the last run that worked on any of them', () => {
  const runs: Runs = new Map()
  const run = (id: string, atMs: number, lines: LineFigures[]): ReturnType<typeof workOf> => {
    const started = { kind: 'started', file: '/home/ada/a.ts', label: 'a', atMs, pid: 7 } as const
    applyRunEvent(runs, { run: id, sequence: 0, event: started })
    return workOf(applyRunEvent(runs, { run: id, sequence: 1, event: { kind: 'lines', lines } })!)
  }
  const earlier = run('r1', new Date(2026, 1, 3, 9, 30).getTime(), [LINE, { ...LINE, line: 5, tasks: 7 }])
  const later = run('r2', new Date(2026, 1, 3, 19, 50, 54).getTime(), [LINE, { ...LINE, line: 4, failed: 2 }])
  assert.equal(
    lastRunText([earlier[1], ...later]),
    'last run, at 19:50:54: 2,410 tasks · 6.20 s · 824 MB · 2 failed',
  )
  assert.equal(lastRunText([earlier[1]]), 'last run, at 09:30:00: 7 tasks · 3.10 s · 412 MB')
  assert.equal(lastRunText([]), undefined)
})

test('heat grows with the share, and little of it shows nothing', () => {
  assert.deepEqual([0, 0.01, 0.05, 0.25, 0.5, 1].map(heatOf), [0, 0, 2, 3, 4, 5])
})

test('advice is given for tasks that are too short and results that hardly fit', () => {
  const advice = (changes: Partial<LineFigures>, memoryBytes = 1e9): string | undefined =>
    adviceOf({ ...LINE, ...changes }, memoryBytes)?.code
  assert.equal(advice({}), undefined)
  assert.equal(advice({ tasks: 10_000, workMs: 100 }), 'small-tasks')
  assert.equal(advice({ tasks: 100, workMs: 1 }), undefined, 'too few to matter')
  assert.equal(advice({ tasks: 2, bytes: 800e6 }), 'large-results')
  assert.equal(advice({ tasks: 2, bytes: 800e6 }, 0), undefined, 'nobody knows the memory')
  assert.equal(advice({ tasks: 0 }), undefined)
})
