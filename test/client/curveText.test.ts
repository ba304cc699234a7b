// What the line of a fit says while it learns: rounds, numbers, and which of several fits it is about.

import assert from 'node:assert/strict'
import test from 'node:test'
import { marksOf } from '../../client/runs/runMarks.ts'
import { applyRunEvent, type Run, type Runs } from '../../client/runs/runsModel.ts'
import { curveText, lineText } from '../../client/runs/runText.ts'
import type { Curve, RunEvent } from '../../runtime/protocol/runs.ts'

const FILE = '/home/ada/model.ts'
const curve = (steps?: number, number = 1, line = 4): Curve => ({
  curve: number,
  title: 'LogisticRegression',
  ...(steps !== undefined && { steps }),
  place: { file: FILE, line, column: 13 },
})
const told = (of: Curve, step: number, loss: number, ended = false): RunEvent => ({
  kind: 'curve',
  curve: of,
  points: [{ step, values: { loss } }],
  ended,
})
const STARTED: RunEvent = { kind: 'started', pid: 7, atMs: 1000, label: 'model.ts', file: FILE }
const COMPUTING: RunEvent = {
  kind: 'computing',
  site: { site: 0, method: 'fit', place: { file: FILE, line: 4, column: 13 } },
  total: 8,
}
const ENDED: RunEvent = { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 1300 }

function played(...events: RunEvent[]): Run {
  const runs: Runs = new Map()
  for (const [sequence, event] of events.entries()) applyRunEvent(runs, { run: 'r1', sequence, event })
  return runs.get('r1')!
}

test('rounds of how many, and the latest numbers in four digits', () => {
  const values = { loss: 0.341_249, score: 12_345.6 }
  assert.equal(
    curveText({ curve: curve(50), last: { step: 15, values } }),
    '▇▇▃▁▁▁▁▁ round 15/50 · loss 0.3412 · score 12350',
  )
  assert.equal(
    curveText({ curve: curve(2000), last: { step: 2000, values: {} } }),
    '▇▇▇▇▇▇▇▇ round 2,000/2,000',
  )
  assert.equal(curveText({ curve: curve(50) }), '▁▁▁▁▁▁▁▁ round 0/50')
})

test('a fit that nobody knows the rounds of has no bar', () => {
  assert.equal(
    curveText({ curve: curve(), last: { step: 1500, values: { loss: 2 } } }),
    'round 1,500 · loss 2',
  )
})

test('the line of a run tells of the fit and not of its tasks, and of the tasks again once that has ended', () => {
  const learning = [STARTED, COMPUTING, told(curve(50), 1, 0.9), told(curve(50), 15, 0.341_249)]
  assert.deepEqual(lineText(played(...learning), 80), {
    text: '▇▇▃▁▁▁▁▁ round 15/50 · loss 0.3412',
    tone: 'progress',
  })
  assert.match(lineText(played(...learning, told(curve(50), 16, 0.3, true)), 80).text, /0\/8$/)
  assert.equal(lineText(played(...learning, ENDED), 80).tone, 'result')
})

test('in a file every fit stands on its own line, over the progress of its tasks, until the run ends', () => {
  const run = [STARTED, COMPUTING, told(curve(50), 15, 2), told(curve(10, 2, 9), 5, 0.5)]
  const marks = (...events: RunEvent[]): string[] =>
    marksOf(played(...events), undefined, 80).map(({ line, text }) => `${line} ${text.text}`)
  assert.deepEqual(marks(...run), ['4 ▇▇▃▁▁▁▁▁ round 15/50 · loss 2', '9 ▇▇▇▇▁▁▁▁ round 5/10 · loss 0.5'])
  assert.deepEqual(marks(...run, ENDED), ['4 stopped at ▁▁▁▁▁▁▁▁ 0/8'])
})
