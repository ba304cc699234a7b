// Pages of lists that a run gave.

import assert from 'node:assert/strict'
import test from 'node:test'
import { listTableOf, numericOf } from '../../runtime/kernels/bag/listTable.ts'
import { displayOf } from '../../runtime/session/display.ts'
import { ListPages } from '../../runtime/session/listPages.ts'

const LIMITS = { rows: 3, columns: 4 }
const pagesOf = (value: unknown): ListPages => {
  const table = listTableOf(value, LIMITS)
  assert.ok(table)
  return new ListPages(table, LIMITS.rows)
}
const WHOLE = { filter: '' }

test('lists that are tables, and those that are not', () => {
  const columnsOf = (value: unknown): string[] | undefined => listTableOf(value, LIMITS)?.columns
  for (const [value, columns] of [
    [
      [{ a: 1 }, { b: 2 }],
      ['a', 'b'],
    ],
    [
      [
        [1, 2],
        [3, 4],
      ],
      ['0', '1'],
    ],
    [[1, 2, 3, 4], ['value']],
    [['a', null, 3n, new Date(0)], ['value']],
    // Short ones are told as they are.
    [[1, 2, 3], undefined],
    [[{ a: 1 }], undefined],
    [[[1, 2], [3]], undefined],
    [[1, 2, {}, 4], undefined],
    [[{}, {}], undefined],
    [[{ a: 1, b: 1, c: 1, d: 1, e: 1 }, {}], undefined],
    ['text', undefined],
    [undefined, undefined],
  ] as const)
    assert.deepEqual(
      columnsOf(value),
      columns,
      JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
    )
})

test('columns of numbers are told from the first rows', () => {
  const table = listTableOf([{ a: 1, b: 'x' }, { a: null, b: 2 }, { a: 3n }, { a: 'later' }], LIMITS)!
  assert.deepEqual(numericOf(table, 3), [true, false])
  assert.deepEqual(numericOf(listTableOf([{ a: null }, { a: undefined }], LIMITS)!, 3), [false])
})

test('a long list of plain values is shown as one column, and says how many there are', () => {
  const display = displayOf(Array.from({ length: 5000 }, (_, i) => i))
  assert.ok(display.kind === 'table')
  assert.deepEqual([display.columns, display.numeric, display.totalRows], [['value'], [true], 5000])
  assert.equal(display.rows.length, 1000)
  assert.equal(displayOf(Array.from({ length: 1000 }, (_, i) => i)).kind, 'tree')
})

test('pages are stretches of the whole list, to its end', async () => {
  const pages = pagesOf(Array.from({ length: 2500 }, (_, n) => ({ n, word: `w${n}` })))
  assert.deepEqual(await pages.page({ view: WHOLE, start: 2498, count: 200 }), {
    totalRows: 2500,
    start: 2498,
    rows: [
      ['2498', 'w2498'],
      ['2499', 'w2499'],
    ],
  })
  assert.deepEqual((await pages.page({ view: WHOLE, start: 9000, count: 200 })).rows, [])
})

test('sorting and filtering are of all rows: by number, by text, what is missing last', async () => {
  const pages = pagesOf([
    { n: 10, word: 'b10' },
    { n: 9, word: 'b9' },
    { n: null, word: 'a' },
    { n: -1, word: undefined },
    { n: 9, word: 'C' },
    'not a record',
  ])
  const shown = async (view: object): Promise<string[]> => {
    const { rows } = await pages.page({ view: { ...WHOLE, ...view }, start: 0, count: 9 })
    return rows.map((cells) => cells.join(' '))
  }
  const by = (column: number, descending: boolean): object => ({ sort: { column, descending } })
  assert.deepEqual(await shown(by(0, false)), ['-1 ', '9 b9', '9 C', '10 b10', 'null a', ' '])
  assert.deepEqual(await shown(by(0, true)), ['10 b10', '9 b9', '9 C', '-1 ', 'null a', ' '])
  assert.deepEqual(await shown(by(1, false)), ['null a', '9 b9', '10 b10', '9 C', '-1 ', ' '])
  assert.deepEqual(await shown({ filter: ' B1 ' }), ['10 b10'])
  assert.deepEqual(await shown({ filter: '9', ...by(1, true) }), ['9 C', '9 b9'])
  assert.deepEqual(await shown({ filter: 'nowhere' }), [])
})

test('what is looked through is given up when nobody wants it, and can be asked for again', async () => {
  const pages = pagesOf(Array.from({ length: 100_000 }, (_, n) => n))
  const view = { filter: '99999' }
  const older = pages.page({ view, start: 0, count: 5 })
  pages.giveUp(0)
  await assert.rejects(older, /other rows are looked at/)
  assert.deepEqual((await pages.page({ view, start: 0, count: 5 })).rows, [['99999']])
})
