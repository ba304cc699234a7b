// Columns after steps that change them, by what the package says: which are offered, and which are told of as unknown; and what hints say then.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { shapesOf } from '../../runtime/outline/outline.ts'
import type { ShapesOf } from '../../server/diagnose/columnsAfterSteps.ts'
import { lookAt } from '../../server/diagnose/look.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { columnsAt } from '../../server/lsp/completion.ts'
import { inlayHints } from '../../server/lsp/inlayHints.ts'
import { FileMetadata } from '../../server/metadata/fileFacts.ts'
import { FILES, FLIGHTS, NAMES, PROGRAMS, TABLES, UNTOLD, writeFiles } from './framePrograms.ts'
import { marked } from './marks.ts'

const folder = mkdtempSync(join(tmpdir(), 'heddle-columns-'))
after(() => rmSync(folder, { recursive: true }))
writeFiles(folder)
// A folder that gives its rows a column more than their file has.
mkdirSync(join(folder, 'year=2024'))
symlinkSync(FLIGHTS, join(folder, 'year=2024', 'a.parquet'))

const HEAD = `import { ${NAMES.join(', ')} } from 'heddle'\n${TABLES}\n`
const metadata = new FileMetadata()
const factsOf = ({ paths, format }: Parameters<Parameters<ReturnType<typeof lookAt>['ofFiles']>[0]>[0]) =>
  metadata.of(paths, format, folder)
/** As the process is asked: what it gets is a copy. */
const asked: ShapesOf = async (recipes) => shapesOf(structuredClone(recipes), folder)

const offered = async (program: string): Promise<string> => {
  const { text, cursor } = marked(HEAD + program)
  const choices = await columnsAt('/tmp/a.ts', text, cursor, factsOf, undefined, asked)
  return choices.map(({ name }) => name).join(' ')
}

const found = async (program: string): Promise<string[]> => {
  const text = `${HEAD}const it = ${program}\n`
  const subject = Subject.of('/tmp/a.mjs', text)
  assert.ok(subject, 'the program parses')
  const look = lookAt(subject)
  const findings = [...look.findings, ...(await look.ofFiles(factsOf, asked))]
  return findings
    .filter(({ code }) => code === 'unknown-column')
    .map(({ start, end, fix, message }) => {
      for (const edit of fix?.edits ?? []) assert.deepEqual([edit.start, edit.end], [start, end])
      assert.match(message, /has no column/)
      return `${text.slice(0, start).split('\n').at(-1)?.replace('const it = ', '')}[${text.slice(start, end)}] ${fix?.edits[0].text ?? '-'}`
    })
}

