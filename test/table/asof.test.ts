// How many rows of the right table a join with the nearest row brings to the partitions of the left one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe } from '../../runtime/collections/index.ts'
import { buildTogether } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { Parts } from '../../runtime/kernels/parts.ts'
import type { Frame } from '../../runtime/kernels/table/frame.ts'
import { runGraph } from '../kit/runGraph.ts'

const rows = (count: number, step: number): { t: number; who: string }[] =>
  Array.from({ length: count }, (_, i) => ({ t: i * step, who: 'abc'[i % 3] }))
const tableOf = (records: readonly object[], partitions: number): DataFrame =>
  dataframe.fromRecords(records, {
    partitions,
    schema: { t: 'int32', who: 'string' },
  }) as unknown as DataFrame

/** The rows that are brought to each partition of the left table; none are where the right one goes whole. */
async function brought(left: DataFrame, right: DataFrame, options: object): Promise<number[]> {
  const graph = new TaskGraph()
  const joined = left.joinAsof(right, { on: 't', ...options } as never) as unknown as DataFrame
  const [partitions] = buildTogether(graph, [joined])
  const results = await runGraph(graph)
  const splits = results.filter((result) => result instanceof Parts)
  const rowsOf = (split: Parts, i: number): number => (split.all[i] as Frame).rows
  return splits.length === 0
    ? []
    : partitions.map((_, i) => splits.reduce((sum, split) => sum + rowsOf(split, i), 0))
}

for (const engine of ['polars', 'columns'])
  test(`a partition gets what lies in its range, and the next rows of each group (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    // Ten partitions of 30 rows each; the right one has a row at every fifth time, in four partitions.
    const left = tableOf(rows(300, 1), 10)
    const right = tableOf(rows(60, 5), 4)
    const within = 6
    // Each of the four partitions gives the last of its own before the range: the first has one, up to four later on.
    assert.deepEqual(
      await brought(left, right, { broadcast: false }),
      [0, 1, 1, 2, 2, 2, 3, 3, 4, 4].map((before) => within + before),
    )
    const grouped = await brought(left, right, { broadcast: false, by: 'who', strategy: 'nearest' })
    assert.ok(Math.max(...grouped) <= within + 3 * 5, String(grouped))
    assert.deepEqual(await brought(left, right, {}), [], 'small tables go whole')
    const nothing = left.filter(col('t').gt(1000)) as unknown as DataFrame
    assert.deepEqual(await brought(nothing, right, { broadcast: false }), new Array(10).fill(0))
  })
