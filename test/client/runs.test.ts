// The runs model: events in, whole lines, marks and reports out.

import assert from 'node:assert/strict'
import test from 'node:test'
import { failedTaskReport, liveTaskReport } from '../../client/reports/taskReport.ts'
import { failedIn, failedTasks } from '../../client/runs/failedTasks.ts'
import { failureReport } from '../../client/runs/failureReport.ts'
import { marksOf } from '../../client/runs/runMarks.ts'
import { applyRunEvent, endAll, type Run, type Runs } from '../../client/runs/runsModel.ts'
import { bar, brief, grouped, lineText, progressText, seconds } from '../../client/runs/runText.ts'
import type { Display, RunEvent, RunFailure, RunSummary } from '../../runtime/protocol/runs.ts'

const FILE = '/home/ada/analysis.ts'
const SUMMARY: RunSummary = {
  run: 'r1',
  spec: { file: FILE, expression: { start: 10, end: 20, label: 'total.compute()' } },
  startedMs: 1000,
  ended: false,
}

function play(events: RunEvent[], runs: Runs = new Map(), summary: RunSummary | null = SUMMARY): Run {
  for (const [sequence, event] of events.entries())
    applyRunEvent(runs, { run: 'r1', sequence, event, summary: summary ?? undefined })
  return runs.get('r1')!
}

const STARTED: RunEvent = { kind: 'started', pid: 7, atMs: 1000, label: 'total.compute()', file: FILE }
const COMPUTING: RunEvent = {
  kind: 'computing',
  site: { site: 0, method: 'compute', place: { file: FILE, line: 3, column: 7 } },
  total: 1000,
}
const progress = (finished: number, perSecond = 8200, erred = 0): RunEvent => ({
  kind: 'progress',
  site: 0,
  total: 1000,
  finished,
  running: 4,
  erred,
  perSecond,
})
const RESULT: RunEvent = {
  kind: 'result',
  line: '42',
  display: { kind: 'text', text: '42', cut: false },
  durationMs: 1234,
}
const ENDED: RunEvent = { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 1300 }
const FAILURE: RunFailure = {
  name: 'TypeError',
  message: 'x is not a function',
  stack: 'TypeError: x is not a function',
  place: { file: FILE, line: 5, column: 9 },
  frames: [
    { file: FILE, line: 5, column: 9 },
    { file: FILE, line: 12, column: 1 },
  ],
}

test('a run of an expression tells its line: starting, progress, result', () => {
  assert.deepEqual(lineText(play([STARTED]), 80), { text: 'starting…', tone: 'progress' })
  assert.deepEqual(lineText(play([STARTED, COMPUTING, progress(412)]), 80), {
    text: '▇▇▇▃▁▁▁▁ 412/1,000 · 8.2k/s',
    tone: 'progress',
  })
  assert.deepEqual(lineText(play([STARTED, COMPUTING, progress(412), RESULT, ENDED]), 80), {
    text: '= 42 · 1.23 s',
    tone: 'result',
  })
})

test('a result too long for its line is cut and names the panel that shows it', () => {
  const long: RunEvent = { ...RESULT, line: 'abcdefghijklmnop' } as RunEvent
  assert.equal(lineText(play([STARTED, long, ENDED]), 10).text, '= abcdefghi… · 1.23 s · see Heddle Results')
})

test('rows are counted on their line, and a tree that is not all there names the panel', () => {
  const shown = (line: string, display: Display): string =>
    lineText(play([STARTED, { kind: 'result', line, display, durationMs: 20 }, ENDED]), 80).text
  const table: Display = {
    kind: 'table',
    columns: ['a', 'b'],
    numeric: [true, true],
    rows: [],
    totalRows: 1234,
  }
  assert.equal(shown('Array(1234)', table), '= 1,234 rows × 2 columns · 20 ms · see Heddle Results')
  const tree: Display = { kind: 'tree', value: { text: 'x', type: 'array' }, cut: false }
  assert.equal(shown('[1, 2, 3]', tree), '= [1, 2, 3] · 20 ms')
  assert.equal(shown('Array(40)', tree), '= Array(40) · 20 ms · see Heddle Results')
  assert.equal(shown('{ a: Map(3) }', tree), '= { a: Map(3) } · 20 ms · see Heddle Results')
  const array = {
    kind: 'array' as const,
    dtype: 'int8',
    shape: [9],
    steps: [1],
    values: new Uint8Array(),
    text: '',
  }
  assert.equal(shown('array([1, 2])', array), '= array([1, 2]) · 20 ms')
  const far = { ...array, steps: [3], remote: true }
  assert.equal(shown('array(9) of int8', far), '= array(9) of int8 · 20 ms · see Heddle Results')
})

