// Bad input, by one table over all estimators: what is refused, by an error that names who refuses it and what to do.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { FLOAT64 } from '../../runtime/kernels/array/dtype.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { ENTRIES, type Entry, X, Y } from './everyEstimator.ts'

computeInProcess()

/** What the table asks of an estimator of any kind. */
type Any = ml.Estimator & {
  fit(x: unknown, y?: unknown, options?: unknown): Promise<unknown>
  predict?(x: unknown): unknown
  partialFit?(x: unknown, y?: unknown, options?: unknown): Promise<unknown>
  score?(x: unknown, y?: unknown, options?: unknown): Promise<number>
  transform?(x: unknown): unknown
  kneighbors?(x: unknown): unknown
}

const withCell = (value: number | string): unknown[][] => X.map((row, i) => (i === 2 ? [row[0], value] : row))
const use = (model: Any, x: unknown): unknown =>
  model.predict ? model.predict(x) : model.transform ? model.transform(x) : model.kneighbors!(x)

interface Case {
  what: string
  act: (model: Any, entry: Entry) => unknown
  /** What the text says beside the estimator's name. */
  says: RegExp
  of?: (entry: Entry) => boolean
}

const fitting =
  (x: unknown, y: unknown = Y) =>
  (model: Any, entry: Entry) =>
    model.fit(x, y, entry.options)
const weighing = (sampleWeight: unknown) => (model: Any, entry: Entry) =>
  model.fit(X, Y, { ...entry.options, sampleWeight })
const learns = (entry: Entry): boolean => entry.learns !== undefined
const weighs = (entry: Entry): boolean => entry.weights === true

const CASES: Case[] = [
  { what: 'not fitted', act: (model) => use(model, X), says: /is not fitted yet: call fit first/ },
  {
    what: 'NaN',
    act: fitting(withCell(Number.NaN)),
    says: /X contains NaN \(column 1\).*: fill what is absent/,
  },
  {
    what: 'infinity',
    act: fitting(withCell(Number.NEGATIVE_INFINITY)),
    says: /X contains -Infinity \(column 1\), which .* does not accept: /,
  },
  { what: 'texts', act: fitting(withCell('x')), says: /holds texts such as "x": encode it first/ },
  {
    what: 'more features than at fit',
    act: async (model, entry) => {
      await model.fit(X, Y, entry.options)
      return use(model, [[1, 2, 3]])
    },
    says: /X has 3 features, but .* was fitted with 2: give it the same columns/,
  },
  {
    what: 'fewer features than at fit, in an array to come',
    act: async (model, entry) => {
      await model.fit(X, Y, entry.options)
      return use(model, array.fromArray([[1], [2]]))
    },
    says: /X has 1 features, but .* was fitted with 2: give it the same columns/,
  },
  { what: 'no rows', act: fitting([], []), says: /there are no rows: .* needs at least one/ },
  { what: 'no rows of an array', act: fitting(array.zeros([0, 2]), array.zeros([0])), says: /no rows/ },
  {
    what: 'rows of one axis',
    act: fitting([1, 2, 3, 4, 5, 6]),
    says: /for one feature write \[\[1\], \[2\], …\]/,
  },
  {
    what: 'an array of one axis',
    act: fitting(new NdArray(FLOAT64, [6], Float64Array.of(1, 2, 3, 4, 5, 6))),
    says: /this array has shape \(6\): reshape\(\[-1, 1\]\)/,
  },
  {
    what: 'rows of different lengths',
    act: fitting([[1, 2], [1], [1, 2], [1, 2], [1, 2], [1, 2]]),
    says: /row 1 has 1 features, and the first row has 2/,
  },
  { what: 'no features at all', act: fitting(5), says: /features for .* are an array of two axes/ },
  {
    what: 'fewer targets than rows',
    act: fitting(X, [0, 1]),
    says: /6 rows, and y has 2 values/,
    of: learns,
  },
  {
    what: 'an unknown target',
    act: fitting(X, [0, 1, Number.NaN, 1, 0, 1]),
    says: /y contains NaN.*: every row needs a known target, so drop such rows/,
    of: learns,
  },
  {
    what: 'texts as numbers to learn',
    act: fitting(X, ['a', 'b', 'a', 'b', 'a', 'b']),
    says: /learns numbers, and the targets are texts/,
    of: (entry) => entry.learns === 'numbers',
  },
  {
    what: 'one class',
    act: fitting(X, [1, 1, 1, 1, 1, 1]),
    says: /needs targets of at least 2 classes, and there is only 1/,
    of: (entry) => entry.learns === 'classes',
  },
  {
    what: 'no target',
    act: (model, entry) => model.fit(X, undefined, entry.options),
    says: /y for /,
    of: learns,
  },
  {
    what: 'too few weights',
    act: weighing([1, 2]),
    says: /6 rows, and sampleWeight has 2 values/,
    of: weighs,
  },
  {
    what: 'a negative weight',
    act: weighing([1, 2, 3, -1, 1, 1]),
    says: /sampleWeight contains -1: weights of .* are finite numbers ≥ 0/,
    of: weighs,
  },
  {
    what: 'a weight that is NaN',
    act: weighing([1, 2, 3, Number.NaN, 1, 1]),
    says: /sampleWeight contains NaN: weights of .* are finite numbers ≥ 0/,
    of: weighs,
  },
  {
    what: 'weights that are all 0',
    act: weighing([0, 0, 0, 0, 0, 0]),
    says: /the weights are all 0|sampleWeight is 0 everywhere/,
    of: weighs,
  },
  {
    what: 'weights that are texts',
    act: weighing(['a', 'b', 'c', 'd', 'e', 'f']),
    says: /sampleWeight holds texts: weights of .* are numbers/,
    of: weighs,
  },
  {
    what: 'weights, of what counts all rows alike',
    act: weighing([1, 1, 1, 1, 1, 1]),
    says: /takes no sampleWeight, it counts all rows alike: fit it without/,
    of: (entry) => !weighs(entry),
  },
  {
    what: 'more features than before, in a part',
    act: async (model, entry) => {
      const options = { ...entry.options, classes: entry.learns === 'classes' ? [0, 1] : undefined }
      await model.partialFit!(X, Y, options)
      return model.partialFit!(
        X.map((row) => [...row, 1]),
        Y,
        options,
      )
    },
    says: /X has 3 features, but .* was fitted with 2/,
    of: ({ make }) => (make() as Any).partialFit !== undefined,
  },
  {
    what: 'a score by weights that are all 0',
    act: async (model, entry) => {
      await model.fit(X, Y, entry.options)
      return model.score!(X, Y, { ...entry.options, sampleWeight: [0, 0, 0, 0, 0, 0] })
    },
    says: /there are no rows, or sampleWeight is 0 everywhere/,
    // A ranker's queries count alike.
    of: ({ learns: kind, options }) => kind !== undefined && options === undefined,
  },
  {
    what: 'a parameter that there is not',
    act: (model) => model.setParams({ nope: 1 }),
    says: /has no parameter nope; it has |has no step nope/,
  },
]

