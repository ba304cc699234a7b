// Ranks, values within groups and rows in reverse, of tables cut at random places: what one partition gives, in the order and the
// partitions that the rows had.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, type Expr, len, lit } from '../../runtime/collections/index.ts'
import { buildTogether } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { randomOf } from './randomTable.ts'

computeInProcess()

const SCHEMA = {
  id: 'int32',
  x: 'float64',
  n: 'int64',
  u: 'uint64',
  text: 'string',
  size: 'category',
  day: 'date',
  at: { datetime: 'us', zone: 'Europe/Berlin' },
  flag: 'boolean',
  'mit Ä': 'int16',
} as const

const TEXTS = ['ä', 'b', '', '😀', 'z', 'b c', '\uffee']

function randomRows(random: () => number, count: number): object[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]
  const some = <T>(value: T): T | null => (random() < 0.2 ? null : value)
  const values = 1 + Math.floor(random() * 30)
  const any = (): number => Math.floor(random() * values)
  return Array.from({ length: count }, (_, id) => ({
    id,
    x: some(pick([Number.NaN, -0, 0, Number.POSITIVE_INFINITY, any() / 4 - 2])),
    n: some(2n ** 60n + BigInt(any()) - 5n),
    u: some(2n ** 63n + BigInt(any())),
    text: some(pick(TEXTS)),
    size: some(pick(['S', 'M', 'L', 'ß'])),
    day: some(new Date(86_400_000 * (any() - 3))),
    at: some(new Date(1_700_000_000_000 + any() * 1000)),
    flag: some(random() < 0.5),
    'mit Ä': some(any() % 3),
  }))
}

const tableOf = (rows: readonly object[]): DataFrame =>
  dataframe.fromRecords(rows, { schema: SCHEMA, partitions: 1 }) as unknown as DataFrame

/** The rows in pieces of random lengths, some of them empty. */
function cut(random: () => number, rows: readonly object[]): DataFrame {
  const bounds = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
    Math.floor(random() * (rows.length + 1)),
  ).sort((a, b) => a - b)
  return dataframe.concat(
    [0, ...bounds].map((from, i) => tableOf(rows.slice(from, bounds[i] ?? rows.length))),
  )
}

const METHODS = ['average', 'min', 'max', 'dense', 'ordinal'] as const
const ranks = (name: string): Expr[] =>
  METHODS.flatMap((method) =>
    [false, true].map(
      (descending) => col(name).rank(method, { descending }).as(`${name} ${method} ${descending}`) as Expr,
    ),
  )
const id = col('id') as Expr
const plain = col('id').mul(7).mod(11)

