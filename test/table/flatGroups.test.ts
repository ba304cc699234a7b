// Groups and joins on flat columns give what the engine gives, cell by cell, and are taken where they are known.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twoSteps } from '../../runtime/collections/dataframe/lowerAggregate.ts'
import { col, type Expr, len } from '../../runtime/collections/index.ts'
import { closeFrame } from '../../runtime/kernels/table/closeFrame.ts'
import type { Cell, Column } from '../../runtime/kernels/table/columns/column.ts'
import { compareCells } from '../../runtime/kernels/table/columns/groupRows.ts'
import type { DataType } from '../../runtime/kernels/table/dataType.ts'
import type { Engine } from '../../runtime/kernels/table/engine.ts'
import { type ExprNode, nameOf } from '../../runtime/kernels/table/expression.ts'
import { flatLength, flatPart } from '../../runtime/kernels/table/flat/flatChain.ts'
import { arrayOf, flatToIpc } from '../../runtime/kernels/table/flat/flatFile.ts'
import { type FlatColumn, flatColumns } from '../../runtime/kernels/table/flat/flatFrame.ts'
import type { Frame } from '../../runtime/kernels/table/frame.ts'
import { columnsOfFrames } from '../../runtime/kernels/table/frameColumns.ts'
import { runTable } from '../../runtime/kernels/table/partition.ts'
import { polarsEngine } from '../../runtime/kernels/table/polars/polarsEngine.ts'
import { resolve } from '../../runtime/kernels/table/resolve.ts'
import type { Schema } from '../../runtime/kernels/table/schema.ts'
import type { JoinHow, Step, TableSource } from '../../runtime/kernels/table/steps.ts'
import { Random } from '../simulation/random.ts'
import { VIEWED_TEXTS } from './viewedTexts.ts'

const TYPES = {
  tiny: 'int8',
  short: 'int16',
  whole: 'int32',
  wide: 'int64',
  huge: 'uint64',
  plus: 'uint32',
  x: 'float64',
  y: 'float32',
  flag: 'boolean',
  day: 'date',
  at: { datetime: 'us', zone: 'Europe/Berlin' },
  span: { duration: 'ms' },
  text: 'string',
  bytes: 'binary',
  kind: 'category',
  other: 'category',
} as const satisfies Record<string, DataType>
type Name = keyof typeof TYPES
const NAMES = Object.keys(TYPES) as Name[]
const SCHEMA: Schema = NAMES.map((name) => ({ name, type: TYPES[name] }))

/** How far numbers lie apart: close together they are told apart by a table, else by a hash. */
type Spread = 'close' | 'far'

function cellOf(name: Name, spread: Spread, random: Random): Cell {
  const n = random.below(9)
  const far = spread === 'far'
  switch (name) {
    case 'tiny':
      return n * (far ? 15 : 1) - (far ? 60 : 4)
    case 'short':
      return n * (far ? 7000 : 1) - (far ? 28_000 : 4)
    case 'whole':
      return (n - 4) * (far ? 500_000_000 : 1)
    case 'day':
      return (n - 4) * (far ? 100_000_000 : 1)
    case 'plus':
      return n * (far ? 500_000_000 : 1)
    case 'wide':
      return far ? (BigInt(n) - 4n) * 9_007_199_254_740_993n : BigInt(n) - 4n
    case 'huge':
      return far ? 2n ** 64n - 1n - BigInt(n) : BigInt(n)
    case 'at':
    case 'span':
      return far ? (BigInt(n) - 4n) * 1_700_000_000_000_001n : BigInt(n) - 4n
    case 'x':
    case 'y':
      return [Number.NaN, -0, 0, 1, 2.5, -3, 0.125, 1e6, Number.POSITIVE_INFINITY][
        n - Number(!far && n === 8)
      ]
    case 'flag':
      return n % 2 === 0
    case 'bytes':
      return new Uint8Array(n * 3).fill(n)
    default:
      return far ? `${VIEWED_TEXTS[n]}${random.below(3)}` : VIEWED_TEXTS[n]
  }
}

function columnsFrom(rows: number, absent: number, spread: Spread, random: Random): Column[] {
  return NAMES.map((name) => ({
    name,
    type: TYPES[name],
    cells: Array.from({ length: rows }, () => (random.next() < absent ? null : cellOf(name, spread, random))),
  }))
}

