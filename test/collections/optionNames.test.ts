// A misspelt option is an error that names the one that was meant, wherever options are taken.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, dataframe, delayed } from '../../runtime/collections/index.ts'
import { requireOptions } from '../../runtime/kernels/optionNames.ts'
import { asCompleted, wait } from '../../runtime/session/asCompleted.ts'
import { progress } from '../../runtime/session/progress.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const x = array.zeros([2, 2])
const b = bag.range(3)
const t = dataframe.fromRecords([{ a: 1, b: 'x' }])

/** Calls with an option of another name, what they are called, and what was meant. */
const misspelt: [call: (options: never) => unknown, name: string, option: string, meant: string][] = [
  [(o) => x.sum(0, o), 'sum', 'keepdims', 'keepDims'],
  [(o) => x.quantile(0.5, 0, o), 'quantile', 'methd', 'method'],
  [(o) => x.add(1, o), 'add', 'wher', 'where'],
  [(o) => x.pad(1, 'constant', o), 'pad', 'valu', 'value'],
  [(o) => x.mapBlocks((block) => block, o), 'mapBlocks', 'dropaxis', 'dropAxis'],
  [(o) => x.mapOverlap((block) => block, o), 'mapOverlap', 'bounary', 'boundary'],
  [(o) => x.applyAlongAxis((row) => row, 0, o), 'applyAlongAxis', 'lenght', 'length'],
  [(o) => array.zeros([2], o), 'zeros', 'dtpye', 'dtype'],
  [(o) => array.ones([2], o), 'ones', 'chunk', 'chunks'],
  [(o) => array.full([2], 1, o), 'full', 'dtypes', 'dtype'],
  [(o) => array.arange(3, o), 'arange', 'chunkz', 'chunks'],
  [(o) => array.linspace(0, 1, 5, o), 'linspace', 'endPoint', 'endpoint'],
  [(o) => array.eye(3, 3, o), 'eye', 'ofset', 'offset'],
  [(o) => array.fromArray([1], o), 'fromArray', 'chunk', 'chunks'],
  [(o) => array.meshgrid([[1]], o), 'meshgrid', 'index', 'indexing'],
  [(o) => array.histogram([1], 2, o), 'histogram', 'densitiy', 'density'],
  [(o) => array.bincount([1n], o), 'bincount', 'minlength', 'minLength'],
  [(o) => array.digitize([1], [1], o), 'digitize', 'rigth', 'right'],
  [(o) => array.isin([1], [1], o), 'isin', 'inverted', 'invert'],
  [(o) => array.random.normal(o), 'random.normal', 'seeed', 'seed'],
  [(o) => array.random.uniform(o), 'random.uniform', 'hihg', 'high'],
  [(o) => array.random.permutation(3, o), 'random.permutation', 'sede', 'seed'],
  [(o) => bag.fromSequence([1], o), 'fromSequence', 'partition', 'partitions or partitionSize'],
  [(o) => bag.range(3, o), 'range', 'steps', 'step'],
  [(o) => bag.readText('none.txt', o), 'readText', 'blockSize', 'blocksize'],
  [(o) => b.sum(o), 'sum', 'spliEvery', 'splitEvery'],
  [(o) => b.var(o), 'var', 'dof', 'ddof'],
  [(o) => b.frequencies(o), 'frequencies', 'partition', 'partitions'],
  [(o) => b.groupBy((n) => n, o), 'groupBy', 'partition', 'partitions'],
  [(o) => b.with(o), 'with', 'retires', 'retries'],
  [(o) => x.with(o), 'with', 'timeout', 'timeoutMs'],
  [(o) => delayed(() => 1, o), 'delayed', 'nOut', 'nout'],
  [(o) => b.take(1, o), 'take', 'partition', 'partitions'],
  [(o) => b.randomSample(0.5, o), 'randomSample', 'sead', 'seed'],
  [(o) => b.randomSplit([0.5], o), 'randomSplit', 'sead', 'seed'],
  [(o) => b.map(String).toTextFiles('out', o), 'toTextFiles', 'compresion', 'compression'],
  [(o) => t.sort('a', o), 'sort', 'decending', 'descending'],
  [(o) => t.unique(o), 'unique', 'subsets', 'subset'],
  [(o) => t.join(t, o), 'join', 'lefton', 'leftOn or on'],
  [(o) => t.joinAsof(t, o), 'joinAsof', 'tolerence', 'tolerance'],
  [(o) => t.melt(o), 'melt', 'ids', 'id'],
  [(o) => t.pivot(o), 'pivot', 'column', 'columns'],
  [(o) => t.sample(0.5, o), 'sample', 'sed', 'seed'],
  [(o) => t.randomSplit([0.5], o), 'randomSplit', 'sed', 'seed'],
  [(o) => t.setIndex('a', o), 'setIndex', 'partition', 'partitions'],
  [(o) => dataframe.fromRecords([{ a: 1 }], o), 'fromRecords', 'shema', 'schema'],
  [(o) => dataframe.readCsv('none.csv', o), 'readCsv', 'delimeter', 'delimiter'],
  [(o) => dataframe.readParquet('none.parquet', o), 'readParquet', 'colums', 'columns'],
  [(o) => dataframe.readJsonLines('none.jsonl', o), 'readJsonLines', 'sampleRow', 'sampleRows'],
]

