// Arguments and options of tables' methods that are none: each error names the method, and what there is instead.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { col, type DataFrame, dataframe } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const folder = mkdtempSync(join(tmpdir(), 'heddle-arguments-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'a.csv')
writeFileSync(file, 'a\n1\n')

const tableOf = (rows: readonly object[]): DataFrame => dataframe.fromRecords(rows) as DataFrame

test('what a method cannot take is an error that names it', () => {
  const table = tableOf([{ who: 'a', v: 1 }])
  const times = tableOf([{ at: new Date(0), v: 1, who: 'a' }])
  const any = (value: unknown): never => value as never
  const cases: [call: () => unknown, text: string][] = [
    [
      () => times.joinAsof(times, any({ on: 'at', strategy: 'back' })),
      'joinAsof: strategy cannot be "back". Did you mean backward?',
    ],
    [
      () => times.joinAsof(times, { on: 'at', tolerance: 5 }),
      "joinAsof: tolerance takes a length of time such as '15m', '1h', '1d', '1w', '1mo' or '1y', not 5",
    ],
    [
      () => times.joinAsof(times, { on: 'at', tolerance: '1mo' }),
      "joinAsof: tolerance is a length of time such as '2h' or '7d', not '1mo': months and years are not equally long",
    ],
    [
      () => times.joinAsof(times, { on: 'v', tolerance: '2h' }),
      'joinAsof: tolerance is a number ≥ 0 where v is float64, not "2h"',
    ],
    [
      () => times.joinAsof(times, { on: 'who' }),
      'joinAsof compares numbers and times, but who is string: columns that must agree exactly go by { by }',
    ],
    [
      () => times.joinAsof(times, { leftOn: 'at', rightOn: 'v' }),
      'joinAsof: at is datetime<ms> and v is float64: cast one of them',
    ],
    [
      () => times.joinAsof(times.cast({ who: 'category' }), { on: 'at', by: 'who' }),
      'joinAsof: who is string on the left and category on the right: cast one of them',
    ],
    [
      () => times.joinAsof(times, { on: 'at', suffix: '' }),
      'joinAsof would have two columns named "v": choose another suffix than "", or rename one of them before',
    ],
    [
      () => {
        const both = dataframe.fromRecords([{ k: 1, v: 2, v_right: 3 }])
        return both.join(both.select('k', 'v') as never, { on: 'k' as never })
      },
      'join would have two columns named "v_right": choose another suffix than "_right", or rename one of them before',
    ],
    [
      () => table.join(table, any({ how: 'cross', on: 'who' })),
      "join with how: 'cross' takes no columns: every row meets every row",
    ],
    [() => table.unique(any({ keep: 'frist' })), 'unique: keep cannot be "frist". Did you mean first?'],
    [() => table.explode(), 'explode takes at least one column of lists'],
    [
      () => table.pivot(any({ index: 'who', on: 'who', values: 'v', agg: 'avg' })),
      'pivot: agg cannot be "avg". There are first, last, sum, mean, min, max, count, median, len.',
    ],
    [
      () => table.pivot(any({ index: 'who', on: 'who', values: 'v', columns: [null] })),
      'pivot makes columns of texts, numbers and booleans, not of null: fill absent values first, with fillNull',
    ],
    [
      () => table.select(col('who').cast('boolean')),
      "who is string and cannot be cast to boolean: say which texts are true, e.g. with .eq('true') or .isIn([...]).",
    ],
    [
      () => table.select(col('v').mean().sum()),
      'v.mean().sum(): v.mean() is one value for all rows, of which there is no sum. Take sum of the rows, or of values with .over(…).',
    ],
    [() => times.rolling('at', '1h', any({ bye: 'who' })), 'rolling has no option "bye". Did you mean by?'],
    [
      () => times.rolling('at', '1h', any({ closed: 'rigth' })),
      'rolling: closed cannot be "rigth". Did you mean right?',
    ],
    [() => times.resample('at', '1h', any({ bye: 'who' })), 'resample has no option "bye". Did you mean by?'],
    [
      () => dataframe.concat([table], any({ hwo: 'diagonal' })),
      'concat has no option "hwo". Did you mean how?',
    ],
    [
      () => dataframe.concat([table], any({ how: 'horizontal' })),
      'concat: how cannot be "horizontal". There are vertical, diagonal.',
    ],
    [
      () => table.mapPartitions((rows) => rows, any({ schemas: {} })),
      'mapPartitions has no option "schemas". Did you mean schema or as?',
    ],
    [
      () => table.mapPartitions((rows) => rows, any({ as: 'table' })),
      'mapPartitions: as cannot be "table". There are records, arrow.',
    ],
    [
      () => table.nUnique('v', any({ approx: true })),
      'nUnique has no option "approx". Did you mean approximate?',
    ],
    [
      () => table.quantile('v', 0.5, any('liner')),
      'quantile: interpolation cannot be "liner". Did you mean linear?',
    ],
    [() => table.quantile('v', any('half')), 'quantile takes a share from 0 to 1, not half'],
    [
      () => col('v').quantile(0.5, any({ approx: true })),
      'quantile has no option "approx". Did you mean approximate?',
    ],
    [
      () => col('v').rank(any('avg')),
      'rank: method cannot be "avg". There are average, min, max, dense, ordinal.',
    ],
    [
      () => col('v').rollingSum(2, any({ minperiods: 1 })),
      'rollingSum has no option "minperiods". Did you mean minPeriods?',
    ],
    [
      () => col('v').cast('string', any({ strickt: true })),
      'cast has no option "strickt". Did you mean strict?',
    ],
    [
      () => col('who').str.contains('a', any({ litteral: true })),
      'str.contains has no option "litteral". Did you mean literal?',
    ],
    [() => dataframe.readIpc('nowhere', any({ store: 1 })), 'readIpc has no option "store". It has storage.'],
    [() => dataframe.readCsv(file, any({ ragged: 'pad' })), 'readCsv: ragged is true or false, not "pad"'],
  ]
  for (const [call, message] of cases) assert.throws(call, { message })
})

test('values are asked for as what they can be', async () => {
  const table = await tableOf([{ a: 1n }]).compute()
  assert.throws(() => table.toRecords({ int: 'number' } as never), {
    message: 'toRecords has no option "int". Did you mean int64?',
  })
  assert.throws(() => table.column('a', { int64: 'string' } as never), {
    message: 'column: int64 cannot be "string". There are bigint, number.',
  })
})
