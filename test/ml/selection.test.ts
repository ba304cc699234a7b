// Folds, metrics and searches against scikit-learn's answers; what candidates share is computed once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, dataframe, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { denseBlock } from '../../runtime/kernels/ml/block.ts'
import { splitTask } from '../../runtime/kernels/ml/fitTask.ts'
import { placesOfFold } from '../../runtime/kernels/ml/folds.ts'
import { distinctParams } from '../../runtime/ml/modelSelection/distributions.ts'
import { evenFitGroups, fitGroups } from '../../runtime/ml/modelSelection/fitGroups.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, dataset } from './kit.ts'

const executor = computeInProcess()
const answers = answersOf<never>('selection')
const iris = dataset('iris')

test('KFold and StratifiedKFold divide as scikit-learn', () => {
  const folds = new ml.KFold({ nSplits: 4 }).split(new Array(10).fill(0))
  assert.deepEqual(
    folds.map(({ train, test: own }) => ({ train: [...train], test: [...own] })),
    answers.KFold,
  )
  assert.deepEqual(
    new ml.StratifiedKFold({ nSplits: 4 }).split(iris.y).map(({ test: own }) => ({ test: [...own] })),
    answers.StratifiedKFold,
  )
  assert.throws(() => new ml.KFold({ nSplits: 4 }).split([1, 2]), /2 rows cannot be divided into 4 folds/)
  assert.throws(() => new ml.StratifiedKFold({ nSplits: 3 }).split([1, 1, 2]), /no class has 3 rows/)
})

test('shuffled folds hold each row once, and follow their seed', () => {
  for (const make of [ml.KFold, ml.StratifiedKFold]) {
    const split = (seed: number) => new make({ nSplits: 5, shuffle: true, seed }).split(iris.y)
    const all = split(1).flatMap(({ test: own }) => [...own])
    assert.deepEqual(
      all.sort((a, b) => a - b),
      iris.y.map((_, i) => i),
    )
    assert.deepEqual(split(1), split(1))
    assert.notDeepEqual(split(1)[0].test, split(2)[0].test)
  }
})

test('equal folds of classes, by the definition: sorted rows are dealt round', () => {
  for (const [count, classes, nSplits] of [
    [6, 1, 2],
    [17, 2, 5],
    [40, 3, 4],
    [101, 7, 3],
  ]) {
    const labels = Array.from({ length: count }, (_, row) => (row * row + (row >> 2)) % classes)
    const folds = new ml.StratifiedKFold({ nSplits }).split(labels)
    const order = [...new Set(labels)]
    const sorted = [...labels].sort((a, b) => order.indexOf(a) - order.indexOf(b))
    for (const [i, { train, test: own }] of folds.entries()) {
      const dealt = order.map(
        (label) => sorted.filter((each, at) => at % nSplits === i && each === label).length,
      )
      assert.deepEqual(
        order.map((label) => [...own].filter((row) => labels[row] === label).length),
        dealt,
      )
      assert.deepEqual(
        [...train, ...own].sort((a, b) => a - b),
        [...labels.keys()],
      )
      assert.deepEqual(
        [...train].sort((a, b) => a - b),
        [...train],
      )
    }
  }
})

test('a fold travels as the rows that test where all others train, and divides rows alike', () => {
  const x = denseBlock(
    7,
    2,
    Float64Array.from({ length: 14 }, (_, i) => i),
  )
  const rows = { x, y: Float64Array.from({ length: 7 }, (_, i) => -i), weight: null }
  const cases: [train: number[], test: number[], short: boolean][] = [
    [[0, 1, 5, 6], [2, 3, 4], true],
    [[1, 2, 3], [0], true],
    [[2, 3, 4, 5, 6], [0, 1], true],
    [[], [0, 1, 2, 3, 4, 5, 6], true],
    [[0, 1, 2], [], true],
    [[1, 0, 5, 6], [2, 3, 4], false],
    [[0, 1, 5, 6], [4, 3, 2], false],
    [[0, 1, 1], [2, 3], false],
    [[3, 4], [5, 6], false],
    [[0, 1, 2], [2, 3], false],
  ]
  for (const [train, own, short] of cases) {
    const places = placesOfFold({ train: Int32Array.from(train), test: Int32Array.from(own) })
    assert.equal(typeof places.train === 'number', short, `${train} | ${own}`)
    const split = splitTask(places, rows)
    assert.deepEqual(
      [...(split.trainTarget as Float64Array)],
      train.map((row) => -row),
    )
    assert.deepEqual(
      [...(split.testTarget as Float64Array)],
      own.map((row) => -row),
    )
    for (const [block, chosen] of [
      [split.train, train],
      [split.test, own],
    ] as const)
      assert.deepEqual(
        block,
        denseBlock(chosen.length, 2, Float64Array.from(chosen.flatMap((row) => [2 * row, 2 * row + 1]))),
      )
  }
})

