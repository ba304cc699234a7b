// The results panel: events of runs in, the whole model out; tables sorted and filtered, trees walked by keys.

import assert from 'node:assert/strict'
import test from 'node:test'
import { chosenRun } from '../../media/results/chosenRun.ts'
import { seriesOf } from '../../media/results/curveSeries.ts'
import { applyToResults, noResults, type Results } from '../../media/results/reducer.ts'
import { asTabs, nextSort, shownRows, stretchInView } from '../../media/results/tableRows.ts'
import { keyInTree, openedAtFirst, treeRows } from '../../media/results/treeRows.ts'
import { FEED_MESSAGES, type FeedMessage } from '../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import type { DisplayNode } from '../../runtime/protocol/runs.ts'
import { runMessages } from './kit/sampleRuns.ts'

function played(...messages: FeedMessage[]): Results {
  const results = noResults()
  for (const message of messages)
    applyToResults(results, decodeFrame(FEED_MESSAGES, encodeFrame(FEED_MESSAGES, message)))
  return results
}

const EVENTS = runMessages('r1', 500, 'total.compute()', [
  { kind: 'notice', text: 'Client.local() attached to the cluster of this run' },
  { kind: 'computing', site: { site: 1, method: 'compute' }, total: 10 },
  { kind: 'progress', site: 1, total: 12, finished: 4, running: 2, erred: 0, perSecond: 9 },
  { kind: 'output', stream: 'stdout', text: 'one\n' },
  { kind: 'output', stream: 'stdout', text: 'two\n' },
  { kind: 'output', stream: 'stderr', text: 'oh\n' },
  { kind: 'computed', site: 1, durationMs: 33, tasks: 12 },
  { kind: 'result', line: '42', durationMs: 40, display: { kind: 'text', text: '42', cut: false } },
  { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 50 },
])

const WHOLE = {
  run: 'r1',
  label: 'total.compute()',
  file: '/home/ada/flights/analysis.ts',
  startedMs: 500,
  state: 'finished',
  sites: [
    {
      site: { site: 1, method: 'compute' },
      total: 12,
      finished: 12,
      running: 0,
      erred: 0,
      perSecond: 9,
      durationMs: 33,
    },
  ],
  curves: [],
  output: [
    { stream: 'stdout', text: 'one\ntwo\n' },
    { stream: 'stderr', text: 'oh\n' },
  ],
  outputCut: 0,
  notices: ['Client.local() attached to the cluster of this run'],
  result: { line: '42', durationMs: 40, display: { kind: 'text', text: '42', cut: false } },
  durationMs: 50,
  sequence: 9,
}

test('a whole run', () => {
  assert.deepEqual(played(...EVENTS).runs, [WHOLE])
})

test('events told twice are taken once', () => {
  assert.deepEqual(played(...EVENTS, ...EVENTS).runs, [WHOLE])
})

test('the latest run comes first, also when an earlier one reports later', () => {
  const results = played(...runMessages('new', 900, 'b', []), ...EVENTS)
  assert.deepEqual(
    results.runs.map(({ run }) => run),
    ['new', 'r1'],
  )
})

test('a run joined late is named by its summary; long output loses its beginning and says so', () => {
  const results = played({
    type: 'run-event',
    run: 'r9',
    sequence: 40,
    event: { kind: 'output', stream: 'stdout', text: `${'x'.repeat(150)}${'y'.repeat(200_000)}` },
    summary: {
      run: 'r9',
      spec: { file: '/a.ts', expression: { start: 0, end: 1, label: 'a.sum()' } },
      startedMs: 3,
      ended: false,
    },
  })
  const [run] = results.runs
  assert.deepEqual([run.label, run.file, run.startedMs, run.outputCut], ['a.sum()', '/a.ts', 3, 150])
  assert.deepEqual(run.output, [{ stream: 'stdout', text: 'y'.repeat(200_000) }])
})

const ROWS = [
  ['b', '2'],
  ['a', '1,000'],
  ['C', ''],
  ['a10', '-3'],
]

test('rows are sorted as numbers or names, what is no number comes last, and filtered in any case', () => {
  const shown = (filter: string, column?: number, descending = false): number[] =>
    shownRows(ROWS, [false, true], filter, column === undefined ? undefined : { column, descending })
  assert.deepEqual(shown(''), [0, 1, 2, 3])
  assert.deepEqual(shown('', 1), [3, 0, 1, 2])
  assert.deepEqual(shown('', 1, true), [1, 0, 3, 2])
  assert.deepEqual(shown('', 0), [1, 3, 0, 2])
  assert.deepEqual(shown(' A '), [1, 3])
  assert.deepEqual(shown('c', 1), [2])
})

test("a column's head sorts up, down, and not", () => {
  const up = nextSort(undefined, 2)
  const down = nextSort(up, 2)
  assert.deepEqual(
    [up, down, nextSort(down, 2), nextSort(down, 0)],
    [
      { column: 2, descending: false },
      { column: 2, descending: true },
      undefined,
      { column: 0, descending: false },
    ],
  )
})

