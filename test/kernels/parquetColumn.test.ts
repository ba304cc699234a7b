// Columns read by their dictionaries' numbers hold what the parquet library reads, a value at a time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FileMetaData, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import pl from 'nodejs-polars'
import { readCodedColumn } from '../../runtime/kernels/bag/parquetColumn.ts'
import { decoded } from '../../runtime/kernels/bag/parquetValues.ts'
import { parsedFooter } from '../../runtime/kernels/files/parquetFooter.ts'
import { parquetCodecs } from '../../runtime/kernels/files/parquetLibrary.ts'
import { Random } from '../simulation/random.ts'

const CODECS = ['uncompressed', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd'] as const
/** Those of the library; its LZ4 does not know the empty page, which is a byte of its own. */
const CODECS_OF_LIBRARY = { ...compressors, LZ4_RAW: parquetCodecs().LZ4_RAW }

/** Columns of every kind that polars writes, some rows without a value. */
function randomFrame(random: Random, rows: number, absent: number): pl.DataFrame {
  const column = <T>(make: (i: number) => T): (T | null)[] =>
    Array.from({ length: rows }, (_, i) => (random.next() < absent ? null : make(i)))
  const few = 1 + Math.floor(random.next() * 300)
  const whole = (): number => Math.floor(random.next() * few)
  return pl.DataFrame([
    pl.Series(
      'few texts',
      column(() => `größe ${whole()}`),
    ),
    pl.Series(
      'texts',
      column((i) => `${'x'.repeat(whole() % 5)}${i}`),
    ),
    pl.Series(
      'numbers',
      column(() => random.next() - 0.5),
      pl.Float64,
    ),
    pl.Series('small numbers', column(whole), pl.Float32),
    pl.Series('whole', column(whole), pl.Int32),
    pl.Series(
      'bytes',
      column(() => whole() % 128),
      pl.UInt8,
    ),
    pl.Series(
      'long',
      column(() => BigInt(whole()) * 2n ** 40n),
      pl.Int64,
    ),
    pl.Series('unsigned', column(whole), pl.UInt32),
    pl.Series(
      'times',
      column(() => new Date(1e12 + 1000 * whole())),
      pl.Datetime('ms'),
    ),
    pl.Series(
      'flags',
      column(() => whole() % 2 === 0),
      pl.Bool,
    ),
    pl.Series(
      'lists',
      Array.from({ length: rows }, () => [whole(), whole()]),
    ),
  ])
}

test('every kind of column, codec and share of absent values is read as the library reads it', async () => {
  const random = new Random(20)
  const readByUs = new Set<string>()
  for (const compression of CODECS)
    for (const absent of [0, 0.3, 1]) {
      const rows = 1 + Math.floor(random.next() * 3000)
      const bytes = new Uint8Array(randomFrame(random, rows, absent).writeParquet({ compression }))
      const metadata = footerOfBytes(bytes)
      const whole = await parquetReadObjects({
        file: bytes.slice().buffer,
        metadata,
        compressors: CODECS_OF_LIBRARY,
      })
      for (const name of Object.keys(whole[0])) {
        const column = await readCodedColumn(metadata, 0, name, async (from, to) => bytes.slice(from, to))
        if (!column) continue
        readByUs.add(name)
        const expected = whole.map((row) => row[name] ?? null)
        assert.deepEqual(Array.from(decoded(column)), expected, `${name}, ${compression}, ${absent}`)
      }
    }
  assert.deepEqual(
    [...readByUs].sort(),
    ['bytes', 'few texts', 'long', 'numbers', 'small numbers', 'texts', 'times', 'unsigned', 'whole'].sort(),
  )
})

test('a dictionary that is given up within a column, and comes back', async () => {
  const column = await columnOf(
    [dictionary('a', 'b'), coded([0, 1, null]), plain(['c', null]), coded([1])],
    6,
  )
  assert.deepEqual(Array.from(decoded(column!)), ['a', 'b', null, 'c', null, 'b'])
})

test('a dictionary in several pages of codes', async () => {
  const column = await columnOf([dictionary('a', 'b'), coded([null, 1]), coded([0, null])], 4)
  assert.ok(column?.codes)
  assert.deepEqual(Array.from(decoded(column)), [null, 'b', 'a', null])
})

test('pages of the second version are left to the library', async () => {
  assert.equal(await columnOf([page(3, 8, Uint8Array.of(0))], 1), undefined)
})

test('pages that do not hold what the footer says are told', async () => {
  await assert.rejects(columnOf([dictionary('a'), coded([0, 1])], 2), /names entry 1 of a dictionary of 1/)
  await assert.rejects(columnOf([dictionary('a'), coded([0])], 2), /column text ends after 1 of 2 rows/)
  const whole = Buffer.concat([dictionary('a'), coded([0])])
  await assert.rejects(columnOf([whole.subarray(0, -1)], 1), /a page of column text is cut short/)
})

function footerOfBytes(bytes: Uint8Array): FileMetaData {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true)
  return parsedFooter('x.parquet', bytes.subarray(bytes.length - 8 - length))
}

