// What is said of values that cannot be cast, of keys without an order, and of columns given as a list.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe } from '../../runtime/collections/index.ts'
import { castError } from '../../runtime/kernels/table/polars/castError.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const table = dataframe.fromRecords(
  [
    { s: 'Alpha', l: [1], r: { a: 1 } },
    { s: '1', l: null, r: null },
  ],
  { partitions: 2 },
) as DataFrame as DataFrame<Record<string, unknown>>

const REFUSED: [what: string, make: () => unknown, says: RegExp][] = [
  [
    'a text that is no number',
    () => table.select(col('s').cast('int64')).compute(),
    /^CellTypeError: column "s": 1 of 1 values of type string cannot be cast to int64: \["Alpha"\]\. Cast with \{ strict: false \} to get null instead\.$/,
  ],
  [
    'a text that is no date',
    () => table.select(col('s').cast('date')).compute(),
    /^CellTypeError: column "s": 1 of 1 values of type string cannot be cast to date: \["Alpha"\]\. Cast with/,
  ],
  [
    'a number that is too large',
    () => table.select(col('r').field('a').mul(1000).cast('uint8').as('n')).compute(),
    /^CellTypeError: column "a": 1 of 1 values of type float64 cannot be cast to uint8: \[1000\.0\]\. Cast with/,
  ],
  [
    'texts without a format',
    () => table.select(col('s').str.toDatetime()).compute(),
    /^CellTypeError: the texts have no format that dates are known to have: say theirs, e\.g\. \.str\.toDatetime\(/,
  ],
  [
    'lists as keys of a sort',
    () => table.sort('l'),
    /^ExpressionTypeError: sort: l is list<float64>, which has no order\. Sort by a part of it, e\.g\. l\.list\.get\(0\)$/,
  ],
  [
    'records as an index',
    () => table.setIndex('r'),
    /no order\. Sort by a part of it, e\.g\. r\.field\('a'\)$/,
  ],
  ...(['drop', 'dropNulls', 'explode'] as const).map((verb): [string, () => unknown, RegExp] => [
    `a list of names for ${verb}`,
    () => table[verb](['s', 'l'] as never),
    /^ExpressionError: columns are named one by one here, not in a list: "s", "l"$/,
  ]),
  [
    'a function of groups without its columns',
    () => (table.groupBy('s') as unknown as { apply(fn: unknown): unknown }).apply(() => []),
    /^TableArgumentError: apply takes the columns that the function gives/,
  ],
]

for (const [what, make, says] of REFUSED)
  test(`refused: ${what}`, async () => {
    await assert.rejects(
      async () => await make(),
      (error: Error) => {
        assert.match(`${error.name}: ${error.message}`, says)
        return true
      },
    )
  })

test('without strict what cannot be cast is null', async () => {
  const made = await table.select(col('s').cast('int64', { strict: false })).compute()
  assert.deepEqual(made.toRecords(), [{ s: null }, { s: 1n }])
})

test('other errors are left as they are', () => {
  const error = new Error('disk full')
  assert.equal(castError(error), error)
  assert.equal(castError('text'), 'text')
})
