// The history of runs, comparisons of two, and why a worker died: plain data in, texts out.

import assert from 'node:assert/strict'
import test from 'node:test'
import type { GoneWorker } from '../../client/cluster/clusterModel.ts'
import { compareRuns } from '../../client/history/compareRuns.ts'
import { rowText, spokenEntry, whenText } from '../../client/history/entryText.ts'
import {
  ENTRIES_MAX,
  entryOf,
  type HistoryEntry,
  partOf,
  withEntry,
  withoutLive,
} from '../../client/history/history.ts'
import { workerDeath } from '../../client/reports/workerDeath.ts'
import type { Run } from '../../client/runs/runsModel.ts'

const FILE = '/home/ada/a.ts'
const RUN: Run = {
  run: 'run-1',
  file: FILE,
  label: 'total.compute()',
  expression: { start: 10, end: 20 },
  startedMs: 1000,
  sites: [],
  curves: [],
  times: [],
  lines: [
    {
      file: FILE,
      line: 3,
      column: 1,
      name: 'map',
      tasks: 4,
      failed: 0,
      skipped: 0,
      workMs: 200,
      bytes: 2000,
      spilledBytes: 0,
    },
  ],
  result: { line: '42', display: { kind: 'text', text: '42', cut: false }, durationMs: 50 },
  end: { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 400 },
  sequence: 9,
}

test('a run of an expression keeps its text and its line, one of a cell where it began', () => {
  const text = 'import x\n\ntotal.compute()\n// %% Read\nread()\n'
  assert.deepEqual(partOf({ ...RUN, expression: { start: 10, end: 25 } }, text), {
    expression: { text: 'total.compute()', start: 10, line: 3 },
  })
  const cell = { start: text.indexOf('// %%'), end: text.length }
  const part = partOf({ ...RUN, expression: undefined, cell }, text)
  assert.deepEqual(part, { cell: { start: cell.start, line: 4 } })
  assert.deepEqual(entryOf(RUN, part).cell, part.cell)
  assert.deepEqual(partOf({ ...RUN, expression: undefined }, text), {})
})

test('a run becomes an entry with its outcome and what it says', () => {
  const { outcome, durationMs, says, id } = entryOf(RUN)
  assert.deepEqual([outcome, durationMs, says, id], ['finished', 400, '42', '1000-run-1'])
  const failed = entryOf(
    {
      ...RUN,
      failure: {
        name: 'RangeError',
        message: 'no',
        stack: '',
        frames: [],
        place: { file: FILE, line: 7, column: 2 },
      },
    },
    undefined,
  )
  assert.deepEqual([failed.says, failed.place?.line], ['RangeError: no', 7])
  assert.equal(entryOf({ ...RUN, end: undefined }).outcome, 'running')
})

test('the history is the latest first, each run once, and bounded', () => {
  let entries: HistoryEntry[] = []
  for (let n = 0; n < ENTRIES_MAX + 5; n++)
    entries = withEntry(entries, entryOf({ ...RUN, run: `run-${n}`, startedMs: n }))
  assert.equal(entries.length, ENTRIES_MAX)
  assert.equal(entries[0].run, `run-${ENTRIES_MAX + 4}`)
  assert.equal(withEntry(entries, { ...entries[3], outcome: 'failed' }).length, ENTRIES_MAX)
  assert.deepEqual(
    withoutLive([{ ...entries[0], outcome: 'running' }, entries[1]]).map(({ outcome }) => outcome),
    ['crashed', 'finished'],
  )
})

test('two runs are compared line by line', () => {
  const before = entryOf(RUN)
  const after = entryOf({ ...RUN, startedMs: 2000, lines: [{ ...RUN.lines[0], workMs: 100 }] })
  const lines = compareRuns(after, before, (_, line) => `line | ${line}`)
  assert.match(lines[5], /^\| whole run \| 400 ms \| 400 ms \| the same \|$/)
  assert.match(
    lines[6],
    /^\| a\.ts:3 \| 4 tasks, 200 ms, 2\.0 kB \| 4 tasks, 100 ms, 2\.0 kB \| 2\.0 × faster \|$/,
  )
  assert.deepEqual(lines.slice(7), ['', '- a.ts:3 `line | 3`'])
})

const GONE: GoneWorker = {
  info: {
    worker: 1,
    name: 'w1',
    host: 'here',
    pid: 7,
    threads: 2,
    memoryLimitBytes: 1e9,
    dataAddress: '',
    resources: {},
  },
  reason: 'its process was ended by SIGKILL',
  cpuPercent: 0,
  rssBytes: 5e8,
  managedBytes: 1e8,
  spilledBytes: 0,
  heldTasks: 3,
  paused: false,
  threads: [{ thread: 0, group: 'parse', sinceMs: 0 }],
  gpus: [],
}

test('the death of a worker is told with what it held', () => {
  const text = workerDeath(GONE).join('\n')
  assert.match(text, /The cluster says: its process was ended by SIGKILL\./)
  assert.match(text, /held 500 MB of 1\.0 GB, 100 MB of that in 3 results\./)
  assert.match(text, /It ran parse on thread 0\./)
  assert.match(text, /SIGKILL comes from outside/)
  assert.match(workerDeath({ ...GONE, rssBytes: 9.5e8 }).join('\n'), /Its memory was nearly full/)
})

test('a row tells the day of what was not run today, and a screen reader hears its outcome', () => {
  const at = (text: string): number => new Date(text).getTime()
  const now = at('2026-11-29T09:00:00')
  assert.equal(whenText(at('2026-11-29T00:00:01'), now), '00:00:01')
  assert.equal(whenText(at('2026-11-28T23:59:59'), now), '28 Nov 23:59')
  assert.equal(whenText(at('2025-11-29T09:00:00'), now), '29 Nov 2025 09:00')
  const entry: HistoryEntry = {
    ...entryOf(RUN, { expression: { text: 'total.compute()', start: 10, line: 4 } }),
    startedMs: at('2026-11-28T14:03:00'),
    outcome: 'failed',
    durationMs: 1200,
    says: 'TypeError: x',
  }
  assert.equal(rowText(entry, now), '1.20 s · a.ts:4 · 28 Nov 14:03')
  assert.equal(spokenEntry(entry, now), 'total.compute(), failed, 1.20 s, a.ts:4, 28 Nov 14:03, TypeError: x')
})
