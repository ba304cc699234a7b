// Approximate answers stay within what is promised of them: HyperLogLog++ and the t-digest, by seed, merged and alone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { twoSteps } from '../../runtime/collections/dataframe/lowerAggregate.ts'
import { col, type DataFrame, dataframe, type Expr } from '../../runtime/collections/index.ts'
import { schemaOf } from '../../runtime/kernels/table/schema.ts'
import {
  DistinctCounter,
  estimate,
  HYPERLOGLOG_ERROR,
  type HyperLogLog,
} from '../../runtime/kernels/table/sketch/hyperLogLog.ts'
import { digestOf, mergeDigests, quantileOf } from '../../runtime/kernels/table/sketch/tDigest.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { randomOf } from './randomTable.ts'

computeInProcess()

const word = (random: () => number): number => Math.floor(random() * 2 ** 32)

/** A sketch of so many different hashes, each seen once or twice. */
function sketchOf(random: () => number, count: number): HyperLogLog {
  const counter = new DistinctCounter()
  for (let i = 0; i < count; i++) {
    const [high, low] = [word(random), word(random)]
    counter.add(high, low)
    if (i % 3 === 0) counter.add(high, low)
  }
  return counter.state()
}

test('few different values are counted almost exactly', () => {
  for (let seed = 1; seed <= 20; seed++)
    for (const count of [0, 1, 2, 100, 1000, 4000]) {
      const found = estimate(sketchOf(randomOf(seed), count))
      assert.ok(Math.abs(found - count) <= Math.max(1, count * 0.001), `seed ${seed}: ${found} of ${count}`)
    }
})

test('many are counted within the standard error, and without a bias', () => {
  for (const count of [5000, 20_000, 40_000, 80_000, 300_000]) {
    const errors = Array.from({ length: 24 }, (_, seed) => {
      const error = estimate(sketchOf(randomOf(100 + seed), count)) / count - 1
      // Beyond four standard errors lies one of sixteen thousand.
      assert.ok(Math.abs(error) < 4 * HYPERLOGLOG_ERROR, `seed ${100 + seed}: ${error} at ${count}`)
      return error
    })
    const mean = errors.reduce((sum, each) => sum + each, 0) / errors.length
    const spread = Math.sqrt(errors.reduce((sum, each) => sum + each ** 2, 0) / errors.length)
    assert.ok(Math.abs(mean) < (3 * HYPERLOGLOG_ERROR) / Math.sqrt(errors.length), `bias ${mean} at ${count}`)
    assert.ok(spread < 1.5 * HYPERLOGLOG_ERROR, `spread ${spread} at ${count}`)
  }
})

test('sketches of parts merge to the sketch of the whole, in any order and form', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = randomOf(seed)
    const hashes = Array.from({ length: [50, 3000, 9000, 30_000][seed % 4] }, () => [
      word(random),
      // Some hashes are zero behind their first bits: the ranks that seldom come.
      random() < 0.01 ? 0 : word(random),
    ])
    const whole = new DistinctCounter()
    const parts = Array.from({ length: 7 }, () => new DistinctCounter())
    hashes.forEach(([high, low]) => {
      whole.add(high, low)
      parts[Math.floor(random() ** 3 * 7)].add(high, low)
      parts[Math.floor(random() * 7)].add(high, low)
    })
    const merged = new DistinctCounter()
    for (const part of random() < 0.5 ? parts : [...parts].reverse()) merged.merge(part.state())
    assert.deepEqual(merged.state(), whole.state(), `seed ${seed}`)
  }
})

const SHAPES: Record<string, (random: () => number) => number> = {
  even: (random) => random(),
  steep: (random) => Math.exp(random() * 20),
  whole: (random) => Math.floor(random() ** 2 * 30),
  twoHeaps: (random) => (random() < 0.5 ? random() : 1e6 + random()),
}

/** How far, as a share of all, a value is from where it should stand. */
function rankError(sorted: readonly number[], value: number, q: number): number {
  const below = sorted.filter((each) => each < value).length / sorted.length
  const upTo = sorted.filter((each) => each <= value).length / sorted.length
  return Math.max(0, below - q, q - upTo)
}