test('only rows in view are in the page, and the rest has its height', () => {
  assert.deepEqual(stretchInView(1000, 20, 4000, 400, 5), {
    first: 195,
    end: 225,
    above: 3900,
    below: 15_500,
  })
  assert.deepEqual(stretchInView(3, 20, 0, 400, 5), { first: 0, end: 3, above: 0, below: 0 })
  assert.deepEqual(stretchInView(0, 20, 0, 400), { first: 0, end: 0, above: 0, below: 0 })
  assert.deepEqual(stretchInView(10, 20, 9000, 400, 0), { first: 9, end: 10, above: 180, below: 0 })
})

test('a copied table keeps its cells apart', () => {
  assert.equal(asTabs(['a', 'b'], [['1\t2', 'x\ny']]), 'a\tb\n1 2\tx y')
})

const TREE: DisplayNode = {
  text: 'Object',
  type: 'object',
  children: [
    { label: 'n', text: '1', type: 'number' },
    {
      label: 'list',
      text: 'Array(2)',
      type: 'array',
      children: [
        { label: '0', text: '"x"', type: 'string' },
        { label: '1', text: 'Array(0)', type: 'array', children: [] },
      ],
    },
  ],
}

test('the visible lines of a tree', () => {
  const lines = (open: string[]) =>
    treeRows(TREE, new Set(open)).map(({ path, level, open: isOpen, position, siblings }) =>
      [path, level, isOpen, `${position}/${siblings}`].join(' '),
    )
  assert.deepEqual(lines([]), [' 1 false 1/1'])
  assert.deepEqual(lines(['']), [' 1 true 1/1', '0 2  1/2', '1 2 false 2/2'])
  assert.deepEqual(lines(['', '1']), [' 1 true 1/1', '0 2  1/2', '1 2 true 2/2', '1.0 3  1/2', '1.1 3  2/2'])
  assert.deepEqual([...openedAtFirst(TREE)], ['', '1'])
})

test('arrow keys walk, unfold and fold a tree', () => {
  let open: ReadonlySet<string> = new Set()
  let active = 0
  const press = (key: string): [number, string[]] | undefined => {
    const move = keyInTree(key, treeRows(TREE, open), { active, open })
    if (!move) return undefined
    active = move.active
    open = move.open
    return [active, [...open]]
  }
  assert.deepEqual(press('ArrowRight'), [0, ['']])
  assert.deepEqual(press('ArrowRight'), [1, ['']])
  assert.deepEqual(press('ArrowRight'), [1, ['']], 'a leaf stays')
  assert.deepEqual(press('End'), [2, ['']])
  assert.deepEqual(press('Enter'), [2, ['', '1']])
  assert.deepEqual(press('ArrowDown'), [3, ['', '1']])
  assert.deepEqual(press('ArrowLeft'), [2, ['', '1']], 'to the parent')
  assert.deepEqual(press('ArrowLeft'), [2, ['']], 'folds it')
  assert.deepEqual(press('ArrowLeft'), [0, ['']])
  assert.deepEqual(press('ArrowUp'), [0, ['']])
  assert.equal(press('x'), undefined)
})

test('a curve goes on by rounds, and each of its numbers is a series of its own', () => {
  const curve = { curve: 1, title: 'SGDRegressor', steps: 3 }
  const [run] = played(
    ...runMessages('r2', 1, 'fit', [
      { kind: 'curve', curve, points: [{ step: 1, values: { loss: 4 } }], ended: false },
      { kind: 'curve', curve, points: [{ step: 2, values: { loss: 2, score: 0.5 } }], ended: true },
    ]),
  ).runs
  assert.equal(run.curves.length, 1)
  const [{ points, ended }] = run.curves
  assert.equal(ended, true)
  assert.deepEqual(seriesOf(points), [
    { name: 'loss', steps: [1, 2], values: [4, 2] },
    { name: 'score', steps: [2], values: [0.5] },
  ])
})

test('a run that was asked for is shown until another begins; one that is gone is said to be', () => {
  const event = { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 1 } as const
  const { runs } = played(...runMessages('r1', 500, 'a', [event]), ...runMessages('r2', 600, 'b', [event]))
  const shown = (...wanted: [run: string, startedMs: number, askedMs: number] | []): [string, boolean] => {
    const [run, startedMs, askedMs] = wanted
    const asked = run === undefined ? undefined : { run, startedMs: startedMs!, askedMs: askedMs! }
    const { shown: one, gone } = chosenRun(runs, asked)
    return [one?.label ?? '', gone]
  }
  assert.deepEqual(shown(), ['b', false])
  assert.deepEqual(shown('r1', 500, 700), ['a', false])
  assert.deepEqual(shown('r1', 500, 550), ['b', false], 'b has begun since')
  assert.deepEqual(shown('r1', 400, 700), ['b', true], 'a run of that name of an earlier cluster')
  assert.deepEqual(chosenRun([], { run: 'r1', startedMs: 1, askedMs: 2 }), { shown: undefined, gone: true })
})
