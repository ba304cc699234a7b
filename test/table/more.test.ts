// Summaries, times, indexes, and ways to other collections, on both engines.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, col, type DataFrame, dataframe, delayed, len, lit } from '../../runtime/collections/index.ts'
import { runTable } from '../../runtime/kernels/table/partition.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const at = (text: string): Date => new Date(`${text}Z`)
const TICKS = [
  { at: at('2024-01-01T00:10'), who: 'a', v: 1 },
  { at: at('2024-01-01T00:50'), who: 'b', v: 2 },
  { at: at('2024-01-01T01:05'), who: 'a', v: 3 },
  { at: at('2024-01-02T23:59'), who: 'a', v: 4 },
]
const frame = (partitions: number): DataFrame =>
  dataframe.fromRecords(TICKS, { partitions }) as unknown as DataFrame

for (const engine of ['polars', 'columns'])
  for (const partitions of [1, 3]) {
    const where = `${engine}, ${partitions} partitions`
    test(`resample, joinAsof (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      assert.deepEqual(
        await frame(partitions).resample('at', '1h').agg(col('v').sum().as('v'), len().as('n')).toRecords(),
        [
          { at: at('2024-01-01T00:00'), v: 3, n: 2 },
          { at: at('2024-01-01T01:00'), v: 3, n: 1 },
          { at: at('2024-01-02T23:00'), v: 4, n: 1 },
        ],
      )
      const prices = dataframe.fromRecords([
        { at: at('2024-01-01T00:00'), who: 'a', price: 10 },
        { at: at('2024-01-01T01:00'), who: 'a', price: 11 },
        { at: at('2024-01-01T00:55'), who: 'b', price: 12 },
      ]) as unknown as DataFrame
      const priced = async (options: object): Promise<unknown[]> =>
        (
          await frame(partitions)
            .joinAsof(prices, { on: 'at', by: 'who', ...options })
            .sort('at')
            .toRecords()
        ).map(({ price }) => price)
      assert.deepEqual(await priced({}), [10, null, 11, 11])
      assert.deepEqual(await priced({ tolerance: '1h' }), [10, null, 11, null])
      assert.deepEqual(await priced({ strategy: 'forward' }), [11, 12, null, null])
    })

    test(`a column of nulls alone (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const table = frame(partitions).select(lit(null).as('none'), col('v')).head(2)
      assert.deepEqual(table.schema.none, 'null')
      assert.deepEqual(await table.toRecords(), [
        { none: null, v: 1 },
        { none: null, v: 2 },
      ])
      assert.deepEqual(await table.filter(col('none').isNull()).select(len()).toRecords(), [{ len: 2 }])
    })

    test(`describe, valueCounts, quantile, sample, setIndex and divisions (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const table = frame(partitions)
      const described = await table.describe().toRecords()
      assert.deepEqual(
        described.map(({ statistic }) => statistic),
        ['count', 'nullCount', 'mean', 'std', 'min', '25%', '50%', '75%', 'max'],
      )
      assert.deepEqual(
        described.map(({ v }) => Math.round(Number(v) * 1000) / 1000),
        [4, 0, 2.5, 1.291, 1, 1.75, 2.5, 3.25, 4],
      )
      assert.deepEqual(await table.valueCounts('who').toRecords(), [
        { who: 'a', count: 3 },
        { who: 'b', count: 1 },
      ])
      assert.equal(await table.quantile('v', 0.5).compute(), 2.5)
      const many = dataframe.fromRecords(
        Array.from({ length: 2000 }, (_, i) => ({ i })),
        { partitions },
      )
      const some = await many.sample(0.3, { seed: 7 }).toRecords()
      assert.ok(some.length > 500 && some.length < 700, `${some.length} of 2000`)
      assert.deepEqual(await many.sample(0.3, { seed: 7 }).toRecords(), some)
      for (const shares of [[0.3, 0.5, 0.2], [0.3, 0.1], [1], [0, 1, 0]]) {
        const parts = await Promise.all(many.randomSplit(shares, { seed: 7 }).map((part) => part.toRecords()))
        const all = parts.flat().map(({ i }) => i)
        assert.equal(new Set(all).size, all.length, 'no row twice')
        parts.forEach((part, p) => {
          assert.ok(Math.abs(part.length - 2000 * shares[p]) < 100, `${part.length} of 2000 for ${shares[p]}`)
        })
        if (shares.length !== 2) assert.equal(all.length, 2000)
        if (shares[0] === 0.3) assert.deepEqual(parts[0], some, 'the first part is what sample gives')
      }
      const indexed = many.setIndex('i', { partitions: 4 })
      const divisions = await indexed.divisions()
      assert.deepEqual([divisions[0], divisions.at(-1)], [0, 1999])
      assert.deepEqual(
        (await indexed.toRecords()).map(({ i }) => i),
        Array.from({ length: 2000 }, (_, i) => i),
      )
    })

    test(`an index stays for as long as the rows are in its order (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const indexed = frame(partitions).setIndex('v')
      const keep = {
        filter: indexed.filter(col('v').gt(1)),
        select: indexed.select('v'),
        withColumns: indexed.withColumns(col('v').mul(2).as('twice')),
        head: indexed.head(2),
        'filter by other rows': indexed.filter(col('v').gt(col('v').mean())),
      }
      for (const [verb, table] of Object.entries(keep)) assert.equal(table.index, 'v', verb)
      assert.equal(indexed.rename({ v: 'w' }).index, 'w')
      assert.deepEqual(await indexed.rename({ v: 'w' }).head(2).divisions(), [1, 2])
      const lost = {
        sort: indexed.sort('who'),
        select: indexed.select('who'),
        drop: indexed.drop('v'),
        withColumns: indexed.withColumns(col('v').mul(-1).as('v')),
        unique: indexed.unique({ subset: 'who' }),
        join: indexed.join(frame(1), { on: 'who' }),
        mapPartitions: indexed.mapPartitions((rows) => rows),
        melt: indexed.melt({ id: 'who', on: ['v'] }),
      }
      for (const [verb, table] of Object.entries(lost)) {
        assert.equal(table.index, undefined, verb)
        await assert.rejects(table.divisions(), /those of setIndex/, verb)
      }
    })

    test(`bags, delayed lists, persist (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const words = bag.fromSequence([{ w: 'x' }, { w: 'y' }, { w: 'x' }], { partitions })
      const table = dataframe.fromBag(words, { schema: { w: 'string' } })
      assert.deepEqual(await table.groupBy('w').len().toRecords(), [
        { w: 'x', len: 2 },
        { w: 'y', len: 1 },
      ])
      assert.deepEqual(
        await frame(partitions)
          .toBag()
          .map((row) => row.v)
          .compute(),
        [1, 2, 3, 4],
      )
      const load = delayed((n: number) => [{ n }, { n: n + 1 }])
      assert.deepEqual(
        await dataframe.fromDelayed([load(1), load(5)], { schema: { n: 'float64' } }).toRecords(),
        [{ n: 1 }, { n: 2 }, { n: 5 }, { n: 6 }],
      )
      const kept = await frame(partitions).filter(col('v').gt(1)).persist()
      assert.deepEqual(await kept.select(col('v').sum()).toRecords(), [{ v: 9 }])
      assert.equal(kept.partitions, partitions)
    })
  }

test('a table is printed neatly, and gives columns and Arrow', async () => {
  process.env.HEDDLE_TABLE_ENGINE = 'columns'
  const table = await dataframe
    .fromRecords([
      { city: 'Oslo', t: 3.5 },
      { city: '東京', t: null },
    ])
    .compute()
  assert.equal(
    String(table),
    [
      '┌────────┬─────────┐',
      '│ city   │ t       │',
      '│ string │ float64 │',
      '├────────┼─────────┤',
      '│ Oslo   │     3.5 │',
      '│ 東京   │    null │',
      '└────────┴─────────┘',
      '2 rows × 2 columns',
    ].join('\n'),
  )
  assert.deepEqual(table.toColumns(), { city: ['Oslo', '東京'], t: [3.5, null] })
  assert.equal(Buffer.from(table.toArrow().subarray(0, 6)).toString(), 'ARROW1')
  assert.throws(() => table.column('town'), /no column "town"/)
})

test('rows that nothing is done with are counted without being opened', async () => {
  const unreadable = { ipc: new Uint8Array([1, 2, 3]), rows: 7, bytes: 3 }
  assert.equal(await runTable({ source: 'frame' }, [], { sink: 'rows' }, unreadable), 7)
  const filtered = async (): Promise<unknown> =>
    runTable({ source: 'frame' }, [{ step: 'slice', offset: 0, length: 1 }], { sink: 'rows' }, unreadable)
  await assert.rejects(filtered)
})