/** What fits read: each candidate every fold. */
const reads = (candidates: number, folds: number): string[] =>
  Array.from({ length: candidates * folds }, (_, fit) => String(fit % folds))

test('fits of a search share tasks where there are many for each thread, and the last ones do not', () => {
  for (const [candidates, folds, threads] of [
    [20, 5, 2],
    [20, 5, 1],
    [3, 5, 2],
    [300, 3, 8],
    [1, 1, 1],
    [0, 5, 2],
    [20, 5, Number.POSITIVE_INFINITY],
  ]) {
    const all = reads(candidates, folds)
    const groups = fitGroups(all, threads)
    assert.deepEqual(
      groups.flat().sort((a, b) => a - b),
      [...all.keys()],
    )
    let left = all.length
    for (const group of groups) {
      assert.ok(group.length === 1 || group.length * 4 * threads <= left, 'no more than a share')
      assert.ok(group.length <= 8 && group.every((fit) => all[fit] === all[group[0]]))
      left -= group.length
    }
  }
  assert.equal(fitGroups(reads(20, 5), Number.POSITIVE_INFINITY).length, 100)
  assert.deepEqual(fitGroups(reads(20, 5), 2)[0], [0, 5, 10, 15, 20, 25, 30, 35])
  assert.ok(fitGroups(reads(20, 5), 2).length < 40)
})

test('fits that learn together are few and even tasks: each fit once, several a thread, neighbours apart', () => {
  for (const [candidates, folds, threads] of [
    [20, 5, 1],
    [20, 5, 2],
    [20, 5, 16],
    [100, 3, 2],
    [1, 5, 4],
    [7, 2, 3],
    [20, 5, Number.POSITIVE_INFINITY],
  ]) {
    const all = reads(candidates, folds)
    const groups = evenFitGroups(all, threads)
    assert.deepEqual(
      groups.flat().sort((a, b) => a - b),
      [...all.keys()],
    )
    assert.ok(groups.length >= Math.min(all.length, 5 * threads))
    const sizes = groups.map((group) => group.length)
    assert.ok(Math.max(...sizes) <= 12 && Math.max(...sizes) - Math.min(...sizes) <= 1)
    assert.ok(groups.every((group) => group.every((fit) => all[fit] === all[group[0]])))
  }
  assert.equal(evenFitGroups(reads(20, 5), 2).length, 10)
  assert.deepEqual(evenFitGroups(reads(20, 5), 2)[1], [5, 15, 25, 35, 45, 55, 65, 75, 85, 95])
})

test('trainTestSplit: sizes are shares or whole numbers of rows, of either part', () => {
  const rows = Array.from({ length: 20 }, (_, i) => i)
  const sizes = (options: ml.SplitOptions) => ml.trainTestSplit([rows], options).map(({ length }) => length)
  assert.deepEqual(sizes({}), [15, 5])
  assert.deepEqual(sizes({ testSize: 0.33 }), [13, 7])
  assert.deepEqual(sizes({ testSize: 3 }), [17, 3])
  assert.deepEqual(sizes({ trainSize: 0.33 }), [6, 14])
  assert.deepEqual(sizes({ trainSize: 12 }), [12, 8])
  assert.deepEqual(sizes({ trainSize: 0.5, testSize: 2 }), [10, 2])
  assert.deepEqual(ml.trainTestSplit([rows], { shuffle: false, trainSize: 3, testSize: 2 }), [
    [0, 1, 2],
    [3, 4],
  ])
  for (const size of [0, -1, 1.5, 20, 21, Number.NaN, '5' as never]) {
    assert.throws(() => sizes({ testSize: size }), { name: 'ParameterError' }, String(size))
    assert.throws(() => sizes({ trainSize: size }), { name: 'ParameterError' }, String(size))
  }
  assert.throws(
    () => sizes({ testSize: 15, trainSize: 15 }),
    /15 rows to train with and 15 to test with, of 20/,
  )
})

