// A profile of a thread becomes times by the user's lines.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type LineMapper,
  LineTimes,
  type ProfileNode,
  profileLines,
} from '../../runtime/functions/profileLines.ts'
import type { LineTime } from '../../runtime/protocol/runs.ts'

/** Scripts `u:…` are the user's; a line of a script is ten lines further down in its file, and a column moves it nowhere. */
const lineOf: LineMapper = (url, line) =>
  url.startsWith('u:') ? { file: url.slice(2), line: line + 11 } : undefined

interface Shape {
  url?: string
  /** The function's first line, from 0. */
  head?: number
  /** Lines from 1, and how often each was seen. */
  ticks?: Record<number, number>
  children?: number[]
}

const node = (id: number, { url = '', head = 0, ticks, children }: Shape): ProfileNode => ({
  id,
  callFrame: { url, lineNumber: head, columnNumber: 0 },
  ...(children && { children }),
  ...(ticks && {
    positionTicks: Object.entries(ticks).map(([line, n]) => ({ line: Number(line), ticks: n })),
  }),
})

const text = (lines: readonly LineTime[]): string[] =>
  lines.map(({ file, line, selfMs, calledMs }) => `${file}:${line} ${selfMs} ${calledMs}`)

test('a sample stands for the time until the next one, and is shared out among the lines of its function', () => {
  const nodes = [node(1, { children: [2] }), node(2, { url: 'u:a', head: 0, ticks: { 2: 3, 3: 1 } })]
  const profile = { nodes, samples: [2, 2, 1, 2], timeDeltas: [1000, 5000, 7000, 4000] }
  // 5 + 7 + 4 ms (the last is taken to be as long as the one before it); the third is nobody's.
  assert.deepEqual(text(profileLines({ ...profile, timeDeltas: [1000, 5000, 7000, 100, 4000] }, lineOf)), [
    'a:12 12 0',
    'a:13 4 0',
  ])
  assert.deepEqual(text(profileLines(profile, lineOf)), ['a:12 12 0', 'a:13 4 0'])
})

test('what a function spends in others that are not the user’s is counted at its first line', () => {
  const nodes = [
    node(1, { children: [2, 5] }),
    node(2, { url: 'u:a', head: 4, children: [3], ticks: { 6: 1 } }),
    node(3, { url: 'file:///node_modules/p.js', children: [4], ticks: { 9: 1 } }),
    node(4, {}),
    node(5, { url: 'file:///heddle/kernel.js' }),
  ]
  const profile = { nodes, samples: [2, 3, 4, 5], timeDeltas: [0, 1000, 2000, 4000, 8000] }
  assert.deepEqual(
    text(profileLines(profile, lineOf)),
    ['a:16 1 0', 'a:15 0 6'],
    'and nothing of what nobody of the user’s called',
  )
})

test('a function of the user’s that another one calls is counted at its own lines alone', () => {
  const nodes = [
    node(1, { url: 'u:a', head: 0, children: [2], ticks: { 1: 1 } }),
    node(2, { url: 'u:b', head: 7, ticks: { 8: 1 } }),
  ]
  const profile = { nodes, samples: [1, 2], timeDeltas: [0, 3000, 5000] }
  assert.deepEqual(text(profileLines(profile, lineOf)), ['a:11 3 0', 'b:18 5 0'])
})

test('the function’s own column is asked for where a line is its first one, since more may stand there', () => {
  const asked: string[] = []
  const nodes = [node(1, { url: 'u:a', head: 2, ticks: { 3: 1, 4: 1 } })]
  profileLines({ nodes, samples: [1], timeDeltas: [0, 1000] }, (url, line, column) => {
    asked.push(`${line}:${column}`)
    return lineOf(url, line, column)
  })
  assert.deepEqual(asked, ['2:0', '3:undefined'])
})

test('lines that no source map leads back from are counted where their function begins', () => {
  const nodes = [node(1, { url: 'u:a', head: 0, ticks: { 1: 1, 5: 1 } })]
  const half: LineMapper = (url, line, column) => (line === 4 ? undefined : lineOf(url, line, column))
  assert.deepEqual(text(profileLines({ nodes, samples: [1], timeDeltas: [0, 8000] }, half)), ['a:11 8 0'])
})

test('an empty profile, one without ticks, and times that ran backwards', () => {
  assert.deepEqual(profileLines({ nodes: [] }, lineOf), [])
  const nodes = [node(1, { url: 'u:a' })]
  assert.deepEqual(text(profileLines({ nodes, samples: [1], timeDeltas: [2000] }, lineOf)), ['a:11 2 0'])
  assert.deepEqual(profileLines({ nodes, samples: [1], timeDeltas: [0, -5] }, lineOf), [])
})

test('times of several threads add up by lines', () => {
  const sums = new LineTimes()
  const line = { file: 'a', line: 3, selfMs: 1, calledMs: 2 }
  sums.addAll([line, { ...line, line: 4 }])
  sums.addAll([line])
  assert.deepEqual(text(sums.lines()), ['a:3 2 4', 'a:4 1 2'])
  assert.deepEqual(line, { file: 'a', line: 3, selfMs: 1, calledMs: 2 }, 'what was given is left alone')
})