const ERRORS = ['MlDataError', 'NotFittedError', 'ParameterError']

test('the table has every estimator that there is, but those that learn nothing of numbers', () => {
  const kinds = Object.values(ml).flatMap((each) =>
    typeof each === 'function' && each.prototype instanceof ml.Estimator && 'kind' in each ? [each.kind] : [],
  )
  const ofTexts = ['HashingVectorizer', 'TfidfVectorizer']
  assert.deepEqual(Object.keys(ENTRIES).concat(ofTexts).sort(), kinds.sort())
})

for (const [kind, entry] of Object.entries(ENTRIES))
  test(`${kind}: bad input is refused by name, with the way out`, async () => {
    for (const { what, act, says, of } of CASES) {
      if (of && !of(entry)) continue
      const attempt = async (): Promise<unknown> => act(entry.make() as Any, entry)
      if (entry.takes?.includes(what)) {
        await attempt()
        continue
      }
      await assert.rejects(attempt, (error: Error) => {
        assert.ok(ERRORS.includes(error.name), `${what}: ${error.stack}`)
        assert.match(error.message, says, what)
        assert.match(error.message, new RegExp(`\\b(${entry.names ?? kind})\\b`), what)
        return true
      })
    }
  })

test('constant columns: every estimator learns beside them, and what it says is finite', async () => {
  const x = X.map(([a]) => [a, 3])
  for (const [kind, { make, options }] of Object.entries(ENTRIES)) {
    const model = make() as Any
    await model.fit(x, Y, options)
    if (!model.predict && !model.transform) continue
    const said = (use(model, x) as { toList(): unknown[] }).toList().flat()
    assert.equal(said.length % x.length, 0)
    assert.ok(said.every(Number.isFinite), `${kind}: ${said.join(' ')}`)
  }
})

