// Windows over all rows of many partitions, against the same windows over one: cut at random places, some pieces empty.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, type Expr } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { randomOf } from './randomTable.ts'

computeInProcess()

const SCHEMA = {
  id: 'int32',
  x: 'float64',
  n: 'int64',
  text: 'string',
  day: 'date',
  flag: 'boolean',
} as const

interface Row {
  id: number
  x: number | null
  n: bigint | null
  text: string | null
  day: Date | null
  flag: boolean | null
}

const tableOf = (rows: readonly Row[]): DataFrame =>
  dataframe.fromRecords(rows, { schema: SCHEMA, partitions: 1 }) as unknown as DataFrame

/** Rows with long runs of absent values; numbers are multiples of a quarter, so that their sums are exact. */
function randomRows(random: () => number, count: number): Row[] {
  let absent = false
  return Array.from({ length: count }, (_, id) => {
    if (random() < 0.2) absent = !absent
    const some = <T>(value: T): T | null => (absent || random() < 0.2 ? null : value)
    return {
      id,
      x: some(random() < 0.15 ? Number.NaN : Math.floor(random() * 80 - 40) / 4),
      n: some(2n ** 60n + BigInt(Math.floor(random() * 50))),
      text: some(['ä', 'b', '', '😀'][Math.floor(random() * 4)]),
      day: some(new Date(86_400_000 * Math.floor(random() * 30))),
      flag: some(random() < 0.5),
    }
  })
}

/** The rows in pieces of random lengths. */
function cut(random: () => number, rows: readonly Row[]): DataFrame {
  const bounds = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
    Math.floor(random() * (rows.length + 1)),
  ).sort((a, b) => a - b)
  const pieces = [0, ...bounds].map((from, i) => tableOf(rows.slice(from, bounds[i] ?? rows.length)))
  return dataframe.concat(pieces)
}

const extremes = (name: string): Expr[] => [
  col(name).cumMin().as(`${name} min`) as Expr,
  col(name).cumMax().as(`${name} max`) as Expr,
]
const fills = (name: string): Expr[] => [
  col(name).forwardFill().as(`${name} forward`) as Expr,
  col(name).backwardFill().as(`${name} backward`) as Expr,
]
const finite = col('x').isNaN().not().and(col('x').isNotNull())
const plain = col('id').mul(3).sub(50)

const PROJECTIONS: Record<string, readonly Expr[]> = {
  'running extremes': ['x', 'n', 'text', 'day', 'flag'].flatMap(extremes),
  fills: ['x', 'n', 'text', 'day', 'flag'].flatMap(fills),
  'fills of expressions, with others around them': [
    col('n').sub(2).forwardFill().fillNull(7).as('a') as Expr,
    col('x').backwardFill().add(col('id')).as('b') as Expr,
  ],
  'rolling windows': [
    plain.rollingSum(3).as('sum') as Expr,
    plain.rollingMean(4, { minPeriods: 1 }).as('mean') as Expr,
    col('x').rollingMin(5, { minPeriods: 2 }).as('min') as Expr,
    col('x').rollingMax(5, { center: true, minPeriods: 1 }).as('max') as Expr,
    plain.rollingMedian(6, { center: true }).as('median') as Expr,
    // polars goes on from the window before: the last digits depend on where it began.
    plain.rollingStd(7).round(9).as('std') as Expr,
  ],
  'all kinds at once': [
    col('id') as Expr,
    col('x').shift(2) as Expr,
    col('text').forwardFill().as('text before') as Expr,
    col('n').backwardFill().sub(col('n').cumMin()).as('below') as Expr,
    plain.rollingSum(3).as('sum') as Expr,
    finite.cast('int64').cumSum().as('numbers') as Expr,
    col('n').cumCount().add(col('n').shift(-1).isNull().cast('int64')).as('both') as Expr,
  ],
}

