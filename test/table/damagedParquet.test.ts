// Parquet files that are damaged: the right rows, or one error that names the file; no memory, no time and no process is lost.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { col, dataframe } from '../../runtime/collections/index.ts'
import { faultIn } from '../../runtime/kernels/files/footerFault.ts'
import { FILE_META_DATA } from '../../runtime/kernels/files/footerTypes.ts'
import { parsedFooter, readFooter } from '../../runtime/kernels/files/parquetFooter.ts'
import { requireWholeStruct } from '../../runtime/kernels/files/thriftBounds.ts'
import { parquetSchema } from '../../runtime/kernels/table/read/parquetColumns.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { Random } from '../simulation/random.ts'

computeInProcess()

const FILES = join(import.meta.dirname, '..', 'fixtures', 'parquet')
const wholeFiles = readdirSync(FILES)
  .filter((name) => name.endsWith('.parquet'))
  .map((name) => readFileSync(join(FILES, name)))

const footerStart = (bytes: Buffer): number => bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)

test('footers with flipped bits and other bytes: as many rows as before, or an error that names the file', (t) => {
  const path = join(temporaryFolder(t), 'flipped.parquet')
  const outcomes = { read: 0, refused: 0 }
  for (let seed = 1; seed <= 600; seed++) {
    const random = new Random(seed)
    const whole = wholeFiles[random.below(wholeFiles.length)]
    const rows = readFooter(path, whole).num_rows
    const bytes = Buffer.from(whole)
    const start = footerStart(whole)
    for (let change = random.below(3); change >= 0; change--) {
      const at = start + random.below(bytes.length - start)
      bytes[at] = random.next() < 0.5 ? bytes[at] ^ (1 << random.below(8)) : random.below(256)
    }
    writeFileSync(path, bytes)
    try {
      dataframe.readParquet(path)
      const footer = readFooter(path)
      assert.equal(footer.num_rows, rows, `seed ${seed}`)
      parquetSchema(footer)
      outcomes.read++
    } catch (error) {
      if ((error as Error).name === 'AssertionError') throw error
      assert.equal((error as Error).name, 'FileFormatError', `seed ${seed}: ${(error as Error).stack}`)
      assert.ok((error as Error).message.startsWith(path), `seed ${seed}: ${(error as Error).message}`)
      outcomes.refused++
    }
  }
  assert.ok(outcomes.read > 100 && outcomes.refused > 100, JSON.stringify(outcomes))
})