/** Columns as a frame whose categories are the codes of some numbering: each has other numbers for the same texts. */
function frameOf(columns: readonly Column[], numbering: number): Frame {
  const isCategory = ({ type }: Column): boolean => type === 'category'
  const rows = columns[0].cells.length
  const texts = [
    ...new Set(columns.filter(isCategory).flatMap(({ cells }) => cells.filter((cell) => cell !== null))),
  ]
  const code = codesOf(numbering, texts)
  const others = columns.filter((column) => !isCategory(column))
  const plain = closed(others)
  const flat = flatColumns(plain)?.columns
  assert.ok(flat, 'these columns are not an engine’s alone')
  const all = columns.map((column): FlatColumn => {
    const made = flat.find(({ name }) => name === column.name)
    if (made) return made
    const values = new (arrayOf('uint32'))(new ArrayBuffer(4 * rows), 0, rows)
    const validity = new Uint8Array((rows + 7) >> 3)
    let nullCount = 0
    column.cells.forEach((cell, row) => {
      if (cell === null) nullCount++
      else validity[row >> 3] |= 1 << (row & 7)
      values[row] = cell === null ? 4_000_000_000 : (code.get(cell) as number)
    })
    return {
      name: column.name,
      type: 'category',
      form: 'values',
      values,
      nullCount,
      ...(nullCount > 0 && { validity }),
    }
  })
  const list = closed([
    { name: 'code', type: 'uint32', cells: texts.map((text) => code.get(text) as number) },
    { name: 'text', type: 'string', cells: texts },
  ])
  const ipc = flatToIpc(all, rows)
  const names = columns.filter(isCategory).map(({ name }) => name)
  return {
    ipc,
    rows,
    bytes: ipc.length,
    codes: {
      columns: names,
      numbering: `test/${numbering}`,
      textsId: `test/${numbering}/${lists++}`,
      texts: list.ipc,
    },
  }
}

let lists = 0
const numberings = new Map<number, Map<Cell, number>>()

/** The codes of texts in a numbering, which gives new ones to those that it does not know yet. */
function codesOf(numbering: number, texts: readonly Cell[]): Map<Cell, number> {
  const codes = numberings.get(numbering) ?? new Map<Cell, number>()
  numberings.set(numbering, codes)
  for (const text of texts) if (!codes.has(text)) codes.set(text, codes.size * 7 + numbering * 3 + 1)
  return codes
}

const closed = (columns: readonly Column[]): Frame =>
  closeFrame(
    polarsEngine,
    polarsEngine.fromColumns(
      columns,
      columns.map(({ name, type }) => ({ name, type })),
    ),
  )

const byEngine = async (
  source: TableSource,
  steps: readonly Step[],
  args: readonly unknown[],
): Promise<Frame> => closeFrame(polarsEngine, await polarsEngine.run(source, steps, args))

function byFlat(source: TableSource, steps: readonly Step[], args: readonly unknown[]): Frame {
  const made = flatPart(polarsEngine as Engine, source, steps, args)
  assert.equal(made?.steps, steps.length, 'the flat way is taken')
  return structuredClone((made as { frame: Frame }).frame)
}

/** Rows as texts, in the order of themselves: groups have none. */
function rowsOf(frame: Frame, isOrdered: boolean): { names: string[]; rows: Cell[][] } {
  const [columns] = columnsOfFrames([frame])
  const rows = Array.from({ length: frame.rows }, (_, row) => columns.map(({ cells }) => cells[row]))
  if (!isOrdered) rows.sort((a, b) => order(a, b))
  return { names: columns.map(({ name, type }) => `${name}: ${JSON.stringify(type)}`), rows }
}

function order(a: readonly Cell[], b: readonly Cell[]): number {
  for (const [i, cell] of a.entries()) {
    const other = b[i]
    if (cell === null || other === null) {
      if (cell !== other) return cell === null ? 1 : -1
      continue
    }
    const [x, y] = [plain(cell), plain(other)]
    const compared = compareCells(x, y)
    if (compared !== 0) return compared
  }
  return 0
}

const plain = (cell: Cell): Cell =>
  cell instanceof Uint8Array
    ? Buffer.from(cell).toString('hex')
    : typeof cell === 'boolean'
      ? Number(cell)
      : cell

