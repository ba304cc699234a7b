// Arrays whose files tell their shape and the names of their dimensions: hovers, hints, completion and findings of axes; peak memory.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { axisFindings } from '../../server/diagnose/axes.ts'
import { extentOf, itemBytes } from '../../server/knowledge/arrayExtent.ts'
import { axisUses } from '../../server/knowledge/axisUses.ts'
import { arrayTaskBytes, fileTaskBytes, peakBytes } from '../../server/knowledge/peakMemory.ts'
import type { Source } from '../../server/knowledge/sources.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { axesAt } from '../../server/lsp/completion.ts'
import { hoverAt } from '../../server/lsp/hover.ts'
import { inlayHints } from '../../server/lsp/inlayHints.ts'
import { type FileFacts, FileMetadata } from '../../server/metadata/fileFacts.ts'
import { marked } from './marks.ts'

const HEAD = "import { array, bag, dataframe } from 'heddle'\n"

describe('with zarr on the disk', () => {
  let folder: string
  const metadata = new FileMetadata()
  const factsOf = ({ paths, format }: Source): Promise<FileFacts | undefined> =>
    metadata.of(paths, format, folder)

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-zarr-'))
    const put = (path: string, value: unknown): void => {
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), JSON.stringify(value))
    }
    put('era.zarr/zarr.json', {
      shape: [365, 90],
      data_type: 'float32',
      chunk_grid: { configuration: { chunk_shape: [30, 90] } },
      dimension_names: ['time', null],
    })
    put('old.zarr/.zarray', { shape: [12, 4, 8], chunks: [6, 4, 8], dtype: '<f8' })
    put('old.zarr/.zattrs', { _ARRAY_DIMENSIONS: ['month', 'lat', 'lon'] })
    put('bare.zarr/zarr.json', { shape: [4], data_type: 'r24' })
    writeFileSync(join(folder, 'a.csv'), `a,b\n${'1,2\n'.repeat(999)}`)
  })
  after(() => rmSync(folder, { recursive: true }))

  const subjectOf = (text: string): Subject => {
    const subject = Subject.of('a.ts', text)
    assert.ok(subject)
    return subject
  }

  const FINDINGS: [what: string, body: string, says: string[]][] = [
    [
      'a number that is too large, of version 3',
      "array.fromZarr('era.zarr').mean(2)",
      ['This array of 365 × 90 has no axis 2: it has 0 (time), 1.'],
    ],
    [
      'one below zero, of version 2',
      "array.fromZarr('old.zarr').max(-4)",
      ['This array of 12 × 4 × 8 has no axis -4: it has 0 (month), 1 (lat), 2 (lon).'],
    ],
    ['those that there are', "array.fromZarr('old.zarr').max(-3).sum([0, 1])", []],
    [
      'what is left after others are gone',
      "const air = array.fromZarr('old.zarr').add(3)\nconst mean = air.mean(0)\nmean.T.quantile(0.5, 2)",
      ['This array of 8 × 4 has no axis 2: it has 0 (lon), 1 (lat).'],
    ],
    [
      'one of a list',
      "array.fromZarr('era.zarr').sum([0, 3])",
      ['This array of 365 × 90 has no axis 3: it has 0 (time), 1.'],
    ],
    [
      'none is left',
      "array.fromZarr('bare.zarr').sum().sum(0)",
      ['This array has no axis any more: sum(0) fails.'],
    ],
    [
      'a shape that is written out',
      'array.zeros([2, 3]).sum(2)',
      ['This array of 2 × 3 has no axis 2: it has 0, 1.'],
    ],
    [
      'what is random',
      'array.random.normal({ shape: [9, 9] }).sum(5)',
      ['This array of 9 × 9 has no axis 5: it has 0, 1.'],
    ],
    ['nothing after a step that is not understood', "array.fromZarr('era.zarr').reshape([5]).sum(3)", []],
    ['nothing of axes that are kept', 'array.zeros([2, 3]).sum(0, { keepDims: true }).sum(3)', []],
    [
      'nothing of an array that broadcasts',
      'const o = array.ones([4, 2, 3])\narray.zeros([2, 3]).add(o).sum(2)',
      [],
    ],
    ['nothing of files that are not there', "array.fromZarr('nowhere.zarr').sum(7)", []],
  ]
  for (const [what, body, says] of FINDINGS)
    test(`axes: ${what}`, async () => {
      const uses = axisUses(subjectOf(HEAD + body))
      const known = new Map<unknown, FileFacts | undefined>()
      for (const { origin } of uses)
        if (!('shape' in origin.from)) known.set(origin.from, await factsOf(origin.from))
      assert.deepEqual(
        axisFindings(uses, (origin) => extentOf(origin, known.get(origin.from))).map(
          ({ message }) => message,
        ),
        says,
      )
    })

  const HOVERS: [what: string, body: string, says: string][] = [
    [
      'what an array is after its steps, and its peak',
      "const a = array.fromZarr('old.zarr')\nconst t$0otal = a.add(1).mean(0)",
      '**array** · 4 × 8 <f8 · chunks of 4 × 8 · along lat, lon  \nfrom `old.zarr`: 1 file, SIZE  \nestimated peak on a worker: 7.2 kB (1.5 kB in, 256 B out, 4 threads)  \nmade by `fromZarr` → `add` → `mean`',
    ],
    [
      'an array that is made',
      "const x$0 = array.zeros([1000, 1000], { chunks: [100, 1000], dtype: 'float32' })",
      '**array** · 1000 × 1000 float32 · chunks of 100 × 1000 · 10 tasks  \nestimated peak on a worker: 1.6 MB (400 kB out, 4 threads)  \nmade by `zeros`',
    ],
    [
      'a bag that is counted out',
      'const x$0 = bag.range(4000, { partitions: 4 })',
      '**bag** · 4 partitions · 4 tasks  \nestimated peak on a worker: 32 kB (8.0 kB out, 4 threads)  \nmade by `range`',
    ],
    [
      'a frame of files',
      "const x$0 = dataframe.readCsv('a.csv').filter((row) => row.a > 0)",
      '**data frame**  \nfrom `a.csv`: 1 file, SIZE  \ncolumns: `a`, `b`  \nestimated peak on a worker: 32 kB (4.0 kB in, 4.0 kB out, 4 threads)  \nmade by `readCsv` → `filter`',
    ],
    [
      'no estimate of types that are not known',
      "const x$0 = array.fromZarr('bare.zarr')",
      '**array** · 4 r24  \nfrom `bare.zarr`: 1 file, SIZE  \nmade by `fromZarr`',
    ],
  ]
  for (const [what, body, says] of HOVERS)
    test(`a hover tells of ${what}`, async () => {
      const { text, cursor } = marked(HEAD + body)
      const said = await hoverAt(subjectOf(text), cursor, factsOf, 4)
      assert.equal(said?.markdown.replace(/file, [\d.]+ [kM]?B/, 'file, SIZE'), says)
    })

  test('hints name the dimension behind the number of an axis', async () => {
    const text = `${HEAD}const a = array.fromZarr('old.zarr')\nconst b = a.mean(-1).sum(0)\nconst c = array.fromZarr('era.zarr').sum(1)`
    const hints = await inlayHints(subjectOf(text), { start: 0, end: text.length }, factsOf)
    assert.deepEqual(
      hints.map((hint) => text.slice(0, hint.offset).split(/[\s(]/).at(-1) + hint.text),
      ['a: array 12×4×8 <f8', 'b: array 4 <f8', '-1 lon', '0 month', 'c: array 365 float32'],
    )
  })

  const COMPLETIONS: [body: string, choices: string[]][] = [
    ["array.fromZarr('old.zarr').mean($0)", ['0 month · 12 long', '1 lat · 4 long', '2 lon · 8 long']],
    ["array.fromZarr('old.zarr').mean(0).sum([1, $0])", ['0 lat · 4 long', '1 lon · 8 long']],
    ["array.fromZarr('era.zarr').quantile(0.5, -$0)", ['0 time · 365 long', '1 90 long']],
    ["array.fromZarr('era.zarr').quantile($0)", []],
    ["array.fromZarr('era.zarr').add($0)", []],
  ]
  for (const [body, choices] of COMPLETIONS)
    test(`axes are offered in ${body}`, async () => {
      const { text, cursor } = marked(HEAD + body)
      const found = await axesAt('a.ts', text, cursor, factsOf)
      assert.deepEqual(
        found.map(({ name, detail }) => `${name} ${detail}`),
        choices,
      )
      for (const { start, end } of found) assert.match(text.slice(start, end), /^-?\d*$/)
    })
})

