// Approximate answers stay within what is promised of them: HyperLogLog++ and the t-digest, by seed, merged and alone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DataFrame, dataframe } from '../../runtime/collections/index.ts'
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
