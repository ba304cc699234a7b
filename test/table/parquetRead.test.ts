// Parquet read into typed arrays by ourselves is what polars reads, cell by cell; what is not known here is left to it.

import assert from 'node:assert/strict'
import { copyFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, len } from '../../runtime/collections/index.ts'
import { localFooter, readFooter } from '../../runtime/kernels/files/parquetFooter.ts'
import { releaseCaches } from '../../runtime/kernels/resultMemory.ts'
import { columnsFromIpc } from '../../runtime/kernels/table/arrow.ts'
import type { Cell } from '../../runtime/kernels/table/columns/column.ts'
import { numberedTogether } from '../../runtime/kernels/table/flat/categoryTexts.ts'
import { closed } from '../../runtime/kernels/table/flat/flatChain.ts'
import { withScratch } from '../../runtime/kernels/table/flat/scratch.ts'
import { columnsOfFrames } from '../../runtime/kernels/table/frameColumns.ts'
import {
  areAllOnes,
  lookUpHybrid,
  readHybrid,
  ShortRunsError,
} from '../../runtime/kernels/table/parquet/hybrid.ts'
import {
  type ParquetSource,
  parquetWork,
  readRows,
  withRows,
} from '../../runtime/kernels/table/parquet/readRows.ts'
import { polarsEngine } from '../../runtime/kernels/table/polars/polarsEngine.ts'
import { parquetSchema } from '../../runtime/kernels/table/read/parquetColumns.ts'
import type { RowRange } from '../../runtime/kernels/table/steps.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { Random } from '../simulation/random.ts'

computeInProcess()

/** By pyarrow, see `make.py` there; other files of its can be named. */
const FILES = process.env.HEDDLE_PARQUET_FILES ?? join(import.meta.dirname, '..', 'fixtures', 'parquet')
const files = readdirSync(FILES)
  .filter((name) => name.endsWith('.parquet'))
  .map((name) => join(FILES, name))

const rangeOf = (path: string, start: number, end: number): RowRange => {
  const { size, mtimeMs } = statSync(path)
  return [path, size, String(mtimeMs), start, end]
}

const sourceOf = (path: string, columns: readonly string[]): ParquetSource => ({
  source: 'parquet',
  schema: parquetSchema(readFooter(path)),
  columns,
  hive: [],
})

/** The cells of one column, read here; nothing where it is another reader's. */
function readHere(
  source: ParquetSource,
  ranges: readonly RowRange[],
  name: string,
): readonly Cell[] | undefined {
  return withScratch((scratch) => {
    const read = readRows(source, ranges, [name], scratch, polarsEngine.categories)
    if (!read) return undefined
    const isCategory = read.columns[0].type === 'category'
    const frame = closed({ ...read, numbered: numberedTogether(polarsEngine.categories, [], isCategory) })
    assert.ok(frame)
    return isCategory ? columnsOfFrames([frame])[0][0].cells : columnsFromIpc(frame.ipc)[0].cells
  })
}

async function readByPolars(source: ParquetSource, ranges: readonly RowRange[]): Promise<readonly Cell[]> {
  const { cells } = polarsEngine.toColumns(await polarsEngine.run(source, [], [ranges]))[0]
  return cells.map((cell) => (cell instanceof Uint8Array ? new Uint8Array(cell) : cell))
}

test('files of pyarrow: every type, encoding, codec and version of pages, in row groups or all of it', async () => {
  assert.ok(files.length >= 12)
  const here = new Map<string, number>()
  for (const path of files) {
    const footer = readFooter(path)
    const rows = Number(footer.num_rows)
    const groups: [number, number][] = []
    for (const { num_rows } of footer.row_groups) {
      const start = groups.at(-1)?.[1] ?? 0
      groups.push([start, start + Number(num_rows)])
    }
    const cuts: [number, number][] = [[0, rows], ...groups.slice(1, 3)]
    for (const { name } of parquetSchema(footer)) {
      const source = sourceOf(path, [name])
      for (const [start, end] of cuts) {
        const ranges = [rangeOf(path, start, end)]
        const cells = readHere(source, ranges, name)
        if (!cells) continue
        here.set(name, (here.get(name) ?? 0) + 1)
        const expected = await readByPolars(source, ranges)
        assert.deepEqual(cells, expected, `${path}, column ${name}, rows ${start} to ${end}`)
      }
    }
  }
  // Neither lists, decimals nor times of other units are read here; all else is, but for deltas of 64 bits and of texts' ends.
  const plain =
    'tiny short small whole plus wide huge x y flag day at zoned fine text fronts bytes kind'.split(' ')
  assert.deepEqual([...here.keys()].sort(), plain.sort())
  for (const [name, times] of here) assert.ok(times >= 4, `${name} was read ${times} times`)
})

