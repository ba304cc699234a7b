// Values that are the same for all rows, beside and without columns: how many rows there are does not depend on who asks.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, len, lit, when } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const frame = (partitions: number): DataFrame =>
  dataframe.fromRecords(
    [1, 2, 3, 4, 5].map((v) => ({ v, g: v % 2 })),
    { partitions },
  ) as unknown as DataFrame

for (const engine of ['polars', 'columns'])
  for (const partitions of [1, 2]) {
    const where = `${engine}, ${partitions} partitions`
    const rows = async (table: unknown): Promise<unknown> => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      return (table as DataFrame).toRecords()
    }
    const five = [1, 1, 1, 1, 1].map((k) => ({ k }))

    test(`a literal that alone is asked for has as many rows as its table (${where})`, async () => {
      const table = frame(partitions)
      const marked = table.withColumns(lit(1).as('k'))
      assert.deepEqual(await rows(marked.select('k')), five)
      assert.deepEqual(await rows(marked.drop('v', 'g')), five)
      assert.deepEqual(await rows(table.select(lit(1).as('k'), 'v').select('k')), five)
      assert.deepEqual(await rows(marked.sort('k').select('k').head(3)), five.slice(2))
      assert.deepEqual(await rows(marked.select(len())), [{ len: 5 }])
      assert.deepEqual(await rows(marked.select(col('k').sum().as('s'))), [{ s: 5 }])
      assert.deepEqual(await rows(marked.filter(col('k').eq(1)).select(len())), [{ len: 5 }])
      assert.deepEqual(await rows(marked.filter(col('k').eq(2)).select(len())), [{ len: 0 }])
      assert.deepEqual(await rows(marked.groupBy('k').agg(len(), col('k').sum().as('s'))), [
        { k: 1, len: 5, s: 5 },
      ])
      const joined = marked.select('k').join(dataframe.fromRecords([{ k: 1 }]), { on: 'k' })
      assert.deepEqual(await rows(joined), five)
      const chosen = table.withColumns(when(lit(true)).then(lit(1)).otherwise(lit(2)).as('k'))
      assert.deepEqual(await rows(chosen.select('k')), five)
    })

    test(`so has an aggregate beside columns (${where})`, async () => {
      const table = frame(partitions)
      const most = [5, 5, 5, 5, 5].map((m) => ({ m }))
      assert.deepEqual(await rows(table.withColumns(col('v').max().as('m')).select('m')), most)
      assert.deepEqual(await rows(table.select(col('v').max().as('m'), 'v').select('m')), most)
      assert.deepEqual(await rows(table.withColumns(col('v').max().as('m')).select(len())), [{ len: 5 }])
    })

    test(`without columns beside them they are one row (${where})`, async () => {
      const table = frame(partitions)
      assert.deepEqual(await rows(table.select(lit(5).as('k'), lit('x').as('t'))), [{ k: 5, t: 'x' }])
      assert.deepEqual(await rows(table.select(col('v').max().as('m'), lit(1).as('k')).select('k')), [
        { k: 1 },
      ])
    })
  }
