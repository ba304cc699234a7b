import { Client, col, type DataFrame, dataframe, type Expr, len } from 'heddle'
const folder = '/work/scratch/pqtmp/heddle-bench-tables-10000000'
await using _client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const which = process.argv[2]
for (let round = 0; round < 6; round++) {
  const t = performance.now()
  const p = dataframe.readParquet(`${folder}/parquet`)
  const built = performance.now() - t
  if (which === 'sum') await p.select(col('v3').sum().as(`s${round}`), len()).toRecords()
  else if (which === 'group') await p.groupBy('id4').agg(col('v1').sum().as(`s${round}`), col('v3').mean().as('mean')).toRecords()
  else { const k = await (p.withColumns(col('v1').add(round).as('v1') as Expr) as unknown as DataFrame).persist(); await k.len().compute() }
  console.log(which, round, 'built', built.toFixed(0), 'all', (performance.now() - t).toFixed(0))
}
