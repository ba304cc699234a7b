// The task stream: its ring of runs, its rows, its window of time and its picture.

import assert from 'node:assert/strict'
import test from 'node:test'
import { noCluster } from '../../media/cluster/cluster.ts'
import { keyed } from '../../media/taskStream/gestures.ts'
import {
  ERRED_COLOUR,
  type PictureRequest,
  pictureOf,
  runAt,
  sharesOf,
  TRANSFER_COLOUR,
} from '../../media/taskStream/picture.ts'
import { paint, rasterOf } from '../../media/taskStream/raster.ts'
import { applyToTaskStream, noTaskStream, type TaskStream } from '../../media/taskStream/reducer.ts'
import { rowsOf } from '../../media/taskStream/rows.ts'
import { oldestMs } from '../../media/taskStream/runs.ts'
import { fitted, following, panned, rangeOf, ticksOf, zoomed } from '../../media/taskStream/timeWindow.ts'
import type { FeedMessage } from '../../runtime/protocol/feed.ts'

/** Runs as `[group, worker, thread, start, duration, what]`. */
function stream(rows: number[][], total = rows.length): FeedMessage {
  const column = (i: number): number[] => rows.map((row) => row[i])
  return {
    type: 'stream',
    total,
    group: Uint32Array.from(column(0)),
    worker: Uint16Array.from(column(1)),
    thread: Uint8Array.from(column(2)),
    starts: Float64Array.from(column(3)),
    durationsMs: Float64Array.from(column(4)),
    what: Uint8Array.from(column(5)),
  }
}

function played(capacity: number, ...messages: FeedMessage[]): TaskStream {
  const model = noTaskStream(capacity)
  for (const message of messages) applyToTaskStream(model, message, noCluster())
  return model
}

const kept = ({ runs }: TaskStream): number[] =>
  Array.from({ length: runs.length }, (_, i) => runs.start[(runs.first + i) % runs.capacity])

test('the ring keeps the newest runs and counts them all', () => {
  const run = (start: number): number[] => [1, 0, 0, start, 2, 0]
  const model = played(3, stream([run(10), run(20)], 50), stream([run(30), run(40)]))
  assert.deepEqual(kept(model), [20, 30, 40])
  assert.deepEqual(
    [model.runs.counted, model.runs.received, model.runs.firstMs, model.runs.lastMs, oldestMs(model.runs)],
    [52, 4, 10, 42, 20],
  )
  assert.deepEqual(kept(played(3, stream([1, 2, 3, 4, 5].map(run)))), [3, 4, 5])
})

test('a row a thread, one for transfers where there were any, worker by worker', () => {
  const model = played(
    10,
    stream([
      [1, 4, 0, 0, 1, 0],
      [1, 4, 1, 0, 1, 0],
      [9, 4, 0, 0, 1, 2],
      [1, 6, 0, 0, 1, 0],
    ]),
  )
  const { list, height, placesOf } = rowsOf(model.seen, 0)
  assert.deepEqual(list, [
    { worker: 4, thread: 0, label: 'worker 4', y: 0, height: 4 },
    { worker: 4, thread: 1, label: '', y: 5, height: 4 },
    { worker: 4, thread: -1, label: '', y: 10, height: 6 },
    { worker: 6, thread: 0, label: 'worker 6', y: 23, height: 4 },
  ])
  assert.equal(height, 28)
  assert.deepEqual(
    [...placesOf],
    [
      [4, [2, 0, 1]],
      [6, [-1, 3]],
    ],
  )
})

const SAMPLE = stream([
  [1, 0, 0, 100, 50, 0],
  [2, 0, 1, 120, 30, 1],
  [3, 0, 0, 150, 40, 2],
  [1, 0, 0, 170, 0.1, 0],
  [1, 0, 0, 170.2, 0.1, 0],
  [2, 0, 0, 170.4, 0.1, 0],
  [1, 0, 0, 900, 5, 0],
])

const window: PictureRequest = { fromMs: 100, toMs: 200, width: 100, colourOf: (group) => group }

test('the picture: runs in the window, colours by group, runs thinner than a pixel once', () => {
  const model = played(10, SAMPLE)
  const rows = rowsOf(model.seen, 0)
  const picture = pictureOf(model.runs, rows, window)
  const drawn = Array.from({ length: picture.length }, (_, i) => [
    picture.x[i],
    picture.width[i],
    picture.row[i],
    picture.colour[i],
  ])
  assert.deepEqual(drawn, [
    [0, 50, 0, 1],
    [20, 30, 1, ERRED_COLOUR],
    [50, 40, 2, TRANSFER_COLOUR],
    [70, 1, 0, 1],
  ])
  assert.equal(pictureOf(model.runs, rows, { ...window, onlyGroup: 1 }).length, 3)
  const erred = played(
    10,
    stream([
      [1, 0, 0, 170, 0.1, 0],
      [2, 0, 0, 170.2, 0.1, 1],
    ]),
  )
  const { length, colour } = pictureOf(erred.runs, rowsOf(erred.seen, 0), window)
  assert.deepEqual([...colour.subarray(0, length)], [1, ERRED_COLOUR], 'a failure is never left out')
})

