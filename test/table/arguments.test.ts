// Arguments and options of tables' methods that are none: each error names the method, and what there is instead.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bag, col, type DataFrame, dataframe, type Expr } from '../../runtime/collections/index.ts'
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

test('what a kind of column cannot do is said before anything runs, with what it can', () => {
  const schema = {
    text: 'string',
    kind: 'category',
    n: 'int64',
    day: 'date',
    at: 'datetime',
    clock: 'time',
    span: 'duration',
    list: { list: 'int64' },
    place: { struct: { city: 'string' } },
    bytes: 'binary',
    none: 'null',
  } as const
  const table = dataframe.fromRecords([], { schema })
  const cases: [make: () => unknown, text: string][] = [
    [
      () => col('text').sub('a'),
      'text - "a": sub takes numbers, durations and moments, but these are string. Read numbers from it with .cast(\'float64\').',
    ],
    [
      () => col('day').add(col('day')),
      "day + day: add takes numbers, durations or texts, but these are date. Make a number of it with .cast('int32'), or take one day from another with .sub(…).",
    ],
    [
      () => col('span').mul(col('span')),
      'span * span: mul takes numbers, but these are duration<us>. Make a number of it with .dt.totalMilliseconds().',
    ],
    [
      () => col('text').sum(),
      "text.sum(): sum takes numbers, but text is string. Read numbers from it with .cast('float64').",
    ],
    [
      () => col('kind').sum(),
      "kind.sum(): sum takes numbers, but kind is category. Read numbers from it with .cast('string').cast('float64').",
    ],
    [
      () => col('n').str.length(),
      "n.str.length(): str.length takes texts, but n is int64. Make texts of it with .cast('string').",
    ],
    [
      () => col('n').dt.year(),
      "n.dt.year(): dt.year takes a date or a datetime, but n is int64. Make datetimes of ticks with .cast({ datetime: 'ms' }).",
    ],
    [
      () => col('day').dt.hour(),
      "day.dt.hour(): dt.hour takes a datetime or a time, but day is date. A date has no time of day: .cast('datetime') is its midnight.",
    ],
    [
      () => col('n').and(true),
      'n and true: and takes booleans, but n is int64. Compare it, e.g. with .gt(0) or .neq(0).',
    ],
    [
      () => col('text').list.length(),
      'text.list.length(): list.length takes a list, but text is string. Make a list of a text with .str.split(separator).',
    ],
    [
      () => col('list').list.contains('b'),
      'list.list.contains("b"): int64 and string do not go together. Cast one of them with .cast(type).',
    ],
    [
      () => col('list').lt(col('list')),
      'list < list: list<int64> has no order. Take a part of it, e.g. .list.get(0) or .list.length().',
    ],
    [
      () => col('place').max(),
      "place.max(): max takes values that have an order, but place is struct<city: string>. Take a field of it, e.g. .field('city').",
    ],
    [
      () => col('text').diff(),
      "text.diff({ n: 1 }): diff takes numbers, dates, datetimes or durations, but text is string. Read numbers from it with .cast('float64').",
    ],
    [
      () => col('none').field('city'),
      'none.field({ name: "city" }): none has no value in any row, and so no fields. Say its type in schema.',
    ],
    [
      () => col('bytes').cast('int64'),
      "bytes is binary and cannot be cast to int64: make a text of it first, with .cast('string').",
    ],
    [
      () => col('n').cast('binary'),
      'n is int64 and cannot be cast to binary: functions make bytes, in mapPartitions or apply.',
    ],
    [
      () => col('at').cast('boolean'),
      'at is datetime<us> and cannot be cast to boolean: compare it, e.g. with .gt(…) or .isNotNull().',
    ],
    [
      () => col('clock').cast('date'),
      "clock is time and cannot be cast to date: a time of day has no date: .cast({ duration: 'us' }) can be added to one.",
    ],
    [
      () => col('span').cast('string'),
      'span is duration<us> and cannot be cast to string: make a number of it first, e.g. with .dt.totalMilliseconds().',
    ],
    [
      () => col('n').cast('null'),
      'n is int64 and cannot be cast to null: every value would be lost: lit(null) is a column without any.',
    ],
    [
      () => col('day').cast({ list: 'date' }),
      'day is date and cannot be cast to list<date>: values of a group become a list with .implode().',
    ],
  ]
  for (const [make, message] of cases)
    assert.throws(() => table.select((make() as Expr).as('made') as never), {
      name: 'ExpressionTypeError',
      message,
    })
})

