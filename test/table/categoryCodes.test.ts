// Categories as codes between tasks: with the numbers of the thread that reads them, with another's, and in JavaScript.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { collectGarbage } from '../../runtime/host/garbage.ts'
import { releaseCaches } from '../../runtime/kernels/resultMemory.ts'
import { closeFrame, closeParts } from '../../runtime/kernels/table/closeFrame.ts'
import type { Cell, Column } from '../../runtime/kernels/table/columns/column.ts'
import { columnsEngine } from '../../runtime/kernels/table/columns/columnsEngine.ts'
import { type Frame, partOf, type SplitFrame, textsOf } from '../../runtime/kernels/table/frame.ts'
import { columnsOfFrames } from '../../runtime/kernels/table/frameColumns.ts'
import { LostTextsError } from '../../runtime/kernels/table/lostTexts.ts'
import {
  cellsOf,
  concatenated,
  fromColumns,
  opened,
  PolarsFrame,
} from '../../runtime/kernels/table/polars/nativeFrame.ts'
import { someColumns } from '../../runtime/kernels/table/polars/openColumns.ts'
import { polarsEngine } from '../../runtime/kernels/table/polars/polarsEngine.ts'
import { Random } from '../simulation/random.ts'

const ROWS = 20_000
const SCHEMA = [
  { name: 'few', type: 'category' },
  { name: 'many', type: 'category' },
  { name: 'n', type: 'int32' },
] as const

afterEach(releaseCaches)

function columnsFrom(seed: number): Column[] {
  const random = new Random(seed)
  const texts = (count: number, absent: number): Cell[] =>
    Array.from({ length: ROWS }, () =>
      random.next() < absent ? null : `${seed % 2 ? 'ä' : '𝄞'}${Math.floor(random.next() * count)}`,
    )
  return [
    { name: 'few', type: 'category', cells: texts(5, 0.1) },
    { name: 'many', type: 'category', cells: texts(ROWS, 0.3) },
    { name: 'n', type: 'int32', cells: Array.from({ length: ROWS }, (_, i) => i) },
  ]
}

const native = (columns: readonly Column[]): PolarsFrame => new PolarsFrame(fromColumns(columns, SCHEMA))
const cells = (columns: readonly Column[]): (readonly Cell[])[] => columns.map((column) => column.cells)

for (const who of ['the thread itself', 'another thread'])
  test(`a frame with codes is what it was to ${who}`, () => {
    const columns = columnsFrom(1)
    const frame = structuredClone(closeFrame(polarsEngine, native(columns)))
    assert.deepEqual(frame.codes?.columns, ['few', 'many'])
    if (who === 'another thread') {
      releaseCaches()
      // Whose numbers differ: other texts come first.
      closeFrame(polarsEngine, native(columnsFrom(2)))
    }
    assert.deepEqual(cells(cellsOf(opened(frame).native)), cells(columns))
    assert.deepEqual(cells(cellsOf(someColumns(frame, ['n', 'many']).collectSync('auto'))), [
      columns[2].cells,
      columns[1].cells,
    ])
    assert.deepEqual(cells(columnsOfFrames([frame])[0]), cells(columns))
    assert.deepEqual(cells(columnsEngine.open(frame).columns as Column[]), cells(columns))
  })

test('codes mean the same when no column of categories has been held for a while', () => {
  const columns = columnsFrom(3)
  const frame = structuredClone(closeFrame(polarsEngine, native(columns)))
  collectGarbage()
  const others = native(columnsFrom(4))
  assert.deepEqual(cells(cellsOf(opened(frame).native)), cells(columns))
  assert.equal(others.rows, ROWS)
})

for (const seed of [5, 6, 7])
  for (const other of [false, true])
    test(`parts of splits come together with the texts beside them (seed ${seed}, ${other ? 'another' : 'one'} numbering)`, async () => {
      const parts = 6
      const sink = {
        sink: 'range',
        key: { kind: 'column', name: 'n', type: 'int32' },
        count: parts,
        descending: false,
        nullsFirst: false,
        slot: 1,
        stage: { first: 0, span: parts, step: 1, parts },
        coded: ['few', 'many'],
      } as const
      const bounds = Array.from({ length: parts - 1 }, (_, i) => Math.floor(((i + 1) * ROWS) / parts))
      const tables = [columnsFrom(seed), columnsFrom(seed + 10)]
      const splits = []
      for (const table of tables) {
        splits.push(
          structuredClone(closeParts(polarsEngine, await polarsEngine.split(native(table), sink, bounds))),
        )
        if (other) releaseCaches()
      }
      for (let part = 0; part < parts; part++) {
        const expected = [0, 1, 2].map((i) =>
          tables.flatMap((table) =>
            table[i].cells.filter((_, row) => bounds.filter((bound) => row >= bound).length === part),
          ),
        )
        const frames: Frame[] = [
          ...splits.map((split) => partOf(split, part)),
          ...splits.map((split) => textsOf(split.codes)),
        ]
        assert.ok(frames.slice(0, 2).every(({ codes }) => codes && !codes.texts))
        assert.deepEqual(cells(cellsOf(concatenated(frames, SCHEMA).collectSync('auto'))), expected)
        const inJavaScript = columnsOfFrames(frames)
        assert.equal(inJavaScript.length, 2)
        assert.deepEqual(
          [0, 1, 2].map((i) => inJavaScript.flatMap((columns) => [...columns[i].cells])),
          expected,
        )
      }
    })

test('parts of a split that was made again are refused beside the texts of the first one', async () => {
  const key = { kind: 'column', name: 'n', type: 'int32' } as const
  const parts = 6
  const stage = { first: 0, span: parts, step: 1, parts }
  const split = async (): Promise<SplitFrame> => {
    const sink = { sink: 'hash', keys: [key], count: parts, stage, coded: ['few', 'many'] } as const
    const made = closeParts(polarsEngine, await polarsEngine.split(native(columnsFrom(9)), sink))
    // Another thread numbers categories otherwise.
    releaseCaches()
    return structuredClone(made)
  }
  const first = await split()
  const again = await split()
  const mixed = [partOf(again, 0), textsOf(first.codes)]
  assert.throws(() => concatenated(mixed, SCHEMA).collectSync('auto'), LostTextsError)
  assert.throws(() => columnsOfFrames(mixed), LostTextsError)
  const whole = [partOf(again, 0), textsOf(again.codes)]
  assert.equal(columnsOfFrames(whole)[0][0].cells.length, partOf(again, 0).rows)
  assert.notEqual(partOf(again, 0).codes, undefined)
})

test('texts that are as many as rows go with the parts', async () => {
  const parts = 64
  const key = { kind: 'column', name: 'n', type: 'int32' } as const
  const stage = { first: 0, span: parts, step: 1, parts }
  const { parts: found, codes } = await polarsEngine.split(native(columnsFrom(8)), {
    sink: 'hash',
    keys: [key],
    count: parts,
    stage,
    coded: ['few', 'many'],
  })
  assert.deepEqual(codes?.columns, ['few'])
  assert.equal(found.length, parts)
  assert.equal(
    found.reduce((sum, { rows }) => sum + rows, 0),
    ROWS,
  )
})
