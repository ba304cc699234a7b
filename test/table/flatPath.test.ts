// Sorting without an engine: seeded random tables in several partitions, through typed arrays and through polars alone, every
// cell and every order the same.

import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { collectGarbage } from '../../runtime/host/garbage.ts'
import type { Parts } from '../../runtime/kernels/parts.ts'
import { releaseCaches } from '../../runtime/kernels/resultMemory.ts'
import { closeFrame, closeParts } from '../../runtime/kernels/table/closeFrame.ts'
import type { Cell, Column } from '../../runtime/kernels/table/columns/column.ts'
import { compareCells } from '../../runtime/kernels/table/columns/groupRows.ts'
import type { DataType } from '../../runtime/kernels/table/dataType.ts'
import type { ExprNode } from '../../runtime/kernels/table/expression.ts'
import { flatWork } from '../../runtime/kernels/table/flatPath.ts'
import { type Frame, partOf, type SplitFrame, textsOf } from '../../runtime/kernels/table/frame.ts'
import { columnsOfFrames } from '../../runtime/kernels/table/frameColumns.ts'
import { runTable } from '../../runtime/kernels/table/partition.ts'
import { polarsEngine } from '../../runtime/kernels/table/polars/polarsEngine.ts'
import type { SortKey, Step, TableSink } from '../../runtime/kernels/table/steps.ts'
import { Random } from '../simulation/random.ts'
import { VIEWED_TEXTS } from './viewedTexts.ts'

const SCHEMA: readonly { name: string; type: DataType }[] = [
  { name: 'row', type: 'int32' },
  { name: 'x', type: 'float64' },
  { name: 'y', type: 'float32' },
  { name: 'tie', type: 'int8' },
  { name: 'wide', type: 'int64' },
  { name: 'large', type: 'uint64' },
  { name: 'word', type: 'uint32' },
  { name: 'flag', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'at', type: { datetime: 'us', zone: 'Europe/Berlin' } },
  { name: 'took', type: { duration: 'ms' } },
  { name: 'text', type: 'string' },
  { name: 'few', type: 'category' },
  { name: 'many', type: 'category' },
]
const CODED = ['few', 'many']
const KEYS = SCHEMA.map(({ name }) => name).filter((name) => !['text', ...CODED].includes(name))

function cellOf(name: string, row: number, random: Random): Cell {
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]
  const whole = random.below(2 ** 20) - 2 ** 19
  switch (name) {
    case 'row':
      return row
    case 'x':
      return pick([
        Number.NaN,
        -0,
        0,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        5e-324,
        whole / 8,
        whole,
      ])
    case 'y':
      return pick([Number.NaN, -0, 0, Number.NEGATIVE_INFINITY, whole / 8, random.below(3)])
    case 'tie':
      return random.below(5) - 2
    case 'wide':
      return pick([
        -(2n ** 63n),
        2n ** 63n - 1n,
        9_007_199_254_740_993n + BigInt(random.below(3)),
        BigInt(whole),
      ])
    case 'large':
      return pick([2n ** 64n - 1n, 2n ** 63n, BigInt(random.below(9)), 2n ** 32n + BigInt(random.below(9))])
    case 'word':
      return pick([2 ** 32 - 1, 2 ** 31, 0, random.below(1000)])
    case 'flag':
      return random.below(2) === 1
    case 'day':
      return whole >> 4
    case 'at':
    case 'took':
      return BigInt(whole) * 1_000_003n
    case 'text':
      return pick(VIEWED_TEXTS)
    case 'few':
      return `${pick(VIEWED_TEXTS)}${random.below(3)}`
    default:
      return `category ${random.below(400)}`
  }
}

function randomColumns(random: Random, rows: number, from: number): Column[] {
  const absent = random.below(3) === 0 ? 0 : 0.15
  return SCHEMA.map(({ name, type }) => ({
    name,
    type,
    cells: Array.from({ length: rows }, (_, i) =>
      name !== 'row' && random.next() < absent ? null : cellOf(name, from + i, random),
    ),
  }))
}