test('files of heddle and polars, all codecs, texts of one view and beyond, several files as one partition', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const folder = temporaryFolder(t)
  const random = new Random(7)
  const schema = {
    id: 'int64',
    kind: 'category',
    text: 'string',
    x: 'float64',
    flag: 'boolean',
    day: 'date',
  } as const
  for (const compression of ['zstd', 'snappy', 'gzip', 'lz4', 'brotli', 'none'] as const) {
    const rows = Array.from({ length: 300 + random.below(300) }, (_, i) => ({
      id: random.next() < 0.1 ? null : 2n ** 53n + BigInt(i),
      kind: random.next() < 0.1 ? null : `ä😀${'k'.repeat(random.below(20))}`,
      text: random.next() < 0.1 ? null : `${'é'.repeat(random.below(9))}${i}`,
      x: random.next() < 0.1 ? null : [Number.NaN, -0, random.next()][random.below(3)],
      flag: random.next() < 0.1 ? null : random.next() < 0.5,
      day: random.next() < 0.1 ? null : new Date(86_400_000 * random.below(30_000)),
    }))
    const table = dataframe.fromRecords(rows, { schema, partitions: 3 })
    const paths = await table.toParquet(join(folder, `${compression}-*.parquet`), { compression }).compute()
    const before = parquetWork.read
    const read = dataframe.readParquet(paths, { partitionBytes: 1 })
    assert.deepEqual(read.schema, table.schema, 'categories stay categories')
    assert.deepEqual(await read.toRecords(), rows, compression)
    assert.equal(parquetWork.read - before, 3, 'each file was read here')
    for (const name of Object.keys(schema)) {
      const source = sourceOf(paths[0], [name])
      const ranges = paths.map((path) => rangeOf(path, 0, Number(readFooter(path).num_rows)))
      assert.deepEqual(readHere(source, ranges, name), await readByPolars(source, ranges), name)
    }
  }
})

for (const engine of ['polars', 'columns']) {
  test(`groups, totals, new columns and joins of what is read here (${engine})`, async (t) => {
    const folder = temporaryFolder(t)
    process.env.HEDDLE_TABLE_ENGINE = 'polars'
    const random = new Random(11)
    const rows = Array.from({ length: 500 }, () => ({
      kind: random.next() < 0.1 ? null : `k${random.below(6)}`,
      n: random.below(5),
      m: random.next() < 0.1 ? null : random.below(100) - 50,
      x: random.next() < 0.1 ? null : random.below(100) / 4,
    }))
    const schema = { kind: 'category', n: 'int32', m: 'int32', x: 'float64' } as const
    const held = dataframe.fromRecords(rows, { schema, partitions: 4 }) as unknown as DataFrame
    const paths = await held.toParquet(join(folder, 'part-*.parquet')).compute()
    const other = dataframe.fromRecords(
      [0, 1, 2, 3].map((n) => ({ n, name: `k${n}` })),
      {
        schema: { n: 'int32', name: 'category' },
      },
    )
    const questions = (table: DataFrame) => [
      table.groupBy('kind').agg(col('x').sum().as('sum'), len().as('rows')).sort('kind'),
      table.groupBy('n').agg(col('x').mean().as('mean'), col('n').max().as('most')).sort('n'),
      table.groupBy('kind', 'n').agg(col('x').min().as('least')).sort(['kind', 'n']),
      table.select(col('x').sum().as('sum'), col('x').count().as('there'), col('n').max().as('most'), len()),
      table.select(len()),
      table.withColumns(col('x').add(1).as('more'), col('kind').cast('string').as('text')),
      table.select('kind', col('n').as('m')),
      table.filter(col('kind').eq('k3')).select('n', 'kind'),
      table.join(other, { on: 'n' }).groupBy('name').agg(col('x').sum().as('sum')).sort('name'),
      table.select('n'),
      table.withColumns(
        col('n')
          .add(2 ** 31 - 3)
          .as('n'),
        col('m').sub(-7).as('less'),
        col('n').as('same'),
      ),
      table.select(
        col('m')
          .sub(-(2 ** 31))
          .as('m'),
        'kind',
        col('x').mul(2).as('twice'),
      ),
      table
        .groupBy(col('n'))
        .agg(col('m').add(2).max().as('most'), col('m').max().sub(1).as('less'))
        .sort('n'),
      table.withColumns(col('n').add(1).as('n')).select(col('n').add(1).as('n'), 'x'),
    ]
    process.env.HEDDLE_TABLE_ENGINE = engine
    const read = dataframe.readParquet(paths, { partitionBytes: 1 })
    for (const round of ['first', 'from what is kept', 'after caches went']) {
      if (round.startsWith('after')) releaseCaches()
      for (const [i, question] of questions(read).entries())
        assert.deepEqual(await question.toRecords(), await questions(held)[i].toRecords(), `${i}, ${round}`)
    }
  })
}

