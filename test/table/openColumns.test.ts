// Columns that stay open in a thread: of frames that come again, as many as may be held, none where memory is short.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { provideResultMemory, releaseCaches } from '../../runtime/kernels/resultMemory.ts'
import { closeFrame } from '../../runtime/kernels/table/closeFrame.ts'
import type { Frame } from '../../runtime/kernels/table/frame.ts'
import { cellsOf, fromColumns, PolarsFrame } from '../../runtime/kernels/table/polars/nativeFrame.ts'
import { openColumnBytes, someColumns } from '../../runtime/kernels/table/polars/openColumns.ts'
import { polarsEngine } from '../../runtime/kernels/table/polars/polarsEngine.ts'

const ROWS = 10_000
const COLUMN_BYTES = 8 * ROWS

afterEach(() => {
  releaseCaches()
  provideResultMemory(undefined)
})

/** A frame whose column `a` begins at a number; what a task gives, and what comes to another by a message. */
function frameFrom(first: number): Frame {
  const cells = (by: number): number[] => Array.from({ length: ROWS }, (_, i) => first + by * i)
  const columns = ['a', 'b', 'c'].map((name, i) => ({ name, type: 'float64' as const, cells: cells(i + 1) }))
  return structuredClone(closeFrame(polarsEngine, new PolarsFrame(fromColumns(columns, columns))))
}

const firstRow = (frame: Frame, ...names: string[]): unknown[] =>
  cellsOf(someColumns(frame, names).slice(0, 1).collectSync('auto')).map(({ name, cells }) => [
    name,
    cells[0],
  ])

/** Holds at most so many bytes. */
const allow = (cacheBytes: number): void =>
  provideResultMemory({ cacheBytes, allocate: (bytes) => new SharedArrayBuffer(bytes), giveBack: () => {} })

test('columns of a frame stay open when it comes again, and others are opened beside them', () => {
  const frame = frameFrom(5)
  assert.deepEqual(firstRow(frame, 'a'), [['a', 5]])
  assert.equal(openColumnBytes(), 0, 'most frames come once')
  assert.deepEqual(firstRow(structuredClone(frame), 'a', 'b'), [
    ['a', 5],
    ['b', 5],
  ])
  assert.equal(openColumnBytes(), 2 * COLUMN_BYTES)
  const broken = { ...frame, ipc: frame.ipc.slice(0, 100) }
  assert.deepEqual(
    firstRow(broken, 'b', 'a'),
    [
      ['b', 5],
      ['a', 5],
    ],
    'nothing is read any more',
  )
  assert.throws(() => firstRow(broken, 'c', 'a'), 'what was not opened is read')
})

test('frames of one content are told apart, and small ones and parts have no name', () => {
  const [one, other] = [frameFrom(1), frameFrom(2)]
  assert.notEqual(one.id, other.id)
  for (const _ of [1, 2, 3])
    assert.deepEqual([firstRow(one, 'a'), firstRow(other, 'a')], [[['a', 1]], [['a', 2]]])
  const { id: _, ...nameless } = one
  releaseCaches()
  for (const _ of [1, 2, 3]) firstRow(nameless, 'a')
  assert.equal(openColumnBytes(), 0)
  const few = [{ name: 'a', type: 'float64' as const, cells: [1, 2] }]
  assert.equal(closeFrame(polarsEngine, new PolarsFrame(fromColumns(few, few))).id, undefined)
})

test('columns that were not used for longest give way', () => {
  allow(2 * COLUMN_BYTES)
  const frame = frameFrom(1)
  firstRow(frame, 'a')
  for (const name of ['a', 'b', 'a', 'c']) firstRow(frame, name)
  assert.equal(openColumnBytes(), 2 * COLUMN_BYTES)
  const broken = { ...frame, ipc: frame.ipc.slice(0, 100) }
  assert.deepEqual(firstRow(broken, 'a', 'c').length, 2)
  assert.throws(() => firstRow(broken, 'b'))
  allow(COLUMN_BYTES - 1)
  const large = frameFrom(2)
  releaseCaches()
  for (const _ of [1, 2]) firstRow(large, 'a')
  assert.equal(openColumnBytes(), 0, 'what is larger than all is not kept')
})

test('memory that is short takes them', () => {
  const frame = frameFrom(1)
  for (const _ of [1, 2]) firstRow(frame, 'a')
  assert.equal(openColumnBytes(), COLUMN_BYTES)
  releaseCaches()
  assert.equal(openColumnBytes(), 0)
  assert.deepEqual(firstRow(frame, 'a'), [['a', 1]])
})
