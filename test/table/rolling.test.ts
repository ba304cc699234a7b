// Rolling windows of time against a look at every row, on both engines, in any partitions.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, len } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { randomOf } from './randomTable.ts'

computeInProcess()

interface Tick {
  at: Date | null
  who: string | null
  v: number | null
  [column: string]: unknown
}

const MINUTE = 60_000
/** Around a night in which Berlin's clock jumps. */
const START = Date.parse('2024-03-30T20:00:00Z')

function randomTicks(seed: number): Tick[] {
  const random = randomOf(seed)
  return Array.from({ length: Math.floor(random() * 60) }, () => ({
    at: random() < 0.1 ? null : new Date(START + Math.floor(random() ** 2 * 900) * MINUTE),
    who: random() < 0.1 ? null : 'abc'[Math.floor(random() * 3)],
    v: random() < 0.2 ? null : Math.floor(random() * 100),
  }))
}

type Closed = 'right' | 'left' | 'both' | 'none'

function within(time: number, end: number, period: number, closed: Closed): boolean {
  const first = closed === 'left' || closed === 'both' ? time >= end - period : time > end - period
  const last = closed === 'right' || closed === 'both' ? time <= end : time < end
  return first && last
}

/** One row for each tick with a time. */
function expectedRows(ticks: readonly Tick[], period: number, closed: Closed, by: boolean): object[] {
  const there = ticks.filter((tick) => tick.at !== null) as (Tick & { at: Date })[]
  return there.map(({ at, who }) => {
    const own = there.filter(
      (tick) => within(tick.at.getTime(), at.getTime(), period, closed) && (!by || tick.who === who),
    )
    const values = own.flatMap(({ v }) => (v === null ? [] : [v]))
    return {
      ...(by && { who }),
      at,
      n: own.length,
      sum: values.reduce((a, b) => a + b, 0),
      most: values.length === 0 ? null : Math.max(...values),
    }
  })
}

const text = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort()

for (const engine of ['polars', 'columns'])
  for (const partitions of [1, 6])
    test(`rolling by time is what a look at every row gives (${engine}, ${partitions} partitions)`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 6; seed++) {
        const ticks = seed === 1 ? [] : randomTicks(seed)
        const schema = { at: { datetime: 'us', zone: 'Europe/Berlin' }, who: 'string', v: 'float64' } as const
        const table = dataframe.fromRecords(ticks, { partitions, schema }) as unknown as DataFrame
        for (const [period, minutes] of [
          ['30m', 30],
          ['1d', 1440],
        ] as const)
          for (const closed of ['right', 'left', 'both', 'none'] as const)
            for (const by of [false, true]) {
              const rows = await table
                .rolling('at', period, { closed, ...(by && { by: 'who' }) })
                .agg(len().as('n'), col('v').sum().as('sum'), col('v').max().as('most'))
                .toRecords()
              const what = `seed ${seed}, ${period}, closed ${closed}${by ? ', by who' : ''}`
              assert.deepEqual(text(rows), text(expectedRows(ticks, minutes * MINUTE, closed, by)), what)
              const times = rows.map(({ at }) => (at as Date).getTime())
              if (!by)
                assert.deepEqual(
                  times,
                  [...times].sort((a, b) => a - b),
                  `${what}: in order`,
                )
            }
      }
    })

for (const engine of ['polars', 'columns'])
  test(`windows of dates reach over partitions that are shorter than they (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const days = Array.from({ length: 30 }, (_, i) => ({
      day: new Date(Date.UTC(2024, 0, 1 + ((i * 7) % 30))),
      n: i,
    }))
    const table = dataframe.fromRecords(days, { partitions: 15, schema: { day: 'date', n: 'int32' } })
    const rows = await table.rolling('day', '2w').agg(len().as('rows'), col('n').sum().as('sum')).toRecords()
    const inOrder = [...days].sort((a, b) => a.day.getTime() - b.day.getTime())
    assert.deepEqual(
      rows,
      inOrder.map(({ day }, i) => {
        const own = inOrder.slice(Math.max(0, i - 13), i + 1)
        return { day, rows: own.length, sum: BigInt(own.reduce((sum, { n }) => sum + n, 0)) }
      }),
    )
  })

test('rolling says what it takes', () => {
  const table = dataframe.fromRecords([{ at: new Date(0), day: new Date(0), n: 1 }], {
    schema: { at: 'datetime', day: 'date', n: 'int32' },
  })
  assert.throws(() => table.rolling('n', '1h'), /rolling takes a date or datetime, but n is int32/)
  assert.throws(() => table.rolling('at', '1mo'), /not "1mo": months and years are not equally long/)
  assert.throws(() => table.rolling('day', '12h'), /rolling over dates takes days or weeks/)
  assert.throws(
    () => table.rolling('at', '1h', { closed: 'open' as never }),
    /closed cannot be "open". There are right, left, both, none./,
  )
  assert.throws(() => table.rolling('at', '1h').agg(col('n')), /agg takes aggregates/)
  assert.match(table.rolling('at', '1h').agg(len()).explain(), /rolling 1h of at: len\(\)/)
})
