// The same questions asked of polars itself, in this process: what tables in partitions are held to.

import { globSync, readFileSync } from 'node:fs'
import pl from 'nodejs-polars'

const RUNS = 3
const [folder, only = ''] = process.argv.slice(2)
const figures: Record<string, number> = {}

async function measure(figure: string, work: () => Promise<unknown>): Promise<void> {
  if (!figure.includes(only)) return
  const times: number[] = []
  for (let round = 0; round <= RUNS; round++) {
    const began = performance.now()
    await work()
    if (round > 0) times.push((performance.now() - began) / 1000)
  }
  figures[figure] = times.sort((a, b) => a - b)[RUNS >> 1]
}

const { Int32, Float64, String: Text } = pl
const SCHEMA = {
  id1: Text,
  id2: Text,
  id3: Text,
  id4: Int32,
  id5: Int32,
  id6: Int32,
  fk: Int32,
  v1: Int32,
  v2: Int32,
  v3: Float64,
}

const parts = globSync(`${folder}/large-*.csv`).map((path) =>
  pl.readCSV(readFileSync(path), { schema: SCHEMA as never }),
)
const texts = ['id1', 'id2', 'id3'].map((name) => pl.col(name).cast(pl.Categorical))
const table = pl.concat(parts, { rechunk: true, how: 'vertical' }).withColumns(...texts)
const dim = pl.readCSV(readFileSync(`${folder}/small.csv`), {
  schema: { id: Int32, grp: Int32, attr: Float64 } as never,
})
const sum = (name: string) => pl.col(name).sum().as(`${name} sum`)
const mean = (name: string) => pl.col(name).mean().as(`${name} mean`)
const agg =
  (keys: string[], ...made: ReturnType<typeof sum>[]) =>
  () =>
    table
      .lazy()
      .groupBy(keys)
      .agg(...made)
      .collect()
// Of the files that tablesWork.ts wrote.
await measure('read parquet, a group-by', () =>
  pl
    .scanParquet(`${folder}/parquet/*.parquet`)
    .groupBy('id4')
    .agg(pl.col('v1').sum(), pl.col('v3').mean())
    .collect(),
)
await measure('h2o q1', agg(['id1'], sum('v1')))
await measure('h2o q2', agg(['id1', 'id2'], sum('v1')))
await measure('h2o q3', agg(['id3'], sum('v1'), mean('v3')))
await measure('h2o q4', agg(['id4'], mean('v1'), mean('v2'), mean('v3')))
await measure('h2o q5', agg(['id6'], sum('v1'), sum('v2'), sum('v3')))
await measure('join with a tenth as many rows', () =>
  table
    .lazy()
    .join(dim.lazy(), { leftOn: 'fk', rightOn: 'id' } as never)
    .groupBy('grp')
    .agg(sum('attr'))
    .collect(),
)
await measure('sort', () => table.lazy().sort('v3').collect())
console.log(JSON.stringify(figures))
