// Failures and times as a person reads them in the terminal.

import assert from 'node:assert/strict'
import test from 'node:test'
import { codeFrame } from '../../runtime/cli/codeFrame.ts'
import { failureText } from '../../runtime/cli/failureText.ts'
import type { SiteState } from '../../runtime/cli/runState.ts'
import { timesLine } from '../../runtime/cli/runTimes.ts'
import { PLAIN_STYLE } from '../../runtime/cli/style.ts'
import type { RunFailure } from '../../runtime/protocol/runs.ts'

const FILE = '/home/a/loom/flights.ts'
const SOURCE = "import { bag } from 'heddle'\n\nfunction load(x) {\n\tthrow new Error('no')\n}\n"
const place = { file: FILE, line: 4, column: 2 }

test('a code frame marks the column, below tabs too', () => {
  assert.equal(
    codeFrame(SOURCE, place),
    "  2 |\n  3 | function load(x) {\n> 4 | \tthrow new Error('no')\n    | \t^\n  5 | }",
  )
  assert.equal(codeFrame('a', { file: FILE, line: 1, column: 1 }), '> 1 | a\n    | ^')
  assert.equal(codeFrame('a', { file: FILE, line: 7, column: 1 }), undefined)
})

const failure: RunFailure = {
  name: 'RangeError',
  message: 'no twos',
  stack: '',
  place,
  frames: [place, { file: '/elsewhere/lib.ts', line: 9, column: 1 }],
  task: {
    kind: 'threw',
    name: 'RangeError',
    message: 'no twos',
    stack: '',
    key: 'load-00112233445566778899aabbccddeeff',
    worker: 'w1',
    story: ['worker w0 died'],
  },
}
const read = (file: string): string | undefined => (file === FILE ? SOURCE : undefined)

test('a failure names the place first, then shows the code, the way there and the task', () => {
  assert.equal(
    failureText(failure, read, '/home/a/loom', PLAIN_STYLE),
    `flights.ts:4:2 RangeError: no twos

  2 |
  3 | function load(x) {
> 4 | \tthrow new Error('no')
    | \t^
  5 | }

    at /elsewhere/lib.ts:9:1
  in task load-00112233445566778899aabbccddeeff on worker w1
    worker w0 died`,
  )
})

test('causes, and the errors that one holds, follow', () => {
  const reasons = ['caused by TypeError: inner', '- Error: first']
  assert.equal(
    failureText(
      { ...failure, place: undefined, frames: [], task: undefined, reasons },
      read,
      '/',
      PLAIN_STYLE,
    ),
    'RangeError: no twos\n  caused by TypeError: inner\n  - Error: first',
  )
})

test('a file that cannot be read costs the code alone', () => {
  const text = failureText({ ...failure, frames: [], task: undefined }, () => undefined, '/', PLAIN_STYLE)
  assert.equal(text, 'home/a/loom/flights.ts:4:2 RangeError: no twos')
})

test('what the message says itself is not said twice', () => {
  const message = `${FILE}:4:2: Expected ;\n\n> 4 | throw\n    | ^\n`
  const text = failureText(
    { ...failure, message, frames: [], task: undefined },
    read,
    '/home/a/loom',
    PLAIN_STYLE,
  )
  assert.equal(text, 'flights.ts:4:2 RangeError: Expected ;\n\n> 4 | throw\n    | ^')
})

const call = (site: number, line: number, durationMs: number | undefined, total = 10): SiteState => ({
  site: { site, method: 'compute', place: { file: FILE, line, column: 1 } },
  beganMs: 0,
  total,
  finished: total,
  running: 0,
  erred: 0,
  rate: 0,
  ...(durationMs !== undefined && { durationMs }),
})

test('the line of times has every part; calls of one place are one', () => {
  const sites = [call(1, 3, 100), call(2, 5, 1000, 1), call(3, 3, 300), call(4, 9, undefined)]
  assert.equal(
    timesLine({ clusterMs: 110, sites, totalMs: 1900 }),
    'cluster 110 ms · compute flights.ts:3 ×2 400 ms (20 tasks) · compute flights.ts:5 1.00 s (1 task) · total 1.90 s',
  )
})

test('of many calls the longest are named', () => {
  const sites = Array.from({ length: 8 }, (_, i) => call(i, i + 1, 100 * (i + 1)))
  const line = timesLine({ sites, totalMs: 5000 })
  assert.match(line, /^compute flights\.ts:4 .* · 3 other calls 600 ms · total 5\.00 s$/)
  assert.equal(line.match(/flights/g)?.length, 5)
})
