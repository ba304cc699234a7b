// A join and a sort of more than the workers' memory: two workers of 1 GB, and a table of four times that of all of them.

import { readFileSync } from 'node:fs'
import { Client, col, type DataFrame, dataframe, type Expr } from 'heddle'

const [folder] = process.argv.slice(2)
/** How many times the table's files stand one behind the other. */
const TIMES = Number(process.env.HEDDLE_BENCH_LARGE ?? 1)
const SCHEMA = { id6: 'int32', fk: 'int32', v1: 'int32', v2: 'int32', v3: 'float64' } as const

await using client = await Client.local({ workers: 2, threadsPerWorker: 1, memoryLimit: '1GB' })
const one = dataframe.readCsv(`${folder}/large-*.csv`, { schema: SCHEMA })
const read = dataframe.concat(Array.from({ length: TIMES }, () => one) as never[]) as unknown as DataFrame
const dim = dataframe.readCsv(`${folder}/small.csv`, {
  schema: { id: 'int32', grp: 'int32', attr: 'float64' },
}) as unknown as DataFrame

/** The most memory that a worker's process ever had, in MB. */
async function peak(): Promise<number> {
  const { workers } = await client.info()
  return Math.max(
    ...workers.map(({ pid }) => {
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
      return Number(kilobytes) / 1000
    }),
  )
}

const figures: Record<string, number> = {}
async function measure(figure: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  await work()
  figures[figure] = (performance.now() - began) / 1000
  figures[`${figure}, peak`] = await peak()
}

await measure('large join in 2 x 1 GB', () =>
  read
    .join(dim, { leftOn: 'fk', rightOn: 'id', broadcast: false })
    .groupBy('grp')
    .agg(col('attr').sum() as Expr)
    .toRecords(),
)
await measure('large sort in 2 x 1 GB', () => read.sort('v3').len().compute())
console.log(JSON.stringify(figures))
