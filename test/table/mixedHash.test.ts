// Parts of a shuffle that were split on workers of different engines, whose hashes differ, are refused; those of one engine are not.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Parts } from '../../runtime/kernels/parts.ts'
import { columnsEngine } from '../../runtime/kernels/table/columns/columnsEngine.ts'
import type { Frame } from '../../runtime/kernels/table/frame.ts'
import { MixedHashError, requireOneHash } from '../../runtime/kernels/table/mixedHash.ts'
import { runTable } from '../../runtime/kernels/table/partition.ts'
import { polarsEngine } from '../../runtime/kernels/table/polars/polarsEngine.ts'
import type { TableSink } from '../../runtime/kernels/table/steps.ts'

const SCHEMA = [{ name: 'k', type: 'int64' }] as const
const SINK: TableSink = {
  sink: 'hash',
  keys: [{ kind: 'column', name: 'k', type: 'int64' }],
  count: 2,
  stage: { first: 0, span: 2, step: 1, parts: 2 },
}

afterEach(() => {
  delete process.env.HEDDLE_TABLE_ENGINE
})

/** The parts of ten rows, split as a worker with this engine does. */
async function partsBy(engine: string): Promise<Frame[]> {
  process.env.HEDDLE_TABLE_ENGINE = engine
  const records = Array.from({ length: 10 }, (_, i) => ({ k: BigInt(i) }))
  const split = (await runTable({ source: 'records', schema: SCHEMA }, [], SINK, records)) as Parts
  return split.all as Frame[]
}

const gathered = async (frames: readonly Frame[]): Promise<number> =>
  (await runTable({ source: 'frames', schema: SCHEMA }, [], { sink: 'rows' }, frames)) as number

test('parts split by two engines are refused, whichever gathers them; those of one are gathered', async () => {
  const [polars, columns] = [await partsBy('polars'), await partsBy('columns')]
  assert.notEqual(polarsEngine.hashMark(), columnsEngine.hashMark())
  for (const engine of ['polars', 'columns']) {
    process.env.HEDDLE_TABLE_ENGINE = engine
    for (const target of [0, 1])
      await assert.rejects(async () => gathered([polars[target], columns[target]]), {
        name: 'MixedHashError',
        message:
          'workers of this cluster split rows by different hashes, so equal keys did not come together: ' +
          'install the same nodejs-polars on all of them, for the same kind of processor, or set HEDDLE_TABLE_ENGINE=columns everywhere',
      })
    for (const parts of [polars, columns]) assert.equal(await gathered(parts), 10)
  }
})

test('frames that were not split by a hash go with all', () => {
  requireOneHash([])
  requireOneHash([undefined, 'a', undefined, 'a'])
  assert.throws(() => requireOneHash(['a', undefined, 'b']), MixedHashError)
})