test('trainTestSplit draws rows of tables and bags by chance, and keeps those together that belong together', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => ({ a: i, b: -i, y: i % 2 }))
  const table = dataframe.fromRecords(rows, { partitions: 3 })
  const items = bag.fromSequence(rows, { partitions: 3 })
  const texts = items.map(({ a }) => `row ${a}`)
  for (const [options, share] of [
    [{}, 0.25],
    [{ testSize: 0.1, seed: 4 }, 0.1],
    [{ trainSize: 0.6, shuffle: true }, 0.4],
    [{ trainSize: 0.5, testSize: 0.2 }, 0.2],
  ] as const) {
    const [train, held, trainY, heldY] = ml.trainTestSplit(
      [table.select('a', 'b'), table.select('y')],
      options,
    )
    const [records, targets] = [await held.toRecords(), await heldY.toRecords()]
    assert.ok(Math.abs(records.length - 2000 * share) < 100, `${records.length} of 2000`)
    assert.deepEqual(
      records.map(({ a }) => (a as number) % 2),
      targets.map(({ y }) => y),
    )
    const both = [...records, ...(await train.toRecords())].map(({ a }) => a as number)
    assert.equal(new Set(both).size, both.length)
    if (!('testSize' in options && 'trainSize' in options)) assert.equal(both.length, 2000)
    assert.equal((await trainY.toRecords()).length, both.length - records.length)
    const [, some, , named] = ml.trainTestSplit([items, texts], options)
    assert.deepEqual(
      (await some.compute()).map((row) => `row ${row.a}`),
      await named.compute(),
    )
  }
  const model = new ml.LinearRegression()
  const [train, held] = ml.trainTestSplit([table])
  assert.ok((await (await model.fit(train, 'b')).score(held, 'b')) > 0.999)
  const refused: [call: () => unknown, message: RegExp][] = [
    [() => ml.trainTestSplit([table, items] as never), /each in their own way: give it one kind/],
    [() => ml.trainTestSplit([table, [1]] as never), /give it one kind/],
    [() => ml.trainTestSplit([table, table.repartition(2)]), /3 and 2 partitions/],
    [() => ml.trainTestSplit([table], { testSize: 20 }), /testSize of a table or a bag is a share/],
    [() => ml.trainTestSplit([table], { trainSize: 0.9, testSize: 0.2 }), /more than all rows together/],
    [() => ml.trainTestSplit([table], { shuffle: false }), /shuffle needs to know the rows/],
    [() => ml.trainTestSplit([items], { stratify: [1] }), /stratify needs to know the rows/],
  ]
  for (const [call, message] of refused) assert.throws(call, message)
})

test('trainTestSplit draws from each class by its share, in any kind of list', () => {
  const labels = Array.from({ length: 200 }, (_, i) =>
    i % 20 === 0 ? 'rare' : i % 4 === 1 ? 'some' : 'most',
  )
  for (const seed of [0, 1, 2])
    for (const testSize of [0.25, 37]) {
      const rows = labels.map((_, i) => i)
      const [train, held] = ml.trainTestSplit([rows], { stratify: labels, testSize, seed })
      assert.deepEqual(
        [...train, ...held].sort((a, b) => a - b),
        rows,
      )
      for (const name of ['rare', 'some', 'most']) {
        const all = labels.filter((label) => label === name).length
        const own = held.filter((row) => labels[row] === name).length
        assert.ok(Math.abs(own - (all * held.length) / 200) < 1, `${name}: ${own} of ${all}`)
      }
      assert.deepEqual(ml.trainTestSplit([rows], { stratify: labels, testSize, seed }), [train, held])
    }
  const [, held] = ml.trainTestSplit([iris.y], { stratify: NdArray.from(iris.y), testSize: 30 })
  assert.deepEqual(
    [0, 1, 2].map((label) => held.filter((each) => each === label).length),
    [10, 10, 10],
  )
  assert.throws(() => ml.trainTestSplit([[1, 2, 3]], { stratify: ['a', 'a', 'b'] }), /class "b" has one row/)
  assert.throws(
    () => ml.trainTestSplit([[1, 2, 3, 4]], { stratify: [0, 0, 1, 1], testSize: 1 }),
    /3 rows to train with and 1 to test with are fewer than 2 classes/,
  )
  assert.throws(() => ml.trainTestSplit([[1, 2]], { stratify: [0] }), /stratify has 1 classes for 2 rows/)
  assert.throws(() => ml.trainTestSplit([[1, 2]], { stratify: [0, 0], shuffle: false }), /shuffle: false/)
})

test('trainTestSplit keeps rows together, of lists, arrays and chunked arrays', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => [i, -i])
  const [train, held] = ml.trainTestSplit([NdArray.from(rows)], { testSize: 0.3, seed: 4 })
  assert.deepEqual(
    [train.shape, held.shape],
    [
      [14, 2],
      [6, 2],
    ],
  )
  const [lazyTrain] = ml.trainTestSplit([array.fromArray(rows, { chunks: [6, 1] })], {
    testSize: 0.3,
    seed: 4,
  })
  assert.deepEqual((await lazyTrain.compute()).toList(), train.toList())
  assert.throws(() => ml.trainTestSplit([[1, 2], [1]]), /the same rows, and these have 2, 1/)
})