/** Equal, but for the last digits of floats. */
function assertSame(found: Frame, expected: Frame, message: string, isOrdered = false): void {
  const [a, b] = [rowsOf(found, isOrdered), rowsOf(expected, isOrdered)]
  assert.deepEqual(a.names, b.names, message)
  assert.equal(a.rows.length, b.rows.length, message)
  a.rows.forEach((row, i) => {
    row.forEach((cell, k) => {
      const other = b.rows[i][k]
      const areClose =
        typeof cell === 'number' &&
        typeof other === 'number' &&
        (Object.is(cell + 0, other + 0) || Math.abs(cell - other) <= 1e-9 * Math.max(1, Math.abs(other)))
      if (!areClose) assert.deepEqual(plain(cell), plain(other), `${message}, row ${i}, ${a.names[k]}`)
    })
  })
}

const column = (name: string, schema: Schema = SCHEMA): ExprNode => resolve({ kind: 'column', name }, schema)
const exprs = (made: readonly Expr[]): ExprNode[] => made.map((each) => each.node)

const NUMBERS = ['tiny', 'short', 'whole', 'wide', 'huge', 'plus', 'x', 'y'] as const
const ORDERED = [...NUMBERS, 'flag', 'day', 'at', 'span'] as const
const AGGREGATES: readonly Expr[] = [
  len().as('rows'),
  ...NUMBERS.flatMap((name) => [
    col(name).sum().as(`${name} sum`),
    col(name).mean().as(`${name} mean`),
    col(name).std().as(`${name} std`),
    col(name).var(0).as(`${name} var`),
  ]),
  ...ORDERED.flatMap((name) => [col(name).min().as(`${name} min`), col(name).max().as(`${name} max`)]),
  ...NAMES.flatMap((name) => [
    col(name).count().as(`${name} count`),
    col(name).nullCount().as(`${name} nulls`),
    col(name).first().as(`${name} first`),
    col(name).last().as(`${name} last`),
  ]),
]

const SOURCE: TableSource = { source: 'frame' }

for (const spread of ['close', 'far'] as const)
  test(`groups of one key, numbers ${spread}: partitions, merged states and answers`, async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed)
      const absent = [0, 0.2, 0.9][seed % 3]
      const parts = Array.from({ length: 1 + random.below(5) }, () =>
        columnsFrom(1 + random.below(seed === 12 ? 3000 : 60), absent, spread, random),
      )
      // Floats of numbers this large are rounded differently in each order.
      const own =
        spread === 'far'
          ? AGGREGATES.filter(
              (each) => !/(whole|plus|wide|huge) (std|var)|(wide|huge) mean/.test(nameOf(each.node)),
            )
          : AGGREGATES
      for (const keys of [...NAMES.map((name) => [name]), someKeys(random), someKeys(random)]) {
        const some = own.filter(() => random.next() < 0.2)
        if (seed > 3 && random.next() < 0.5) continue
        await compareGroups(parts, keys, exprs([len(), ...some]), `seed ${seed}, by ${keys.join(', ')}`)
      }
    }
  })

const someKeys = (random: Random): Name[] => {
  const keys = new Set<Name>()
  while (keys.size < 2 + random.below(2)) keys.add(NAMES[random.below(NAMES.length)])
  return [...keys]
}

async function compareGroups(
  parts: readonly (readonly Column[])[],
  keys: readonly string[],
  aggs: readonly ExprNode[],
  message: string,
): Promise<void> {
  const steps = twoSteps(
    keys.map((name) => ({ kind: 'column', name })),
    aggs,
    SCHEMA,
  )
  assert.ok(steps, 'aggregates that have states')
  const partial: Step = { step: 'aggregate', keys: keys.map((name) => column(name)), aggs: steps.partial }
  const merge: Step = {
    step: 'aggregate',
    keys: keys.map((name) => column(name, steps.states)),
    aggs: steps.merge,
  }
  const finish: Step = { step: 'select', exprs: steps.finish }
  const frames = parts.map((columns, i) => frameOf(columns, i % 3))
  const states: Frame[] = []
  for (const [i, frame] of frames.entries()) {
    const state = byFlat(SOURCE, [partial], [frame])
    assertSame(state, await byEngine(SOURCE, [partial], [frame]), `${message}, partition ${i}`)
    states.push(state)
  }
  const gathered: TableSource = { source: 'frames', schema: steps.states }
  assertSame(
    byFlat(gathered, [merge, finish], [states]),
    await byEngine(gathered, [merge, finish], [states]),
    `${message}, answer`,
  )
  const merged = byFlat(gathered, [merge], [states])
  assertSame(merged, await byEngine(gathered, [merge], [states]), `${message}, merged`)
}