for (const [call, name, option, meant] of misspelt)
  test(`${name} has no option ${option}`, () =>
    assert.throws(() => call({ [option]: 1 } as never), {
      name: 'OptionError',
      message: `${name} has no option "${option}". Did you mean ${meant}?`,
    }))

test('waiting for futures has no options of other names', async () => {
  const message = (name: string): object => ({
    name: 'OptionError',
    message: `${name} has no option "timeout". Did you mean timeoutMs?`,
  })
  await assert.rejects(wait([], { timeout: 1 } as never), message('wait'))
  await assert.rejects(progress([], { timeout: 1 } as never), message('progress'))
  await assert.rejects(asCompleted([], { timeout: 1 } as never).next(), message('asCompleted'))
})

test('an option that is like none is refused with those that there are', () => {
  assert.throws(() => b.sum({ initial: 5 } as never), {
    message: 'sum has no option "initial". It has splitEvery.',
  })
})

test('what is no options at all is refused with its kind', () => {
  for (const [given, kind] of [
    [10, '10'],
    ['axis', '"axis"'],
    [true, 'true'],
    [null, 'null'],
    [[1], 'a list'],
  ] as const)
    assert.throws(() => requireOptions('sum', given as never, { splitEvery: true } as never), {
      name: 'OptionError',
      message: `sum takes its options as an object, e.g. { splitEvery: … }, not ${kind}`,
    })
})

test('an initial value alone is combined by the fold itself', async () => {
  const two = bag.fromSequence([1, 2, 3], { partitions: 2 })
  assert.equal(await two.fold((a, n) => a + n, 10).compute(), 26, 'every partition starts from it')
  const byParity = await two
    .foldby(
      (n) => n % 2,
      (a, n) => a * n,
      1,
    )
    .compute()
  assert.deepEqual(
    new Map(byParity),
    new Map([
      [1, 3],
      [0, 2],
    ]),
  )
})

test('tables are joined and sorted in ways that there are', () => {
  const how = (name: string) => () => t.join(t, { on: 'a', how: name as never })
  assert.throws(how('right'), {
    message: `join has no how "right": call it on the other table, with how: 'left'`,
  })
  assert.throws(how('full'), { message: `join has no how "full": it is called 'outer' here` })
  assert.throws(how('iner'), {
    message: 'join has no how "iner": it has inner, left, outer, semi, anti, cross',
  })
  assert.throws(() => t.sort(['a', 'b'], { descending: [true] }), {
    message: 'sort got 1 directions for 2 columns: one for all, or one for each',
  })
})

test('values of options that no task can have are refused where they are given', () => {
  const refused: [call: () => unknown, message: string][] = [
    [() => b.with({ retries: -1 }), 'with: retries must be a whole number ≥ 0, not -1'],
    [() => x.with({ timeoutMs: 0 }), 'with: timeoutMs must be more than 0, not 0'],
    [() => delayed(() => 1, { priority: 1e9 }), 'delayed: priority must be within ±4096, not 1000000000'],
    [() => b.with({ workers: [] }), "with: workers must be a list of names or hosts, e.g. ['worker-0']"],
    [
      () => delayed(() => 1, { resources: { gpu: 0 } }),
      'delayed: resources.gpu must be a number more than 0 and at most 1000000000, not 0',
    ],
  ]
  for (const [call, message] of refused) assert.throws(call, { name: 'TaskOptionError', message })
})
