// Programs of data frames: a verb with its options each, what is not written out, and files.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What they import of heddle. */
export const NAMES = [
  'dataframe',
  'bag',
  'array',
  'delayed',
  'col',
  'lit',
  'len',
  'when',
  'coalesce',
  'struct',
] as const

export const FLIGHTS = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet')

/** What every program begins with. */
export const TABLES = `
const rows = dataframe.fromRecords(
  [
    { id: 1n, city: 'Oslo', t: 3.5, wet: true, at: new Date('2024-01-01T10:00:00Z'), tags: ['a', 'b'] },
    { id: 2n, city: 'Rome', t: 21, wet: false, at: new Date('2024-01-01T12:30:00Z'), tags: [] },
    { id: 3n, city: null, t: null, wet: null, at: null, tags: null },
  ],
  { partitions: 3 },
)
const typed = dataframe.fromColumns(
  { id: [1, 2, 3, 4], kind: ['x', 'y', 'x', 'z'], small: [1, 2, 3, 4], when: ['2024-01-01', '2024-01-02', null, '2024-02-01'] },
  { schema: { id: 'int64', kind: 'category', small: 'uint8', when: 'date' }, partitions: 2 },
)
const wide = typed.select('id', 'kind', col('small').as('t'))
`

/** The files that `FILES` read. */
export function writeFiles(folder: string): void {
  writeFileSync(join(folder, 'a-1.csv'), `id,city,t,day\n1,Oslo,3.5,2024-01-01\n2,Rome,21,2024-01-02\n`)
  writeFileSync(join(folder, 'a-2.csv'), `id,city,t,day\n3,Rome,,2024-01-02\n`)
  writeFileSync(join(folder, 'b.jsonl'), `{"id":1,"on":true}\n{"id":2,"on":null}\n`)
}

