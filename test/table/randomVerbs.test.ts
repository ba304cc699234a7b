// Joins by the nearest time, windows of time, summaries, and sorting where one key has most rows: random tables against a
// look at every row, on both engines, in any partitions.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, type Expr, len } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { randomOf } from './randomTable.ts'

computeInProcess()

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.parse('2024-02-27T20:00:00Z')

interface Tick {
  id: number
  at: Date | null
  who: string | null
  v: number | null
  [column: string]: unknown
}

const TYPES = { id: 'int32', at: { datetime: 'us' }, who: 'string', v: 'float64' } as const

function randomTicks(random: () => number, most: number): Tick[] {
  return Array.from({ length: Math.floor(random() * most) }, (_, id) => ({
    id,
    at: random() < 0.1 ? null : new Date(START + Math.floor(random() ** 2 * 5000) * MINUTE),
    who: random() < 0.1 ? null : ('ab😀'.at(Math.floor(random() * 2)) ?? '😀'),
    v: random() < 0.2 ? null : Math.floor(random() * 40) / 4,
  }))
}

const tableOf = (rows: readonly object[], partitions: number, schema: object = TYPES): DataFrame =>
  dataframe.fromRecords(rows, { partitions, schema } as never) as unknown as DataFrame

const text = (row: object): string =>
  JSON.stringify(row, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(10)) : value))
const sameRows = (actual: readonly object[], expected: readonly object[], what: string): void =>
  assert.deepEqual(actual.map(text).sort(), expected.map(text).sort(), what)

type Strategy = 'backward' | 'forward' | 'nearest'

/** The time of the row that one is joined with. */
function nearest(own: Tick, others: readonly Tick[], strategy: Strategy, within: number): Date | null {
  const at = (own.at as Date).getTime()
  const times = others.map((each) => (each.at as Date).getTime())
  const before = Math.max(...times.filter((time) => time <= at))
  const after = Math.min(...times.filter((time) => time >= at))
  const chosen =
    strategy === 'backward' || (strategy === 'nearest' && at - before < after - at) ? before : after
  return Number.isFinite(chosen) && Math.abs(chosen - at) <= within ? new Date(chosen) : null
}

for (const engine of ['polars', 'columns'])
  for (const partitions of [1, 5]) {
    const where = `${engine}, ${partitions} partitions`

    test(`joinAsof is what a look at every row gives (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 6; seed++) {
        const random = randomOf(seed)
        const [left, right] = [randomTicks(random, 60), seed === 1 ? [] : randomTicks(random, 40)]
        const theirs = right.map(({ at, who }) => ({ at, who, near: at }))
        const others = tableOf(theirs, Math.min(3, partitions), {
          at: TYPES.at,
          who: TYPES.who,
          near: TYPES.at,
        })
        for (const strategy of ['backward', 'forward', 'nearest'] as const)
          for (const by of [false, true])
            for (const [tolerance, within] of [
              [undefined, Number.POSITIVE_INFINITY],
              ['2h', 2 * HOUR],
            ] as const) {
              // Every other seed brings to each partition what may be nearest, instead of all.
              const joined = tableOf(left, partitions).joinAsof(others, {
                on: 'at',
                strategy,
                broadcast: seed % 2 === 0,
                ...(by && { by: 'who' }),
                ...(tolerance && { tolerance }),
              } as never) as unknown as DataFrame
              const expected = left.map((own) => {
                if (own.at === null) return { id: own.id, near: null }
                const fits = right.filter(
                  ({ at, who }) => at !== null && (!by || (who === own.who && who !== null)),
                )
                return { id: own.id, near: nearest(own, fits, strategy, within) }
              })
              const found = await joined.select('id', 'near').toRecords()
              sameRows(
                found,
                expected,
                `seed ${seed}, ${strategy}${by ? ' by who' : ''}, ${tolerance ?? 'any distance'}`,
              )
            }
      }
    })

    test(`resample is what a look at every row gives (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const starts: Record<string, (at: Date) => Date> = {
        '15m': (at) => new Date(Math.floor(at.getTime() / (15 * MINUTE)) * 15 * MINUTE),
        '1h': (at) => new Date(Math.floor(at.getTime() / HOUR) * HOUR),
        '1d': (at) => new Date(Math.floor(at.getTime() / DAY) * DAY),
        '1mo': (at) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth())),
      }
      for (let seed = 1; seed <= 4; seed++) {
        const rows = seed === 1 ? [] : randomTicks(randomOf(seed), 80)
        for (const [every, start] of Object.entries(starts))
          for (const by of [false, true]) {
            const groups = new Map<string, Tick[]>()
            for (const row of rows) {
              if (row.at === null) continue
              const key = text({ ...(by && { who: row.who }), at: start(row.at) })
              groups.set(key, [...(groups.get(key) ?? []), row])
            }
            const expected = [...groups].map(([key, own]) => ({
              ...JSON.parse(key),
              n: own.length,
              sum: own.reduce((sum, { v }) => sum + (v ?? 0), 0),
              most: own.reduce<number | null>(
                (most, { v }) => (v === null ? most : Math.max(most ?? v, v)),
                null,
              ),
            }))
            const found = await tableOf(rows, partitions)
              .resample('at', every, by ? { by: 'who' } : {})
              .agg(len().as('n'), col('v').sum().as('sum') as Expr, col('v').max().as('most') as Expr)
              .toRecords()
            sameRows(found, expected, `seed ${seed}, ${every}${by ? ' by who' : ''}`)
          }
      }
    })

    test(`describe and valueCounts are what a look at every row gives (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 5; seed++) {
        const rows = seed === 1 ? [] : randomTicks(randomOf(seed), 70)
        const table = tableOf(rows, partitions)
        const described = (await table.describe().toRecords()) as Record<string, unknown>[]
        for (const name of ['id', 'v'] as const) {
          const values = rows
            .flatMap((row) => (row[name] === null ? [] : [row[name] as number]))
            .sort((a, b) => a - b)
          const count = values.length
          const mean = values.reduce((sum, value) => sum + value, 0) / count
          const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
          const at = (q: number): number | null => {
            const rank = q * (count - 1)
            const [low, high] = [values[Math.floor(rank)], values[Math.ceil(rank)]]
            return count === 0 ? null : low + (high - low) * (rank % 1)
          }
          const expected = {
            count,
            nullCount: rows.length - count,
            mean: count > 0 ? mean : null,
            std: count > 1 ? Math.sqrt(squares / (count - 1)) : null,
            min: at(0),
            '25%': at(0.25),
            '50%': at(0.5),
            '75%': at(0.75),
            max: at(1),
          }
          const found = Object.fromEntries(described.map((row) => [row.statistic, row[name]]))
          assert.equal(text(found), text(expected), `seed ${seed}, ${name}`)
        }
        for (const name of ['who', 'v'] as const) {
          const counts = new Map<unknown, number>()
          for (const row of rows) counts.set(row[name], (counts.get(row[name]) ?? 0) + 1)
          const found = (await table.valueCounts(name).toRecords()) as Record<string, unknown>[]
          sameRows(
            found,
            [...counts].map(([value, count]) => ({ [name]: value, count })),
            `seed ${seed}, ${name}`,
          )
          const order = found.map(({ count }) => Number(count))
          assert.deepEqual(
            order,
            [...order].sort((a, b) => b - a),
            'most often first',
          )
        }
      }
    })

    test(`sort and setIndex where one key has nearly all rows, or all (${where})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (const share of [1, 0.95, 0.5])
        for (const descending of [false, true]) {
          const random = randomOf(share * 100)
          const rows = Array.from({ length: 900 }, (_, id) => ({
            id,
            key: random() < share ? 7 : random() < 0.1 ? null : Math.floor(random() * 15),
          }))
          const table = tableOf(rows, partitions, { id: 'int32', key: 'int32' })
          const value = (key: number | null): number =>
            key === null ? Number.POSITIVE_INFINITY : descending ? -key : key
          // Equal keys keep the order that they had: that of the numbers.
          const expected = [...rows].sort((a, b) => value(a.key) - value(b.key) || a.id - b.id)
          const sorted = table.sort('key', { descending })
          assert.equal(sorted.partitions, partitions)
          assert.deepEqual(await sorted.toRecords(), expected, `${share} of one key`)
          const both = table.sort(['key', 'id'], { descending: [descending, true] })
          assert.deepEqual(
            await both.toRecords(),
            [...rows].sort((a, b) => value(a.key) - value(b.key) || b.id - a.id),
          )
          if (descending) continue
          const indexed = table.setIndex('key', { partitions: 4 })
          const divisions = (await indexed.divisions()) as number[]
          const present = rows.flatMap(({ key }) => (key === null ? [] : [key]))
          assert.equal(divisions[0], Math.min(...present))
          assert.equal(divisions.at(-1), Math.max(...present))
          assert.deepEqual(await indexed.toRecords(), expected)
        }
    })
  }

