// The estimated peak of a worker's memory, held against what its process took: the text of a hover, and the kernel's high-water mark.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { array, bag, Client, col, dataframe } from '../../runtime/index.ts'
import { outlineOf } from '../../runtime/outline/outline.ts'
import type { Source } from '../../server/knowledge/sources.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { hoverAt } from '../../server/lsp/hover.ts'
import { type FileFacts, FileMetadata } from '../../server/metadata/fileFacts.ts'

const THREADS = 2
const FLIGHTS = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet')
/**
 * Between which parts of the estimate what was taken lies: blocks of arrays are what they are said to be; lines and columns that are held take
 * several times what the files do; what streams takes less.
 */
const BLOCKS = { least: 0.5, most: 2 }
const HELD = { least: 0.5, most: 6 }
const STREAMS = { least: 0, most: 1 }
const GATHERED = { least: 1, most: 6 }

interface Case {
  what: string
  /** As somebody writes it; `made` is hovered over. */
  text: string
  /** The figure that is held: of one worker that has all rows, where it says what a step holds. */
  figure?: RegExp
  run(folder: string): Promise<unknown>
  bounds: { least: number; most: number }
}

const CASES: Case[] = [
  {
    what: 'two blocks of an array, of 64 MB each, held',
    text: 'const made = array.random.normal({ shape: [2000, 8000], chunks: [1000, 8000], seed: 1 })',
    run: async () => {
      const held = await array.random.normal({ shape: [2000, 8000], chunks: [1000, 8000], seed: 1 }).persist()
      return [held, await held.sum().compute()]
    },
    bounds: BLOCKS,
  },
  {
    what: 'sixteen such blocks, added up as they are made',
    text: 'const made = array.random.normal({ shape: [16_000, 8000], chunks: [1000, 8000], seed: 1 })',
    run: () =>
      array.random
        .normal({ shape: [16_000, 8000], chunks: [1000, 8000], seed: 1 })
        .sum()
        .compute(),
    bounds: STREAMS,
  },
  {
    what: 'lines of two text files, held',
    text: "const made = bag.readText('*.txt')",
    run: async (folder) => {
      const held = await bag.readText(join(folder, '*.txt')).persist()
      return [held, await held.count().compute()]
    },
    bounds: HELD,
  },
  {
    what: 'lines of two text files, measured as they are read',
    text: "const made = bag.readText('*.txt')",
    run: (folder) =>
      bag
        .readText(join(folder, '*.txt'))
        .map((line) => line.length)
        .sum()
        .compute(),
    bounds: STREAMS,
  },
  {
    what: 'a parquet file of three million rows, held',
    text: "const made = dataframe.readParquet('flights.parquet')",
    run: async (folder) => {
      const held = await dataframe.readParquet(join(folder, 'flights.parquet')).persist()
      return [held, await held.len().compute()]
    },
    bounds: HELD,
  },
  ...[
    { step: 'sort', text: ".sort('distance')" },
    { step: 'unique', text: '.unique()' },
    {
      step: 'join',
      text: ".join(dataframe.readParquet('flights.parquet').filter(col('delay').gt(1000)), { on: 'origin', broadcast: false, how: 'semi' })",
    },
  ].map(
    ({ step, text }): Case => ({
      what: `a parquet file of three million rows, gathered by ${step}`,
      text: `const made = dataframe.readParquet('flights.parquet')${text}`,
      figure: new RegExp(`\`${step}\` holds all of its rows at once: about ([\\d.]+) (kB|MB|GB)`),
      run: async (folder) => {
        const flights = dataframe.readParquet(join(folder, 'flights.parquet'))
        const few = flights.filter(col('delay').gt(1000))
        const held =
          step === 'sort'
            ? flights.sort('distance')
            : step === 'unique'
              ? flights.unique()
              : flights.join(few, { on: 'origin', broadcast: false, how: 'semi' })
        return await held.len().compute()
      },
      bounds: GATHERED,
    }),
  ),
]

describe('the estimated peak', {
  skip: process.platform !== 'linux' && 'the kernel tells peaks on Linux',
}, () => {
  let folder: string
  const metadata = new FileMetadata()

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-peak-'))
    const lines = Array.from({ length: 400_000 }, (_, i) => `line ${i} ${'x'.repeat(i % 130)}`).join('\n')
    for (const name of 'ab') writeFileSync(join(folder, `${name}.txt`), lines)
    symlinkSync(FLIGHTS, join(folder, 'flights.parquet'))
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const { what, text, figure, run, bounds } of CASES)
    test(what, async (t) => {
      const estimated = await estimateOf(text, figure)
      const client = await Client.local({ workers: 1, threadsPerWorker: THREADS })
      try {
        await bag.range(64, { partitions: 8 }).sum().compute()
        const { workers } = await client.info()
        const [{ pid }] = workers
        const before = memoryOf(pid, 'VmRSS')
        // From here on the kernel counts the peak anew.
        writeFileSync(`/proc/${pid}/clear_refs`, '5')
        const kept = await run(folder)
        const taken = memoryOf(pid, 'VmHWM') - before
        t.diagnostic(`${Math.round(taken / 1e6)} MB taken, ${Math.round(estimated / 1e6)} MB estimated`)
        assert.ok(taken >= bounds.least * estimated, `${taken} of ${estimated}`)
        assert.ok(taken <= bounds.most * estimated, `${taken} of ${estimated}`)
        assert.ok(kept !== undefined)
      } finally {
        await client.close()
      }
    })

  async function estimateOf(
    text: string,
    figure = /estimated peak on a worker: ([\d.]+) (kB|MB|GB)/,
  ): Promise<number> {
    const source = `import { array, bag, col, dataframe } from 'heddle'\n${text}\n`
    const subject = Subject.of(join(folder, 'a.ts'), source)
    assert.ok(subject)
    const factsOf = ({ paths, format }: Source): Promise<FileFacts | undefined> =>
      metadata.of(paths, format, folder)
    const hover = await hoverAt(subject, source.indexOf('made'), factsOf, THREADS, async (recipe) =>
      outlineOf(recipe, folder),
    )
    const [, number, unit] = figure.exec(hover?.markdown ?? '') ?? []
    assert.ok(number, hover?.markdown)
    return Number(number) * { kB: 1e3, MB: 1e6, GB: 1e9 }[unit as 'kB' | 'MB' | 'GB']
  }
})

/** A figure of a process, in bytes. */
function memoryOf(pid: number, what: string): number {
  const [, kilobytes] =
    new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}
