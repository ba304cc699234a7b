// Expressions on both engines against the naive model: random ones over random tables, and each function by a table.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type Expr, lit, when } from '../../runtime/collections/dataframe/expr.ts'
import type { Cell, Column } from '../../runtime/kernels/table/columns/column.ts'
import { columnsEngine } from '../../runtime/kernels/table/columns/columnsEngine.ts'
import { typeText } from '../../runtime/kernels/table/dataType.ts'
import type { Engine } from '../../runtime/kernels/table/engine.ts'
import { nameOf } from '../../runtime/kernels/table/expression.ts'
import { polarsEngine } from '../../runtime/kernels/table/polars/polarsEngine.ts'
import { resolve } from '../../runtime/kernels/table/resolve.ts'
import type { Schema } from '../../runtime/kernels/table/schema.ts'
import { type Row, valueIn } from './model.ts'
import { randomOf, randomRows, SCHEMA } from './randomTable.ts'

const ENGINES: readonly Engine[] = [polarsEngine as Engine, columnsEngine as Engine]

export const columnsOf = (rows: readonly Row[], schema: Schema): Column[] =>
  schema.map(({ name, type }) => ({ name, type, cells: rows.map((row) => row[name]) }))

/** Equal but for the last digits of sums, whose order engines choose. */
function close(actual: Cell, expected: Cell, what: string): void {
  if (typeof actual === 'number' && typeof expected === 'number') {
    if (Object.is(actual, expected) || actual === expected) return
    const bound = 1e-9 * Math.max(1, Math.abs(actual), Math.abs(expected))
    assert.ok(Math.abs(actual - expected) <= bound, `${what}: ${actual}, not ${expected}`)
  } else assert.deepEqual(actual, expected, what)
}

async function check(engine: Engine, exprs: readonly Expr[], rows: readonly Row[]): Promise<void> {
  const nodes = exprs.map((expr, i) => resolve(expr.as(`c${i}`).node, SCHEMA))
  const frame = engine.fromColumns(columnsOf(rows, SCHEMA), SCHEMA)
  const out = engine.toColumns(await engine.continue(frame, [{ step: 'withColumns', exprs: nodes }], []))
  nodes.forEach((node, i) => {
    const column = out.find(({ name }) => name === nameOf(node)) as Column
    const text = `${engine.name}: ${exprs[i]}`
    assert.equal(typeText(column.type), typeText(node.type), `type of ${text}`)
    rows.forEach((row, at) => {
      close(column.cells[at], valueIn(exprs[i].node, row, rows), `${text} in row ${at}`)
    })
  })
}

/** A random expression of a kind. */
function randomExpr(random: () => number, kind: 'float' | 'int' | 'text' | 'bool', depth: number): Expr {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]
  const next = (of: 'float' | 'int' | 'text' | 'bool'): Expr => randomExpr(random, of, depth - 1)
  if (depth === 0) {
    switch (kind) {
      case 'float':
        return pick([col('x'), col('y'), lit(2.5), lit(null).fillNull(col('y')) as Expr])
      case 'int':
        return pick([col('id'), col('group'), lit(7n)])
      case 'text':
        return pick([col('key'), lit('ä')])
      case 'bool':
        return pick([col('flag'), col('x').isNull(), lit(true)])
    }
  }
  switch (kind) {
    case 'float':
      return pick([
        () => next('float').add(next('float')),
        () => next('float').sub(next('float')),
        () => next('float').mul(next('float')),
        () => next('float').div(next('float')),
        () => next('int').div(next('float')),
        () => next('float').fillNull(next('float')),
        () => when(next('bool')).then(next('float')).otherwise(next('float')),
        () => next('float').neg(),
        () => next('float').abs(),
      ])() as Expr
    case 'int':
      return pick([
        () => next('int').add(next('int')),
        () => next('int').mul(next('int')),
        () => next('int').sub(3n),
        () => next('int').fillNull(0n),
        () => when(next('bool')).then(next('int')).otherwise(next('int')),
      ])() as Expr
    case 'text':
      return pick([
        () => next('text').add(next('text')),
        () => next('text').str.toUpperCase(),
        () => next('text').str.slice(0, 2),
        () => next('text').fillNull('-'),
        () => when(next('bool')).then(next('text')).otherwise(next('text')),
      ])() as Expr
    case 'bool':
      return pick([
        () => next('float').gt(next('float')),
        () => next('float').lte(1),
        () => next('int').eq(next('int')),
        () => next('text').lt(next('text')),
        () => next('text').isIn(['ä', 'b', 'zz']),
        () => next('bool').and(next('bool')),
        () => next('bool').or(next('bool')),
        () => next('bool').not(),
        () => next('float').isNull(),
        () => next('float').isNaN(),
        () => next('text').str.startsWith('b'),
      ])() as Expr
  }
}

for (const engine of ENGINES)
  test(`random expressions on ${engine.name} give what the model gives, row by row`, async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomOf(seed)
      const rows = randomRows(seed, Math.floor(random() * 40))
      const kinds = ['float', 'int', 'text', 'bool'] as const
      const exprs = kinds.map((kind) => randomExpr(random, kind, 1 + Math.floor(random() * 3)))
      await check(engine, exprs, rows).catch((error: Error) => {
        error.message = `seed ${seed}: ${error.message}`
        throw error
      })
    }
  })

for (const engine of ENGINES)
  test(`aggregates, windows over groups and dates on ${engine.name} give what the model gives`, async () => {
    for (let seed = 100; seed < 120; seed++) {
      const rows = randomRows(seed, 1 + (seed % 30))
      const values = ['x', 'y', 'group', 'id', 'flag', 'day', 'at'] as const
      const exprs: Expr[] = []
      for (const name of values) {
        for (const fn of ['min', 'max', 'count', 'nullCount', 'nUnique', 'first', 'last'] as const) {
          if (name === 'flag' && (fn === 'min' || fn === 'max')) continue
          exprs.push(col(name)[fn]() as Expr, (col(name)[fn]() as Expr).over('key', 'group'))
        }
      }
      for (const name of ['x', 'y'] as const)
        exprs.push(
          col(name).sum().over('key'),
          col(name).mean().over('group'),
          col(name).std().over('group'),
          col(name).median().over('key'),
        )
      exprs.push(
        col('id').sum().over('group'),
        col('group').mean(),
        col('flag').any().over('key'),
        col('flag').all().over('key'),
      )
      exprs.push(col('day').dt.year(), col('day').dt.month(), col('day').dt.day(), col('day').dt.weekday())
      await check(engine, exprs, rows).catch((error: Error) => {
        error.message = `seed ${seed}: ${error.message}`
        throw error
      })
    }
  })