describe('what is offered', () => {
  const OF_ROWS = 'id city t wet at tags'
  const OFFERS: [program: string, names: string][] = [
    ["rows.select('$0')", OF_ROWS],
    ["typed.filter(col('$0').gt(3))", 'id kind small when'],
    ["rows.withColumns(col('t').mul(2).as('double')).select('$0')", `${OF_ROWS} double`],
    ["rows.rename({ t: 'temperature' }).sort('$0')", 'id city temperature wet at tags'],
    ["rows.select('id', col('t').as('x')).filter(col('$0').gt(1))", 'id x'],
    ["rows.drop('tags', 'at').groupBy('$0')", 'id city t wet'],
    ["rows.groupBy('city').agg(col('t').mean().as('mean'), len()).sort('$0')", 'city mean len'],
    ["rows.select('city', 't').groupBy('city').agg(col('$0').mean())", 'city t'],
    [
      "rows.select('city', 't').groupBy('city').partitions(4).agg(col('t').sum(), col('te$0').mean())",
      'city t',
    ],
    ["rows.join(wide, { on: 'id', suffix: '_w' }).drop('$0')", `${OF_ROWS} kind t_w`],
    ["rows.join(wide, { leftOn: 'id', rightOn: '$0' })", 'id kind t'],
    ["rows.join(wide, { leftOn: col('id'), rightOn: col('$0') })", 'id kind t'],
    ["rows.join(wide, { on: 'id' }).join(typed.drop('kind'), { on: '$0' })", `${OF_ROWS} kind t_right`],
    [
      "rows.pivot({ index: 'city', on: 'wet', values: 't', columns: [true, false] }).select('$0')",
      'city true false',
    ],
    [
      "rows.select('id', 't').melt({ id: 'id', variable: 'which' }).unique({ subset: '$0' })",
      'id which value',
    ],
    ["typed.resample('when', '1d').agg(col('small').sum().as('n')).rename({ $0: 'm' })", 'when n'],
    ["typed.resample('when', '1d').agg(col('small').sum().as('n')).rename({ '$0': 'm' })", 'when n'],
    ["rows.valueCounts('city').withColumns(col('$0').add(1).as('more'))", 'city count'],
    ["rows.describe().select('$0')", 'statistic id t'],
    ["rows.apply((row) => row.c$0, { schema: { n: 'int32' } })", OF_ROWS],
    ["rows.apply((row) => ({ n: 1 }), { schema: { n: 'int32' } }).nUnique('$0')", 'n'],
    ["dataframe.concat([typed, wide], { how: 'diagonal' }).dropNulls('$0')", 'id kind small when t'],
    ["dataframe.readCsv('a-*.csv').rename({ t: 'degrees' }).quantile('$0', 0.5)", 'id city degrees day'],
    [
      "dataframe.readParquet('year=2024/*.parquet').select('$0')",
      'date delay distance origin destination year',
    ],
    ["dataframe.readJsonLines('b.jsonl').cast({ '$0': 'string' })", 'id on'],
    [
      "const short = (f) => f.select('id', 'city')\nconst a = short(rows)\na.toParquet('x', { partitionBy: '$0' })",
      'id city',
    ],
    [
      "class Weather { frame = rows.drop('at'); hot() { return this.frame.filter(col('$0').gt(3)) } }",
      'id city t wet tags',
    ],
    ["const kept = await rows.select('id', 't').persist()\nkept.explode('$0')", 'id t'],
    ["rows.withColumns(when(col('t').gt(3)).then(1).otherwise(col('$0')).as('w'))", OF_ROWS],
    ["rows.select('id', 't').withColumns(struct('id', '$0').as('both'))", 'id t'],
    ["rows.select('id', 't').withColumns(col('t').mean().over('$0').as('usual'))", 'id t'],
    // A name that is no name of a variable is offered between quotes alone.
    ["rows.rename({ t: 'the t' }).apply((row) => row['$0'])", 'id city the t wet at tags'],
    ["rows.rename({ t: 'the t' }).apply((row) => row.$0)", 'id city wet at tags'],
  ]
  for (const [program, names] of OFFERS)
    test(program, async () => {
      assert.equal(await offered(program), names)
    })

  const UNKNOWN = [
    "rows.select(...Object.keys(x)).filter(col('$0').gt(1))",
    "(Math.random() > 0.5 ? rows : wide).select('$0')",
    "other.select('$0')",
    "(await rows.pivot({ index: 'city', on: 'wet', values: 't' })).select('$0')",
    'rows.mapPartitions((rows) => rows.$0)',
    "rows.groupBy('city').apply((rows) => rows.$0, { schema: { n: 'int32' } })",
    'rows.pipe((frame) => frame.$0)',
    "rows.sort('t', { nulls: '$0' })",
    "let frame = rows\nframe = wide\nframe.select('$0')",
    "dataframe.readCsv('nowhere.csv').rename({ a: 'b' }).select('$0')",
  ]
  for (const program of UNKNOWN)
    test(`nothing: ${program}`, async () => {
      assert.equal(await offered(program), '')
    })
})