test('files that are cut anywhere, of zero bytes, or of nothing but their ends, are refused by name', (t) => {
  const path = join(temporaryFolder(t), 'cut.parquet')
  const [, whole] = wholeFiles
  for (let length = 0; length < whole.length; length += 1 + (length >> 5)) {
    writeFileSync(path, whole.subarray(0, length))
    assert.throws(() => dataframe.readParquet(path), { name: 'FileFormatError', path }, `${length} bytes`)
  }
  writeFileSync(path, Buffer.concat([whole.subarray(0, 4), whole.subarray(footerStart(whole))]))
  assert.throws(() => dataframe.readParquet(path), {
    message: /cut\.parquet is no readable parquet file: its footer is damaged \(column .* should end at byte/,
  })
})

test('all fixtures have whole footers, which end where they say', () => {
  for (const whole of wholeFiles) {
    const footer = whole.subarray(footerStart(whole), -8)
    assert.equal(requireWholeStruct(footer, FILE_META_DATA), footer.length)
    assert.equal(faultIn(readFooter('whole', whole), whole.length), undefined)
    for (let length = 0; length < footer.length; length += 1 + (length >> 6))
      assert.throws(() => requireWholeStruct(footer.subarray(0, length), FILE_META_DATA), RangeError)
  }
})

test('structs that claim more than there is are refused before memory is taken', () => {
  const claims: [string, number[], RegExp][] = [
    // Lists in lists, each of 2^27 items: by the library they took 1 GB each.
    ['lists in lists', Array.from({ length: 40 }, () => [0xf9, 0xff, 0xff, 0xff, 0x3f]).flat(), /asks for/],
    ['structs in structs', new Array(100_000).fill(0x1c), /nest more than 64 deep/],
    ['a number without an end', [0x16, ...new Array(100_000).fill(0xff)], /more than 10 bytes/],
    [
      'a text beyond the end',
      [0x18, 0xff, 0xff, 0xff, 0xff, 0x07],
      /asks for 2147483647 more, and there are 0/,
    ],
    ['a map', [0x1b, 0x00, 0x00], /type 11, which parquet has not/],
  ]
  for (const [what, bytes, says] of claims) {
    const lead = what === 'lists in lists' ? [0x19] : []
    assert.throws(() => requireWholeStruct(Uint8Array.from([...lead, ...bytes])), says, what)
  }
  const sorting = { name: 'SortingColumn', fields: { 2: 'boolean' }, required: [2] } as const
  // polars ends the process where a boolean is none.
  assert.throws(() => requireWholeStruct(Uint8Array.of(0x25, 0x02, 0x00), sorting), /field 2 .* another type/)
  assert.throws(() => requireWholeStruct(Uint8Array.of(0x00), sorting), /SortingColumn lacks a field/)
  assert.equal(requireWholeStruct(Uint8Array.of(0x21, 0x00), sorting), 2)
})

test('footers that contradict themselves are refused, and say in what', () => {
  const [, whole] = wholeFiles
  const faultOf = (change: (footer: ReturnType<typeof readFooter>) => void): string | undefined => {
    const footer = readFooter('whole', whole)
    change(footer)
    return faultIn(footer, whole.length)
  }
  const metaOf = (footer: ReturnType<typeof readFooter>) => {
    const { meta_data } = footer.row_groups[0].columns[0]
    assert.ok(meta_data)
    return meta_data
  }
  const cases: [(footer: ReturnType<typeof readFooter>) => void, RegExp][] = [
    [(footer) => footer.num_rows++, /^row groups have \d+ rows together, and the file \d+$/],
    [(footer) => footer.row_groups.pop(), /^row groups have 0 rows together/],
    [(footer) => footer.row_groups[0].columns.pop(), /^row group 0 has \d+ columns, and the schema \d+$/],
    [(footer) => footer.schema.pop(), /^its schema is cut short$/],
    [(footer) => footer.schema.push({ name: 'more', type: 'INT32' }), /^its schema has more columns/],
    [(footer) => (metaOf(footer).num_values += 1n), /has \d+ values for \d+ rows$/],
    [
      (footer) => (metaOf(footer).total_compressed_size = 1n << 40n),
      /should end at byte \d+, and the file's columns end at/,
    ],
    [(footer) => (metaOf(footer).data_page_offset = -1n), /^the place of column .* are no number$/],
    [(footer) => (metaOf(footer).path_in_schema = ['other']), /has another name there$/],
  ]
  for (const [change, says] of cases) assert.match(faultOf(change) ?? '', says)
  assert.throws(() => parsedFooter('empty.parquet', Buffer.from([0, 1, 0, 0, 0, 80, 65, 82, 49])), {
    message:
      'empty.parquet is no readable parquet file: its footer is damaged (FileMetaData lacks a field). Copy or write it again.',
  })
})

test('what polars cannot read is said with the name of the file; what a plan does wrong stays as it was', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const folder = temporaryFolder(t)
  const rows = Array.from({ length: 500 }, (_, i) => ({ text: `text ${(i * 7919) % 500}`, n: i }))
  const paths: string[] = []
  for (const name of ['good', 'bad'])
    paths.push(
      ...(await dataframe
        .fromRecords(rows)
        .toParquet(join(folder, `${name}.parquet`))
        .compute()),
    )
  const bytes = readFileSync(paths[1])
  const { meta_data } = readFooter(paths[1]).row_groups[0].columns[0]
  const at = Number(meta_data?.dictionary_page_offset || meta_data?.data_page_offset)
  bytes.fill(0, at + 60, at + 200)
  writeFileSync(paths[1], bytes)
  const damaged = (error: Error): boolean => {
    assert.equal(error.name, 'FileFormatError')
    assert.match(
      error.message,
      /bad\.parquet is no readable parquet file: it is damaged \(.+\)\. Copy or write/,
    )
    return true
  }
  await assert.rejects(dataframe.readParquet(paths).toRecords(), damaged)
  const narrowed = dataframe.readParquet(paths)
  await assert.rejects(narrowed.filter(col('n').gt(3)).toRecords(), damaged)
  const whole = dataframe.readParquet(paths[0])
  await assert.rejects(whole.withColumns(col('text').cast('int64').as('k')).toRecords(), {
    name: 'CellTypeError',
  })
})