const { metrics } = ml
const expected = answers.metrics as Record<string, number>
const given = answers as unknown as Record<string, number[]>
const cut = (values: number[], chunks: number) => array.fromArray(values, { chunks })
type Pair = (a: never, p: never, options?: never) => Promise<unknown>
const METRICS: [name: string, actual: string, predicted: string, options?: object][] = [
  ['accuracyScore', 'true', 'guess', { sampleWeight: given.weight }],
  ['balancedAccuracyScore', 'true', 'guess'],
  ['confusionMatrix', 'true', 'guess'],
  ...['macro', 'micro', 'weighted'].flatMap((average): [string, string, string, object][] => [
    [`precisionScore ${average}`, 'true', 'guess', { average }],
    [`recallScore ${average}`, 'true', 'guess', { average }],
    [`f1Score ${average}`, 'true', 'guess', { average, sampleWeight: given.weight }],
  ]),
  ['logLoss', 'true', 'probabilities', { sampleWeight: given.weight }],
  ['rocAucScore', 'binary', 'scores', { sampleWeight: given.weight }],
  ['meanSquaredError', 'real', 'near', { sampleWeight: given.weight }],
  ['meanAbsoluteError', 'real', 'near'],
  ['maxError', 'real', 'near'],
  ['r2Score', 'real', 'near', { sampleWeight: given.weight }],
  ['explainedVarianceScore', 'real', 'near'],
  ['adjustedRandScore', 'true', 'guess'],
  ['normalizedMutualInfoScore', 'true', 'guess'],
  ['homogeneityScore', 'true', 'guess'],
  ['completenessScore', 'true', 'guess'],
]
for (const [name, actual, predicted, options] of METRICS)
  test(`metrics: ${name} is scikit-learn's, of lists and of chunks`, async () => {
    const metric = metrics[name.split(' ')[0] as keyof typeof metrics] as unknown as Pair
    const a = given[actual]
    const p = given[predicted]
    close(await metric(a as never, p as never, options as never), expected[name], 1e-12, 'lists')
    const chunked = Array.isArray(p[0]) ? array.fromArray(p, { chunks: [11, -1] }) : cut(p, 11)
    close(
      await metric(cut(a, 17) as never, chunked as never, options as never),
      expected[name],
      1e-12,
      'chunks',
    )
  })

test('metrics refuse what they cannot tell', async () => {
  await assert.rejects(metrics.rocAucScore([1, 1], [0, 1]), /rows of both classes/)
  await assert.rejects(metrics.f1Score([0, 1, 2], [0, 1, 2]), /there are 3 classes, and average is 'binary'/)
  await assert.rejects(metrics.accuracyScore([0, 1], [1]), /2 rows, and y has 1 values/)
})

const pipeline = () =>
  new ml.Pipeline({
    steps: [
      ['scale', new ml.StandardScaler()],
      ['model', new ml.LogisticRegression({ tol: 1e-8, maxIter: 10_000 })],
    ],
  })
const grid = { model__C: [0.01, 0.1, 1, 10] }

test('GridSearchCV finds what scikit-learn finds, and scales each fold once', async () => {
  const answer = answers.GridSearchCV as { mean: number[]; best: number; score: number }
  for (const x of [iris.x, array.fromArray(iris.x, { chunks: [40, 2] })]) {
    const search = new ml.GridSearchCV(pipeline(), grid, { refit: false })
    await search.fit(x, iris.y)
    const count = executor.last
    assert.equal(count.groups.includes('fitTransform'), true)
    close(
      search.results.map(({ mean }) => mean),
      answer.mean,
      1e-12,
    )
    assert.equal(search.bestParams.model__C, answer.best)
    // 1 for the folds, 5 splits, 5 scalings, 4 × 5 fits: all rows were brought together before, and stay where they are.
    assert.equal(count.tasks, 1 + 5 + 5 + 20)
  }
})