describe('what is told of as unknown', () => {
  /** With the place, the name that is wrong, and the one that is offered for it. */
  const WRONG: [program: string, ...found: string[]][] = [
    ["rows.select('id', 'cty')", "rows.select('id', '[cty] city"],
    [
      "rows.rename({ t: 'temperature' }).filter(col('temprature').gt(3))",
      "rows.rename({ t: 'temperature' }).filter(col('[temprature] temperature",
    ],
    ["rows.rename({ t: 'temperature' }).sort('t')", "rows.rename({ t: 'temperature' }).sort('[t] at"],
    [
      "rows.withColumns(col('t').mul(2).as('double')).select('duoble')",
      "rows.withColumns(col('t').mul(2).as('double')).select('[duoble] double",
    ],
    ["rows.drop('city').groupBy('city').agg(len())", "rows.drop('city').groupBy('[city] -"],
    [
      "rows.groupBy('city').agg(col('t').mean().as('mean')).sort('maen')",
      "rows.groupBy('city').agg(col('t').mean().as('mean')).sort('[maen] mean",
    ],
    ["rows.groupBy('city').agg(col('temp').mean())", "rows.groupBy('city').agg(col('[temp] -"],
    [
      "rows.groupBy('city').agg(col('t').mean()).select('wet')",
      "rows.groupBy('city').agg(col('t').mean()).select('[wet] t",
    ],
    ["rows.join(wide, { on: 'kind' })", "rows.join(wide, { on: '[kind] id"],
    ["rows.join(wide, { on: 'wet' })", "rows.join(wide, { on: '[wet] t"],
    [
      "rows.join(wide, { leftOn: 'id', rightOn: 'knd' })",
      "rows.join(wide, { leftOn: 'id', rightOn: '[knd] kind",
    ],
    ["rows.join(wide.filter(col('kidn').eq('x')), { on: 'id' })", "rows.join(wide.filter(col('[kidn] kind"],
    [
      "rows.join(wide, { on: 'id', suffix: '_w' }).drop('t_x')",
      "rows.join(wide, { on: 'id', suffix: '_w' }).drop('[t_x] t_w",
    ],
    [
      "rows.pivot({ index: 'city', on: 'wet', values: 't', columns: [true] }).select('city', 'treu')",
      "rows.pivot({ index: 'city', on: 'wet', values: 't', columns: [true] }).select('city', '[treu] true",
    ],
    [
      "rows.select('id', 't').melt({ id: 'id' }).unique({ subset: ['id', 'vlaue'] })",
      "rows.select('id', 't').melt({ id: 'id' }).unique({ subset: ['id', '[vlaue] value",
    ],
    ["rows.cast({ idd: 'int32' })", 'rows.cast({ [idd] id'],
    [
      "rows.apply((row) => ({ n: row.cty }), { schema: { n: 'string' } })",
      'rows.apply((row) => ({ n: row.[cty] city',
    ],
    ["rows.apply(({ id, cty }) => ({ n: id }), { schema: { n: 'int64' } })", 'rows.apply(({ id, [cty] city'],
    ["rows.filter(col('tt').gt(bar))", "rows.filter(col('[tt] t"],
    [
      "rows.withColumns(col('t').mean().over('ctiy').as('usual'))",
      "rows.withColumns(col('t').mean().over('[ctiy] city",
    ],
    [
      "dataframe.readCsv('a-*.csv').rename({ t: 'degrees' }).dropNulls('degress')",
      "dataframe.readCsv('a-*.csv').rename({ t: 'degrees' }).dropNulls('[degress] degrees",
    ],
    ["dataframe.readJsonLines('b.jsonl').select('ID')", "dataframe.readJsonLines('b.jsonl').select('[ID] id"],
    ["rows.valueCounts('city').sort('cuont').select('cit')", "rows.valueCounts('city').sort('[cuont] count"],
    ["rows.nUnique('ctiy')", "rows.nUnique('[ctiy] city"],
    [
      "((frame) => frame.drop('t'))(rows).quantile('t', 0.5)",
      "((frame) => frame.drop('t'))(rows).quantile('[t] at",
    ],
  ]
  for (const [program, ...all] of WRONG)
    test(program, async () => {
      assert.deepEqual(await found(program), all)
    })

  const RIGHT = [
    ...PROGRAMS,
    ...FILES,
    ...UNTOLD.map(([program]) => program).filter((program) => !program.includes("'nowhere'")),
    `dataframe.readParquet('${FLIGHTS}').mapPartitions((rows) => rows.map((row) => row.nothing))`,
    `dataframe.readParquet('${FLIGHTS}').pipe((frame) => frame.select('delay'))`,
    `dataframe.readParquet('${FLIGHTS}').join(rows.filter(col('city').eq('x')), { leftOn: 'origin', rightOn: 'city' })`,
    `bag.readCsvRows('a-1.csv').mapPartitions((rows) => rows.length)`,
    "dataframe.readParquet('year=2024/a.parquet').filter(col('year').eq(2024))",
    "rows.join(wide, { leftOn: col('city'), rightOn: col('kind').cast('string') })",
    `dataframe.readParquet('${FLIGHTS}').join(wide, { leftOn: 'origin', rightOn: col('kind').cast('string') })`,
    "bag.readCsvRows('a-1.csv').foldby('city', (state, row) => state.sum, { sum: 0 }, (a) => a.sum)",
    'rows.apply((row) => { row.more = 1; return row.more })',
    "rows.apply(({ more = 1 }) => ({ n: more }), { schema: { n: 'int32' } })",
    'rows.apply((row) => row.toString())',
    "(() => { class Box { frame = rows }; const box = new Box(); box.frame = wide; return box.frame.select('kind') })()",
    "(() => { const box = { frame: rows }; box.frame = wide; return box.frame.select('kind') })()",
    "rows.filter(names.has('x') ? col('x').gt(3) : col('t').gt(3))",
    "rows.filter(mine(col('x')))",
    "rows.pipe((frame) => frame.filter(col('x').gt(3)))",
    "rows.join(typed.withColumns(col('small').as('x')).filter(col('x').gt(1)), { on: 'id' })",
    "(() => { let frame = rows; if (names.size) frame = frame.withColumns(lit(1).as('x')); return frame.select('x') })()",
    "[rows, wide].map((frame) => frame.select('kind'))",
    "rows.groupBy(col('at').dt.year().as('year')).agg(len()).sort('year')",
    "rows.select('id', 't').rename({ t: 'x' }).select('x').rename({ x: 'y' }).select('y')",
  ]
  for (const program of RIGHT)
    test(`nothing: ${program.replace(FLIGHTS, 'flights')}`, async () => {
      assert.deepEqual(await found(program), [])
    })
})

