// Every function of expressions on every kind of column: in one partition by polars, which is the measure, in seven with empty
// ones among them, without rows, and on columns in JavaScript. What a kind cannot do is said before anything runs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, type Expr } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { CASTS, OF_GROUPS, OF_LISTS, OF_ROWS, OF_TEXTS, OF_TIMES, OF_WINDOWS } from './everyFunction.ts'
import { type Cut, cellsOf, cutTable, KINDS, type KindRow, kindRows } from './everyKind.ts'

computeInProcess()

const FUNCTIONS = { ...OF_ROWS, ...OF_WINDOWS, ...OF_TEXTS, ...OF_TIMES, ...OF_LISTS, ...CASTS }

/** What only polars can do, as its error says. */
const ONLY_POLARS =
  /^(toDtMs (text|size)|cast "(string|category)" (at|ms|ns|zoned)|cat.toText (at|ms|ns|zoned))$/
/** Values that have no answer: errors by their own words, below. */
const FAILS = /^((diff|diff2|overDiff) u64|moment - day ns|cat.toText bytes|cast "string" bytes)$/
/**
 * Windows that polars goes on with from the one before, and means of numbers that cancel each other: what is small is lost
 * behind what was large, in another order otherwise. polars' halves of infinities are NaN.
 */
const INEXACT =
  /^(rolling(Sum|Mean|Std|Var|Median|100|1) (i16|i32|i64|u16|u32|u64|f32|f64)|(mean|std|std0|var|overMean|overStd) (i64|u64))$/

/** The functions that take a kind; the others say in a sentence why not. */
function taking(kind: string, made: Readonly<Record<string, (c: Expr) => Expr>>): [string, Expr][] {
  const table = cutTable([], 'none')
  return Object.entries(made).flatMap(([name, of]): [string, Expr][] => {
    try {
      const expr = of(col(kind) as Expr).as(name) as Expr
      table.select(expr)
      return FAILS.test(`${name} ${kind}`) ? [] : [[name, expr]]
    } catch (error) {
      const { name: type, message } = error as Error
      assert.match(type, /^(ExpressionTypeError|MissingColumnError)$/, `${name} of ${kind}: ${message}`)
      assert.match(message, /\S+ .*[.?"]$/, `${name} of ${kind}`)
      return []
    }
  })
}

async function computed(table: DataFrame, engine: string): Promise<Record<string, string[]>> {
  process.env.HEDDLE_TABLE_ENGINE = engine
  return cellsOf(table)
}

async function sameEverywhere(
  rows: readonly KindRow[],
  of: (cut: Cut, engine: string) => DataFrame,
  what: string,
): Promise<void> {
  const expected = await computed(of('one', 'polars'), 'polars')
  for (const [cut, engine] of [
    ['seven', 'polars'],
    ['one', 'columns'],
    ['seven', 'columns'],
  ] as const) {
    const found = await computed(of(cut, engine), engine)
    for (const [name, cells] of Object.entries(found))
      assert.deepEqual(cells, expected[name], `${what}, ${name} (${cut}, ${engine}, ${rows.length} rows)`)
  }
  const [none, noneToo] = [
    await computed(of('none', 'polars'), 'polars'),
    await computed(of('none', 'columns'), 'columns'),
  ]
  for (const [name, cells] of Object.entries(noneToo))
    assert.deepEqual(cells, none[name], `${what}, ${name} of no rows`)
}

for (const kind of Object.keys(KINDS))
  test(`every function that takes ${kind} gives the same in any cut, on both engines`, async () => {
    const made = taking(kind, FUNCTIONS)
    for (const seed of [1, 2]) {
      const rows = kindRows(seed, 40)
      await sameEverywhere(
        rows,
        (cut, engine) =>
          cutTable(rows, cut).select(
            'id' as never,
            ...made.flatMap(([name, expr]) =>
              INEXACT.test(`${name} ${kind}`) || (engine === 'columns' && ONLY_POLARS.test(`${name} ${kind}`))
                ? []
                : [expr as never],
            ),
          ) as unknown as DataFrame,
        `${kind}, seed ${seed}`,
      )
      const aggregates = taking(kind, OF_GROUPS).flatMap(([name, expr]) =>
        INEXACT.test(`${name} ${kind}`) ? [] : [expr as never],
      )
      await sameEverywhere(
        rows,
        (cut) => cutTable(rows, cut).select(...aggregates) as unknown as DataFrame,
        `${kind} of all rows, seed ${seed}`,
      )
      for (const partitions of [undefined, 3])
        await sameEverywhere(
          rows,
          (cut) => {
            const groups = cutTable(rows, cut).groupBy('key' as never)
            return (partitions ? groups.partitions(partitions) : groups)
              .agg(...aggregates)
              .sort('key' as never) as unknown as DataFrame
          },
          `${kind} of groups, seed ${seed}`,
        )
    }
  })