test('an aggregate of all rows at once, as one partition has it', async () => {
  const random = new Random(5)
  const frame = frameOf(columnsFrom(500, 0.2, 'close', random), 0)
  const aggs = exprs(AGGREGATES).map((agg) => resolve(agg, SCHEMA))
  for (const key of NAMES) {
    const step: Step = { step: 'aggregate', keys: [column(key)], aggs }
    assertSame(byFlat(SOURCE, [step], [frame]), await byEngine(SOURCE, [step], [frame]), `by ${key}`)
  }
})

test('numbers made of columns before they are grouped', async () => {
  const random = new Random(6)
  const frame = frameOf(columnsFrom(300, 0.2, 'close', random), 1)
  const made = exprs([col('x').mul(2).as('x') as Expr, col('whole').div(4).add(col('y')).as('z') as Expr])
  const wide: Schema = [...SCHEMA, { name: 'z', type: 'float64' }]
  const steps: Step[] = [
    { step: 'withColumns', exprs: made.map((expr) => resolve(expr, SCHEMA)) },
    {
      step: 'aggregate',
      keys: [column('kind')],
      aggs: exprs([col('x').sum(), col('z').mean(), len()]).map((agg) => resolve(agg, wide)),
    },
  ]
  assertSame(byFlat(SOURCE, steps, [frame]), await byEngine(SOURCE, steps, [frame]), 'sums of what was made')
})

test('sums beyond 32, 53 and 64 bits', async () => {
  const cells = Array.from({ length: 3000 }, (_, i) => 9_223_372_036_854_775_807n - BigInt(i))
  const columns: Column[] = [
    { name: 'k', type: 'int32', cells: cells.map((_, i) => i % 2) },
    { name: 'wide', type: 'int64', cells },
    { name: 'minus', type: 'int64', cells: cells.map((cell) => -cell) },
    { name: 'huge', type: 'uint64', cells: cells.map((cell) => cell * 2n) },
    { name: 'whole', type: 'int32', cells: cells.map((_, i) => -2_147_483_648 + (i % 7)) },
    { name: 'plus', type: 'uint32', cells: cells.map((_, i) => 4_294_967_295 - (i % 7)) },
  ]
  const schema = columns.map(({ name, type }) => ({ name, type }))
  const frame = closed(columns)
  const aggs = columns.slice(1).map(({ name }) => resolve(col(name).sum().node, schema))
  const step: Step = { step: 'aggregate', keys: [column('k', schema)], aggs }
  assertSame(byFlat(SOURCE, [step], [frame]), await byEngine(SOURCE, [step], [frame]), 'sums')
})

test('joins with a right side that stands beside: several rows a key, absent keys, none at all', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = new Random(seed)
    const spread = random.next() < 0.5 ? 'close' : 'far'
    const left = columnsFrom(1 + random.below(200), [0, 0.2][seed % 2], spread, random)
    const isUnique = seed % 3 === 0
    for (const key of ['tiny', 'whole', 'plus', 'day', 'at', 'wide', 'huge'] as const) {
      if (spread === 'far' && (key === 'at' || key === 'wide' || key === 'huge' || key === 'plus')) continue
      const all = columnsFrom(1 + random.below(30), [0, 0.2][seed % 2], spread, random)
      const right = isUnique ? uniqueBy(all, key) : all
      const named = right.map((each) => (each.name === key ? { ...each, name: 'key' } : each))
      const frames = [frameOf(left, 0), frameOf(named, seed % 2)]
      for (const how of ['inner', 'left', 'semi', 'anti'] as const) {
        const step = joinStep(how, key, named)
        const args = [frames[0], random.next() < 0.5 ? frames[1] : [frames[1]]]
        const message = `seed ${seed}, ${how} by ${key}`
        const joined = byFlat(SOURCE, [step], args)
        assertSame(joined, await byEngine(SOURCE, [step], args), message, true)
        const grouped: Step = {
          step: 'aggregate',
          keys: [column('text')],
          aggs: exprs([
            len(),
            col('x').max(),
            ...(how === 'inner' || how === 'left'
              ? [col('text_right').last(), col('kind_right').first()]
              : []),
          ]).map((agg) => resolve(agg, joinedSchema(step))),
        }
        assertSame(
          byFlat(SOURCE, [step, grouped], args),
          await byEngine(SOURCE, [step, grouped], args),
          `${message}, grouped`,
        )
      }
    }
  }
})

