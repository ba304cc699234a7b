// Every verb of tables with a column of every kind: in one partition by polars, which is the measure, in seven with empty ones
// among them, without rows, and on columns in JavaScript. What a kind cannot do is said before anything runs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, DataFrame, dataframe, type Expr, len } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { type Cut, cellsOf, cutTable, KINDS, type KindRow, kindRows } from './everyKind.ts'

computeInProcess()

/** Tables whose columns TypeScript does not know, as a program in JavaScript has them. */
type Loose = Record<string, (...args: unknown[]) => never>
type Verb = (table: Loose, kind: string, other: Loose) => unknown

const row = (name: string): Expr => col(name) as Expr
const ids = (table: unknown, kind: string): unknown => (table as Loose).select('id', kind)

/** Where the order of rows is said. */
const IN_ORDER: Readonly<Record<string, Verb>> = {
  'select twice': (t, kind) => t.select('id', row(kind), row(kind).as('again')),
  drop: (t, kind) => t.drop('id', kind),
  'rename to nothing and back': (t, kind) =>
    (t.rename({ [kind]: '', id: 'ä 日本 😀' }) as Loose).rename({ '': 'x' }),
  'withColumns in its place': (t, kind) => t.withColumns(row(kind).shift(1).as(kind), row('id').as('')),
  fillNull: (t, kind) => ids(t.fillNull({ [kind]: KINDS[kind].values[0] }), kind),
  'fillNull everywhere': (t, kind) => ids(t.fillNull(1), kind),
  dropNulls: (t, kind) => ids(t.dropNulls(kind), kind),
  'filter by what is absent': (t, kind) => ids(t.filter(row(kind).isNull().or(row('flag'))), kind),
  'sort upwards': (t, kind) => ids(t.sort(kind), kind),
  'sort downwards, absent first': (t, kind) =>
    ids(t.sort([kind, 'id'], { descending: [true, false], nulls: 'first' }), kind),
  'sort by several': (t, kind) => ids(t.sort(['key', kind], { partitions: 2 }), kind),
  'sort, then head': (t, kind) => ids((t.sort(kind, { descending: true }) as Loose).head(5), kind),
  setIndex: (t, kind) => ids(t.setIndex(kind, { partitions: 3 }), kind),
  'head of none': (t, kind) => ids(t.head(0), kind),
  head: (t, kind) => ids(t.head(4), kind),
  tail: (t, kind) => ids(t.tail(4), kind),
  'tail of more': (t, kind) => ids(t.tail(1000), kind),
  repartition: (t, kind) => ids(t.repartition(3), kind),
  persist: async (t, kind) => ids(await (t as unknown as DataFrame).persist(), kind),
  concat: (t, kind) => dataframe.concat([ids(t, kind), ids(t, kind)] as DataFrame[]),
  'concat of unlike ones': (t, kind) =>
    dataframe.concat([ids(t, kind), (t as Loose).select('id')] as DataFrame[], { how: 'diagonal' }),
  mapPartitions: (t, kind) =>
    (ids(t, kind) as Loose).mapPartitions((rows: KindRow[]) => rows.filter(({ id }) => Number(id) % 2 === 0)),
  apply: (t, kind) => (ids(t, kind) as Loose).apply((each: KindRow) => ({ ...each })),
  explode: (t, kind) => (ids(t, kind) as Loose).explode(kind),
  valueCounts: (t, kind) => t.valueCounts(kind),
  'pivot of first': (t, kind) =>
    (t.pivot({ index: 'size', on: 'flag', values: kind, columns: [true, false] }) as Loose).sort('size'),
  'pivot by it': (t, kind) =>
    (t.pivot({ index: kind, on: 'key', values: 'id', columns: ['a', ''], agg: 'sum' }) as Loose).sort(kind),
  describe: (t, kind) => (t.select(kind) as Loose).describe(),
}