const ON_ROWS = [
  // Columns.
  "select('id', 't')",
  "select('t', col('t').mul(2).as('double'), col('id').add(1).as('next'), col('wet').not().as('dry'))",
  "select(col('t').div(2), col('id').sum().as('all'), len())",
  "select(col('city').str.length().as('letters'), col('city').str.toUpperCase().as('big'), col('city').str.split('s').as('parts'))",
  "select(col('at').dt.year().as('y'), col('at').dt.date().as('d'), col('at').dt.truncate('1d').as('day'), col('at').dt.format('%Y').as('text'))",
  "select(col('tags').list.length().as('n'), col('tags').list.first().as('one'), col('tags').list.join('-').as('all'))",
  "select(when(col('t').gt(3)).then(1).otherwise(0).as('warm'), coalesce(col('city'), lit('?')).as('c'), struct('id', 't').as('both'))",
  "select(col('t').rank().as('r'), col('t').cumSum().as('run'), col('t').shift(1).as('before'), col('t').diff().as('step'))",
  "select(col('t').mean().over('city').as('usual'), col('t').rollingMean(3).as('smooth'))",
  "withColumns(col('t').cast('float32').as('t'), col('id').cast('string').as('name'))",
  "withColumns(col('t').gt(3).as('hot'), col('t').isNull().as('none'), col('city').isIn(['Oslo']).as('north'))",
  "withColumns(lit(1).as('one'), lit('a').as('letter'), lit(null).as('nothing'), lit(true).as('yes'), lit(2n).as('big'))",
  "drop('t')",
  "drop('t', 'tags')",
  "rename({ t: 'temperature', id: 'number' })",
  "cast({ id: 'int32', t: 'string', city: 'category' })",
  "cast({ at: { datetime: 'ms' } }, { strict: false })",
  'fillNull(0)',
  "fillNull({ city: '?', t: 0 })",
  // Rows.
  "filter(col('t').gt(3))",
  "filter(col('t').gt(col('t').mean()))",
  'dropNulls()',
  "dropNulls('t')",
  'unique()',
  "unique({ subset: 'city', keep: 'last' })",
  "unique({ subset: ['city', 'wet'] })",
  "sort('t')",
  "sort(['city', 't'], { descending: [true, false] })",
  "sort(col('t').neg(), { partitions: 2 })",
  "setIndex('id')",
  "setIndex('at', { partitions: 2 })",
  "setIndex('id').filter(col('t').gt(0)).select('id', 't')",
  'head()',
  'head(2)',
  'tail(1)',
  'sample(0.5, { seed: 1 })',
  'sample(0.5)',
  'repartition(7)',
  'repartition(1)',
  'with({ retries: 2 })',
  // Groups.
  "groupBy('city').agg(col('t').mean(), col('t').max().as('most'), len(), len().as('rows'))",
  "groupBy('city', 'wet').agg(col('id').sum(), col('t').std().as('s'), col('t').median().as('m'), col('city').nUnique().as('n'))",
  "groupBy(col('at').dt.year().as('year')).agg(col('t').first(), col('t').implode().as('list'), col('wet').any().as('any'))",
  "groupBy('city').partitions(4).agg(col('t').sum())",
  "groupBy('city').len()",
  "groupBy('city').apply((rows) => ({ n: rows.length }), { schema: { n: 'int32' } })",
  "groupBy('city').reduction({ chunk: (rows) => rows, combine: (l) => l.flat(), finalize: (l) => ({ n: l.length }), schema: { n: 'float64' } })",
  "resample('at', '1h').agg(col('t').mean().as('mean'), len())",
  "resample('at', '1d', { by: 'city' }).agg(col('t').sum())",
  "rolling('at', '2h').agg(col('t').mean().as('mean'))",
  "rolling('at', '2h', { by: 'city' }).agg(col('t').sum().as('total'), len().as('n'))",
  // Joins.
  "join(typed, { on: 'id' })",
  "join(wide, { on: 'id' })",
  "join(wide, { on: 'id', suffix: '_w', how: 'left' })",
  "join(wide, { on: 'id', how: 'outer' })",
  "join(wide, { on: 'id', how: 'semi' })",
  "join(wide, { on: 'id', how: 'anti' })",
  "join(wide, { how: 'cross' })",
  "join(wide, { leftOn: 'id', rightOn: 't' })",
  "join(wide, { leftOn: ['id', 'city'], rightOn: ['id', 'kind'], broadcast: false, partitions: 5 })",
  "join(rows, { on: 'id', broadcast: false })",
  "joinAsof(wide.sort('id'), { on: 'id' })",
  "joinAsof(typed, { on: 'id', strategy: 'nearest', suffix: '_n' })",
  // Shapes.
  "pivot({ index: 'city', on: 'wet', values: 't', columns: [true, false], agg: 'mean' })",
  "pivot({ index: 'city', on: 'id', values: 't', columns: [1n, 2n] })",
  "select('id', 't').melt({ id: 'id' })",
  "melt({ id: ['id', 'city'], on: ['t'], variable: 'which', value: 'what' })",
  "explode('tags')",
  // Functions and summaries.
  'mapPartitions((rows) => rows)',
  "mapPartitions((rows) => rows.map(({ id }) => ({ id })), { schema: { id: 'int64' } })",
  "mapOverlap((rows) => rows, 1, 1, { schema: { id: 'int64', t: 'float64' } })",
  "apply((row) => ({ hot: row.t > 20 }), { schema: { hot: 'boolean' } })",
  'describe()',
  'describe({ approximate: true })',
  "valueCounts('city')",
]
export const PROGRAMS = [
  'rows',
  'typed',
  'wide',
  ...ON_ROWS.map((step) => `rows.${step}`),
  'dataframe.concat([typed, typed])',
  "dataframe.concat([typed, wide], { how: 'diagonal' })",
  "dataframe.concat([rows.select('id'), wide.select('id'), rows.repartition(4).select('id')])",
  "typed.groupBy('kind').agg(col('small').sum(), col('small').mean().as('m'), col('when').max())",
  "typed.withColumns(col('small').add(1).as('more'), col('small').div(2).as('half'), col('when').dt.month().as('m'))",
  "bag.range(10, { partitions: 4 }).map((n) => ({ n })).toDataFrame({ schema: { n: 'int32' } })",
  "dataframe.fromBag(bag.range(10, { partitions: 4 }).map((n) => ({ n })), { schema: { n: 'int32' } })",
  "dataframe.fromArray(array.ones([10, 2], { chunks: [5, 2] }), { columns: ['a', 'b'] })",
  "rows.filter(col('t').gt(0)).join(typed.groupBy('id').agg(len().as('n')), { on: 'id' }).sort('n').head(3)",
  '((frame) => frame.drop("t"))(rows)',
  '((frame, ...names) => frame.drop("t"))(rows)',
  `dataframe.readParquet('${FLIGHTS}')`,
  `dataframe.readParquet('${FLIGHTS}', { columns: ['delay', 'origin'] }).withColumns(col('delay').div(60).as('hours'))`,
  `dataframe.readParquet('${FLIGHTS}').filter(col('delay').gt(60)).groupBy('origin').agg(len())`,
]
/** Read from where runs start. */
export const FILES = [
  "dataframe.readCsv('a-1.csv')",
  "dataframe.readCsv('a-*.csv').filter(col('t').gt(3))",
  "dataframe.readCsv(['a-1.csv', 'a-2.csv'], { schema: { id: 'string' }, blockSize: 20 })",
  "dataframe.readJsonLines('b.jsonl').rename({ on: 'lit' })",
  "dataframe.readCsv('a-*.csv').join(dataframe.readJsonLines('b.jsonl'), { on: 'id', how: 'left' })",
]

/** What is not written out: nothing is said of it rather than something that may be wrong. */
export const UNTOLD: [program: string, partitions?: number][] = [
  ['rows.select(...Object.keys({ id: 1 }))', 3],
  ['rows.select(names[0])', 3],
  ["rows.select(Math.random() > 0.5 ? 'id' : 't')", 3],
  ['rows.rename(JSON.parse("{}"))', 3],
  ["rows.select(...(() => { const list = ['id']; list.push('t'); return list })())", 3],
  ["rows.select('nowhere')", 3],
  ["await rows.pivot({ index: 'city', on: 'wet', values: 't' })"],
  ['rows.repartition(Number("3"))'],
  ['rows.repartition(Number("3")).select("id")'],
  ["rows.join(other, { on: 'id' })"],
  ["rows.sort(names[0], { partitions: Number('2') })"],
  ["rows.filter(col('t').gt(bar)).groupBy('city').agg(col('t').sum())"],
  ['rows.pipe((frame) => frame)'],
  ["dataframe.readCsv('nowhere.csv')"],
  ["dataframe.readCsv('s3://bucket/a.csv')"],
  ["dataframe.readCsv(process.argv[2]).select('id')"],
]