/** A frame as a worker has it; every other one has categories that another thread numbered. */
function frameOf(columns: readonly Column[], isElsewhere: boolean): Frame {
  const frame = structuredClone(closeFrame(polarsEngine, polarsEngine.fromColumns(columns, SCHEMA)))
  if (isElsewhere) releaseCaches()
  return frame
}

const column = (name: string): ExprNode => ({
  kind: 'column',
  name,
  type: SCHEMA.find((field) => field.name === name)?.type ?? 'null',
})

/** What one task gives another. */
const travelled = <T>(value: T): T => structuredClone(value)

interface Sort {
  readonly keys: readonly SortKey[]
  readonly bounds: readonly Cell[]
  readonly parts: number
}

const stageOf = (parts: number) => ({ first: 0, span: parts, step: 1, parts })

const partsOf = (result: unknown): Frame[] => (result as Parts).all as Frame[]

/** Targets of a sort, by the tasks that a worker runs. */
async function sortedByTasks(frames: readonly Frame[], { keys, bounds, parts }: Sort): Promise<Frame[]> {
  const [{ by, descending, nullsFirst }] = keys
  const sink: TableSink = {
    sink: 'range',
    key: by,
    count: parts,
    descending,
    nullsFirst,
    slot: 1,
    stage: stageOf(parts),
    coded: CODED,
  }
  const splits: Frame[][] = []
  for (const frame of frames)
    splits.push(travelled(partsOf(await runTable({ source: 'frame' }, [], sink, frame, bounds))))
  const texts = splits.map((split) => travelled(split[parts]))
  const sorted: Frame[] = []
  for (let part = 0; part < parts; part++) {
    const own = splits.map((split) => travelled(split[part]))
    const step: Step = { step: 'sort', keys }
    const given = [...own, ...texts]
    sorted.push(
      (await runTable({ source: 'frames', schema: SCHEMA }, [step], { sink: 'frame' }, given)) as Frame,
    )
  }
  return sorted
}

/** The same by polars alone. */
async function sortedByPolars(frames: readonly Frame[], { keys, bounds, parts }: Sort): Promise<Frame[]> {
  const [{ by, descending, nullsFirst }] = keys
  const splits: SplitFrame[] = []
  for (const frame of frames) {
    const split = await polarsEngine.split(
      polarsEngine.open(frame),
      {
        sink: 'range',
        key: by,
        count: parts,
        descending,
        nullsFirst,
        slot: 1,
        stage: stageOf(parts),
        coded: CODED,
      },
      bounds,
    )
    splits.push(closeParts(polarsEngine, split))
  }
  const texts = splits.map((split) => textsOf(split.codes))
  const sorted: Frame[] = []
  for (let part = 0; part < parts; part++) {
    const own = [...splits.map((split) => partOf(split, part)), ...texts]
    const rows = await polarsEngine.run({ source: 'frames', schema: SCHEMA }, [{ step: 'sort', keys }], [own])
    sorted.push(closeFrame(polarsEngine, rows))
  }
  return sorted
}

const cellsOf = (frames: readonly Frame[]): unknown[] =>
  frames.map((frame) =>
    columnsOfFrames([frame])[0].map(({ name, type, cells }) => [
      name,
      type,
      // −0 and 0 are equal to a comparison, and must both come back as they were.
      cells.map((cell) => (Object.is(cell, -0) ? '-0' : cell)),
    ]),
  )

/** Bounds at even shares of what a key has. */
function boundsOf(columns: readonly Column[][], name: string, parts: number, descending: boolean): Cell[] {
  const all = columns
    .flatMap((own) => own.find((each) => each.name === name)?.cells ?? [])
    .filter((cell) => cell !== null)
    .sort((a, b) => {
      const order = typeof a === 'boolean' ? Number(a) - Number(b) : compareCells(a, b)
      return descending ? -order : order
    })
  return Array.from({ length: parts - 1 }, (_, i) => all[Math.floor(((i + 1) * all.length) / parts)] ?? null)
}

beforeEach(() => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
})
after(() => {
  releaseCaches()
  collectGarbage()
})