for (const engine of ['polars', 'columns'])
  test(`windows over all rows go from partition to partition (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    for (let seed = 1; seed <= 5; seed++)
      for (const partitions of [1, 2, 7]) {
        const rows = seed === 1 ? [] : randomTicks(randomOf(seed), 40)
        const base = tableOf(rows, partitions)
        // Some partitions lose all their rows.
        const [table, left] =
          seed % 2 === 0
            ? [base, rows]
            : [base.filter(col('id').gt(12)) as unknown as DataFrame, rows.filter(({ id }) => id > 12)]
        const before = (i: number, n: number): Tick | undefined => left[i - n]
        const shifted = table.select(
          'id',
          col('v').shift().as('one'),
          col('v').shift(-3).as('later'),
          col('id').mul(2).shift(9).fillNull(-1).as('far'),
          col('v').diff(2).as('diff'),
        ) as unknown as DataFrame
        const what = `seed ${seed}, ${partitions} partitions`
        assert.equal(shifted.partitions, partitions, what)
        assert.deepEqual(
          await shifted.toRecords(),
          left.map(({ id, v }, i) => {
            const two = before(i, 2)?.v ?? null
            return {
              id,
              one: before(i, 1)?.v ?? null,
              later: before(i, -3)?.v ?? null,
              far: i < 9 ? -1 : left[i - 9].id * 2,
              diff: v === null || two === null ? null : v - two,
            }
          }),
          what,
        )
        let [sum, count] = [0, 0]
        const running = table.select(
          'id',
          col('v').cumSum().add(1).as('sum'),
          col('v').cumCount().as('count'),
          col('id').cumSum().cast('float64').as('ids'),
        ) as unknown as DataFrame
        let ids = 0
        assert.deepEqual(
          await running.toRecords(),
          left.map(({ id, v }) => {
            sum += v ?? 0
            count += v === null ? 0 : 1
            ids += id
            return { id, sum: v === null ? null : sum + 1, count, ids }
          }),
          what,
        )
        const both = table.select('id', col('v').cumMax().as('most'), col('v').shift().as('one'))
        assert.equal(both.partitions, partitions, what)
        let most: number | null = null
        assert.deepEqual(
          await (both as unknown as DataFrame).toRecords(),
          left.map(({ id, v }, i) => {
            most = v === null ? most : Math.max(most ?? v, v)
            return { id, most: v === null ? null : most, one: before(i, 1)?.v ?? null }
          }),
          what,
        )
      }
  })
