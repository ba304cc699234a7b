// Columns as typed arrays over the bytes of a frame, and back to a file that polars and JavaScript read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnsFromIpc } from '../../runtime/kernels/table/arrow.ts'
import { closeFrame } from '../../runtime/kernels/table/closeFrame.ts'
import type { Cell, Column } from '../../runtime/kernels/table/columns/column.ts'
import type { DataType } from '../../runtime/kernels/table/dataType.ts'
import { flatLayout, flatToIpc, shapeOf } from '../../runtime/kernels/table/flat/flatFile.ts'
import { type FlatFrame, flatColumns } from '../../runtime/kernels/table/flat/flatFrame.ts'
import { polarsEngine } from '../../runtime/kernels/table/polars/polarsEngine.ts'
import { Random } from '../simulation/random.ts'
import { VIEWED_TEXTS } from './viewedTexts.ts'

const TYPES: readonly DataType[] = [
  ...(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'] as const),
  ...(['float32', 'float64', 'boolean', 'string', 'binary', 'date', 'time', 'null'] as const),
  { datetime: 'ms' },
  { datetime: 'us', zone: 'Europe/Berlin' },
  { datetime: 'ns' },
  { duration: 'us' },
]
const WIDE = 9_007_199_254_740_993n

function cellOf(type: DataType, random: Random): Cell {
  const n = random.below(120)
  if (type === 'time') return BigInt(n) * 1_000_000_007n
  if (typeof type === 'object' || type === 'int64') return WIDE + BigInt(n)
  switch (type) {
    case 'uint64':
      return 2n ** 63n + BigInt(n)
    case 'null':
      return null
    case 'boolean':
      return n % 2 === 0
    case 'string':
      return VIEWED_TEXTS[n % VIEWED_TEXTS.length]
    case 'binary':
      return new Uint8Array(n % 30).fill(n)
    case 'float32':
    case 'float64':
      return [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, n / 8][n % 5]
    default:
      return n
  }
}

const columnsOf = (rows: number, absent: number, random: Random): Column[] =>
  TYPES.map((type, i) => ({
    name: `c${i}`,
    type,
    cells: Array.from({ length: rows }, () => (random.next() < absent ? null : cellOf(type, random))),
  }))

const flatOf = (columns: readonly Column[], names?: readonly string[]): FlatFrame => {
  const schema = columns.map(({ name, type }) => ({ name, type }))
  const flat = flatColumns(closeFrame(polarsEngine, polarsEngine.fromColumns(columns, schema)), names)
  assert.ok(flat, 'these columns are not an engine’s alone')
  return flat
}

const plain = (columns: readonly Column[]): unknown[] =>
  columns.map(({ name, type, cells }) => [
    name,
    type,
    cells.map((cell) => (cell instanceof Uint8Array ? [...cell] : cell)),
  ])

for (const rows of [0, 1, 7, 8, 9, 300])
  for (const absent of [0, 0.3, 1])
    test(`${rows} rows, ${absent} of them absent, are what they were through typed arrays`, () => {
      const columns = columnsOf(rows, absent, new Random(rows + 1))
      const flat = flatOf(columns)
      assert.deepEqual(
        flat.columns.map(({ type }) => type),
        TYPES,
      )
      const ipc = flatToIpc(flat.columns, rows)
      assert.deepEqual(plain(columnsFromIpc(ipc)), plain(columns), 'by JavaScript')
      const again = polarsEngine.toColumns(polarsEngine.open({ ipc, rows, bytes: 0 }))
      assert.deepEqual(plain(again), plain(columns), 'by polars')
      const twice = flatColumns({ ipc, rows, bytes: 0 })
      assert.deepEqual(twice && plain(columnsFromIpc(flatToIpc(twice.columns, rows))), plain(columns))
    })

test('columns are views of the bytes of the frame, in the order that is asked for', () => {
  const columns = columnsOf(50, 0.2, new Random(5))
  const schema = columns.map(({ name, type }) => ({ name, type }))
  const frame = closeFrame(polarsEngine, polarsEngine.fromColumns(columns, schema))
  const [bits, numbers, texts] = flatColumns(frame, ['c10', 'c3', 'c11'])?.columns ?? []
  assert.ok(bits.form === 'bits' && numbers.form === 'values' && texts.form === 'texts')
  for (const { buffer } of [bits.bits, numbers.values, texts.views, numbers.validity ?? bits.bits])
    assert.equal(buffer, frame.ipc.buffer)
  assert.equal(flatColumns(frame, ['none']), undefined)
})

test('bytes that do not stand at a multiple of eight are read too', () => {
  const columns = columnsOf(50, 0.2, new Random(6))
  const { columns: own } = flatOf(columns)
  const ipc = flatToIpc(own, 50)
  const moved = new Uint8Array(ipc.length + 3)
  moved.set(ipc, 3)
  const flat = flatColumns({ ipc: moved.subarray(3), rows: 50, bytes: 0 })
  assert.deepEqual(flat && plain(columnsFromIpc(flatToIpc(flat.columns, 50))), plain(columns))
})

test('lists, records and frames without bytes are left to the engine', () => {
  const lists: Column[] = [{ name: 'l', type: { list: 'int32' }, cells: [[1], [2, 3]] }]
  assert.equal(flatColumns(closeFrame(polarsEngine, polarsEngine.fromColumns(lists, []))), undefined)
  assert.equal(flatColumns({ ipc: new Uint8Array(0), rows: 0, bytes: 0 }), undefined)
})

test('a file is laid out before it has values: no byte beyond its length is written', () => {
  const { columns } = flatOf(columnsOf(9, 0.5, new Random(7)))
  const layout = flatLayout(columns.map(shapeOf), 9)
  const bytes = new Uint8Array(layout.length + 16).fill(7)
  layout.write(bytes.subarray(8, 8 + layout.length))
  assert.deepEqual([...bytes.subarray(0, 8), ...bytes.subarray(-8)], new Array(16).fill(7))
  assert.equal(new TextDecoder().decode(bytes.subarray(8, 14)), 'ARROW1')
})