test('whole columns are read to where they stay, unless a footer says so of one that is not', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    id: 2n ** 53n + BigInt(i),
    kind: `k${i % 300}`,
    x: i % 11 === 0 ? Number.NaN : -i,
    few: i % 5 === 0 ? null : i,
  }))
  const schema = { id: 'int64', kind: 'category', x: 'float64', few: 'int32' } as const
  const folder = temporaryFolder(t)
  const [path] = await dataframe
    .fromRecords(rows, { schema })
    .toParquet(join(folder, 'rows.parquet'))
    .compute()
  const before = parquetWork.read
  assert.deepEqual(await dataframe.readParquet(path).toRecords(), rows)
  assert.equal(parquetWork.read, before + 1)
  const { size, mtimeMs } = statSync(path)
  for (const { columns } of localFooter(path, size, String(mtimeMs)).row_groups)
    for (const { meta_data: meta } of columns) if (meta?.statistics) meta.statistics.null_count = 0n
  assert.deepEqual(await dataframe.readParquet(path).toRecords(), rows, 'with a footer that lies')
  assert.equal(parquetWork.read, before + 1, 'polars reads what is not as it should be')
})

test('pages of plain numbers are unpacked to where they stay, and what lies before them stays', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const path = join(temporaryFolder(t), 'pages.parquet')
  const random = new Random(5)
  const rows = Array.from({ length: 150_000 }, () => ({
    a: random.next(),
    b: random.next(),
    n: random.below(2 ** 31),
  }))
  const schema = { a: 'float64', b: 'float64', n: 'int32' } as const
  await dataframe
    .fromRecords(rows, { schema, partitions: 1 })
    .toParquet(path, { compression: 'zstd' })
    .compute()
  const range = rangeOf(path, 0, rows.length)
  const read = withRows(
    sourceOf(path, ['a', 'b', 'n']),
    [range],
    ['a', 'b', 'n'],
    undefined,
    ({ columns }) => {
      // Columns one behind the other, in the middle of memory whose bytes are known.
      const words = new Int32Array(new SharedArrayBuffer(4 * (5 * rows.length + 64))).fill(-1)
      let at = 32
      for (const column of columns.toReversed()) {
        const length = (column.name === 'n' ? 1 : 2) * rows.length
        column.readTo(words.subarray(at, at + length))
        at += length
      }
      assert.ok(columns.every(({ isWhole }) => isWhole))
      return words
    },
  )
  assert.ok(read)
  assert.ok(
    read.subarray(0, 32).every((word) => word === -1),
    'nothing before is changed',
  )
  assert.ok(
    read.subarray(-32).every((word) => word === -1),
    'nothing behind is changed',
  )
  const floats = (from: number): Float64Array => new Float64Array(read.buffer, 4 * (32 + from), rows.length)
  const [b, a] = [floats(rows.length), floats(3 * rows.length)]
  assert.ok(rows.every((row, i) => row.a === a[i] && row.b === b[i] && row.n === read[32 + i]))
})

test('categories in one file and texts in another are texts', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const folder = temporaryFolder(t)
  for (const type of ['category', 'string'] as const)
    await dataframe
      .fromRecords([{ k: type }], { schema: { k: type } })
      .toParquet(join(folder, `${type}.parquet`))
      .compute()
  const read = dataframe.readParquet(join(folder, '*.parquet'))
  assert.deepEqual(read.schema, { k: 'string' })
  assert.deepEqual(await read.toRecords(), [{ k: 'category' }, { k: 'string' }])
})

