// Columns are offered wherever one is typed, of files however their paths are written.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Source } from '../../server/knowledge/sources.ts'
import { columnsAt } from '../../server/lsp/completion.ts'
import type { FileFacts } from '../../server/metadata/fileFacts.ts'
import { marked } from './marks.ts'

const HEAD = `import { bag, col, dataframe } from 'heddle'
import path, { join } from 'node:path'
import { fileURLToPath } from 'node:url'
`
const FACTS: FileFacts = {
  files: 1,
  bytes: 9,
  largestBytes: 9,
  columns: [{ name: 'delay' }, { name: 'origin' }],
}

/** The columns that are offered at `$0`, and the files that they are of. */
async function offered(body: string): Promise<{ names: string[]; paths: string[] }> {
  const { text, cursor } = marked(HEAD + body)
  const paths: string[] = []
  const factsOf = async (source: Source): Promise<FileFacts> => {
    paths.push(...source.paths)
    return FACTS
  }
  const choices = await columnsAt('/home/ada/a.ts', text, cursor, factsOf)
  return { names: choices.map(({ name }) => name), paths }
}

const PATHS: readonly [path: string, is: string][] = [
  ["'data/a.parquet'", 'data/a.parquet'],
  ["'data/*.parquet'", 'data/*.parquet'],
  ["join(import.meta.dirname, 'data', 'a.parquet')", '/home/ada/data/a.parquet'],
  ["path.join(import.meta.dirname, '..', 'a.parquet')", '/home/a.parquet'],
  ["path.resolve(import.meta.dirname, 'a.parquet')", '/home/ada/a.parquet'],
  ["fileURLToPath(new URL('a.parquet', import.meta.url))", '/home/ada/a.parquet'],
  ["new URL('a.parquet', import.meta.url).pathname", '/home/ada/a.parquet'],
  ["import.meta.dirname + '/a.parquet'", '/home/ada/a.parquet'],
  ["join(__dirname, 'a.parquet')", '/home/ada/a.parquet'],
]

for (const [path, is] of PATHS)
  test(`a path: ${path}`, async () => {
    const found = await offered(`dataframe.readParquet(${path}).select('$0')`)
    assert.deepEqual(found, { names: ['delay', 'origin'], paths: [is] })
  })

const PLACES: readonly string[] = [
  "frame.filter(col('$0').gt(3))",
  "frame.filter(col('de$0').gt(3).and(col('origin').eq('x')))",
  "frame.filter(col('delay').gt(3).and(col('$0').eq('x')))",
  "frame.groupBy('origin').agg({ mean: col('$0').mean() })",
  "frame.withColumns({ late: col('delay').gt(col('$0')) })",
  "frame.sort(['origin', '$0'])",
  "frame.rename({ '$0': 'late' })",
  "frame.unique({ subset: ['$0'] })",
  "class Model { frame = frame; late() { return this.frame.select('$0') } }",
  "bag.readCsvRows('a.csv').map((row) => `\u0024{row.$0}`)",
  "bag.readCsvRows('a.csv').map((row) => { const x = row.$0 })",
]

for (const place of PLACES)
  test(`a place: ${place}`, async () => {
    const { names } = await offered(`const frame = dataframe.readParquet('a.parquet')\n${place}\n`)
    assert.deepEqual(names, ['delay', 'origin'])
  })
