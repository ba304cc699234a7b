// Progress as text: bars no wider than the terminal, plain lines elsewhere, and what a terminal is made to show.

import assert from 'node:assert/strict'
import test from 'node:test'
import { beganLine, computedLine, progressBars, progressLine } from '../../runtime/cli/progressBar.ts'
import { ProgressView } from '../../runtime/cli/progressView.ts'
import { clockText, rateText, timeText } from '../../runtime/cli/quantity.ts'
import { applyEvent, newRunState, openSites, type SiteState } from '../../runtime/cli/runState.ts'
import { PLAIN_STYLE, styleFor } from '../../runtime/cli/style.ts'
import type { RunEvent } from '../../runtime/protocol/runs.ts'

const place = { file: '/home/a/flights.ts', line: 12, column: 7 }
const site = (given: Partial<SiteState> = {}): SiteState => ({
  site: { site: 1, method: 'compute', place },
  beganMs: 0,
  total: 1000,
  finished: 412,
  running: 4,
  erred: 0,
  rate: 100,
  ...given,
})

test('a bar shows counts, share, rate and the time left', () => {
  assert.deepEqual(progressBars([site()], 100, 4120, PLAIN_STYLE), [
    'compute flights.ts:12 ▇▇▇▇▇▇▇▇▇▇▇▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁ 412/1,000 · 41% · 100/s · 0:06 left',
  ])
})

test('no bar is wider than its terminal, whatever there is to say', () => {
  const sites = [
    site(),
    site({ erred: 3, total: 1e9, finished: 5e8, rate: 123456 }),
    site({ finished: 0, rate: 0 }),
  ]
  for (let columns = 20; columns <= 200; columns++)
    for (const line of progressBars(sites, columns, 1e7, PLAIN_STYLE))
      assert.ok(line.length < columns, `${line.length} in ${columns} columns: ${line}`)
})

test('a narrow terminal loses the least important first', () => {
  assert.deepEqual(progressBars([site()], 46, 4120, PLAIN_STYLE), [
    'compute flight… ▇▇▇▇▇▁▁▁▁▁▁▁▁ 412/1,000 · 41%',
  ])
  assert.deepEqual(progressBars([site()], 24, 4120, PLAIN_STYLE), ['comput… 412/1,000'])
})

test('only so many bars are shown at once', () => {
  const lines = progressBars([site(), site(), site(), site(), site()], 80, 0, PLAIN_STYLE)
  assert.equal(lines.length, 4)
  assert.equal(lines[3], '… and 2 more calls')
})

test('plain lines say the same in words', () => {
  assert.equal(beganLine(site()), 'compute flights.ts:12: 1,000 tasks')
  assert.equal(
    progressLine(site({ erred: 2 }), 4120),
    'compute flights.ts:12: 414/1,000 (41%), 2 failed, 100/s, 0:06 left',
  )
  assert.equal(computedLine(site({ durationMs: 10_040 })), 'compute flights.ts:12: 1,000 tasks in 10.0 s')
})

test('times, rates and clocks', () => {
  assert.deepEqual([0.04, 9.96, 999.4, 1234, 59_949, 125_000].map(timeText), [
    '0.0 ms',
    '10 ms',
    '999 ms',
    '1.23 s',
    '59.9 s',
    '2:05',
  ])
  assert.deepEqual([0.25, 8.2, 12, 8234, 2.5e6].map(rateText), ['0.3/s', '8.2/s', '12/s', '8.2k/s', '2.5M/s'])
  assert.deepEqual([5000, 75_000, 3_723_000].map(clockText), ['0:05', '1:15', '1:02:03'])
})

test('events become states: rates are smoothed, a call that is over is not open', () => {
  const state = newRunState()
  const events: [number, RunEvent][] = [
    [0, { kind: 'computing', site: { site: 1, method: 'gather' }, total: 10 }],
    [1000, { kind: 'progress', site: 1, total: 10, finished: 2, running: 2, erred: 0, perSecond: 2 }],
    [2000, { kind: 'progress', site: 1, total: 10, finished: 6, running: 2, erred: 1, perSecond: 4 }],
    [2000, { kind: 'progress', site: 9, total: 10, finished: 6, running: 2, erred: 1, perSecond: 4 }],
  ]
  for (const [nowMs, event] of events) applyEvent(state, event, nowMs)
  assert.deepEqual(openSites(state), [
    {
      site: { site: 1, method: 'gather' },
      beganMs: 0,
      total: 10,
      finished: 6,
      running: 2,
      erred: 1,
      rate: 2.6,
    },
  ])
  applyEvent(state, { kind: 'computed', site: 1, durationMs: 2500, tasks: 10 }, 2500)
  assert.deepEqual(openSites(state), [])
  assert.equal(state.sites.get(1)?.finished, 9)
})