function uniqueBy(columns: readonly Column[], key: string): Column[] {
  const cells = columns.find(({ name }) => name === key)?.cells ?? []
  const rows = cells.flatMap((cell, row) => (cell === null || cells.indexOf(cell) !== row ? [] : [row]))
  return columns.map((each) => ({ ...each, cells: rows.map((row) => each.cells[row]) }))
}

function joinStep(how: JoinHow, key: Name, right: readonly Column[]): Extract<Step, { step: 'join' }> {
  const rightSchema = right.map(({ name, type }) => ({ name, type }))
  const filters = how === 'semi' || how === 'anti'
  const added = filters ? [] : right.filter(({ name }) => name !== 'key').map(({ name }) => `${name}_right`)
  return {
    step: 'join',
    slot: 1,
    how,
    leftOn: [column(key)],
    rightOn: [column('key', rightSchema)],
    suffix: '_right',
    rightSchema,
    columns: [...NAMES, ...added],
  }
}

const joinedSchema = ({ rightSchema }: Extract<Step, { step: 'join' }>): Schema => [
  ...SCHEMA,
  ...rightSchema.map(({ name, type }) => ({ name: `${name}_right`, type })),
]

test('a task’s groups come from flat columns, and the engine sorts them; partitions without rows add nothing', async () => {
  const random = new Random(7)
  const parts = [50, 0, 70].map((rows) => columnsFrom(rows, 0.2, 'close', random))
  const steps = twoSteps(
    [{ kind: 'column', name: 'kind' }],
    exprs([col('whole').mean().as('m'), len().as('n')]),
    SCHEMA,
  )
  assert.ok(steps)
  const partial: Step = { step: 'aggregate', keys: [column('kind')], aggs: steps.partial }
  const merge: Step = { step: 'aggregate', keys: [column('kind', steps.states)], aggs: steps.merge }
  const finish: Step = { step: 'select', exprs: steps.finish }
  const by = column('kind', steps.states)
  const sort: Step = { step: 'sort', keys: [{ by, descending: false, nullsFirst: false }] }
  const states = await Promise.all(
    parts.map((columns, i) => runTable(SOURCE, [partial], { sink: 'frame' }, frameOf(columns, i))),
  )
  const gathered: TableSource = { source: 'frames', schema: steps.states }
  const chain = [merge, finish, sort]
  assert.equal(flatPart(polarsEngine as Engine, gathered, chain, [states])?.steps, 2)
  const found = (await runTable(gathered, chain, { sink: 'frame' }, states)) as Frame
  assertSame(found, await byEngine(gathered, chain, [states]), 'sorted', true)
})

test('what flat columns do not know is the engine’s', () => {
  const step = (keys: readonly ExprNode[], ...aggs: Expr[]): Step[] => [
    { step: 'aggregate', keys, aggs: exprs(aggs).map((agg) => resolve(agg, SCHEMA)) },
  ]
  const key = [column('kind')]
  assert.equal(flatLength(step(key, col('x').sum())), 1)
  assert.equal(flatLength(step([], col('x').sum())), 0, 'all rows are no groups')
  assert.equal(flatLength(step(key, col('x').median())), 0)
  assert.equal(flatLength(step(key, col('text').max())), 0, 'texts have an order of their own')
  assert.equal(flatLength(step([resolve(col('x').add(1).node, SCHEMA)], len())), 0)
  const sort: Step = { step: 'sort', keys: [{ by: column('kind'), descending: false, nullsFirst: false }] }
  assert.equal(flatLength([...step(key, len()), sort]), 1)
  assert.equal(flatLength([sort, ...step(key, len())]), 0)
  assert.equal(flatLength([{ step: 'select', exprs: [column('x')] }]), 0, 'rows alone gain nothing')
  assert.equal(flatLength([joinStep('inner', 'text', [{ name: 'key', type: 'string', cells: [] }])]), 0)
  const right: Column[] = [{ name: 'key', type: 'int32', cells: [] }]
  assert.equal(flatLength([joinStep('inner', 'whole', right)]), 1)
  assert.equal(flatLength([joinStep('outer', 'whole', right)]), 0)
})