for (const [shape, draw] of Object.entries(SHAPES))
  test(`quantiles of a t-digest are of nearly the rank that was asked for: ${shape}`, () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = randomOf(seed)
      const values = Array.from({ length: 20_000 }, () => draw(random))
      const parts = Array.from({ length: 11 }, (): number[] => [])
      for (const value of values) parts[Math.floor(random() ** 2 * 11)].push(value)
      const sorted = Float64Array.from(values).sort()
      const ascending = (list: number[]): Float64Array => Float64Array.from(list).sort()
      const digest = mergeDigests(parts.map((part) => digestOf(ascending(part))))
      assert.ok(digest.means.length <= 200, `${digest.means.length} centroids`)
      assert.equal(
        digest.weights.reduce((sum, each) => sum + each, 0),
        values.length,
      )
      for (const q of [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1]) {
        // Between many equal values and the next ones lies what is neither: the nearest of them is meant.
        const exact = quantileOf(digest, q) as number
        const found = shape === 'whole' ? Math.round(exact) : exact
        // A centroid at q reaches π·√(q(1 − q)) / 100 of all: half of it twice over, merged, is the most.
        const bound = (Math.PI * Math.sqrt(q * (1 - q))) / 100 + 2 / values.length
        const error = rankError(Array.from(sorted), found, q)
        assert.ok(error <= bound, `seed ${seed}, q ${q}: ${error} beyond ${bound}`)
      }
      assert.equal(quantileOf(digest, 0), sorted[0])
      assert.equal(quantileOf(digest, 1), sorted[sorted.length - 1])
    }
  })

test('infinities, NaN and few values stand where they do in the sorted list', () => {
  const list = [-Infinity, -Infinity, 1, 2, 3, Infinity, NaN]
  const digest = mergeDigests([digestOf(list.slice(0, 3)), digestOf(list.slice(3)), digestOf([])])
  for (let at = 0; at < list.length; at++)
    assert.equal(quantileOf(digest, at / (list.length - 1)), list[at], `rank ${at}`)
  assert.equal(quantileOf(digestOf([]), 0.5), null)
  assert.equal(quantileOf(digestOf([7]), 0.3), 7)
  assert.equal(quantileOf(digestOf([1, 2]), 0.5), 1.5)
})

for (const engine of ['polars', 'columns'])
  for (const partitions of [1, 40])
    test(`nUnique and quantile of tables, approximately (${engine}, ${partitions} partitions)`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const random = randomOf(5)
      const rows = Array.from({ length: 8000 }, (_, i) => ({
        few: i % 7 === 0 ? null : `k${i % 50}`,
        many: BigInt(Math.floor(random() * 5000)) * 1_000_003n,
        x: i % 11 === 0 ? null : random() * 100,
        none: null,
      }))
      const schema = { few: 'string', many: 'int64', x: 'float64', none: 'float64' } as const
      const table = dataframe.fromRecords(rows, { partitions, schema }) as unknown as DataFrame
      const exact = async (name: string): Promise<number> => table.nUnique(name).compute()
      assert.equal(await table.nUnique('few', { approximate: true }).compute(), await exact('few'))
      const many = await table.nUnique('many', { approximate: true }).compute()
      assert.ok(Math.abs(many / (await exact('many')) - 1) < 4 * HYPERLOGLOG_ERROR, `${many}`)
      const present = rows.flatMap(({ x }) => (x === null ? [] : [x])).sort((a, b) => a - b)
      for (const q of [0, 0.3, 0.5, 0.99, 1]) {
        const found = (await table.quantile('x', q, { approximate: true }).compute()) as number
        assert.ok(rankError(present, found, q) < 0.01, `q ${q}: ${found}`)
      }
      assert.equal(await table.quantile('none', 0.5, { approximate: true }).compute(), null)
      assert.throws(() => table.quantile('x', 2, { approximate: true }), /a share from 0 to 1/)
    })