test('every method that takes a column names itself where there is none, and the nearest ones', () => {
  const t = tableOf([{ city: 'a', at: new Date(0), n: 1 }])
  const no = 'citi' as never
  const calls: Record<string, () => unknown> = {
    select: () => t.select(no),
    filter: () => t.filter((col(no) as Expr).eq(1)),
    withColumns: () => t.withColumns((col(no) as Expr).as('x')),
    drop: () => t.drop(no),
    rename: () => t.rename({ citi: 'x' }),
    cast: () => t.cast({ citi: 'string' }),
    fillNull: () => t.fillNull({ citi: 1 }),
    dropNulls: () => t.dropNulls(no),
    unique: () => t.unique({ subset: no }),
    sort: () => t.sort(no),
    setIndex: () => t.setIndex(no),
    groupBy: () => t.groupBy(no),
    agg: () => t.groupBy('city').agg((col(no) as Expr).sum()),
    resample: () => t.resample(no, '1d'),
    rolling: () => t.rolling('at', '1d', { by: no }),
    'join, left table': () => t.join(t, { leftOn: no, rightOn: 'city' } as never),
    'join, right table': () => t.join(t, { leftOn: 'city', rightOn: no } as never),
    joinAsof: () => t.joinAsof(t, { on: no } as never),
    pivot: () => t.pivot({ index: no, on: 'city', values: 'n', columns: ['a'] }),
    melt: () => t.melt({ id: no }),
    explode: () => t.explode(no),
    valueCounts: () => t.valueCounts(no),
    nUnique: () => t.nUnique(no, { approximate: true }),
    quantile: () => t.quantile(no, 0.5),
    categories: () => t.categories(no),
    toParquet: () => t.toParquet('nowhere', { partitionBy: no }),
  }
  for (const [method, call] of Object.entries(calls))
    assert.throws(call, (error: Error) => {
      assert.equal(error.name, 'MissingColumnError', method)
      const [said] = error.message.split('. ')
      assert.ok(said.startsWith(`the table has no column "citi" (${method}`), `${method}: ${error.message}`)
      assert.match(error.message, /Did you mean city/)
      return true
    })
})

test('zones, patterns, names and letters that are none are errors with the way out', async () => {
  const table = tableOf([{ who: 'a', v: 1, at: new Date(0), list: [1] }])
  const any = (value: unknown): never => value as never
  const cases: [call: () => unknown, message: string][] = [
    [
      () => col('at').dt.toZone('Mars/X'),
      `dt.toZone takes the name of a time zone such as 'Europe/Berlin' or 'UTC', not "Mars/X"`,
    ],
    [
      () => col('at').dt.asZone('Berlin'),
      `dt.asZone takes the name of a time zone such as 'Europe/Berlin' or 'UTC', not "Berlin"`,
    ],
    [() => col('who').str.padStart(5, 'ab'), 'str.padStart fills with one character, not "ab"'],
    [() => col('who').str.padEnd(5, ''), 'str.padEnd fills with one character, not ""'],
    [() => col('list').list.get(any('0')), 'list.get takes a whole number, not "0"'],
    [
      () => table.rename(any(undefined)),
      "rename takes an object by columns' names, e.g. { t: 'temperature' }",
    ],
    [() => table.melt({ on: any(3) }), "melt: on takes a column's name, or a list of them, not 3"],
    [() => table.melt({ id: any(null) }), "melt: id takes a column's name, or a list of them, not null"],
    [() => table.melt({ variable: any([]) }), 'melt: variable is the name of a column, not an empty list'],
    [() => table.rename({ v: any(3) }), 'rename: the new name of v is a text, not a value of type number'],
    [() => table.cast(any('int64')), "cast takes an object by columns' names, e.g. { t: 'int64' }"],
    [
      () => table.joinAsof(table, any(undefined)),
      "joinAsof takes the column to compare: { on: 'time' }, or leftOn and rightOn",
    ],
    [
      () => table.melt({ on: any(['who', 'v']) }),
      'melt puts the values of all columns into one, but who is string and v is float64: cast one of them, or say which by on: [...]',
    ],
    [
      () => table.pivot(any({ index: 'who', on: 'list', values: 'v' })),
      'pivot makes columns of texts, numbers and booleans, but list is list<float64>: take a part of it first, with withColumns',
    ],
    [
      () => table.setIndex(any('list')),
      'setIndex: list is list<float64>, which has no order. Sort by a part of it, e.g. list.list.get(0)',
    ],
  ]
  for (const [call, message] of cases) assert.throws(call, { message })
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  await assert.rejects(table.select(col('who').str.contains('(')).toRecords(), {
    name: 'PatternError',
    message: '"(" is no pattern: unclosed group. With { literal: true } it is taken as it stands.',
  })
})

test('what is left out, or no object where one is wanted, is told with an example', () => {
  const table = tableOf([{ who: 'a', v: 1 }]) as DataFrame
  const any = (value: unknown): never => value as never
  const cases: [call: () => unknown, message: RegExp][] = [
    [
      () => dataframe.fromBag(bag.fromSequence([{ a: 1 }]), any(undefined)),
      /^fromBag takes the columns of its/,
    ],
    [
      () => dataframe.fromBag(any([{ a: 1 }]), { schema: { a: 'int64' } }),
      /^fromBag takes a bag of records; lists/,
    ],
    [() => dataframe.fromDelayed([], any(undefined)), /^fromDelayed takes the columns of its records/],
    [() => dataframe.fromColumns(any(undefined)), /^fromColumns takes lists by columns' names/],
    [() => dataframe.fromColumns(any({ a: 1 })), /^fromColumns takes lists by columns' names/],
    [() => dataframe.readParquet(any(42)), /^files are read from a path, a glob, an address or a list/],
    [() => table.pivot(any(undefined)), /^pivot takes its columns: \{ index/],
    [() => table.fillNull(any(null)), /^fillNull takes a value, or values by columns' names/],
    [() => table.rolling(any([]), '2h'), /^rolling takes a column of dates and a length of time/],
    [() => table.groupBy('who').reduction(any(undefined)), /^reduction takes its functions/],
  ]
  for (const [call, message] of cases) assert.throws(call, { message })
})

test('melt takes one column by its name as it takes a list', async () => {
  const table = tableOf([{ who: 'a', v: 1 }])
  const rows = [{ who: 'a', variable: 'v', value: 1 }]
  assert.deepEqual(await table.melt({ id: 'who', on: 'v' }).toRecords(), rows)
  assert.deepEqual(await table.melt({ id: ['who'], on: ['v'] }).toRecords(), rows)
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
