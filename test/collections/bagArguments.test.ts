// Wrong arguments of every function of `bag` and every method of a bag: an error of ours at the call, or right.

import { test } from 'node:test'
import { Bag } from '../../runtime/collections/bag/bag.ts'
import { bag, delayed } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { methodsOf, type Told, walk } from '../kit/wrongArguments.ts'

computeInProcess()

const COUNT = 'nothing number'
const OPTIONS = 'nothing {}'
const FIELD = 'text number function'

/** Nobody is asked for these before they are computed. */
const address = 'http://127.0.0.1:1/a'
const files = (name: string, options: Readonly<Record<string, string>>): Told => ({
  args: [address, {}],
  takes: ['', OPTIONS],
  options: { ...options, storage: 'nothing {}' },
  // A text is a path, of which the error names the file.
  says: new RegExp(`\\b${name}\\b|/text\\b`),
})
const TEXT = { encoding: 'nothing', errors: 'nothing', compression: 'nothing' }
const BLOCKS = { blocksize: 'nothing number 1.5' }
const JOINED = { joinSmallFiles: 'nothing true' }
const INT64 = { int64: 'nothing' }

test('functions that make bags say what is wrong with their arguments', () =>
  walk(
    {
      concat: { args: [[bag.range(2)]] },
      fromDelayed: { args: [[delayed([1])]] },
      fromSequence: {
        args: [[1, 2], {}],
        takes: ['text []', OPTIONS],
        options: { partitions: COUNT, partitionSize: COUNT },
      },
      fromUrls: { ...files('fromUrls', { ...TEXT, ...BLOCKS, ...JOINED }), args: [[address], {}] },
      range: {
        args: [0, 6, { step: 2 }],
        takes: ['number -1 1.5', 'number -1 1.5', OPTIONS],
        options: { partitions: COUNT, partitionSize: COUNT, step: 'nothing number -1 1.5' },
      },
      readAvro: files('readAvro', { ...BLOCKS, ...INT64 }),
      readCsvRows: files('readCsvRows', {
        ...TEXT,
        ...BLOCKS,
        delimiter: 'nothing',
        quote: 'nothing',
        header: 'nothing []',
        types: 'nothing {}',
      }),
      readFiles: files('readFiles', { ...TEXT, ...JOINED }),
      readJsonLines: files('readJsonLines', { ...TEXT, ...BLOCKS, ...JOINED }),
      readParquet: files('readParquet', { ...INT64, columns: 'nothing []' }),
      readParquetColumns: files('readParquetColumns', { ...INT64, columns: 'nothing []' }),
      readText: files('readText', { ...TEXT, ...BLOCKS, ...JOINED, includePath: 'nothing true' }),
      zip: { args: [bag.range(2), bag.range(2)] },
    },
    bag,
    Object.keys(bag),
  ))

const tree = (more: Partial<Told> = {}): Told => ({
  args: [{}],
  takes: [OPTIONS],
  options: { splitEvery: COUNT },
  ...more,
})
const beside: Told = { args: [(x: unknown) => x, 1], takes: ['function', 'anything'] }
const item: Told = { args: [(x: unknown) => x], takes: ['function'] }
const nothing: Told = { args: [] }
const written = (name: string): Told => ({
  args: ['nowhere/*.txt', {}],
  takes: ['text', OPTIONS],
  options: {
    compression: 'nothing',
    encoding: 'nothing',
    storage: 'nothing {}',
    name: 'nothing',
    mode: 'nothing',
  },
  // Where a name gives each partition the same path, the error names the path.
  says: new RegExp(`\\b${name}\\b|nowhere`),
})
/** What computing asks of a bag, and no user does. */
const INNER = ['abandon', 'announce', 'assemble', 'buildTasks', 'buildValue', 'standingOn']

test('methods of bags say what is wrong with their arguments', () => {
  const f = (x: unknown): unknown => x
  const numbers = bag.range(6, { partitions: 2 })
  const records = bag.fromSequence([{ n: 1 }, { n: 2 }])
  const folds = { args: [f, 1, f, {}], takes: ['function', 'anything', 'function', OPTIONS] }
  return walk(
    {
      accumulate: { args: [f, 1], takes: ['function', 'anything'] },
      all: tree({ args: [f, {}], takes: ['nothing function', OPTIONS] }),
      any: tree({ args: [f, {}], takes: ['nothing function', OPTIONS] }),
      compute: nothing,
      concat: { args: [numbers, numbers] },
      count: tree(),
      distinct: tree({
        args: ['n', {}],
        takes: [`nothing ${FIELD}`, OPTIONS],
        options: { partitions: COUNT, splitEvery: COUNT },
      }),
      filter: item,
      flatMap: beside,
      flatten: nothing,
      fold: { ...folds, options: { splitEvery: COUNT } },
      foldby: {
        args: ['n', ...folds.args],
        takes: [FIELD, ...folds.takes],
        options: { partitions: COUNT, splitEvery: COUNT },
      },
      frequencies: tree({ options: { partitions: COUNT, splitEvery: COUNT } }),
      groupBy: { args: ['n', {}], takes: [FIELD, OPTIONS], options: { partitions: COUNT } },
      join: {
        args: [numbers, 'n', 'n', {}],
        takes: ['[]', FIELD, `nothing ${FIELD}`, OPTIONS],
        options: { partitions: COUNT, how: 'nothing' },
      },
      map: beside,
      mapPartitions: beside,
      max: tree(),
      mean: tree(),
      min: tree(),
      persist: nothing,
      pluck: { of: records, args: ['n', 0], takes: ['text number []', 'anything'] },
      prepare: nothing,
      product: tree(),
      randomChoices: {
        args: [2, {}],
        takes: ['number', OPTIONS],
        options: { seed: COUNT, splitEvery: COUNT },
      },
      randomSample: { args: [0.5, {}], takes: ['', OPTIONS], options: { seed: COUNT } },
      randomSplit: { args: [[0.5, 0.5], {}], takes: ['', OPTIONS], options: { seed: COUNT } },
      reduction: {
        args: [f, f, {}],
        takes: ['function', 'function', OPTIONS],
        options: { splitEvery: COUNT, combine: 'nothing function' },
      },
      remove: item,
      repartition: { args: [3], takes: ['number'] },
      repartitionByBytes: { args: ['1kB'], takes: ['number 1.5'] },
      starmap: beside,
      std: tree({ options: { splitEvery: COUNT, ddof: 'nothing number -1 1.5' } }),
      sum: tree(),
      take: { args: [2, {}], takes: ['number', OPTIONS], options: { partitions: COUNT } },
      toDataFrame: {
        of: records,
        args: [{ sample: 1 }],
        takes: [OPTIONS],
        options: { sample: COUNT, schema: 'nothing {}' },
      },
      toDelayed: nothing,
      toJsonLines: written('toJsonLines'),
      toString: nothing,
      toTextFiles: written('toTextFiles'),
      topK: tree({ args: [2, 'n', {}], takes: ['number', `nothing ${FIELD}`, OPTIONS] }),
      var: tree({ options: { splitEvery: COUNT, ddof: 'nothing number -1 1.5' } }),
      visualize: { args: [undefined], takes: ['nothing'], says: /visualize|text should end/ },
      with: {
        args: [{}],
        takes: ['{}'],
        options: {
          concurrency: COUNT,
          pure: 'nothing true',
          retries: COUNT,
          priority: 'nothing number -1 1.5',
        },
      },
      zip: { args: [numbers, numbers] },
    },
    numbers,
    methodsOf(Bag.prototype).filter((name) => !INNER.includes(name)),
  )
})
