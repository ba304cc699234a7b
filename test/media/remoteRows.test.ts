// Rows that stay on the cluster: which are in view, which pages are missing, and what becomes of pages that come.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  firstRows,
  missingPages,
  PAGE_ROWS,
  rowAt,
  stretchOfMany,
  withPage,
} from '../../media/results/remoteRows.ts'

const numbered = (from: number, count: number): string[][] =>
  Array.from({ length: count }, (_, i) => [String(from + i)])
const WHOLE = { filter: '' }

test('of the first rows whole pages are kept; the others are asked for', () => {
  const rows = firstRows(numbered(0, 1000), 2_000_000)
  assert.deepEqual(missingPages(rows, 0, 1000), [])
  assert.deepEqual(missingPages(rows, 990, 1201), [5, 6])
  assert.deepEqual(missingPages(rows, 1_999_990, 2_000_012), [9999])
  assert.deepEqual(missingPages(firstRows(numbered(0, 250), 250), 0, 250), [1])
  assert.deepEqual([rowAt(rows, 999), rowAt(rows, 1000)], [['999'], undefined])
})

test('a page is taken in under its view alone, and says how many rows there are', () => {
  const looking = { view: { filter: 'x' }, total: undefined, pages: new Map() }
  assert.deepEqual(missingPages(looking, 0, 0), [0])
  const page = { totalRows: 450, start: PAGE_ROWS, rows: numbered(200, 200) }
  const after = withPage(looking, { filter: 'x' }, page)
  assert.deepEqual([after.total, rowAt(after, 205)], [450, ['205']])
  assert.equal(withPage(looking, WHOLE, page), looking)
})

test('pages are kept up to a number, the oldest go', () => {
  let rows = firstRows([], 1_000_000)
  for (let page = 0; page < 60; page++)
    rows = withPage(rows, WHOLE, {
      totalRows: 1_000_000,
      start: page * PAGE_ROWS,
      rows: numbered(page * PAGE_ROWS, PAGE_ROWS),
    })
  assert.equal(rows.pages.size, 50)
  assert.deepEqual([rowAt(rows, 0), rowAt(rows, 59 * PAGE_ROWS)], [undefined, [String(59 * PAGE_ROWS)]])
})

for (const total of [0, 1, 1000, 333_333, 333_334, 2_000_000, 1e9])
  test(`of ${total} rows each place of the scroller shows rows, from the first to the last`, () => {
    const [rowHeight, view, heightMax] = [24, 600, 8_000_000]
    const height = Math.min(total * rowHeight, heightMax)
    let before = -1
    for (let i = 0; i <= 200; i++) {
      const scrollTop = ((height - view) * i) / 200
      const { first, end, above, below } = stretchOfMany(total, rowHeight, Math.max(0, scrollTop), view)
      assert.ok(first >= 0 && end <= total && above >= 0 && below >= 0, `${first} ${end} ${above} ${below}`)
      assert.ok(Math.abs(above + (end - first) * rowHeight + below - height) < 1e-6, 'the height stays')
      if (total * rowHeight > view) {
        // What is in view is covered by rows.
        assert.ok(above <= scrollTop + 1e-6 && above + (end - first) * rowHeight >= scrollTop + view - 1e-6)
        assert.ok(first >= before, 'further down are later rows')
        before = first
        if (i === 0) assert.equal(first, 0)
        if (i === 200) assert.equal(end, total)
      }
    }
  })
