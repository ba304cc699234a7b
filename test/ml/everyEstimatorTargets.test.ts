// Targets and weights of every kind, over every estimator: booleans, whole numbers of any size, times.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, dataframe } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { ENTRIES, type Entry, X, Y } from './everyEstimator.ts'

computeInProcess()

type Any = ml.Estimator & {
  fit(x: unknown, y?: unknown, options?: unknown): Promise<unknown>
  predict(x: unknown): { toList(): unknown } | unknown[]
  score(x: unknown, y?: unknown, options?: unknown): Promise<number>
  classes?: readonly unknown[]
}

const DAYS = Y.map((_, row) => new Date(Date.UTC(2024, 0, 1 + row)))
const days = (type: 'date' | 'datetime' | 'duration' | 'time') =>
  dataframe.fromRecords(
    X.map(([a, b], row) => ({
      a,
      b,
      at: type === 'time' ? `10:30:0${row}` : type === 'duration' ? 1000 * row : DAYS[row],
    })),
    { schema: { a: 'float64', b: 'float64', at: type }, partitions: 2 },
  )

/** A target of times, with features that it can be given beside. */
const TIMES: Record<string, { x?: () => unknown; y: () => unknown; holds: string }> = {
  'a list of dates': { y: () => DAYS, holds: 'datetimes' },
  'a bag of dates': { y: () => bag.fromSequence(DAYS, { partitions: 2 }), holds: 'datetimes' },
  'an array of datetimes': {
    y: () => array.fromArray(DAYS, { dtype: 'datetime64[s]', chunks: 4 }),
    holds: 'datetimes',
  },
  'an array of datetimes beside an array': {
    x: () => array.fromArray(X, { chunks: [4, 2] }),
    y: () => array.fromArray(DAYS, { dtype: 'datetime64[s]', chunks: 3 }),
    holds: 'datetimes',
  },
  ...Object.fromEntries(
    (['date', 'datetime', 'duration', 'time'] as const).map((type) => [
      `a column of type ${type}`,
      {
        x: () => days(type),
        y: () => 'at',
        holds: { date: 'dates', datetime: 'datetimes', duration: 'durations', time: 'times of day' }[type],
      },
    ]),
  ),
  'a table of its own': {
    x: () => days('date').select('a', 'b'),
    y: () => days('date').select('at'),
    holds: 'dates',
  },
}

const target = (entry: Entry, y: readonly unknown[]): unknown => (entry.learns ? y : undefined)

for (const [kind, entry] of Object.entries(ENTRIES)) {
  if (entry.learns)
    test(`${kind}: times are refused as targets, by name and with the way out`, async () => {
      for (const [what, { x, y, holds }] of Object.entries(TIMES))
        await assert.rejects(
          async () =>
            (entry.make() as Any).fit(
              x?.() ?? X,
              y(),
              entry.options && { query: bag.fromSequence(Y, { partitions: 2 }) },
            ),
          (error: Error) => {
            assert.equal(error.name, 'MlDataError', `${what}: ${error.stack}`)
            assert.match(
              error.message,
              new RegExp(`^y for (${entry.names ?? kind}) holds ${holds}, .*make numbers of it first`),
              what,
            )
            return true
          },
        )
    })

  if (entry.weights)
    test(`${kind}: times are refused as weights`, async () => {
      await assert.rejects(
        async () => (entry.make() as Any).fit(X, target(entry, Y), { ...entry.options, sampleWeight: DAYS }),
        new RegExp(`sampleWeight for (${entry.names ?? kind}) holds datetimes`),
      )
    })

  if (entry.learns)
    test(`${kind}: booleans and whole numbers are learnt as the numbers that they are, never rounded together`, async () => {
      const list = async (y: readonly unknown[]): Promise<unknown> => {
        const model = entry.make() as Any
        await model.fit(X, y, entry.options)
        const said = model.predict(X)
        return [
          model.classes,
          Array.isArray(said) ? said : said.toList(),
          await model.score(X, y, entry.options),
        ]
      }
      const expected = await list(Y)
      assert.deepEqual(await list(Y.map(Boolean)), expected)
      assert.deepEqual(await list(Y.map(BigInt)), expected)
      const huge = 2n ** 60n
      await assert.rejects(
        list(Y.map((each) => huge + BigInt(each))),
        /y for .* holds 1152921504606846977, which no number of 64 bits is exactly: give texts/,
      )
    })
}

test('metrics refuse times, and whole numbers that would be rounded', async () => {
  const { metrics } = ml
  for (const metric of [metrics.meanSquaredError, metrics.accuracyScore, metrics.r2Score]) {
    await assert.rejects(metric(DAYS as never, Y), /y for a metric holds datetimes/)
    await assert.rejects(metric(Y, DAYS as never), /y for a metric holds datetimes/)
    await assert.rejects(metric([2n ** 60n + 1n], [2n ** 60n]), /no number of 64 bits is exactly/)
  }
})

test('rows of a query may be told by days', async () => {
  const model = new ml.GradientBoostingRanker({ maxIter: 2 })
  const query = [0, 0, 0, 1, 1, 1].map((each) => DAYS[each])
  const same = await new ml.GradientBoostingRanker({ maxIter: 2 }).fit(X, Y, { query: [1, 1, 1, 2, 2, 2] })
  await model.fit(X, Y, { query: query as never })
  assert.deepEqual(model.predict(X).toList(), same.predict(X).toList())
})