const PROJECTIONS: Record<string, readonly Expr[]> = {
  'ranks beside rows': [id, ...['x', 'n', 'text'].flatMap(ranks)],
  'ranks of days, moments, booleans, categories, unsigned numbers': [
    ...['u', 'day', 'at', 'flag', 'size'].flatMap(ranks),
  ],
  'ranks of expressions, in others': [
    plain.rank().as('a') as Expr,
    plain.rank('dense').sub(col('n').rank('min')).as('b') as Expr,
    col('text').str.length().rank('max').mul(2).as('c') as Expr,
    col('n').sub(col('n').min()).rank('dense').as('d') as Expr,
    plain.shift(2).rank('ordinal').as('e') as Expr,
    plain.rank('ordinal').shift(1).as('f') as Expr,
    plain.rank('min').cumSum().as('g') as Expr,
    plain.rank('average').add(len()).as('behind') as Expr,
  ],
  'aggregates of ranks': [
    plain.rank('dense').max().as('most') as Expr,
    col('x').rank().count().as('there') as Expr,
  ],
  'values within groups': [
    id,
    plain.sum().over('text').as('sum') as Expr,
    plain.sub(plain.mean().over('text', 'flag')).as('centred') as Expr,
    col('n').max().over('size').as('most') as Expr,
    plain.rank('ordinal').over('mit Ä').as('rank') as Expr,
    col('text').first().over('flag').as('first') as Expr,
    plain.shift(1).over('size').as('before') as Expr,
    plain.cumSum().over('x').as('running') as Expr,
    len().over('day').as('how many') as Expr,
  ],
  'values within groups by keys that are worked out': [
    plain.sum().over(plain.mod(3)).as('a') as Expr,
    plain
      .sum()
      .over(col('n').gt(col('n').mean()))
      .as('b') as Expr,
    plain.max().over(plain.rank('dense').mod(2), 'flag').as('c') as Expr,
    lit('x').as('one') as Expr,
  ],
  'groups, ranks, windows and totals at once': [
    col('text') as Expr,
    plain.sum().over('text').rank('min').as('a') as Expr,
    plain.sub(plain.mean().over('flag')).abs().max().as('b') as Expr,
    plain.cumSum().sub(plain.sum().over('size')).as('c') as Expr,
    plain.sum().sub(plain.max().over('size')).shift(1).as('d') as Expr,
  ],
  'rows in reverse beside others': [
    id,
    col('id').reverse().as('back') as Expr,
    col('text').reverse().as('texts') as Expr,
    col('size').reverse().as('sizes') as Expr,
    col('n').sub(col('n').reverse()).as('apart') as Expr,
    col('at').shift(1).reverse().as('later') as Expr,
  ],
}

for (const engine of ['polars', 'columns'])
  for (const [what, exprs] of Object.entries(PROJECTIONS))
    test(`${what}: partitions give what one gives (${engine})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 12; seed++) {
        const random = randomOf(seed)
        const rows = randomRows(random, seed === 1 ? 0 : 1 + Math.floor(random() * 60))
        const pieces = cut(random, rows)
        const project = (table: DataFrame): DataFrame =>
          table.select(...(exprs as never[])) as unknown as DataFrame
        const made = project(pieces)
        const partitions = what === 'aggregates of ranks' ? 1 : pieces.partitions
        assert.equal(made.partitions, partitions, `seed ${seed}: rows stay where they are`)
        assert.deepEqual(await made.toRecords(), await project(tableOf(rows)).toRecords(), `seed ${seed}`)
      }
    })

for (const engine of ['polars', 'columns'])
  test(`ranks of categories are those of their texts (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    for (let seed = 1; seed <= 8; seed++) {
      const random = randomOf(seed)
      const rows = randomRows(random, 30)
      for (const table of [tableOf(rows), cut(random, rows)]) {
        const both = METHODS.map((method) =>
          table.select(
            col('size').rank(method).as('own'),
            col('size').cast('string').rank(method).as('texts'),
          ),
        )
        for (const made of both)
          for (const { own, texts } of await made.toRecords()) assert.equal(own, texts, `seed ${seed}`)
      }
    }
  })

/** What a computation's tasks are called. */
function stepsOf(table: DataFrame): string[] {
  const graph = new TaskGraph()
  buildTogether(graph, [table])
  return graph.groups.map(({ name }) => name)
}

test('rows whose order nobody sees stay where their groups came together', async () => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const rows = randomRows(randomOf(3), 40)
  const groups = (table: DataFrame, agg: Expr): DataFrame =>
    table
      .withColumns(plain.sum().over('text').as('sum') as never)
      .groupBy('flag')
      .agg(agg as never) as unknown as DataFrame
  const [unseen, seen] = [col('sum').max() as Expr, col('sum').first() as Expr]
  const table = cut(randomOf(4), rows)
  const bounds = (agg: Expr): number =>
    stepsOf(groups(table, agg)).filter((name) => name.startsWith('over-bounds')).length
  assert.deepEqual([bounds(unseen), bounds(seen)], [0, 1])
  for (const agg of [unseen, seen])
    assert.deepEqual(await groups(table, agg).toRecords(), await groups(tableOf(rows), agg).toRecords())
})