/** A terminal that keeps what is written to it. */
function terminal(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 100, written, write: (text: string) => written.push(text) }
}

function play(view: ProgressView, state: ReturnType<typeof newRunState>, clock: { ms: number }) {
  return (ms: number, event: RunEvent): void => {
    clock.ms = ms
    applyEvent(state, event, ms)
    view.changed(event)
  }
}

test('without a terminal there are whole lines, at most one in five seconds', () => {
  const out = terminal(false)
  const state = newRunState()
  const clock = { ms: 0 }
  const happen = play(new ProgressView(out, PLAIN_STYLE, state, { now: () => clock.ms }), state, clock)
  happen(0, { kind: 'computing', site: { site: 1, method: 'gather' }, total: 100 })
  for (let ms = 100; ms <= 9900; ms += 100)
    happen(ms, {
      kind: 'progress',
      site: 1,
      total: 100,
      finished: ms / 100,
      running: 1,
      erred: 0,
      perSecond: 10,
    })
  happen(10_000, { kind: 'computed', site: 1, durationMs: 10_000, tasks: 100 })
  assert.deepEqual(out.written, [
    'gather: 100 tasks\n',
    'gather: 53/100 (53%), 10/s, 0:05 left\n',
    'gather: 100 tasks in 10.0 s\n',
  ])
  assert.ok(!out.written.join('').includes('\x1b'))
})

test('without a terminal calls that are over at once say nothing: the line of times counts them', () => {
  const out = terminal(false)
  const state = newRunState()
  const clock = { ms: 0 }
  const happen = play(new ProgressView(out, PLAIN_STYLE, state, { now: () => clock.ms }), state, clock)
  for (let site = 1; site <= 50; site++) {
    happen(site * 10, { kind: 'computing', site: { site, method: 'result' }, total: 1 })
    happen(site * 10 + 5, { kind: 'computed', site, durationMs: 5, tasks: 1 })
  }
  assert.deepEqual(out.written, [])
})

test('on a terminal bars come after a moment, make room for text, and go', () => {
  const out = terminal(true)
  const state = newRunState()
  const clock = { ms: 0 }
  const view = new ProgressView(out, PLAIN_STYLE, state, { now: () => clock.ms })
  const happen = play(view, state, clock)
  happen(0, { kind: 'computing', site: { site: 1, method: 'gather' }, total: 4 })
  view.redraw()
  assert.deepEqual(out.written, [], 'too early: it would only flicker')
  happen(500, { kind: 'progress', site: 1, total: 4, finished: 2, running: 1, erred: 0, perSecond: 4 })
  view.redraw()
  const bar = 'gather ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁ 2/4 · 50% · 4.0/s · 0:01 left\r'
  assert.deepEqual(out.written.splice(0), [bar])
  view.say('a notice')
  assert.deepEqual(out.written.splice(0), ['\r\x1b[J', 'a notice\n'])
  view.redraw()
  happen(600, { kind: 'computed', site: 1, durationMs: 600, tasks: 4 })
  assert.deepEqual(out.written.splice(0), [bar, '\r\x1b[J'])
  view.redraw()
  assert.deepEqual(out.written, [])
})

test('quiet is quiet', () => {
  const out = terminal(false)
  const state = newRunState()
  const view = new ProgressView(out, PLAIN_STYLE, state, { quiet: true })
  play(view, state, { ms: 0 })(0, { kind: 'computing', site: { site: 1, method: 'gather' }, total: 4 })
  assert.deepEqual(out.written, [])
})

test('NO_COLOR wins over everything', () => {
  assert.equal(styleFor(true, { NO_COLOR: '1', FORCE_COLOR: '1' }).red('x'), 'x')
  assert.equal(styleFor(true, {}).red('x'), '\x1b[31mx\x1b[39m')
  assert.equal(styleFor(false, {}).red('x'), 'x')
  assert.equal(styleFor(false, { FORCE_COLOR: '1' }).red('x'), '\x1b[31mx\x1b[39m')
  assert.equal(styleFor(true, { TERM: 'dumb' }).red('x'), 'x')
})
