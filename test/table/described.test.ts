// A table's summary looks at the rows once, whatever statistics it has.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataframe } from '../../runtime/collections/index.ts'
import { buildTogether } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'

test('describe reads each partition once', () => {
  const rows = Array.from({ length: 9 }, (_, i) => ({ a: i, b: i / 2 }))
  const table = dataframe.fromRecords(rows, { schema: { a: 'int64', b: 'float64' }, partitions: 3 })
  const graph = new TaskGraph()
  buildTogether(graph, [table.describe()])
  assert.equal(graph.size, 4)
})
