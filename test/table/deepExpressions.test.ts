// Expressions that programs make in loops: long chains and many branches are worked out, what is nested too deep is refused by a text.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  coalesce,
  col,
  type DataFrame,
  dataframe,
  type Expr,
  lit,
  when,
} from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const ROWS = [
  { a: 1, b: 2n, c: true, t: 'x' },
  { a: 3, b: null, c: null, t: 'ä' },
  { a: -1, b: 0n, c: false, t: null },
  { a: Number.NaN, b: 2n ** 60n, c: true, t: '' },
]
const SCHEMA = { a: 'float64', b: 'int64', c: 'boolean', t: 'string' } as const
const tableOf = (partitions: number): DataFrame =>
  dataframe.fromRecords(ROWS, { schema: SCHEMA, partitions }) as unknown as DataFrame

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const LONG = 6000

/** Each with what it gives of the rows above. */
const CHAINS: Record<string, readonly [expr: () => Expr, given: readonly unknown[]]> = {
  and: [
    () =>
      numbers(LONG)
        .map((i) => col('a').gt(-i - 1) as Expr)
        .reduce((all, each) => all.and(each)),
    [true, true, false, true],
  ],
  or: [
    () =>
      numbers(LONG)
        .map((i) => col('a').eq(i) as Expr)
        .reduce((any, each) => any.or(each)),
    [true, true, false, false],
  ],
  'or, from the right': [
    () =>
      numbers(LONG)
        .map((i) => col('a').eq(i) as Expr)
        .reduceRight((any, each) => each.or(any)),
    [true, true, false, false],
  ],
  'and of what may be absent': [
    () =>
      numbers(LONG)
        .map((i) => (i % 2 === 0 ? col('c') : col('b').isNull().not()) as Expr)
        .reduce((all, each) => all.and(each)),
    [true, false, false, true],
  ],
  'or of what may be absent': [
    () =>
      numbers(LONG)
        .map((i) => (i % 2 === 0 ? col('c') : col('a').eq(-1)) as Expr)
        .reduce((any, each) => any.or(each)),
    [true, null, true, true],
  ],
  xor: [
    () =>
      numbers(1001)
        .map(() => col('a').gt(0) as Expr)
        .reduce((odd, each) => odd.xor(each)),
    [true, true, false, true],
  ],
  'and of or of and': [
    () =>
      numbers(280)
        .map((i) =>
          numbers(280)
            .map((j) => col('a').lt(i + j) as Expr)
            .reduce((any, each) => any.or(each)),
        )
        .reduce((all, each) => all.and(each)),
    [true, true, true, false],
  ],
  'sums of whole numbers': [
    () =>
      numbers(LONG)
        .map(() => col('b') as Expr)
        .reduce((sum, each) => sum.add(each)),
    [BigInt(2 * LONG), null, 0n, BigInt.asIntN(64, 2n ** 60n * BigInt(LONG))],
  ],
  'sums with numbers of the program keep their type': [
    () =>
      numbers(1000)
        .map(() => col('b').add(1) as Expr)
        .reduce((sum, each, i) => sum.add(each).add(i % 2)),
    [3500n, null, 1500n, BigInt.asIntN(64, 2n ** 60n * 1000n) + 1500n],
  ],
  'texts one behind the other': [
    () =>
      numbers(1000)
        .map((i) => (i % 2 === 0 ? col('t') : lit('-')) as Expr)
        .reduce((all, each) => all.add(each))
        .str.length() as Expr,
    [1000, 1000, null, 500],
  ],
  'the first of 200 that is there': [
    () => coalesce(col('b'), ...numbers(200).map(() => col('b')), 7) as Expr,
    [2n, 7n, 0n, 2n ** 60n],
  ],
  '3000 branches': [
    () =>
      numbers(3000)
        .slice(1)
        .reduce((all, i) => all.when(col('a').eq(i)).then(i), when(col('a').eq(-1)).then(-7))
        .otherwise(null) as Expr,
    [1, 3, -7, null],
  ],
  '250 operations one within the other': [
    () => numbers(250).reduce((all: Expr) => all.neg() as Expr, col('a') as Expr),
    [1, 3, -1, Number.NaN],
  ],
}

for (const engine of ['polars', 'columns'])
  for (const [what, [expr, given]] of Object.entries(CHAINS))
    test(`long chains are worked out: ${what} (${engine})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const made = tableOf(3).select(expr().as('made') as never)
      const rows = (await made.toRecords()) as { made: unknown }[]
      assert.deepEqual(
        rows.map((row) => row.made),
        given,
      )
    })

for (const engine of ['polars', 'columns'])
  test(`a filter by many conditions on columns that others made (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const all = numbers(5000).map((i) => col('d').gt(-i - 1) as Expr)
    const made = tableOf(2)
      .withColumns(col('a').add(1).as('d') as never)
      .filter(all.reduce((both, each) => both.and(each)) as never)
      .filter(col('t').isNotNull() as never)
      .select('a' as never)
    assert.deepEqual(await made.toRecords(), [{ a: 1 }, { a: 3 }, { a: Number.NaN }])
    assert.ok(made.explain().length > 0)
  })

test('what is nested too deep is refused with the way out', () => {
  const deep = (count: number, next: (expr: Expr) => Expr): Expr =>
    numbers(count).reduce((expr: Expr) => next(expr), col('a') as Expr)
  const text = {
    name: 'ExpressionError',
    message:
      'an expression is nested more than 256 deep: make a column of a part of it first, with withColumns',
  }
  for (const next of [
    (expr: Expr) => expr.neg() as Expr,
    (expr: Expr) => expr.sub(col('b')) as Expr,
    (expr: Expr) => expr.fillNull(1) as Expr,
    (expr: Expr) => when(col('a').gt(0)).then(1).otherwise(expr) as Expr,
    (expr: Expr) => expr.as('x') as Expr,
    (expr: Expr) => expr.add(1).mul(2) as Expr,
  ])
    assert.throws(() => deep(300, next), text)
})
