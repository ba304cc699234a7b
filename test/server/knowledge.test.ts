// What hovers, hints and completions know: from the text, and from files on the disk.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { columnFindings, nearest } from '../../server/diagnose/columns.ts'
import { columnUses, sourcesOf } from '../../server/knowledge/columnUses.ts'
import type { Source } from '../../server/knowledge/sources.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { columnsAt } from '../../server/lsp/completion.ts'
import { hoverAt } from '../../server/lsp/hover.ts'
import { inlayHints } from '../../server/lsp/inlayHints.ts'
import { type FileFacts, FileMetadata, headerOf } from '../../server/metadata/fileFacts.ts'
import { marked } from './marks.ts'

const HEAD = "import { bag, Client, delayed, dataframe, array, col } from 'heddle'\n"
const FLIGHTS = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet')

describe('with files on the disk', () => {
  let folder: string
  const metadata = new FileMetadata()
  const factsOf = ({ paths, format }: Source): Promise<FileFacts | undefined> =>
    metadata.of(paths, format, folder)

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-files-'))
    mkdirSync(join(folder, 'logs'))
    for (const name of ['a.txt', 'b.txt']) writeFileSync(join(folder, 'logs', name), 'x'.repeat(1000))
    writeFileSync(join(folder, 'flights.csv'), 'origin,delay,"carrier, code"\nHAM,3,LH\n')
    symlinkSync(FLIGHTS, join(folder, 'flights.parquet'))
    mkdirSync(join(folder, 'era.zarr'))
    writeFileSync(
      join(folder, 'era.zarr', 'zarr.json'),
      JSON.stringify({
        shape: [365, 90],
        data_type: 'float32',
        chunk_grid: { configuration: { chunk_shape: [30, 90] } },
        dimension_names: ['time', 'lat'],
      }),
    )
  })
  after(() => rmSync(folder, { recursive: true }))

  const hover = async (body: string): Promise<string | undefined> => {
    const { text, cursor } = marked(HEAD + body)
    const subject = Subject.of('a.ts', text)
    assert.ok(subject)
    return (await hoverAt(subject, cursor, factsOf))?.markdown
  }

  const HOVERS: [what: string, body: string, says: string | undefined][] = [
    [
      'a bag of files',
      "const lin$0es = bag.readText('logs/*.txt').filter((line) => line !== '')",
      '**bag**  \nfrom `logs/*.txt`: 2 files, 2.0 kB  \nabout 1 block of at most 64 MB, where nothing else is asked for  \nestimated peak on a worker: 2.0 kB (1.0 kB in, 1.0 kB out, 1 thread)  \nmade by `readText` → `filter`',
    ],
    [
      'through a variable, with partitions',
      'const numbers = bag.range(200, { partitions: 200 })\nconst total = num$0bers.sum()',
      '**bag** · 200 partitions · 200 tasks  \nestimated peak on a worker: 8 B (8 B out, 1 thread)  \nmade by `range`',
    ],
    [
      'columns of parquet',
      "const fra$0me = dataframe.readParquet('flights.parquet')",
      '**data frame**  \nfrom `flights.parquet`: 1 file, SIZE, 3,000,000 rows in the first  \ncolumns: `date` TIMESTAMP, `delay` INT64, `distance` INT64, `origin` STRING, `destination` STRING  \nestimated peak on a worker: 33 MB (16 MB in, 16 MB out, 1 thread)  \nmade by `readParquet`',
    ],
    [
      'an array of zarr',
      "const a$0ir = array.fromZarr('era.zarr')",
      '**array** · 365 × 90 float32 · chunks of 30 × 90 · along time, lat · 13 tasks  \nfrom `era.zarr`: 1 file, SIZE  \nestimated peak on a worker: 22 kB (11 kB in, 11 kB out, 1 thread)  \nmade by `fromZarr`',
    ],
    [
      'a task function',
      "import { format } from './format.ts'\nconst factor = Math.random()\nfunction scale(n: number) { return format(n * factor) }\nawait bag.range(3).map(sc$0ale).compute()",
      '**Runs as tasks** of `map()`.  \nSent along: `factor`.  \nImported on each worker: `format` from `./format.ts`.',
    ],
    ['a value', 'const n = await bag.range(3).compute()\nconsole.log(n$0)', undefined],
    [
      'a delayed value',
      'const add = delayed((a: number) => a)\nconst x$0 = add(1)',
      '**delayed value**  \nmade by `add`',
    ],
  ]
  for (const [what, body, says] of HOVERS)
    test(`a hover tells of ${what}`, async () => {
      const said = await hover(body)
      assert.equal(said?.replace(/file, [\d.]+ [kM]?B/, 'file, SIZE'), says)
    })

  test('hints stand behind the names of collections', async () => {
    const text = `${HEAD}const a = bag.range(4, { partitions: 2 })\nconst b = 3\nconst c = bag.readText('logs/*.txt')\nconst d: unknown = a\nconst e = a.sum()`
    const subject = Subject.of('a.ts', text)!
    const hints = await inlayHints(subject, { start: 0, end: text.length }, factsOf)
    assert.deepEqual(
      hints.map((hint) => text.slice(hint.offset - 1, hint.offset) + hint.text),
      ['a: bag of 2 partitions', 'c: bag of 2 files', 'e: delayed value'],
    )
  })

  const COMPLETIONS: [what: string, body: string, names: string[]][] = [
    [
      'rows of a CSV file, after a dot',
      "bag.readCsvRows('flights.csv').map((row) => row.$0)",
      ['origin', 'delay'],
    ],
    ['in half a name', "bag.readCsvRows('flights.csv').filter((row) => row.de$0 > 1)", ['origin', 'delay']],
    [
      'between quotes',
      "bag.readCsvRows('flights.csv').map((row) => row['$0'])",
      ['origin', 'delay', 'carrier, code'],
    ],
    [
      'col of a frame',
      "dataframe.readParquet('flights.parquet').filter(col('$0').gt(60))",
      ['date', 'delay', 'distance', 'origin', 'destination'],
    ],
    [
      'a key to group by',
      "dataframe.readParquet('flights.parquet').groupBy('$0')",
      ['date', 'delay', 'distance', 'origin', 'destination'],
    ],
    ...[
      "sort('$0', { descending: true })",
      "filter(col('delay').gt(3)).dropNulls('origin', '$0')",
      "explode('$0')",
      "valueCounts('$0')",
      "nUnique('$0')",
      "quantile('$0', 0.5)",
      "unique({ subset: ['origin', '$0'] })",
      "rename({ '$0': 'from' })",
      "cast({ '$0': 'string' })",
      "join(other, { leftOn: '$0', rightOn: 'code' })",
      "melt({ id: '$0' })",
      "pivot({ index: 'origin', on: '$0', values: 'delay' })",
      "resample('$0', '1d')",
      "rolling('date', '2h', { by: ['$0'] })",
      "rolling('date', '2h').agg(col('$0').sum())",
      "withColumns(col('delay').mean().over('$0').as('usual'))",
      "cast({ delay: 'float64' }).setIndex('date').select('$0')",
    ].map((step): [string, string, string[]] => [
      step,
      `dataframe.readParquet('flights.parquet').${step}`,
      ['date', 'delay', 'distance', 'origin', 'destination'],
    ]),
    ...[
      "resample('date', '$0')",
      "rename({ origin: '$0' })",
      "sort('date', { nulls: '$0' })",
      "join(other, { how: '$0' })",
      "rename({ origin: 'from' }).select('$0')",
      "fillNull('$0')",
    ].map((step): [string, string, string[]] => [
      `nothing in ${step}`,
      `dataframe.readParquet('flights.parquet').${step}`,
      [],
    ]),
    ['a key of a bag', "bag.readCsvRows('flights.csv').topK(3, '$0')", ['origin', 'delay', 'carrier, code']],
    [
      'not of rows that were changed',
      "bag.readCsvRows('flights.csv').map((row) => [row]).map((row) => row.$0)",
      [],
    ],
    ['not of something else', "bag.readCsvRows('flights.csv').map((row) => console.$0)", []],
  ]
  for (const [what, body, names] of COMPLETIONS)
    test(`columns are offered for ${what}`, async () => {
      const { text, cursor } = marked(HEAD + body)
      const choices = await columnsAt('a.ts', text, cursor, factsOf)
      assert.deepEqual(
        choices.map(({ name }) => name),
        names,
      )
    })

  test('a column that the file does not have is told of, with the nearest name', async () => {
    const text = `${HEAD}dataframe.readParquet('flights.parquet').filter(col('delya').gt(3)).groupBy('origin')\nbag.readCsvRows('flights.csv').map(({ origin, nonsense }) => origin)`
    const subject = Subject.of('a.ts', text)!
    const known = new Map<string, FileFacts | undefined>()
    const uses = columnUses(subject)
    for (const source of sourcesOf(uses)) known.set(source.paths[0], await factsOf(source))
    const found = columnFindings(uses, ({ paths }) => known.get(paths[0]))
    assert.deepEqual(
      found.map(({ message, fix }) => [message, fix?.edits[0].text]),
      [
        ["flights.parquet has no column 'delya': did you mean 'delay'?", 'delay'],
        ["flights.csv has no column 'nonsense'. It has origin, delay, carrier, code.", undefined],
      ],
    )
  })

  test('files that are not there, or are no such files, say nothing', async () => {
    assert.equal(await metadata.of(['nowhere.csv'], 'csv', folder), undefined)
    assert.equal(await metadata.of(['s3://bucket/a.csv'], 'csv', folder), undefined)
    assert.deepEqual((await metadata.of(['flights.csv'], 'parquet', folder))?.columns, undefined)
  })
})

test('the header of a CSV file, whatever parts it', () => {
  const names = (text: string): string[] => headerOf(Buffer.from(text)).map(({ name }) => name)
  assert.deepEqual(names('a,b\n1,2'), ['a', 'b'])
  assert.deepEqual(names('\ufeffa;b,c;d\r\n1'), ['a', 'b,c', 'd'])
  assert.deepEqual(names('"a ""x""","b\nc"\n'), ['a "x"', 'b\nc'])
  assert.deepEqual(names('a\tb'), ['a', 'b'])
  assert.deepEqual(names(''), [])
})

test('the nearest name is a near one', () => {
  assert.equal(nearest('Delay', ['delays', 'delay']), 'delay')
  assert.equal(nearest('orgin', ['origin', 'delay']), 'origin')
  assert.equal(nearest('xyz', ['origin', 'delay']), undefined)
})