test('the raster: first lines painted, copied down their rows, neighbours a pixel apart, nothing outside', () => {
  const model = played(10, SAMPLE)
  const rows = rowsOf(model.seen, 0)
  const small = { ...window, width: 20 }
  const raster = rasterOf(20, rows.height)
  paint(raster, pictureOf(model.runs, rows, small), rows, 1, (colour) =>
    colour === ERRED_COLOUR ? 14 : colour === TRANSFER_COLOUR ? 15 : colour,
  )
  const lines = Array.from({ length: raster.height }, (_, y) =>
    [...raster.pixels.subarray(y * 20, y * 20 + 20)]
      .map((value) => (value === 0 ? '.' : value.toString(16)))
      .join(''),
  )
  const [thread0, thread1, transfers, none] = [
    '111111111.....1.....',
    '....eeeeee..........',
    '..........fffffff...',
    '....................',
  ]
  assert.deepEqual(lines, [
    ...new Array(4).fill(thread0),
    none,
    ...new Array(4).fill(thread1),
    none,
    ...new Array(6).fill(transfers),
    none,
  ])
  assert.equal(rasterOf(20, rows.height, raster), raster)
  assert.equal(
    raster.pixels.some((value) => value !== 0),
    false,
  )
})

test('pointing finds the run under the pointer, also one that is thinner than a pixel', () => {
  const model = played(10, SAMPLE)
  const rows = rowsOf(model.seen, 0)
  const at = (x: number, y: number): number => runAt(model.runs, rows, window, x, y)
  assert.equal(at(25, 2), 0)
  assert.equal(at(25, 7), 1)
  assert.equal(at(60, 12), 2)
  assert.equal(at(71, 2), 5)
  assert.equal(at(95, 2), -1)
  assert.equal(at(25, 999), -1)
})

test('what ran in the window, by group, only the part that lies inside', () => {
  const model = played(10, SAMPLE)
  assert.deepEqual(sharesOf(model.runs, 120, 160), {
    groups: [
      { group: 1, runs: 1, totalMs: 30 },
      { group: 2, runs: 1, totalMs: 30 },
    ],
    transfers: { group: -1, runs: 1, totalMs: 10 },
    erred: 1,
  })
})

test('a window follows until it is zoomed elsewhere or moved back, and follows again at its end', () => {
  const live = following(1000)
  assert.deepEqual(rangeOf(live, 5000), { fromMs: 4000, toMs: 5000 })
  assert.deepEqual(zoomed(live, 5000, 0.5, 1), following(500))
  const held = zoomed(live, 5000, 0.5, 0.5)
  assert.deepEqual(held, { kind: 'held', endMs: 4750, spanMs: 500 })
  assert.deepEqual(rangeOf(held, 9999), { fromMs: 4250, toMs: 4750 })
  assert.deepEqual(panned(live, 5000, -0.2), { kind: 'held', endMs: 4800, spanMs: 1000 })
  assert.deepEqual(panned(held, 5000, 1), following(500))
  assert.deepEqual(fitted(4000, 5000), { kind: 'held', endMs: 5000, spanMs: 1020 })
  assert.deepEqual(fitted(Number.NaN, 5000), following(10_000))
})

test('keys move the window, other keys are left alone', () => {
  const live = following(1000)
  const key = (name: string) => keyed(name, live, 5000, () => 4000)
  assert.deepEqual(key('ArrowLeft'), { kind: 'held', endMs: 4900, spanMs: 1000 })
  assert.deepEqual(key('+'), following(600))
  assert.deepEqual(key('0'), fitted(4000, 5000))
  assert.deepEqual(key('End'), live)
  assert.equal(key('Tab'), undefined)
})

test('ticks stand at round moments, from microseconds to hours', () => {
  const labels = (fromMs: number, toMs: number): string[] =>
    ticksOf(fromMs, toMs, 0, 500).map(({ label }) => label)
  assert.deepEqual(labels(0, 10_000), ['0 s', '2 s', '4 s', '6 s', '8 s', '10 s'])
  assert.deepEqual(labels(-4000, 6000), ['0 s', '2 s', '4 s', '6 s'])
  assert.deepEqual(labels(0, 1), ['0.0 ms', '0.2 ms', '0.4 ms', '0.6 ms', '0.8 ms', '1.0 ms'])
  assert.deepEqual(labels(12_000, 12_100), ['12.00 s', '12.02 s', '12.04 s', '12.06 s', '12.08 s', '12.10 s'])
  assert.deepEqual(labels(0, 600_000), ['0 min', '2 min', '4 min', '6 min', '8 min', '10 min'])
  assert.deepEqual(labels(0, 4 * 3_600_000), ['0 min', '1 h 0 min', '2 h 0 min', '3 h 0 min', '4 h 0 min'])
})
