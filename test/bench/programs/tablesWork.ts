// The user's program of the tables bench: run by Node with heddle's loader, it prints its figures as JSON.

import { setTimeout } from 'node:timers/promises'
import { Client, col, type DataFrame, dataframe, type Expr, len } from 'heddle'

const RUNS = 3
/** Of what takes some tenths of a second, here and with the peer. */
const SHORT_RUNS = 5
const [folder, only = ''] = process.argv.slice(2)
const SCHEMA = {
  id1: 'category',
  id2: 'category',
  id3: 'category',
  id4: 'int32',
  id5: 'int32',
  id6: 'int32',
  fk: 'int32',
  v1: 'int32',
  v2: 'int32',
  v3: 'float64',
} as const

const large = (): DataFrame => dataframe.readCsv(`${folder}/large-*.csv`, { schema: SCHEMA }) as never
const small = (): DataFrame =>
  dataframe.readCsv(`${folder}/small.csv`, {
    schema: { id: 'int32', grp: 'int32', attr: 'float64' },
  }) as never

/** Computes a table and keeps it on the cluster; its rows are counted once they are there. */
async function kept(table: DataFrame): Promise<void> {
  const there = await table.persist()
  await there.len().compute()
}

const figures: Record<string, number> = {}

/** The median time of some runs after a first one; every run is told its number, so that no two are the same. */
async function measure(figure: string, work: (round: number) => Promise<unknown>): Promise<void> {
  if (!figure.includes(only)) return
  const times: number[] = []
  const runs = figure.startsWith('read parquet') ? SHORT_RUNS : RUNS
  for (let round = 0; round <= runs; round++) {
    await setTimeout(500) // As the peer does: what the run before kept is let go of meanwhile.
    const began = performance.now()
    await work(round)
    if (round > 0) times.push((performance.now() - began) / 1000)
  }
  figures[figure] = times.sort((a, b) => a - b)[runs >> 1]
}

{
  await using _client = await Client.local({ workers: 2, threadsPerWorker: 1 })
  await measure('read CSV, a sum', (round) =>
    large()
      .select(col('v3').sum().as(`s${round}`), len())
      .toRecords(),
  )
  await measure('write parquet', () =>
    large().toParquet(`${folder}/parquet`, { mode: 'overwrite' }).compute(),
  )
  await measure('read parquet, all of it kept', (round) =>
    kept(
      dataframe
        .readParquet(`${folder}/parquet`)
        .withColumns(col('v1').add(round).as('v1') as Expr) as unknown as DataFrame,
    ),
  )
  await measure('read parquet, a sum', (round) =>
    dataframe
      .readParquet(`${folder}/parquet`)
      .select(col('v3').sum().as(`s${round}`), len())
      .toRecords(),
  )
  await measure('read parquet, a group-by', (round) =>
    dataframe
      .readParquet(`${folder}/parquet`)
      .groupBy('id4')
      .agg(col('v1').sum().as(`s${round}`), col('v3').mean().as('mean'))
      .toRecords(),
  )
  const held = await large().persist()
  const dim = await small().persist()
  const agg = (keys: string[], ...made: Expr[]) =>
    held
      .groupBy(...keys)
      .agg(...made)
      .toRecords()
  const sum = (name: string, round: number): Expr => col(name).sum().as(`${name} ${round}`)
  const mean = (name: string, round: number): Expr => col(name).mean().as(`${name} mean ${round}`)
  await measure('h2o q1', (n) => agg(['id1'], sum('v1', n)))
  await measure('h2o q2', (n) => agg(['id1', 'id2'], sum('v1', n)))
  await measure('h2o q3', (n) => agg(['id3'], sum('v1', n), mean('v3', n)))
  await measure('h2o q4', (n) => agg(['id4'], mean('v1', n), mean('v2', n), mean('v3', n)))
  await measure('h2o q5', (n) => agg(['id6'], sum('v1', n), sum('v2', n), sum('v3', n)))
  await measure('join with a tenth as many rows', (n) =>
    held.join(dim, { leftOn: 'fk', rightOn: 'id' }).groupBy('grp').agg(sum('attr', n)).toRecords(),
  )
  await measure('sort', (n) =>
    kept(
      held
        .withColumns(
          col('v3')
            .mul(n + 1)
            .as('v3') as Expr,
        )
        .sort('v3'),
    ),
  )
  await measure('setIndex', (n) => kept(held.withColumns(col('fk').add(n).as('fk') as Expr).setIndex('fk')))
}
console.log(JSON.stringify(figures))