test('broken files are never read as something else: polars says what is wrong', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const path = join(temporaryFolder(t), 'broken.parquet')
  const random = new Random(3)
  for (let round = 0; round < 60; round++) {
    copyFileSync(files[random.below(files.length)], path)
    const footer = readFooter(path)
    const rows = Number(footer.num_rows)
    if (rows === 0) continue
    const bytes = readFileSync(path)
    const dataBytes = bytes.length - footer.metadata_length - 8
    for (let i = 0; i < 3; i++) bytes[4 + random.below(dataBytes - 4)] = random.below(256)
    writeFileSync(path, bytes)
    const { schema } = sourceOf(path, [])
    const { name } = schema[random.below(schema.length)]
    // Whatever comes is a column of as many rows, or nothing; never a throw, nor a crash.
    const cells = readHere(sourceOf(path, [name]), [rangeOf(path, 0, rows)], name)
    if (cells) assert.equal(cells.length, rows)
  }
  truncateSync(path, statSync(path).size - 40)
  assert.throws(() => dataframe.readParquet(path), { name: 'FileFormatError' })
})

test('runs and packed numbers of every width, at any place in memory', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed)
    const width = seed % 33
    const { bytes, numbers } = writtenRuns(width, random)
    // Words of the memory around are looked at: it begins anywhere, and ends with the bytes or behind them.
    const [before, behind] = [random.below(8), random.below(2) * random.below(9)]
    const memory = new Uint8Array(before + bytes.length + behind).fill(255)
    memory.set(bytes, before)
    const own = memory.subarray(before, before + bytes.length)
    const read = new Int32Array(numbers.length)
    readHybrid(own, width, numbers.length, read)
    assert.deepEqual([...read], numbers, `seed ${seed}, ${width} bits`)
    if (width <= 16) {
      const entries = Int32Array.from({ length: 2 ** width }, () => random.below(2 ** 31))
      const found = new Int32Array(numbers.length + 1).fill(-1)
      assert.ok(lookUpHybrid(own, width, numbers.length, entries, found, 1))
      assert.deepEqual([...found], [-1, ...numbers.map((number) => entries[number])], `seed ${seed}, entries`)
      const few = entries.subarray(0, Math.max(...numbers))
      assert.equal(lookUpHybrid(own, width, numbers.length, few, found, 1), false, `seed ${seed}, no entry`)
    }
    if (width === 1)
      assert.equal(
        areAllOnes(own, numbers.length),
        numbers.every((number) => number === 1),
      )
    if (width > 0)
      assert.throws(
        () => readHybrid(own.subarray(0, own.length - 1), width, numbers.length, read),
        ShortRunsError,
      )
  }
  assert.equal(areAllOnes(Uint8Array.of(0x03, 0xff, 0x06, 0x01), 11), true)
  assert.equal(areAllOnes(Uint8Array.of(0x03, 0xff, 0x06, 0x00), 11), false)
  assert.equal(areAllOnes(Uint8Array.of(0x03, 0x07), 3), true)
  assert.equal(areAllOnes(Uint8Array.of(0x03, 0x07), 4), false)
})

/** Numbers of some bits as runs and packed groups, written bit by bit. */
function writtenRuns(width: number, random: Random): { bytes: Uint8Array; numbers: number[] } {
  const bytes: number[] = []
  const numbers: number[] = []
  const header = (value: number): void => {
    for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80)
    bytes.push(value)
  }
  const number = (): bigint => BigInt(Math.floor(random.next() * 2 ** 32)) & ((1n << BigInt(width)) - 1n)
  for (let run = 1 + random.below(6); run > 0; run--) {
    if (random.next() < 0.5) {
      const count = 1 + random.below(300)
      const value = number()
      header(count << 1)
      for (let i = 0; i < (width + 7) >> 3; i++) bytes.push(Number((value >> BigInt(8 * i)) & 255n))
      for (let i = 0; i < count; i++) numbers.push(Number(value) | 0)
    } else {
      const groups = 1 + random.below(70)
      header((groups << 1) | 1)
      let bits = 0n
      for (let i = 0; i < 8 * groups; i++) {
        const value = number()
        numbers.push(Number(value) | 0)
        bits |= value << BigInt(i * width)
      }
      for (let i = 0; i < groups * width; i++) bytes.push(Number((bits >> BigInt(8 * i)) & 255n))
    }
  }
  return { bytes: Uint8Array.from(bytes), numbers }
}
