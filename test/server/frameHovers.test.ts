// What hovers tell of data frames after each verb, held to what the same program says when it runs: columns, types, partitions, tasks.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as heddle from '../../runtime/collections/index.ts'
import { buildTogether } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { typeText } from '../../runtime/kernels/table/dataType.ts'
import { outlineOf } from '../../runtime/outline/outline.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { hoverAt } from '../../server/lsp/hover.ts'

const EXPORTS: Readonly<Record<string, unknown>> = { ...heddle }
const NAMES = [
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

const folder = mkdtempSync(join(tmpdir(), 'heddle-frames-'))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'a-1.csv'), `id,city,t,day\n1,Oslo,3.5,2024-01-01\n2,Rome,21,2024-01-02\n`)
writeFileSync(join(folder, 'a-2.csv'), `id,city,t,day\n3,Rome,,2024-01-02\n`)
writeFileSync(join(folder, 'b.jsonl'), `{"id":1,"on":true}\n{"id":2,"on":null}\n`)
const FLIGHTS = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet')

/** What every program begins with. */
const TABLES = `
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

const told = async (program: string): Promise<string | undefined> => {
  const text = `import { ${NAMES.join(', ')} } from 'heddle'\n${TABLES}\nconst it = ${program}\n`
  const subject = Subject.of('a.mjs', text)
  assert.ok(subject, 'the program parses')
  const offset = text.lastIndexOf('const it') + 'const '.length
  const hover = await hoverAt(
    subject,
    offset,
    async () => undefined,
    1,
    async (recipe) => outlineOf(structuredClone(recipe), folder),
  )
  return hover?.markdown
}

const made = (program: string): heddle.DataFrame => {
  const make = new Function(...NAMES, `${TABLES}\nreturn ${program}`)
  return make(...NAMES.map((name) => EXPORTS[name])) as heddle.DataFrame
}

/** What a hover says, read back. */
function read(markdown: string | undefined): { columns?: string; partitions?: number; tasks?: number } {
  const number = (what: string): number | undefined => {
    const found = new RegExp(` · ([\\d,]+) ${what}s?(?: |$)`, 'm').exec(markdown ?? '')?.[1]
    return found === undefined ? undefined : Number(found.replaceAll(',', ''))
  }
  return {
    columns: /^columns: (.*?) *$/m.exec(markdown ?? '')?.[1],
    partitions: number('partition'),
    tasks: number('task'),
  }
}

function saidBy(frame: heddle.DataFrame): ReturnType<typeof read> {
  const graph = new TaskGraph()
  buildTogether(graph, [frame])
  return {
    columns: Object.entries(frame.schema)
      .map(([name, type]) => `\`${name}\` ${typeText(type)}`)
      .join(', '),
    partitions: frame.partitions,
    tasks: graph.size,
  }
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
const PROGRAMS = [
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
const FILES = [
  "dataframe.readCsv('a-1.csv')",
  "dataframe.readCsv('a-*.csv').filter(col('t').gt(3))",
  "dataframe.readCsv(['a-1.csv', 'a-2.csv'], { schema: { id: 'string' }, blockSize: 20 })",
  "dataframe.readJsonLines('b.jsonl').rename({ on: 'lit' })",
  "dataframe.readCsv('a-*.csv').join(dataframe.readJsonLines('b.jsonl'), { on: 'id', how: 'left' })",
]

for (const program of PROGRAMS)
  test(`told as it is: ${program}`, async () => {
    assert.deepEqual(read(await told(program)), saidBy(made(program)))
  })

for (const program of FILES)
  test(`told as it is: ${program}`, async () => {
    const there = program.replace(
      /'([ab][^',]*\.(csv|jsonl))'/g,
      (_, name: string) => `'${join(folder, name)}'`,
    )
    assert.deepEqual(read(await told(program)), saidBy(made(there)))
  })

/** What is not written out: nothing is said of it rather than something that may be wrong. */
const UNTOLD: [program: string, partitions?: number][] = [
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

for (const [program, partitions] of UNTOLD)
  test(`no columns and tasks are told: ${program}`, async () => {
    assert.deepEqual(read(await told(program)), { columns: undefined, partitions, tasks: undefined })
  })

test('a list that is changed on the way is not taken for what it was', async () => {
  for (const change of ["list.push('t')", "list[0] = 't'", 'change(list)', 'delete list[0]'])
    assert.equal(
      read(await told(`(() => { const list = ['id']; ${change}; return rows.select(...list) })()`)).columns,
      undefined,
      change,
    )
  const kept = "(() => { const list = ['id']; return rows.drop('t').select(...list) })()"
  assert.equal(read(await told(kept)).columns, '`id` int64')
})

const LARGE = `dataframe.readParquet('${FLIGHTS}')`
const GATHERS: [step: string, told: string | undefined][] = [
  ["sort('delay')", '`sort` holds all of its rows at once: about 192 MB on all workers together'],
  ["sort('delay').head(3)", undefined],
  [
    "select('delay').sort('delay')",
    '`sort` holds all of its rows at once: about 24 MB on all workers together',
  ],
  [
    "filter(col('delay').gt(60)).setIndex('date')",
    '`sort` holds all of its rows at once: about 58 MB on all workers together',
  ],
  ['unique()', '`unique` holds all of its rows at once: about 192 MB on all workers together'],
  ["groupBy('origin').agg(col('delay').mean())", undefined],
  [
    "groupBy('origin').apply((rows) => rows, { schema: { n: 'int32' } })",
    '`apply` holds all of its rows at once: about 192 MB on all workers together',
  ],
  ["join(rows.select(col('city').as('origin')), { on: 'origin', broadcast: true })", undefined],
  [
    `join(${LARGE}, { on: 'origin', broadcast: false })`,
    '`join` holds all of its rows at once: about 384 MB on all workers together',
  ],
]
for (const [step, expected] of GATHERS)
  test(`what is held at once: ${step.replace(FLIGHTS, 'flights')}`, async () => {
    const said = await told(`${LARGE}.${step}`)
    assert.equal(/^.*holds all.*?(?= *$)/m.exec(said ?? '')?.[0], expected)
  })