test('a block that lacks a class is told of as a block', async () => {
  const model = new ml.BlockwiseVotingClassifier({ estimator: new ml.LogisticRegression() })
  await assert.rejects(model.fit(array.fromArray(X, { chunks: [3, 2] }), Y), {
    name: 'MlDataError',
    message:
      'BlockwiseVotingClassifier learns each block alone, and one of 3 rows does not do: LogisticRegression needs targets of at least 2 classes, and there is only 0: give it rows of another class too; where rows are in order, shuffle them first',
  })
})

test('an array of three axes: rows are what it has first', async () => {
  await assert.rejects(new ml.PCA().fit(array.zeros([6, 2, 3])), {
    message:
      'features for PCA have two axes, rows and columns, and this array has shape (6, 2, 3): reshape([-1, 1]) makes one column of it, reshape([6, -1]) one row of each of its 6',
  })
})

test('a part that counts no weights refuses them in what it is a part of', async () => {
  const sampleWeight = [1, 2, 3, 4, 5, 6]
  const parts = new ml.ColumnTransformer({ transformers: [['all', new ml.MinMaxScaler(), [0, 1]]] })
  await assert.rejects(parts.fit(X, Y, { sampleWeight }), /MinMaxScaler takes no sampleWeight/)
  const search = new ml.GridSearchCV(new ml.KNeighborsClassifier(), { nNeighbors: [1] }, { cv: 2 })
  await assert.rejects(search.fit(X, Y, { sampleWeight }), /KNeighborsClassifier takes no sampleWeight/)
})

test('text vectorizers refuse what is no text', async () => {
  await assert.rejects(new ml.TfidfVectorizer().fit([[1], [2]]), /TfidfVectorizer/)
  await assert.rejects(new ml.TfidfVectorizer().fit([]), /no rows: TfidfVectorizer needs at least one/)
  assert.throws(() => new ml.TfidfVectorizer().transform(['a']), /TfidfVectorizer is not fitted yet/)
  assert.throws(() => new ml.HashingVectorizer().transform([[1]]), /HashingVectorizer/)
})

test('quantiles between which a RobustScaler takes the range rise from 0 to 100', () => {
  for (const quantileRange of [
    [75, 25],
    [-1, 50],
    [0, 101],
    [Number.NaN, 50],
  ] as const)
    assert.throws(() => new ml.RobustScaler({ quantileRange }), {
      name: 'ParameterError',
      message: /quantileRange of RobustScaler is two rising numbers from 0 to 100, not /,
    })
})

for (const [kind, { make }] of Object.entries(ENTRIES))
  test(`${kind}: choices are those that there are, and what is true or false is nothing else`, () => {
    for (const [name, value] of Object.entries(make().getParams())) {
      // What fills in is any text.
      if (name === 'fillValue' || (typeof value !== 'string' && typeof value !== 'boolean')) continue
      const text = typeof value === 'boolean' ? 'true or false' : '.*'
      assert.throws(() => make().setParams({ [name]: 'nope' } as never), {
        name: 'ParameterError',
        message: new RegExp(`^${name} of ${kind} is ${text}, not nope$`),
      })
    }
  })

for (const [kind, { make }] of Object.entries(ENTRIES))
  test(`${kind}: numbers are numbers, of the range that their name has, and what is refused changes nothing`, () => {
    const before = make().getParams()
    for (const [name, value] of Object.entries(before)) {
      // What stands in data may be of any kind; of others a number is one of several ways to say it.
      if (
        typeof value !== 'number' ||
        /^(fillValue|unknownValue|nComponents|maxFeatures|batchSize)$/.test(name)
      )
        continue
      const wrong: unknown[] = [Number.NaN, 'x', [1]]
      if (!(kind.startsWith('SGD') && name === 'tol')) wrong.push(null)
      if (
        /^(tol|l2Regularization|minChildWeight|minSplitGain|epsilon|alpha|maxIter|initSize|degree)$/.test(
          name,
        )
      )
        wrong.push(-1)
      if (
        /^(minSamplesLeaf|nIterNoChange|nClusters|nNeighbors|nEstimators|batchSize|maxNoImprovement)$/.test(
          name,
        )
      )
        wrong.push(0, 1.5)
      if (name === 'seed') wrong.push(0.5, Number.POSITIVE_INFINITY)
      for (const each of wrong) {
        const model = make()
        assert.throws(
          () => model.setParams({ [name]: each } as never),
          (error: Error) => error.name === 'ParameterError' && error.message.includes(name),
          `${name}: ${String(each)}`,
        )
        assert.deepEqual(model.getParams(), before)
      }
    }
  })
