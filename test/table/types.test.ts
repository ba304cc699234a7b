// What TypeScript knows of a table's rows as its methods change them. The compiler is the test: `scripts/check.ts` runs it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, len } from '../../runtime/collections/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** The row of a table, written out. */
type Row<F> = F extends DataFrame<infer R> ? { [K in keyof R]: R[K] } : never
const holds = <T extends true>(fact?: T): void => void fact

const flights = dataframe.fromRecords([{ origin: 'SEA', delay: 4, at: new Date(0) }])
const airports = dataframe.fromRecords([{ code: 'SEA', city: 'Seattle', delay: 1n }], {
  schema: { code: 'string', city: 'string', delay: 'int64' },
})
interface Airport {
  code: string | null
  city: string | null
  delay: bigint | null
}
interface Flight {
  origin: string
  delay: number
  at: Date
}

test('the rows of joins', () => {
  const left = flights.join(airports, { leftOn: 'origin', rightOn: 'code', how: 'left' })
  holds<
    Equal<
      Row<typeof left>,
      Flight & { city: string | null; delay_right: bigint | null } extends infer R
        ? { [K in keyof R]: R[K] }
        : never
    >
  >()
  const inner = flights.join(dataframe.fromRecords([{ origin: 'SEA', gates: 80 }]), { on: 'origin' })
  holds<Equal<Row<typeof inner>, { origin: string; delay: number; at: Date; gates: number }>>()
  const outer = flights.select('origin').join(airports.select('code', 'city'), {
    leftOn: 'origin',
    rightOn: ['code'],
    how: 'outer',
  })
  holds<Equal<Row<typeof outer>, { origin: string | null; city: string | null }>>()
  const suffixed = flights.select('delay').join(airports.select('delay'), { how: 'cross', suffix: '2' })
  holds<Equal<Row<typeof suffixed>, { delay: number; delay2: bigint | null }>>()
  const semi = flights.join(airports, { leftOn: 'origin', rightOn: 'code', how: 'semi' })
  holds<Equal<Row<typeof semi>, Flight>>()
  // @ts-expect-error: the key of a right table is one of its columns
  assert.throws(() => flights.join(airports, { leftOn: 'origin', rightOn: 'town' }), /no column "town"/)
  assert.deepEqual(left.columns, ['origin', 'delay', 'at', 'city', 'delay_right'])
  assert.deepEqual(suffixed.columns, ['delay', 'delay2'])
  const asof = flights.joinAsof(dataframe.fromRecords([{ at: new Date(0), price: 1 }]), { on: 'at' })
  holds<Equal<Row<typeof asof>, { origin: string; delay: number; at: Date; price: number | null }>>()
  assert.deepEqual(asof.columns, ['origin', 'delay', 'at', 'price'])
})

test('the rows of rename, cast, melt, explode', () => {
  const renamed = flights.rename({ delay: 'minutes' })
  holds<Equal<Row<typeof renamed>, { origin: string; minutes: number; at: Date }>>()
  assert.deepEqual(renamed.columns, ['origin', 'minutes', 'at'])
  // @ts-expect-error: only columns have other names
  assert.throws(() => flights.rename({ late: 'minutes' }), /no column "late"/)
  // @ts-expect-error: the old name is gone
  assert.throws(() => renamed.select('delay'), /no column "delay"/)
  const cast = flights.cast({ delay: 'int64', origin: 'category' })
  holds<Equal<Row<typeof cast>, { origin: string | null; delay: bigint | null; at: Date }>>()
  const melted = airports.select('code', 'delay').melt({ id: 'code', value: 'minutes' })
  holds<Equal<Row<typeof melted>, { code: string | null; variable: string; minutes: bigint | null }>>()
  assert.deepEqual(melted.columns, ['code', 'variable', 'minutes'])
  const lists = dataframe.fromRecords([{ id: 1, tags: ['a'] }], {
    schema: { id: 'float64', tags: { list: 'string' } },
  })
  const exploded = lists.explode('tags')
  holds<Equal<Row<typeof exploded>, { id: number | null; tags: string | null }>>()
})

test('the rows of pivot, valueCounts, resample, rolling, reduction', () => {
  const pivot = flights.pivot({ index: 'at', on: 'origin', values: 'delay', columns: ['SEA', 'JFK'] })
  holds<Equal<Row<typeof pivot>, { at: Date; SEA: number | null; JFK: number | null }>>()
  const counted = flights.pivot({
    index: ['at', 'delay'],
    on: 'origin',
    values: 'origin',
    columns: ['SEA', 'JFK'],
    agg: 'count',
  })
  holds<Equal<Row<typeof counted>, { at: Date; delay: number; SEA: number; JFK: number }>>()
  const counts = flights.valueCounts('origin')
  holds<Equal<Row<typeof counts>, { origin: string; count: number }>>()
  const days = flights.resample('at', '1d', { by: 'origin' }).agg(col('delay').max().as('most'), len())
  holds<Equal<keyof Row<typeof days>, 'origin' | 'at' | 'most' | 'len'>>()
  const rolling = flights.rolling('at', '1d').agg(col('delay').mean().as('mean'))
  holds<Equal<Row<typeof rolling>, { at: Date; mean: number | null }>>()
  const reduced = flights.groupBy('origin').reduction({
    chunk: (rows) => rows.map(({ delay }) => delay),
    combine: (lists) => lists.flat(),
    finalize: (list, { origin }) => ({ count: list.length, first: origin[0] }),
    schema: { count: 'int32', first: 'string' },
  })
  holds<Equal<Row<typeof reduced>, { origin: string; count: number | null; first: string | null }>>()
})

test('tables of narrower rows are tables of wider ones', () => {
  const wide: DataFrame = flights
  const one: DataFrame<{ delay: number }> = flights
  assert.deepEqual([wide.columns, one.columns], [flights.columns, flights.columns])
  holds<Equal<Row<typeof airports>, Airport extends infer A ? { [K in keyof A]: A[K] } : never>>()
})
