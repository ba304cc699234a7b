// The order of rows of a list in many partitions: each partition's by itself, then all together.

import assert from 'node:assert/strict'
import test from 'node:test'
import type { ListForm } from '../../runtime/kernels/bag/listTable.ts'
import {
  cellsAt,
  compareRows,
  type ListView,
  type RowAt,
  ranksInRun,
  runSample,
  runStretch,
  viewRun,
} from '../../runtime/kernels/bag/listView.ts'
import { ListPages } from '../../runtime/session/listPages.ts'

const FORM: ListForm = { rows: 'records', columns: ['n', 'word'] }

/** Numbers from a seed, the same on every machine. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const ODD = [null, undefined, 'b10', 'b9', 'B9', 'a', Number.NaN, 10n]

function partitionsFrom(seed: number): unknown[][] {
  const next = numbersFrom(seed)
  const item = (): unknown =>
    next(20) === 0
      ? 'not a record'
      : { n: next(5) === 0 ? ODD[next(ODD.length)] : next(6) - 2, word: `w${next(12)}` }
  return Array.from({ length: 1 + next(5) }, () => Array.from({ length: next(30) }, item))
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
  test(`rows of partitions stand together as in one list that is looked through (seed ${seed})`, async () => {
    const partitions = partitionsFrom(seed)
    const all = partitions.flat()
    const list = new ListPages({ rows: all, form: FORM, columns: FORM.columns }, all.length)
    for (const filter of ['', ' W1 ', 'nowhere'])
      for (const column of [0, 1])
        for (const descending of [false, true]) {
          const sort = { column, descending }
          const view: ListView = { filter, sort: { ...sort, isNumeric: list.numeric[column] } }
          const runs = partitions.map((items) => viewRun(items, FORM, view))
          const rows = runs.flatMap((run, i) => runStretch(run, i, 0, run[0].places.length))
          rows.sort((a, b) => compareRows(a, b, descending))
          const cells = rows.map(({ partition, place }) => cellsAt(partitions[partition], FORM, [place])[0])
          const wanted = await list.page({ view: { filter, sort }, start: 0, count: all.length })
          assert.deepEqual(cells, wanted.rows, JSON.stringify(view))
          // Before each row stand, of all runs together, as many as before it in the whole.
          const ranks = runs.map((run, i) => ranksInRun(run, i, rows, descending))
          rows.forEach((_, at) => {
            assert.equal(
              ranks.reduce((sum, own) => sum + own[at], 0),
              at,
            )
          })
        }
  })

test('every so manyth row of a run is sampled, and stretches are those of the run', () => {
  const items = Array.from({ length: 10 }, (_, n) => ({ n: 9 - n, word: '' }))
  const run = viewRun(items, FORM, {
    filter: '',
    sort: { column: 0, descending: false, isNumeric: true },
  })
  const row = (key: number): RowAt => ({ key, partition: 3, place: 9 - key })
  assert.deepEqual(runSample(run, 3, 4), [{ count: 10, rows: [row(4), row(8)] }])
  assert.deepEqual(runStretch(run, 3, 2, 4), [row(2), row(3)])
  const unsorted = viewRun(items, FORM, { filter: '7' })
  assert.deepEqual(runSample(unsorted, 0, 1), [{ count: 1, rows: [] }])
  assert.deepEqual(runStretch(unsorted, 0, 0, 1), [{ key: null, partition: 0, place: 2 }])
})