test('an event that is told twice counts once', () => {
  const runs: Runs = new Map()
  assert.ok(applyRunEvent(runs, { run: 'r1', sequence: 0, event: COMPUTING, summary: SUMMARY }))
  assert.equal(applyRunEvent(runs, { run: 'r1', sequence: 0, event: COMPUTING }), undefined)
  assert.equal(runs.get('r1')!.sites.length, 1)
})

test('events of a run whose beginning was never heard make a run all the same', () => {
  const run = play([progress(1), ENDED], new Map(), null)
  assert.deepEqual([run.file, run.label, run.sites, run.end], ['', 'r1', [], ENDED])
})

test('a cancelled run, a failed one and a crashed one say so', () => {
  const end = (reason: 'failed' | 'cancelled' | 'crashed', exitCode = 1): RunEvent => ({
    kind: 'ended',
    exitCode,
    reason,
    durationMs: 61_500,
  })
  const failed: RunEvent = { kind: 'failed', failure: FAILURE }
  assert.equal(lineText(play([STARTED, end('cancelled')]), 80).text, 'cancelled after 1 min 2 s')
  assert.equal(lineText(play([STARTED, failed, end('failed')]), 80).text, '✗ TypeError: x is not a function')
  assert.equal(lineText(play([STARTED, end('crashed', 134)]), 80).text, '✗ the run ended with code 134')
})

test('the run of a file marks each call, and a call in a loop once', () => {
  const again: RunEvent = { ...COMPUTING, site: { ...COMPUTING.site, site: 1 } } as RunEvent
  const run = play(
    [STARTED, COMPUTING, { kind: 'computed', site: 0, durationMs: 20, tasks: 1000 }, again],
    new Map(),
    { ...SUMMARY, spec: { file: FILE } },
  )
  assert.deepEqual(marksOf(run, undefined, 80), [
    { file: FILE, line: 3, text: { text: '▁▁▁▁▁▁▁▁ 0/1,000', tone: 'progress' } },
  ])
  assert.deepEqual(marksOf(play([STARTED, RESULT, ENDED]), 8, 80), [
    { file: FILE, line: 8, text: { text: '= 42 · 1.23 s', tone: 'result' } },
  ])
})

test('a computed call says how many tasks it took and how long', () => {
  const run = play([STARTED, COMPUTING, { kind: 'computed', site: 0, durationMs: 2500, tasks: 1000 }, ENDED])
  assert.deepEqual(marksOf(run, undefined, 80), [
    { file: FILE, line: 3, text: { text: '✓ 1,000/1,000 · 2.50 s', tone: 'result' } },
  ])
})

test('a failure is reported at the throwing line with the frames that led there', () => {
  const run = play([STARTED, COMPUTING, { kind: 'failed', failure: FAILURE }])
  assert.deepEqual(failureReport(run), {
    place: { file: FILE, line: 5, column: 9 },
    message: 'TypeError: x is not a function',
    related: [
      { place: { file: FILE, line: 12, column: 1 }, message: 'called from here' },
      { place: { file: FILE, line: 3, column: 7 }, message: 'computed from here' },
    ],
  })
})

test('a task that failed has a report: what it threw and was given, its steps, and the way out', () => {
  const task = {
    ...{ kind: 'threw' as const, name: 'RangeError', message: 'no number: <b>', stack: '', key: 'map-0a1b' },
    ...{ place: { file: FILE, line: 4, column: 1 }, worker: 'w0', inputs: ["'b'"], inputsFile: '/t/x' },
    history: ['1998-07-05T10:00:00.000Z run 1 was given to w0', 'run 1 on w0 failed: RangeError'],
  }
  const failure: RunFailure = { name: 'RangeError', message: 'no', stack: '', frames: [], task }
  const runs: Runs = new Map()
  play([STARTED, { kind: 'failed', failure }], runs)
  const [failed, ...more] = failedTasks(runs)
  assert.equal(more.length, 0)
  const report = failedTaskReport(failed, (file) => file.slice('/home/ada/'.length)).join('\n')
  for (const text of [
    '# A task\n\nmap-0a1b\n',
    '**RangeError: no number: \\<b\\>**',
    '| where | analysis.ts:4 |',
    "| given | 'b' |",
    '| worker | w0 |',
    '| run | total.compute(), ',
    `## What happened to it\n\n- ${new Date('1998-07-05T10:00:00Z').toLocaleTimeString('en-GB')}.000 run 1 was given to w0\n- run 1 on w0 failed: RangeError\n`,
    'Debug This Task runs it again alone',
  ])
    assert.ok(report.includes(text), `${text} stands in ${report}`)
})

