// Dates, datetimes, durations and times of day are no numbers for a model: every estimator refuses them by name; encoders know them as categories.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, col, dataframe, type NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import type { TableBlock } from '../../runtime/kernels/ml/block.ts'
import { stackRows } from '../../runtime/kernels/ml/blockParts.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { ENTRIES } from './everyEstimator.ts'

computeInProcess()

type Any = ml.Estimator & {
  fit(x: unknown, y?: unknown, options?: unknown): Promise<unknown>
  predict?(x: unknown): unknown
  transform?(x: unknown): unknown
  kneighbors?(x: unknown): { places: unknown }
}

const Y = [0, 0, 0, 1, 1, 1]
const QUERY = [1, 1, 1, 2, 2, 2]
const day = (place: number): Date => new Date(Date.UTC(2024, 0, 1 + (place % 4)))
const listed = Y.map((_, row) => [row % 5, day(row)])
const records = Y.map((_, row) => ({ size: row % 5, at: day(row) }))
const column = (values: readonly number[]) => dataframe.fromRecords(values.map((value) => ({ value })))
const tableWith = (type: 'date' | 'datetime' | 'duration' | 'time') =>
  dataframe.fromRecords(
    records.map(({ size, at }, row) => ({
      size,
      at: type === 'time' ? `10:30:0${row}` : type === 'duration' ? 1000 * row : at,
    })),
    { schema: { size: 'int64', at: type } },
  )
const moments = array.fromArray(
  Y.map((_, row) => [day(row), day(row + 1)]),
  { dtype: 'datetime64[s]' },
)

interface Given {
  x: unknown
  says: RegExp
  /** Whether targets have to be tables too. */
  lazy?: boolean
}
const GIVEN: Record<string, Given> = {
  'dates in lists': {
    x: listed,
    says: /x1 holds datetimes: make numbers of it first, e.g. by dt\.epoch\(\)/,
  },
  'dates in records': { x: records, says: /at holds datetimes: make numbers of it first/ },
  'a column of dates': { x: tableWith('date'), says: /at holds dates: .* dt\.month\(\)/, lazy: true },
  'a column of datetimes': { x: tableWith('datetime'), says: /at holds datetimes: .* dt\.hour/, lazy: true },
  'a column of durations': {
    x: tableWith('duration'),
    says: /at holds durations: .* dt\.totalSeconds\(\)/,
    lazy: true,
  },
  'a column of times of day': { x: tableWith('time'), says: /at holds times of day: /, lazy: true },
  'dates in a bag': {
    x: bag.fromSequence(records, { partitions: 1 }),
    says: /at holds datetimes: /,
    lazy: true,
  },
  'an array of datetimes': { x: moments, says: /x0 holds datetimes: .* astype\('int64'\)/ },
  'an array of durations': {
    x: moments.subtract(moments),
    says: /x0 holds durations: .* astype\('int64'\)/,
  },
}

const use = (model: Any, x: unknown): unknown =>
  model.predict ? model.predict(x) : model.transform ? model.transform(x) : model.kneighbors!(x).places
const computed = async (value: unknown): Promise<unknown> =>
  (value as { compute?: () => unknown }).compute?.() ?? value

for (const [kind, entry] of Object.entries(ENTRIES)) {
  const takesAll = entry.takes?.includes('texts')
  test(`${kind}: times are ${takesAll ? 'fitted' : 'refused by name, with the way out'}`, async () => {
    for (const [what, { x, says, lazy }] of Object.entries(GIVEN)) {
      const options = entry.options && { query: lazy ? column(QUERY) : QUERY }
      const fitting = async (): Promise<unknown> =>
        (entry.make() as Any).fit(x, lazy ? column(Y) : Y, options)
      if (takesAll) {
        await fitting()
        continue
      }
      await assert.rejects(fitting, (error: Error) => {
        assert.equal(error.name, 'MlDataError', `${what}: ${error.stack}`)
        assert.match(error.message, says, what)
        assert.match(error.message, new RegExp(`\\b(${entry.names ?? kind})\\b`), what)
        return true
      })
    }
  })

  test(`${kind}: times are refused of a model that learnt from numbers`, async () => {
    const model = entry.make() as Any
    const numbers = Y.map((_, row) => [row % 5, row % 4])
    await model.fit(numbers, Y, entry.options)
    const encodes = kind === 'OneHotEncoder' || kind === 'OrdinalEncoder'
    for (const x of [listed, tableWith('date')])
      await assert.rejects(async () => computed(use(model, x)), encodes ? /has not seen/ : /works on numbers/)
  })
}

test('encoders know dates as categories, in parts of a table too; what is left out is not refused', async () => {
  const coded = await new ml.OrdinalEncoder().fitTransform(records)
  assert.deepEqual((coded as NdArray).slice(':', 1).toList(), [0, 1, 2, 3, 0, 1])
  const parts = new ml.ColumnTransformer({
    transformers: [
      ['day', new ml.OneHotEncoder(), ['at']],
      ['size', new ml.MinMaxScaler(), ['size']],
    ],
  })
  const there = (await parts.fit(tableWith('date'))).transform(tableWith('date'))
  assert.equal(there.columns.length, 5)
  const dropping = new ml.ColumnTransformer({ transformers: [['size', new ml.MinMaxScaler(), ['size']]] })
  assert.deepEqual(((await dropping.fitTransform(records)) as NdArray).toList(), [
    [0],
    [0.25],
    [0.5],
    [0.75],
    [1],
    [0],
  ])
})

test('dates that pass through are refused by whom they reach as numbers', async () => {
  const parts = new ml.ColumnTransformer({
    transformers: [['size', new ml.MinMaxScaler(), ['size']]],
    remainder: 'passthrough',
  })
  await assert.rejects(
    async () => parts.fitTransform(records),
    /ColumnTransformer works on numbers, and at holds/,
  )
  for (const strategy of ['mean', 'median', 'mostFrequent'] as const)
    await assert.rejects(
      async () => new ml.SimpleImputer({ strategy }).fitTransform(records),
      /SimpleImputer works on numbers, and at holds datetimes/,
    )
})

test('rows that are drawn, stacked and searched keep what is a time', async () => {
  const search = new ml.GridSearchCV(new ml.Ridge(), { alpha: [1] }, { cv: 2 })
  await assert.rejects(search.fit(records, Y), /Ridge works on numbers, and at holds datetimes/)
  const part = { kind: 'table' as const, rows: 1, columns: 2, names: ['a', 'b'] }
  const cells = [Float64Array.of(1), Float64Array.of(2)]
  const stacked = stackRows([
    { ...part, cells },
    { ...part, cells, times: [null, 'dates'] },
  ])
  assert.deepEqual((stacked as TableBlock).times, [null, 'dates'])
})

test('numbers that were made of times are learnt', async () => {
  const table = tableWith('datetime').withColumns(col('at').dt.epoch('s').as('at'))
  const model = await new ml.LinearRegression().fit(table, column(Y))
  assert.ok(((await model.predict(table).compute()).toList() as number[]).every(Number.isFinite))
})