test('bytes of an element, by its type', () => {
  for (const [dtype, bytes] of [
    ['float32', 4],
    ['uint8', 1],
    ['complex128', 16],
    ['bool', 1],
    ['<f8', 8],
    ['|b1', 1],
    ['>i2', 2],
    ['<U5', undefined],
    ['r24', undefined],
  ] as const)
    assert.equal(itemBytes(dtype), bytes, dtype)
})

test('the estimate: what the largest task reads and gives, times the threads', () => {
  const extent = { shape: [100, 10], chunks: [30, 10], dtype: 'float64' }
  const sum = { shape: [10], chunks: [10], dtype: 'float64' }
  assert.deepEqual(arrayTaskBytes(extent, sum, true), { in: 2400, out: 80 })
  assert.deepEqual(arrayTaskBytes(extent, sum, false), { in: 0, out: 80 })
  assert.deepEqual(arrayTaskBytes({ shape: [1e9], dtype: 'int8' }, sum, true), { in: 64 * 2 ** 20, out: 80 })
  assert.deepEqual(arrayTaskBytes({ shape: [10], chunks: [1000], dtype: 'int8' }, sum, true), {
    in: 10,
    out: 80,
  })
  assert.deepEqual(fileTaskBytes({ files: 2, bytes: 300e6, largestBytes: 200e6 }, undefined), {
    in: 64e6,
    out: 64e6,
  })
  assert.deepEqual(fileTaskBytes({ files: 2, bytes: 300e6, largestBytes: 200e6 }, 3), {
    in: 100e6,
    out: 100e6,
  })
  assert.deepEqual(fileTaskBytes({ files: 1, bytes: 1e6, largestBytes: 1e6, inflation: 3 }, undefined), {
    in: 3e6,
    out: 3e6,
  })
  assert.equal(fileTaskBytes({ files: 1, bytes: 0, largestBytes: 0 }, undefined), undefined)
  assert.equal(peakBytes({ in: 2400, out: 80 }, 4), 9920)
})