test('every kind of failure has its way out; a task that goes on has what it waits for', () => {
  const kinds = [
    ...(['threw', 'cannot-travel', 'workers-died', 'timed-out'] as const),
    ...(['out-of-memory', 'data-lost', 'dependency-failed', 'cancelled'] as const),
  ]
  const run = { label: 'x', startedMs: 0 }
  const ways = kinds.map((kind) => {
    const task = { kind, name: 'E', message: 'm', stack: '', key: 'k' }
    const report = failedTaskReport({ task, run }, (file) => file)
    assert.ok(!report.includes('## What happened to it'), 'nothing is said where nothing is known')
    return report[report.indexOf('## What to do') + 2]
  })
  assert.equal(new Set(ways).size, kinds.length)
  assert.deepEqual(
    liveTaskReport('k_1', ['k_1 waits for 1 of its dependencies:', '  a, which is running'], ['came']),
    [
      ...[
        '# A task',
        '',
        'k\\_1',
        '',
        'k\\_1 waits for 1 of its dependencies:\n',
        '- a, which is running',
        '',
      ],
      ...['## What happened to it', '', '- came', ''],
    ],
  )
})

test('the tasks that failed in a line of a file are found by it', () => {
  const task = {
    kind: 'threw' as const,
    name: 'E',
    message: '',
    stack: '',
    key: 'k',
    place: { file: FILE, line: 4, column: 1 },
  }
  const runs: Runs = new Map()
  const failed: RunEvent = {
    kind: 'failed',
    failure: { name: 'E', message: '', stack: '', frames: [], task },
  }
  play([STARTED, failed, { kind: 'ended', exitCode: 1, reason: 'failed', durationMs: 1 } as RunEvent], runs)
  assert.deepEqual(
    [
      failedIn(runs, FILE, 3, 3).length,
      failedIn(runs, FILE, 4, 9).length,
      failedIn(runs, '/other.ts', 3, 3).length,
    ],
    [1, 0, 0],
  )
})

test('a failure in a task names the task and its worker', () => {
  const task = {
    kind: 'threw' as const,
    name: 'Error',
    message: 'no',
    stack: '',
    key: 'slow-00',
    worker: 'w0',
    place: { file: FILE, line: 2, column: 1 },
  }
  const failure: RunFailure = { name: 'Error', message: 'no', stack: '', frames: [], task }
  const report = failureReport(play([STARTED, { kind: 'failed', failure }]))
  assert.deepEqual([report?.place.line, report?.message], [2, 'Error: no\nin task slow-00 on w0'])
  const placeless: RunFailure = { name: 'Error', message: 'no', stack: '', frames: [] }
  assert.equal(failureReport(play([STARTED, { kind: 'failed', failure: placeless }])), undefined)
})

test('when the cluster goes, live runs end with its reason and ended ones stay as they are', () => {
  const runs: Runs = new Map()
  play([STARTED, RESULT, ENDED], runs)
  applyRunEvent(runs, { run: 'r2', sequence: 0, event: STARTED })
  const ended = endAll(runs, 'the scheduler was killed', 3000)
  assert.deepEqual(
    ended.map((run) => [run.run, run.end, run.failure?.message]),
    [['r2', { kind: 'ended', exitCode: 1, reason: 'crashed', durationMs: 2000 }, 'the scheduler was killed']],
  )
  assert.equal(runs.get('r1')!.end, ENDED)
})

test('numbers are written for people', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(grouped), ['0', '999', '1,000', '1,234,567'])
  assert.deepEqual([0.25, 3, 9.54, 42.4, 8234, 41_900, 1.3e6].map(brief), [
    '0.25',
    '3',
    '9.5',
    '42',
    '8.2k',
    '42k',
    '1.3M',
  ])
  assert.deepEqual([0.2, 12.4, 1234, 12_345, 61_500].map(seconds), [
    '< 1 ms',
    '12 ms',
    '1.23 s',
    '12.3 s',
    '1 min 2 s',
  ])
  assert.deepEqual([0, 0.5, 1, 7].map(bar), ['▁▁▁▁▁▁▁▁', '▇▇▇▇▁▁▁▁', '▇▇▇▇▇▇▇▇', '▇▇▇▇▇▇▇▇'])
  const site = { site: 0, method: 'compute', total: 0, finished: 0, running: 0, erred: 2, perSecond: 0 }
  assert.equal(progressText(site), '▁▁▁▁▁▁▁▁ 0/0 · 2 failed')
})
