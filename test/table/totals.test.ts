// Aggregates over all rows: one row by a tree, beside rows without bringing those together; whatever partitions there are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, type Expr, len, lit } from '../../runtime/collections/index.ts'
import { buildTogether } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { randomOf, randomRows, SCHEMA } from './randomTable.ts'
import { rowText } from './rowText.ts'

computeInProcess()

const TYPES = Object.fromEntries(SCHEMA.map(({ name, type }) => [name, type]))

/** A random table whose rows of some partitions are all left out, or of all. */
function randomTable(seed: number, partitions: number): DataFrame {
  const random = randomOf(seed)
  const rows = randomRows(seed, seed === 1 ? 0 : Math.floor(random() * 40)).map(({ at: _, day, ...row }) => ({
    ...row,
    day: day === null ? null : new Date((day as number) * 86_400_000),
  }))
  const { at: _, ...schema } = TYPES
  const table = dataframe.fromRecords(rows as object[], { schema, partitions }) as unknown as DataFrame
  const lost = Math.floor(random() * rows.length)
  const first = 9_007_199_254_740_993n
  return seed % 3 === 0
    ? table.filter(col('id').gt(first + BigInt(lost)) as never)
    : seed % 7 === 0
      ? table.filter(col('id').lt(0) as never)
      : table
}

const NUMBERS = ['sum', 'mean', 'std', 'var', 'median'] as const
const ANY = ['min', 'max', 'first', 'last', 'count', 'nullCount', 'nUnique'] as const
const AGGREGATES: Expr[] = [
  ...NUMBERS.flatMap((how) => ['x', 'y'].map((name) => col(name)[how]().as(`${name} ${how}`) as Expr)),
  ...ANY.flatMap((how) =>
    ['id', 'key', 'group', 'y', 'flag', 'day'].map((name) => col(name)[how]().as(`${name} ${how}`) as Expr),
  ),
  col('group').sum().as('group sum'),
  col('y').quantile(0.3).as('q'),
  col('flag').any().as('any'),
  col('flag').all().as('all'),
  col('y').gt(2).cast('int64').sum().as('above'),
  col('y').max().sub(col('y').min()).as('range'),
  col('key').implode().as('keys'),
  col('y').forwardFill().last().as('last there'),
  len() as Expr,
  lit('x').as('one') as Expr,
]

for (const engine of ['polars', 'columns'])
  for (const partitions of [2, 5, 23]) {
    const where = `${engine}, ${partitions} partitions`
    test(`aggregates alone are what they are of one partition (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 15; seed++) {
        const [whole, cut] = [randomTable(seed, 1), randomTable(seed, partitions)]
        const asked = (table: DataFrame) => table.select(...(AGGREGATES as never[])) as unknown as DataFrame
        const [expected, found] = [await asked(whole).toRecords(), await asked(cut).toRecords()]
        assert.equal(found.length, 1)
        assert.deepEqual(found.map(rowText), expected.map(rowText), `seed ${seed}`)
      }
    })

    test(`aggregates beside rows and windows (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 10; seed++) {
        const asked = (table: DataFrame) =>
          table
            .filter(col('y').lte(col('y').max()).or(col('y').isNull()) as never)
            .select(
              ...([
                'id',
                col('y').sub(col('y').mean()).as('apart'),
                col('y').sub(col('y').min()).cumSum().as('run'),
                col('key').eq(col('key').first()).as('as first'),
                lit(1).as('one'),
              ] as never[]),
            ) as unknown as DataFrame
        const [expected, found] = [
          await asked(randomTable(seed, 1)).toRecords(),
          await asked(randomTable(seed, partitions)).toRecords(),
        ]
        assert.deepEqual(found.map(rowText), expected.map(rowText), `seed ${seed}`)
        assert.equal(asked(randomTable(seed, partitions)).partitions, partitions)
      }
    })
  }

test('within groups an aggregate stays one of the group', async () => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const rows = [1, 2, 3, 4, 5, 6].map((v) => ({ who: v % 2 === 0 ? 'even' : 'odd', v }))
  const share = col('v').sum().over('who').div(col('v').sum()).as('share')
  const table = dataframe.fromRecords(rows, { partitions: 3 }).select('v', share)
  assert.deepEqual(
    (await table.sort('v').toRecords()).map((row) => row.share),
    [9, 12, 9, 12, 9, 12].map((sum) => sum / 21),
  )
})

test('no task gets the rows of all partitions', () => {
  const rows = Array.from({ length: 40 }, (_, v) => ({ v, w: -v }))
  const table = dataframe.fromRecords(rows, { partitions: 20 }) as unknown as DataFrame
  const mostOf = (asked: DataFrame): number => {
    const graph = new TaskGraph()
    buildTogether(graph, [asked])
    return Math.max(
      ...Array.from({ length: graph.size }, (_, task) => {
        const [first] = graph.argsOf(task)
        return Array.isArray(first) && first.length > 0 && typeof first[0] === 'object' && !('v' in first[0])
          ? first.length
          : 1
      }),
    )
  }
  assert.equal(mostOf(table.select(col('v').sum() as never)), 16, 'states come together by sixteen')
  assert.equal(mostOf(table.withColumns(col('v').div(col('v').sum()).as('share') as never)), 16)
  assert.equal(mostOf(table.select(col('v').rank() as never)), 20, 'ranks are of all rows')
})