/** Reads pages made here as the only column of a row group, of optional texts. */
function columnOf(pages: readonly Uint8Array[], rows: number): ReturnType<typeof readCodedColumn> {
  const bytes = Buffer.concat(pages)
  const metadata = {
    version: 1,
    num_rows: BigInt(rows),
    metadata_length: 0,
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'text', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
    ],
    row_groups: [
      {
        num_rows: BigInt(rows),
        total_byte_size: 0n,
        columns: [
          {
            file_offset: 0n,
            meta_data: {
              type: 'BYTE_ARRAY',
              encodings: ['PLAIN', 'RLE_DICTIONARY'],
              path_in_schema: ['text'],
              codec: 'UNCOMPRESSED',
              num_values: BigInt(rows),
              total_uncompressed_size: BigInt(bytes.length),
              total_compressed_size: BigInt(bytes.length),
              data_page_offset: 0n,
            },
          },
        ],
      },
    ],
  } satisfies FileMetaData
  return readCodedColumn(metadata, 0, 'text', async (from, to) => new Uint8Array(bytes.subarray(from, to)))
}

const dictionary = (...texts: string[]): Uint8Array => page(2, 7, plainTexts(texts), texts.length)

/** A page of numbers in the dictionary, eight bits each. */
function coded(codes: readonly (number | null)[]): Uint8Array {
  const present = codes.filter((code) => code !== null)
  const body = Buffer.concat([levels(codes), Uint8Array.of(8, ...runs(present))])
  return page(0, 5, body, codes.length, 8)
}

function plain(texts: readonly (string | null)[]): Uint8Array {
  const present = texts.filter((text) => text !== null)
  return page(0, 5, Buffer.concat([levels(texts), plainTexts(present)]), texts.length, 0)
}

function plainTexts(texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(Buffer.byteLength(text))
      return [length, Buffer.from(text)]
    }),
  )
}

/** Which values are there, with the length before it. */
function levels(values: readonly unknown[]): Uint8Array {
  const bytes = runs(values.map((value) => (value === null ? 0 : 1)))
  return Buffer.concat([Uint8Array.of(bytes.length, 0, 0, 0), bytes])
}

/** Runs of one value each: a count, shifted by one, and the value in a byte. */
const runs = (values: readonly number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [2, value]))

/** A page with its header in Thrift's compact protocol; `field` is the kind's own header: 5, 7 or 8. */
function page(type: number, field: number, body: Uint8Array, values = 0, encoding = 0): Uint8Array {
  const zigzag = (value: number): number[] => {
    const out: number[] = []
    let left = value * 2
    for (; left > 127; left >>>= 7) out.push((left & 127) | 128)
    return [...out, left]
  }
  const i32 = (value: number): number[] => [0x15, ...zigzag(value)]
  const own = [((field - 3) << 4) | 12, ...i32(values), ...i32(encoding), 0]
  return Uint8Array.from([...i32(type), ...i32(body.length), ...i32(body.length), ...own, 0, ...body])
}
