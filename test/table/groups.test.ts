// Groups: how they come together by what is measured, reductions by functions, pivots that find their columns, categories.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, len } from '../../runtime/collections/index.ts'
import { bytesOf, chosenTargets } from '../../runtime/kernels/table/partition.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { randomOf } from './randomTable.ts'

const executor = computeInProcess()
const MB = 2 ** 20

test('few groups come together in one partition, many in as many as they fill', () => {
  assert.equal(chosenTargets(10, [100, 200, 0]), 1)
  assert.equal(chosenTargets(10, []), 1)
  assert.equal(chosenTargets(10, [16 * MB, 16 * MB, 1]), 3)
  assert.equal(chosenTargets(10, [1000 * MB]), 10)
  assert.equal(bytesOf({ ipc: new Uint8Array(3), rows: 5, bytes: 40 }), 40)
})

/** How many of a table's partitions have rows. */
async function filledPartitions(table: DataFrame): Promise<number> {
  const parts = await table
    .toBag()
    .mapPartitions((rows) => [rows.length])
    .compute()
  return parts.filter((rows) => rows > 0).length
}

test('groupBy of parquet files whose statistics bound how many groups there are is one tree', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const rows = Array.from({ length: 22_000 }, (_, i) => ({
    few: i % 7 === 0 ? null : (i % 50) - 20,
    day: new Date(Date.UTC(2024, 0, 1 + (i % 3))),
    many: i,
  }))
  const schema = { few: 'int32', day: 'date', many: 'int64' } as const
  const folder = temporaryFolder(t)
  await dataframe.fromRecords(rows, { partitions: 18, schema }).toParquet(folder).compute()
  const table = dataframe.readParquet(folder) as unknown as DataFrame
  assert.equal(table.partitions, 18)
  // States so wide that those of all rows would not come together.
  const sums = Array.from({ length: 200 }, (_, i) => col('many').add(i).sum().as(`sum ${i}`))
  const by = (from: DataFrame, ...keys: string[]): DataFrame =>
    from.groupBy(...keys).agg(...sums) as DataFrame
  assert.equal(by(table, 'many').partitions, 5)
  assert.equal(by(table.withColumns(col('few').add(1).as('few')) as DataFrame, 'few').partitions, 5)
  const days = by(table.filter(col('many').gte(0)).select('day', 'few', 'many') as DataFrame, 'few', 'day')
  assert.equal(days.partitions, 1)
  // 50 numbers and three days, each with the absent one.
  assert.match(
    table.groupBy('few').agg(col('many').sum()).explain(),
    /^ {2}groupBy few: many\.sum\(\) {2}~51 rows/m,
  )
  assert.match(table.unique({ subset: ['day'] }).explain(), /^ {2}unique by day {2}~4 rows/m)
  const found = await days.toRecords()
  const expected = new Map<string, number>()
  const keyOf = (few: unknown, day: unknown): string => `${few} ${(day as Date).toISOString()}`
  for (const { few, day, many } of rows)
    expected.set(keyOf(few, day), (expected.get(keyOf(few, day)) ?? 0) + many + 199)
  assert.deepEqual(new Map(found.map((row) => [keyOf(row.few, row.day), Number(row['sum 199'])])), expected)
  assert.ok(!executor.last.groups.some((name) => /pick|choose|size/.test(name)), 'nothing is split')
})