for (const engine of ['polars', 'columns'])
  for (const [partitions, targets] of [
    [1, 0],
    [5, 0],
    [40, 0],
    [9, 4],
  ])
    test(`aggregates of groups that need all rows, and those that stand for them (${engine}, ${partitions} partitions, ${targets || 'chosen'} targets)`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const random = randomOf(partitions)
      const rows = Array.from({ length: 6000 }, (_, i) => ({
        key: i % 13 === 0 ? null : `g${Math.floor(random() ** 2 * 3)}`,
        word: random() < 0.1 ? null : `w${Math.floor(random() * 2000)}`,
        kind: `k${Math.floor(random() * 5)}`,
        x: random() < 0.1 ? null : random() * 100,
        // The group g2 has no value at all.
        n: random() < 0.5 ? null : Math.floor(random() * 9),
      }))
      for (const row of rows) if (row.key === 'g2') row.n = null
      const schema = { key: 'string', word: 'string', kind: 'category', x: 'float64', n: 'int32' } as const
      const table = dataframe.fromRecords(rows, { partitions, schema }) as unknown as DataFrame
      const grouped = table.groupBy('key')
      const aggs = [
        col('word').nUnique().as('words'),
        col('kind').nUnique().as('kinds'),
        col('n').nUnique().add(1).as('n1'),
        col('x').median().as('median'),
        col('x').quantile(0.9, 'lower').as('lower'),
        col('n').quantile(0.25).as('quarter'),
        col('n').implode().as('list'),
        col('word').nUnique({ approximate: true }).as('aboutWords'),
        col('x').median({ approximate: true }).as('aboutMedian'),
        col('x').quantile(0.99, { approximate: true }).as('aboutHigh'),
        col('n').median({ approximate: true }).as('aboutN'),
      ] as Expr[]
      const found = (await (targets ? grouped.partitions(targets) : grouped)
        .agg(...aggs)
        .toRecords()) as Record<string, unknown>[]
      const keys = [...new Set(rows.map(({ key }) => key))]
      assert.deepEqual(new Set(found.map(({ key }) => key)), new Set(keys))
      assert.equal(found.length, keys.length)
      for (const row of found) {
        const own = rows.filter(({ key }) => key === row.key)
        const sorted = (of: (row: (typeof rows)[number]) => number | null): number[] =>
          own.flatMap((each) => of(each) ?? []).sort((a, b) => a - b)
        const [xs, ns] = [sorted(({ x }) => x), sorted(({ n }) => n)]
        const at = (list: readonly number[], q: number): number | null => {
          const rank = q * (list.length - 1)
          const [low, high] = [list[Math.floor(rank)], list[Math.ceil(rank)]]
          return list.length === 0 ? null : low + (high - low) * (rank % 1)
        }
        const near = (actual: unknown, expected: number | null): void =>
          expected === null
            ? assert.equal(actual, null)
            : assert.ok(Math.abs((actual as number) - expected) < 1e-9, `${actual} is not ${expected}`)
        const words = new Set(own.map(({ word }) => word)).size
        assert.equal(row.words, words)
        assert.equal(row.kinds, new Set(own.map(({ kind }) => kind)).size)
        assert.equal(row.n1, new Set(own.map(({ n }) => n)).size + 1)
        near(row.median, at(xs, 0.5))
        assert.equal(row.lower, xs[Math.floor(0.9 * (xs.length - 1))])
        near(row.quarter, at(ns, 0.25))
        const list = [...(row.list as Iterable<number | null>)]
        const byValue = (a: number | null, b: number | null): number => (a ?? -1) - (b ?? -1)
        assert.deepEqual(list.sort(byValue), own.map(({ n }) => n).sort(byValue))
        const few = Math.max(2, words * 4 * HYPERLOGLOG_ERROR)
        assert.ok(Math.abs((row.aboutWords as number) - words) <= few, `${row.aboutWords} of ${words}`)
        assert.ok(rankError(xs, row.aboutMedian as number, 0.5) < 0.02, `${row.aboutMedian}`)
        assert.ok(rankError(xs, row.aboutHigh as number, 0.99) < 0.005, `${row.aboutHigh}`)
        if (ns.length === 0) assert.equal(row.aboutN, null)
        else assert.ok(Math.abs((row.aboutN as number) - (at(ns, 0.5) as number)) <= 1, `${row.aboutN}`)
      }
      const [all] = (await table.select(...aggs).toRecords()) as Record<string, unknown>[]
      assert.equal(all.words, new Set(rows.map(({ word }) => word)).size)
      assert.ok(Math.abs((all.aboutWords as number) / (all.words as number) - 1) < 4 * HYPERLOGLOG_ERROR)
      const [none] = (await table
        .filter(col('x').gt(1000))
        .select(...aggs)
        .toRecords()) as Record<string, unknown>[]
      assert.equal(none.words, 0)
      assert.equal(none.aboutWords, 0)
      assert.equal(none.aboutMedian, null)
    })

test('quantiles of one column share the list of its values, and no other does', () => {
  const schema = schemaOf({ x: 'float64', y: 'float64' })
  const aggs = [
    col('x').median().as('a'),
    col('x').quantile(0.25).as('b'),
    col('x').quantile(0.75).as('c'),
    col('y').quantile(0.75).as('d'),
    col('x').sum().as('e'),
  ].map(({ node }) => node)
  const steps = twoSteps([], aggs, schema)
  assert.deepEqual(
    steps?.states.map(({ type }) => type),
    [{ list: 'float64' }, { list: 'float64' }, 'float64'],
  )
  assert.equal(steps?.merge.length, 3)
})

for (const engine of ['polars', 'columns'])
  test(`describe with approximate quartiles: the same but for those, whose ranks are off by less than 1 % (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const rows = Array.from({ length: 4000 }, (_, i) => ({
      x: ((i * 7919) % 4001) ** 1.5,
      n: i % 7 === 0 ? null : i,
    }))
    const table = dataframe.fromRecords(rows, { partitions: 8 })
    const exact = await table.describe().toRecords()
    const approximate = await table.describe({ approximate: true }).toRecords()
    const sorted = rows.map(({ x }) => x).sort((a, b) => a - b)
    approximate.forEach((row, i) => {
      if (!String(row.statistic).endsWith('%')) assert.deepEqual(row, exact[i])
      else {
        const rank = sorted.findIndex((x) => x >= Number(row.x)) / sorted.length
        assert.ok(
          Math.abs(rank - Number.parseInt(String(row.statistic), 10) / 100) < 0.01,
          `${row.statistic}: ${rank}`,
        )
      }
    })
  })