/** Where no order is said, or only one within partitions. */
const IN_ANY_ORDER: Readonly<Record<string, Verb>> = {
  'unique, the first': (t, kind) => ids(t.unique({ subset: kind }), kind),
  'unique, the last': (t, kind) => ids(t.unique({ subset: [kind, 'key'], keep: 'last' }), kind),
  'unique, none': (t, kind) => ids(t.unique({ subset: kind, keep: 'none' }), kind),
  'unique, any': (t, kind) => (t.select(kind) as Loose).unique({ keep: 'any' }),
  groupBy: (t, kind) => (t.groupBy(kind) as Loose).agg(len(), row('id').sum().as('sum')),
  'groupBy of several': (t, kind) => (t.groupBy(kind, 'key') as Loose).agg(row('id').max()),
  'groupBy, spread': (t, kind) => ((t.groupBy(kind) as Loose).partitions(3) as Loose).agg(row('id').first()),
  'groupBy, its function': (t, kind) =>
    (t.groupBy(kind) as Loose).apply((rows: KindRow[]) => ({ rows: rows.length }), {
      schema: { rows: 'int32' },
    }),
  'groupBy, its reduction': (t, kind) =>
    (t.groupBy(kind) as Loose).reduction({
      chunk: (rows: KindRow[]) => rows.length,
      combine: (counts: number[]) => counts.reduce((a, b) => a + b, 0),
      finalize: (rows: number) => ({ rows }),
      schema: { rows: 'int32' },
    }),
  melt: (t, kind) => (ids(t, kind) as Loose).melt({ id: 'id', on: [kind] }),
  'melt of it': (t, kind) => (ids(t, kind) as Loose).melt({ id: kind, variable: 'x', value: 'y' }),
  'join inner': (t, kind, other) => (ids(t, kind) as Loose).join(other, { on: kind }),
  'join left': (t, kind, other) => (ids(t, kind) as Loose).join(other, { on: kind, how: 'left' }),
  'join outer, spread': (t, kind, other) =>
    (ids(t, kind) as Loose).join(other, { on: kind, how: 'outer', broadcast: false, partitions: 3 }),
  'join semi': (t, kind, other) => (ids(t, kind) as Loose).join(other, { on: kind, how: 'semi' }),
  'join anti, spread': (t, kind, other) =>
    (ids(t, kind) as Loose).join(other, { on: kind, how: 'anti', broadcast: false }),
  'join of several': (t, kind, other) =>
    (t.select('id', kind, 'key') as Loose).join(other, { on: [kind, 'key'] }),
  'join cross': (t, kind, other) => (ids(t, kind) as Loose).join(other.head(2), { how: 'cross' }),
  joinAsof: (t, kind, other) => ids((t as Loose).joinAsof((other as Loose).drop('key'), { on: kind }), kind),
  'joinAsof by groups': (t, kind, other) =>
    (
      (t.select('id', kind, 'key') as Loose).joinAsof(other, {
        on: kind,
        by: 'key',
        strategy: 'nearest',
        broadcast: false,
      }) as Loose
    ).select('id', kind),
  resample: (t, kind) => (t.resample(kind, '1d') as Loose).agg(row('id').count()),
  'resample by groups': (t, kind) =>
    (t.resample(kind, '1mo', { by: 'key' }) as Loose).agg(row('small').sum()),
  rolling: (t, kind) =>
    (t.rolling(kind, '2d', { by: 'flag', closed: 'both' }) as Loose).agg(row('small').sum()),
}

/** What verbs say that do not take a kind. */
const REFUSED =
  /^(ExpressionTypeError|ExpressionError|TableArgumentError|SchemaMismatchError|DuplicateColumnError)$/

type Outcome = { refused: string } | { cells: Record<string, string[]>; types: string }

async function outcome(
  verb: Verb,
  rows: readonly KindRow[],
  kind: string,
  cut: Cut,
  engine: string,
): Promise<Outcome> {
  process.env.HEDDLE_TABLE_ENGINE = engine
  const table = cutTable(rows, cut)
  const other = cutTable(rows.slice(0, 12), cut === 'one' ? 'one' : 'seven').select(
    kind as never,
    'key' as never,
    (col('id') as Expr).as('theirs') as never,
  )
  let made: unknown
  try {
    made = await verb(table as unknown as Loose, kind, other as unknown as Loose)
  } catch (error) {
    const { name, message } = error as Error
    assert.match(name, REFUSED, message)
    assert.doesNotMatch(message, /undefined|\[object/, message)
    return { refused: message }
  }
  assert.ok(made instanceof DataFrame)
  return { cells: await cellsOf(made as DataFrame), types: JSON.stringify((made as DataFrame).schema) }
}

/** The rows of columns, each as one text. */
const rowsOf = (cells: Record<string, string[]>): string[] => {
  const columns = Object.values(cells)
  return (columns[0] ?? []).map((_, i) => columns.map((column) => column[i]).join(' | ')).sort()
}

for (const [verbs, order] of [
  [IN_ORDER, true],
  [IN_ANY_ORDER, false],
] as const)
  for (const [name, verb] of Object.entries(verbs))
    test(`${name}: the same for every kind in any cut, on both engines`, async () => {
      let taken = 0
      for (const kind of Object.keys(KINDS))
        for (const seed of [1, 2]) {
          const rows = seed === 2 ? [] : kindRows(seed, 40)
          const expected = await outcome(verb, rows, kind, 'one', 'polars')
          if ('cells' in expected) taken++
          for (const [cut, engine] of [
            ['seven', 'polars'],
            ['one', 'columns'],
            ['seven', 'columns'],
          ] as const) {
            const found = await outcome(verb, rows, kind, cut, engine)
            const what = `${name} of ${kind} (${cut}, ${engine}, ${rows.length} rows)`
            if (order || 'refused' in found || 'refused' in expected) assert.deepEqual(found, expected, what)
            else
              assert.deepEqual(
                [rowsOf(found.cells), found.types],
                [rowsOf(expected.cells), expected.types],
                what,
              )
          }
        }
      assert.ok(taken > 0, 'no kind is taken')
    })