describe('what stands behind the names of variables', () => {
  const HINTS: [program: string, hint: string][] = [
    ["rows.groupBy('city').agg(len())", ': data frame of 1 partition'],
    ["rows.repartition(7).sort('t', { partitions: 2 })", ': data frame of 2 partitions'],
    ['dataframe.concat([typed, typed])', ': data frame of 4 partitions'],
    [
      'bag.range(10, { partitions: 4 }).repartition(2).concat(bag.range(3, { partitions: 3 }))',
      ': bag of 5 partitions',
    ],
    ['array.concatenate([array.ones([4, 3]), array.zeros([2, 3])])', ': array 6×3 float64'],
    ['array.ones([4, 3]).reshape([12])', ': array 12 float64'],
    // Where nothing changes what was said before, nothing is asked.
    ['rows', ': data frame of 3 partitions'],
    ["rows.select('id')", ': data frame of 3 partitions'],
    ["dataframe.readCsv('a-*.csv')", ': data frame of 2 files'],
    ["dataframe.readCsv('a-1.csv')", ': data frame'],
    // Not written out.
    ["rows.sort('t', { partitions: Number('2') })", ': data frame'],
    ['array.ones([4, n]).reshape([12])', ': array'],
  ]
  for (const [program, hint] of HINTS)
    test(program, async () => {
      const text = `${HEAD}const it = ${program}\n`
      const subject = Subject.of('/tmp/a.mjs', text)
      assert.ok(subject)
      const stretch = { start: text.lastIndexOf('const it'), end: text.length }
      const hints = await inlayHints(subject, stretch, factsOf, asked)
      assert.deepEqual(
        hints.map((each) => each.text),
        [hint],
      )
    })
})