/** Windows inside aggregates and inside each other; the first ones come to one row. */
const NESTED: Record<string, readonly Expr[]> = {
  'aggregates of windows': [
    plain.shift(1).sum().as('shifted') as Expr,
    col('n').cumMax().max().sub(col('n').shift(-2).min()).as('range') as Expr,
    col('text').forwardFill().nUnique().as('texts') as Expr,
    plain.diff().abs().max().as('jump') as Expr,
    col('id').max().as('plain') as Expr,
  ],
  'aggregates of windows beside rows': [
    col('id') as Expr,
    plain.sub(plain.shift(1).sum()).as('centred') as Expr,
    col('n').cumCount().add(col('n').shift(1).count()).as('counts') as Expr,
  ],
  'windows of windows': [
    col('id') as Expr,
    col('n').shift(1).cumMin().as('a') as Expr,
    plain.diff().shift(2).cumSum().shift(1).cumMax().sub(plain.shift(1).cumSum().shift(1)).as('b') as Expr,
    col('day').forwardFill().backwardFill().as('c') as Expr,
    plain.shift(1).rollingMax(3, { minPeriods: 1 }).sub(plain.cumSum().shift(1)).as('d') as Expr,
  ],
  'rows in reverse': [
    col('id').reverse().as('id') as Expr,
    col('text').reverse().as('text') as Expr,
    col('n').sub(1).reverse().add(2).as('n') as Expr,
  ],
}
Object.assign(PROJECTIONS, NESTED)

for (const engine of ['polars', 'columns'])
  for (const [what, exprs] of Object.entries(PROJECTIONS))
    test(`${what}: partitions give what one gives (${engine})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 25; seed++) {
        const random = randomOf(seed)
        const rows = randomRows(random, seed === 1 ? 0 : 1 + Math.floor(random() * 40))
        const pieces = cut(random, rows)
        // NaN is no number to windows that add and subtract.
        const project = (table: DataFrame): DataFrame =>
          (what === 'rolling windows' ? table.filter(finite as never) : table).select(
            ...(exprs as never[]),
          ) as unknown as DataFrame
        const made = project(pieces)
        const partitions = what === 'aggregates of windows' ? 1 : pieces.partitions
        assert.equal(made.partitions, partitions, `seed ${seed}: rows stay where they are`)
        assert.deepEqual(await made.toRecords(), await project(tableOf(rows)).toRecords(), `seed ${seed}`)
      }
    })

for (const engine of ['polars', 'columns'])
  test(`fills of categories, lists and records, running extremes of categories and times: partitions give what one gives (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const names = ['size', 'list', 'pair', 'time']
    const schema = {
      size: 'category',
      time: 'time',
      list: { list: 'int32' },
      pair: { struct: { a: 'int32', b: 'string' } },
    } as const
    const tableOf = (rows: readonly object[]): DataFrame =>
      dataframe.fromRecords(rows, { schema, partitions: 1 }) as unknown as DataFrame
    for (let seed = 1; seed <= 12; seed++) {
      const random = randomOf(seed)
      const rows = Array.from({ length: 1 + Math.floor(random() * 30) }, () => {
        const some = <T>(value: T): T | null => (random() < 0.6 ? null : value)
        const a = Math.floor(random() * 5)
        return {
          size: some(['S', 'M', 'L', 'ß', ''][a]),
          time: some(`0${a}:00:00`),
          list: some(Array.from({ length: a }, (_, i) => i)),
          pair: some({ a: a > 3 ? null : a, b: 'x'.repeat(a) }),
        }
      })
      const bounds = Array.from({ length: 5 }, () => Math.floor(random() * (rows.length + 1))).sort(
        (x, y) => x - y,
      )
      const pieces = dataframe.concat(
        [0, ...bounds].map((from, i) => tableOf(rows.slice(from, bounds[i] ?? rows.length))),
      )
      const project = (table: DataFrame): DataFrame =>
        table.select(
          ...([...names.flatMap(fills), ...['size', 'time'].flatMap(extremes)] as never[]),
        ) as unknown as DataFrame
      const made = project(pieces)
      assert.equal(made.partitions, 6)
      assert.deepEqual(await made.toRecords(), await project(tableOf(rows)).toRecords(), `seed ${seed}`)
    }
  })

for (const engine of ['polars', 'columns'])
  test(`running extremes of texts and categories are in the order of their texts (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const texts = [null, 'm', 'b', null, 'z', 'a', 'é', '']
    for (const type of ['string', 'category'] as const) {
      const table = dataframe.fromRecords(
        texts.map((t) => ({ t })),
        { schema: { t: type }, partitions: 3 },
      )
      const found = await table
        .select(col('t').cumMax().as('most'), col('t').cumMin().as('least'))
        .toRecords()
      assert.deepEqual(
        found.map(({ most, least }) => [most, least]),
        [
          [null, null],
          ['m', 'm'],
          ['m', 'b'],
          [null, null],
          ['z', 'b'],
          ['z', 'a'],
          ['é', 'a'],
          ['é', ''],
        ],
        type,
      )
    }
  })
