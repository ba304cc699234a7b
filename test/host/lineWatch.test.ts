// A worker's lanes are asked where they were seen, and answered for in sum, whether or not all of them answer.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { LineWatch } from '../../runtime/host/lineWatch.ts'
import type { LineTime } from '../../runtime/protocol/runs.ts'

function watched(t: TestContext, lanes: number) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  const said: string[] = []
  const watch = new LineWatch(
    { count: lanes, sample: (on, tell) => said.push(`sample ${on ? 'on' : 'off'} ${tell}`) },
    ({ lines, told }) =>
      said.push(`told ${told}: ${lines.map(({ line, selfMs }) => `${line} ${selfMs}`).join(', ')}`),
  )
  t.after(() => watch.close())
  const take = (): string[] => said.splice(0)
  return { watch, take, tick: (ms: number) => t.mock.timers.tick(ms) }
}

const line = (at: number, selfMs: number): LineTime => ({ file: 'a.ts', line: at, selfMs, calledMs: 0 })

test('the answer comes once all lanes have told', (t) => {
  const { watch, take } = watched(t, 2)
  watch.watch(true, 0)
  watch.watch(false, 7)
  watch.heard(0, [line(1, 5)], 7)
  assert.deepEqual(take(), ['sample on 0', 'sample off 7'])
  watch.heard(1, [line(1, 2), line(2, 1)], 7)
  assert.deepEqual(take(), ['told 7: 1 7, 2 1'])
})

test('a lane that is busy is not waited for, and what it tells later still counts', (t) => {
  const { watch, take, tick } = watched(t, 2)
  watch.watch(true, 7)
  watch.heard(0, [line(1, 5)], 7)
  take()
  tick(1000)
  assert.deepEqual(take(), ['told 7: 1 5'])
  watch.heard(1, [line(3, 9)], 7)
  assert.deepEqual(take(), ['told 0: 3 9'])
})

test('a lane that ended owes nothing', (t) => {
  const { watch, take } = watched(t, 2)
  watch.watch(false, 7)
  watch.heard(0, [line(1, 5)], 7)
  take()
  watch.laneEnded(1)
  assert.deepEqual(take(), ['told 7: 1 5'])
})

test('long runs are told of from time to time; what came after the last wish is nobody’s', (t) => {
  const { watch, take, tick } = watched(t, 1)
  watch.watch(true, 0)
  tick(60_000)
  assert.deepEqual(take(), ['sample on 0', 'sample on -1'])
  watch.heard(0, [line(1, 5)], -1)
  assert.deepEqual(take(), ['told 0: 1 5'])
  watch.watch(false, 0)
  watch.heard(0, [line(1, 5)], 0)
  tick(120_000)
  assert.deepEqual(take(), ['sample off 0'])
})