for (const engine of ['polars', 'columns']) {
  test(`groupBy measures how many groups there are and chooses (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const random = randomOf(3)
    const long = (n: number): string => String(n).padStart(3000, 'x')
    const rows = Array.from({ length: 9000 }, (_, i) => ({
      few: random() < 0.1 ? null : `k${i % 5}`,
      many: long(Math.floor(random() * 8000)),
      n: i,
    }))
    const table = dataframe.fromRecords(rows, { partitions: 9 }) as unknown as DataFrame
    for (const [key, filled] of [
      ['few', 1],
      ['many', 2],
    ] as const) {
      const grouped = table.groupBy(key).agg(len().as('rows'), col('n').sum().as('sum')) as DataFrame
      assert.equal(grouped.partitions, 3)
      assert.equal(await filledPartitions(grouped), filled, key)
      const expected = new Map<unknown, [number, number]>()
      for (const row of rows) {
        const [count, sum] = expected.get(row[key]) ?? [0, 0]
        expected.set(row[key], [count + 1, sum + row.n])
      }
      const found = await grouped.toRecords()
      assert.equal(found.length, expected.size)
      assert.deepEqual(new Map(found.map((row) => [row[key], [row.rows, Number(row.sum)]])), expected)
    }
    const sorted = (await table.groupBy('few').len().toRecords()).map(({ few }) => few)
    assert.deepEqual(sorted, ['k0', 'k1', 'k2', 'k3', 'k4', null])
    await table.groupBy('few').partitions(2).len().toRecords()
    assert.ok(
      !executor.last.groups.some((name) => name.endsWith('choose')),
      'what is asked for is not measured',
    )
  })

  test(`groupBy of a table that is known to be small is one tree (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const rows = Array.from({ length: 4000 }, (_, i) => ({ key: i % 7 === 0 ? null : i % 900, n: i }))
    const table = dataframe.fromRecords(rows, { partitions: 20 }) as unknown as DataFrame
    const sums = table
      .filter(col('n').gt(99))
      .groupBy('key')
      .agg(len().as('rows'), col('n').sum().as('sum')) as DataFrame
    assert.equal(sums.partitions, 1)
    const found = await sums.toRecords()
    assert.ok(!executor.last.groups.some((name) => /pick|choose|size/.test(name)), 'nothing is split')
    const expected = new Map<unknown, [number, number]>()
    for (const { key, n } of rows.slice(100)) {
      const [count, sum] = expected.get(key) ?? [0, 0]
      expected.set(key, [count + 1, sum + n])
    }
    assert.deepEqual(new Map(found.map((row) => [row.key, [row.rows, Number(row.sum)]])), expected)
    const asked = table.groupBy('key').partitions(3).agg(col('n').sum().as('sum')) as DataFrame
    assert.equal(asked.partitions, 3, 'partitions that are asked for are given')
    const unknown = dataframe.fromBag(table.toBag(), { schema: { key: 'float64', n: 'float64' } })
    assert.equal(unknown.groupBy('key').len().partitions, 5, 'a guess is no bound')
  })

  for (const partitions of [1, 7])
    test(`reductions by functions are what the rows of each group give (${engine}, ${partitions} partitions)`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 4; seed++) {
        const random = randomOf(seed)
        const rows = Array.from({ length: seed === 1 ? 0 : 80 }, (_, i) => ({
          day: random() < 0.1 ? null : new Date(Date.UTC(2024, 0, 1 + Math.floor(random() * 4))),
          id: BigInt(i % 3),
          x: random() < 0.1 ? null : Math.floor(random() * 100),
        }))
        const schema = { day: 'date', id: 'int64', x: 'float64' } as const
        const table = dataframe.fromRecords(rows, { partitions, schema })
        let combined = 0
        const reduced = table.groupBy('day', 'id').reduction({
          chunk: (own) => own.flatMap(({ x }) => (x === null ? [] : [x])),
          combine: async (lists: number[][]) => {
            combined++
            assert.ok(lists.length > 1)
            return lists.flat()
          },
          finalize: (list, key) => ({
            spread: list.length === 0 ? null : Math.max(...list) - Math.min(...list),
            weekday: key.day?.getUTCDay() ?? null,
          }),
          schema: { spread: 'float64', weekday: 'int32' },
        })
        const groups = Map.groupBy(rows, ({ day, id }) => `${day?.getTime()} ${id}`)
        const expected = [...groups.values()].map((own) => {
          const list = own.flatMap(({ x }) => (x === null ? [] : [x]))
          const { day, id } = own[0]
          const spread = list.length === 0 ? null : Math.max(...list) - Math.min(...list)
          return { day, id, spread, weekday: day?.getUTCDay() ?? null }
        })
        const text = (list: readonly object[]): string[] =>
          list.map((row) => JSON.stringify(row, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))).sort()
        assert.deepEqual(text(await reduced.toRecords()), text(expected), `seed ${seed}`)
        if (partitions > 1 && seed > 1) assert.ok(combined > 0)
      }
    })

  test(`a pivot finds its columns (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const rows = [
      { city: 'Oslo', year: 2024, t: 3 },
      { city: 'Rome', year: 2023, t: 20 },
      { city: 'Oslo', year: 2023, t: 1 },
      { city: 'Oslo', year: 2024, t: 5 },
      { city: 'Rome', year: null, t: 9 },
    ]
    const table = dataframe.fromRecords(rows, { partitions: 3 })
    const pivot = await table.pivot({ index: 'city', on: 'year', values: 't', agg: 'mean' })
    assert.deepEqual(pivot.columns, ['city', '2023', '2024'])
    assert.deepEqual(await pivot.toRecords(), [
      { city: 'Oslo', 2023: 1, 2024: 4 },
      { city: 'Rome', 2023: 20, 2024: null },
    ])
    await assert.rejects(
      async () => table.filter(col('year').gt(3000)).pivot({ index: 'city', on: 'year', values: 't' }),
      /pivot finds no value of year/,
    )
    assert.throws(
      () => table.pivot({ index: 'city', on: 'year', values: 't', columns: [] }),
      /pivot takes at least one value of year as columns, or none to find them/,
    )
  })

  test(`categories of several partitions come together (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const rows = Array.from({ length: 300 }, (_, i) => ({ kind: i % 7 === 0 ? null : `k${i % 50}`, n: i }))
    const schema = { kind: 'category', n: 'int32' } as const
    const table = dataframe.fromRecords(rows, { partitions: 6, schema })
    assert.deepEqual(await table.repartition(1).toRecords(), rows)
    assert.deepEqual(await table.repartition(2).filter(col('n').gte(0)).toRecords(), rows)
    const order = (a: string | null, b: string | null): number =>
      a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1
    assert.deepEqual(
      await table.sort('kind').toRecords(),
      [...rows].sort((a, b) => order(a.kind, b.kind)),
    )
    const counts = await table.groupBy('kind').partitions(3).len().toRecords()
    const expected = Map.groupBy(rows, ({ kind }) => kind)
    assert.deepEqual(
      new Map(counts.map((row) => [row.kind, row.len])),
      new Map([...expected].map(([kind, own]) => [kind, own.length])),
    )
    const tree = await table.groupBy('kind').len().toRecords()
    assert.equal(tree.length, expected.size)
    const names = dataframe.fromRecords(
      Array.from({ length: 50 }, (_, i) => ({ kind: `k${49 - i}`, name: `name ${49 - i}` })),
      { partitions: 3, schema: { kind: 'category', name: 'string' } },
    )
    for (const broadcast of [true, false]) {
      const joined = await table.join(names, { on: 'kind', broadcast }).sort('n').toRecords()
      assert.deepEqual(
        joined,
        rows
          .filter(({ kind }) => kind !== null)
          .map((row) => ({ ...row, name: `name ${row.kind?.slice(1)}` })),
      )
    }
  })

  test(`functions of categories (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const sizes = ['S', 'L', null, 'M', 'S', 'XL']
    const table = dataframe.fromRecords(
      sizes.map((size) => ({ size })),
      { partitions: 3, schema: { size: 'category' } },
    )
    const size = col('size')
    const made = table.select(
      size.cat.codes(['S', 'M', 'L']).as('code'),
      size.cat.rename({ S: 'small', L: 'large' }).as('renamed'),
      size.cat.merge(['L', 'XL'], 'big').as('merged'),
      size.cat.keep(['S', 'M']).as('kept'),
      size.cat.remove(['S', 'M']).as('removed'),
      size.cat.length().as('length'),
      size.cat.startsWith('X').as('extra'),
      size.cat.slice(-1).as('last'),
      size.cat.toText().as('text'),
    )
    assert.deepEqual(await (await made.compute()).toColumns(), {
      code: [0, 2, null, 1, 0, null],
      renamed: ['small', 'large', null, 'M', 'small', 'XL'],
      merged: ['S', 'big', null, 'M', 'S', 'big'],
      kept: ['S', null, null, 'M', 'S', null],
      removed: [null, 'L', null, null, null, 'XL'],
      length: [1, 1, null, 1, 1, 2],
      extra: [false, false, null, false, false, true],
      last: ['S', 'L', null, 'M', 'S', 'L'],
      text: sizes,
    })
    const { schema } = made
    assert.deepEqual(
      [schema.code, schema.renamed, schema.kept, schema.text],
      ['int32', 'category', 'category', 'string'],
    )
    assert.deepEqual(table.withColumns(size.cat.rename({ S: 's' })).columns, ['size'])
    assert.deepEqual(await table.categories('size').compute(), ['L', 'M', 'S', 'XL'])
    assert.throws(() => size.cat.codes([]), /cat.codes takes the names of categories, at least one/)
  })
}