test('a splitter of one’s own divides as it says: the same folds give the same scores', async () => {
  const x = array.fromArray(iris.x, { chunks: [40, 2] })
  for (const ours of [
    new ml.KFold({ nSplits: 4, shuffle: true, seed: 3 }),
    new ml.StratifiedKFold({ nSplits: 3 }),
    new ml.StratifiedKFold({ nSplits: 3, shuffle: true, seed: 5 }),
  ]) {
    const own: ml.Splitter = { nSplits: ours.nSplits, split: (labels) => ours.split(labels) }
    class Others extends ml.KFold {
      override split = own.split
    }
    const searches = [ours, own, new Others()].flatMap((cv) => [
      new ml.GridSearchCV(pipeline(), grid, { cv, refit: false }),
      new ml.SuccessiveHalvingSearchCV(pipeline(), grid, { cv, refit: false }),
    ])
    for (const search of searches) await search.fit(x, iris.y)
    const [searched, halved, ...others] = searches.map(({ results }) => results)
    assert.deepEqual(others, [searched, halved, searched, halved])
  }
})

test('rows that cannot be divided are refused where the folds are made', async () => {
  const x = array.fromArray(iris.x.slice(0, 3), { chunks: [2, 2] })
  const few = new ml.GridSearchCV(new ml.Ridge(), { alpha: [1] }, { cv: 4 })
  await assert.rejects(few.fit(x, [1, 2, 3]), /3 rows cannot be divided into 4 folds/)
  await assert.rejects(
    ml.crossValScore(new ml.LogisticRegression(), x, [0, 0, 1], { cv: 3 }),
    /no class has 3 rows/,
  )
})

test('the best model is fitted with all rows, and predicts', async () => {
  const search = await new ml.GridSearchCV(pipeline(), grid, { cv: 3, scoring: 'f1Macro' }).fit(
    iris.x,
    iris.y,
  )
  const best = await pipeline().setParams(search.bestParams).fit(iris.x, iris.y)
  assert.deepEqual(search.predict(iris.x).toList(), best.predict(iris.x).toList())
  assert.ok((await search.score(iris.x, iris.y)) > 0.95)
})

test('RandomizedSearchCV follows its seed; SuccessiveHalvingSearchCV ends with all rows', async () => {
  const drawn = async (seed: number) => {
    const distributions = { model__C: (share: number) => 10 ** (4 * share - 2) }
    const search = new ml.RandomizedSearchCV(pipeline(), distributions, {
      nIter: 4,
      seed,
      cv: 3,
      refit: false,
    })
    await search.fit(iris.x, iris.y)
    return search.results
  }
  assert.deepEqual(await drawn(1), await drawn(1))
  // Of lists no candidate comes twice, and each comes as often as the others.
  const lists = { a: [1, 2, 3], b: ['x', 'y'], c: [true, false] }
  const seen = new Map<string, number>()
  for (let seed = 0; seed < 600; seed++)
    for (const nIter of [1, 5, 12, 40]) {
      const some = distinctParams(lists, nIter, seed).map((params) => JSON.stringify(params))
      assert.equal(new Set(some).size, Math.min(nIter, 12))
      for (const each of some) seen.set(each, (seen.get(each) ?? 0) + 1)
    }
  assert.equal(seen.size, 12)
  for (const [each, times] of seen)
    assert.ok(Math.abs(times - 600 * (1 / 12 + 5 / 12 + 2)) < 100, `${each}: ${times}`)
  assert.deepEqual(distinctParams({ a: [] }, 3, 1), [])
  const halving = new ml.SuccessiveHalvingSearchCV(
    pipeline(),
    { model__C: [0.001, 0.01, 0.1, 1, 10, 100] },
    { cv: 3, refit: false },
  )
  await halving.fit(iris.x, iris.y)
  assert.deepEqual([...new Set(halving.results.map(({ rows }) => rows))], [12, 36, 100])
  assert.equal(halving.best.rows, 100)
})

test('a search says what is wrong before anything is fitted', async () => {
  assert.throws(
    () => new ml.GridSearchCV(pipeline(), grid, { scoring: 'luck' }),
    /there is no scoring luck; there are accuracy/,
  )
  await assert.rejects(
    new ml.GridSearchCV(pipeline(), { model__D: [1] }).fit(iris.x, iris.y),
    /LogisticRegression has no parameter D/,
  )
  assert.throws(() => new ml.GridSearchCV(pipeline(), grid).bestParams, { name: 'NotFittedError' })
})

test('metrics of a column of a table, of booleans too', async () => {
  const table = dataframe.fromRecords(
    [true, false, true, true].map((a, i) => ({ a, b: i < 2 })),
    { partitions: 2 },
  )
  assert.equal(await ml.metrics.accuracyScore(table.select('a'), table.select('a')), 1)
  assert.equal(await ml.metrics.accuracyScore(table.select('a'), table.select('b')), 0.25)
  await assert.rejects(
    ml.metrics.accuracyScore(table, [1, 1, 0, 0]),
    /metrics take one column, and this table has 2/,
  )
})