for (let seed = 1; seed <= 24; seed++)
  test(`a sort by typed arrays is that of polars, cell by cell (seed ${seed})`, async () => {
    const random = new Random(seed)
    // From some thousand rows on categories travel as codes.
    const sizes = Array.from({ length: 1 + random.below(4) }, () => 1300 + random.below(900))
    const columns = sizes.map((rows, i) => randomColumns(random, rows, 10_000 * i))
    const parts = 1 + random.below(5)
    const names = [KEYS[seed % KEYS.length], 'tie', random.pick(KEYS)].slice(0, 1 + random.below(3))
    const keys = [...new Set(names)].map((name) => ({
      by: column(name),
      descending: random.below(2) === 1,
      nullsFirst: random.below(2) === 1,
    }))
    const bounds = boundsOf(columns, names[0], parts, keys[0].descending)
    const frames = columns.map((own, i) => frameOf(own, (seed + i) % 2 === 0))
    const before = { ...flatWork }
    const sorted = await sortedByTasks(frames, { keys, bounds, parts })
    assert.equal(flatWork.split - before.split, frames.length, 'each split goes without an engine')
    const filled = sorted.filter(({ rows }) => rows > 0).length
    assert.equal(flatWork.gathered - before.gathered, filled, 'and so does each target with rows')
    assert.deepEqual(cellsOf(sorted), cellsOf(await sortedByPolars(frames, { keys, bounds, parts })))
  })

test('new columns are worked out by the engine, and the others taken as they lie', async () => {
  const random = new Random(50)
  const frame = frameOf(randomColumns(random, 1500, 0), true)
  const doubled: ExprNode = {
    kind: 'call',
    fn: 'mul',
    type: 'float64',
    args: [column('x'), { kind: 'literal', value: 2, type: 'float64' }],
  }
  const steps: Step[] = [
    { step: 'withColumns', exprs: [{ kind: 'alias', name: 'x', type: 'float64', args: [doubled] }] },
    {
      step: 'select',
      exprs: [
        column('many'),
        { kind: 'alias', name: 'z', type: 'float64', args: [column('x')] },
        column('row'),
      ],
    },
  ]
  const key: ExprNode = { kind: 'column', name: 'z', type: 'float64' }
  const sink = { sink: 'range', key, count: 2, descending: false, nullsFirst: true, slot: 1 } as const
  const whole = { ...sink, stage: stageOf(2), coded: CODED }
  const before = flatWork.split
  const [first, second, texts] = partsOf(await runTable({ source: 'frame' }, steps, whole, frame, [100]))
  assert.equal(flatWork.split, before + 1)
  const rows = await polarsEngine.run({ source: 'frame' }, steps, [frame])
  const expected = closeParts(polarsEngine, await polarsEngine.split(rows, whole, [100]))
  const withTexts = (part: Frame, texts: Frame): Frame =>
    part.codes ? { ...part, codes: { ...part.codes, texts: texts.ipc } } : part
  const theirs = textsOf(expected.codes)
  assert.deepEqual(
    [first, second].map((part) => cellsOf([withTexts(part, texts)])),
    [0, 1].map((part) => cellsOf([withTexts(partOf(expected, part), theirs)])),
  )
})

test('what only the engine orders or holds is left to it', async () => {
  const columns = randomColumns(new Random(60), 1500, 0)
  const frame = frameOf(columns, false)
  const before = { ...flatWork }
  const sort = (name: string): Step => ({
    step: 'sort',
    keys: [{ by: column(name), descending: false, nullsFirst: false }],
  })
  for (const name of ['text', 'few']) {
    const sorted = (await runTable({ source: 'frame' }, [sort(name)], { sink: 'frame' }, frame)) as Frame
    assert.equal(sorted.rows, 1500)
  }
  const lists: Column[] = [{ name: 'l', type: { list: 'int32' }, cells: [[1], [2, 3], null] }]
  const nested = closeFrame(polarsEngine, polarsEngine.fromColumns(lists, []))
  const schema = [{ name: 'l', type: { list: 'int32' } as const }]
  const both = (await runTable({ source: 'frames', schema }, [], { sink: 'frame' }, [
    nested,
    nested,
  ])) as Frame
  assert.equal(both.rows, 6)
  assert.deepEqual(flatWork, before)
})
