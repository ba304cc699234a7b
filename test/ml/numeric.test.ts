// Awkward numbers: one row, equal rows, columns far from 0 or tiny, many classes, extreme weights. scikit-learn's answers, or the reason why not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close } from './kit.ts'

computeInProcess()

interface Case {
  x: number[][]
  y: number[]
  classes: number[]
  weight?: number[]
}
type Answer = Record<string, unknown> & { refused?: string }

const { cases, answers, poissonScores } = answersOf<never>('numeric') as unknown as {
  cases: Record<string, Case>
  answers: Record<string, Record<string, Answer>>
  /** D² of all rows, and of the first alone. */
  poissonScores: Record<string, [all: number, one: number | null]>
}

type Fitted = Record<string, unknown>
type Fit = (own: Case) => Promise<unknown>

const tight = { tol: 1e-9, maxIter: 2000 }
const exact = { tol: 1e-12, maxIter: 20000 }
const boosted = { maxIter: 3, minSamplesLeaf: 2 }
const few = { shuffle: false, maxIter: 3, tol: null }
const alone = { nEstimators: 1, bootstrap: false, maxFeatures: null }
const weights = ({ weight }: Case) => (weight ? { sampleWeight: weight } : {})
const learns =
  (
    make: () => { fit(x: number[][], y: number[], options?: object): Promise<unknown> },
    classes = false,
  ): Fit =>
  (own) =>
    make().fit(own.x, classes ? own.classes : own.y, weights(own))
const looks =
  (make: (own: Case) => { fit(x: number[][], y?: undefined, options?: object): Promise<unknown> }): Fit =>
  (own) =>
    make(own).fit(own.x, undefined, weights(own))

const svc = { tol: 1e-10, maxIter: 20000 }

/** What a LinearSVC of two classes minimises, and its gradient as a share of the sizes that it is the sum of. */
function marginOf(
  { coef, intercept }: { coef: unknown; intercept: unknown },
  { x, classes, weight }: Case,
): { objective: number; gradient: number[]; share: number } {
  const w = [...flat(coef), ...flat(intercept)]
  const gradient = [...w]
  const sizes = w.map(Math.abs)
  let objective = w.reduce((sum, each) => sum + each * each, 0) / 2
  x.forEach((row, i) => {
    const own = [...row, 1]
    const side = classes[i] ? 1 : -1
    const lacks = Math.max(0, 1 - side * own.reduce((sum, each, j) => sum + each * w[j], 0))
    const times = weight?.[i] ?? 1
    objective += times * lacks * lacks
    own.forEach((each, j) => {
      gradient[j] -= 2 * times * side * lacks * each
      sizes[j] += Math.abs(2 * times * lacks * each)
    })
  })
  return { objective, gradient, share: Math.max(...gradient.map((each, j) => Math.abs(each) / sizes[j])) }
}

const ESTIMATORS: Record<string, Fit> = {
  LinearRegression: learns(() => new ml.LinearRegression()),
  Ridge: learns(() => new ml.Ridge()),
  Lasso: learns(() => new ml.Lasso({ alpha: 0.1, ...exact })),
  ElasticNet: learns(() => new ml.ElasticNet({ alpha: 0.1, ...exact })),
  PoissonRegressor: learns(() => new ml.PoissonRegressor(tight)),
  LogisticRegression: learns(() => new ml.LogisticRegression(tight), true),
  SGDRegressor: learns(() => new ml.SGDRegressor({ eta0: 1e-4, ...few })),
  'SGDRegressor huber': learns(
    () =>
      new ml.SGDRegressor({
        ...few,
        loss: 'huber',
        epsilon: 1,
        penalty: 'l1',
        eta0: 1e-3,
        learningRate: 'constant',
      }),
  ),
  SGDClassifier: learns(() => new ml.SGDClassifier(few), true),
  'SGDClassifier logLoss': learns(
    () => new ml.SGDClassifier({ ...few, loss: 'logLoss', penalty: 'elasticnet' }),
    true,
  ),
  LinearSVC: async (own) => ({
    objective: marginOf(await new ml.LinearSVC(svc).fit(own.x, own.classes, weights(own)), own).objective,
  }),
  GaussianNB: learns(() => new ml.GaussianNB(), true),
  KNeighborsRegressor: learns(() => new ml.KNeighborsRegressor({ nNeighbors: 1 })),
  KNeighborsClassifier: learns(() => new ml.KNeighborsClassifier({ nNeighbors: 1 }), true),
  GradientBoostingRegressor: learns(() => new ml.GradientBoostingRegressor(boosted)),
  GradientBoostingClassifier: learns(() => new ml.GradientBoostingClassifier(boosted), true),
  RandomForestRegressor: learns(() => new ml.RandomForestRegressor(alone as object)),
  RandomForestClassifier: learns(() => new ml.RandomForestClassifier(alone as object), true),
  KMeans: looks(({ x }) => new ml.KMeans({ nClusters: 2, init: x.slice(0, 2) })),
  MiniBatchKMeans: (own) =>
    new ml.MiniBatchKMeans({ nClusters: 2, init: own.x.slice(0, 2), reassignmentRatio: 0 }).partialFit(
      own.x,
      undefined,
      weights(own),
    ),
  PCA: looks(() => new ml.PCA()),
  IncrementalPCA: looks(() => new ml.IncrementalPCA()),
  TruncatedSVD: looks(() => new ml.TruncatedSVD({ nComponents: 1 })),
  StandardScaler: looks(() => new ml.StandardScaler()),
  MinMaxScaler: looks(() => new ml.MinMaxScaler()),
  RobustScaler: looks(() => new ml.RobustScaler()),
  QuantileTransformer: looks(
    ({ x }) => new ml.QuantileTransformer({ nQuantiles: Math.max(2, Math.min(5, x.length)) }),
  ),
  SimpleImputer: looks(() => new ml.SimpleImputer()),
  PolynomialFeatures: looks(() => new ml.PolynomialFeatures()),
  OneHotEncoder: looks(() => new ml.OneHotEncoder()),
  OrdinalEncoder: looks(() => new ml.OrdinalEncoder()),
}

/** How attributes are called here. */
const NAMES: Record<string, string> = { theta_: 'means', predict_proba: 'predictProba' }
const ours = (name: string, who: string): string =>
  name === 'var_'
    ? who === 'GaussianNB'
      ? 'variances'
      : 'variance'
    : (NAMES[name] ??
      name.replace(/_$/, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))

const flat = (value: unknown): number[] => {
  if (value instanceof NdArray) return flat(value.toList())
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array)
  if (Array.isArray(value)) return value.flatMap(flat)
  return [value === null ? Number.NaN : (value as number)]
}

/** How far numbers are from those expected, as a share of the largest of them. */
function apart(key: string, actual: unknown, expected: unknown): number {
  const b = flat(expected)
  const a = flat(actual).slice(0, b.length)
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  const largest = b.reduce((most, each) => Math.max(most, Number.isNaN(each) ? 0 : Math.abs(each)), 0)
  return a.reduce((worst, each, i) => {
    if (Number.isNaN(each) || !Number.isFinite(each))
      return Number.isNaN(b[i]) ? worst : Number.POSITIVE_INFINITY
    if (Number.isNaN(b[i])) return Number.POSITIVE_INFINITY
    return Math.abs(each - b[i]) < 1e-30 || (key === 'intercept' && Math.abs(each - b[i]) < 1e-14)
      ? worst
      : Math.max(worst, Math.abs(each - b[i]) / (largest || 1))
  }, 0)
}

/** Columns of 1e12 keep four digits behind the point, in scikit-learn too; iterations end near the minimum. */
const boundOf = (who: string, which: string): number =>
  which === 'far from 0' || which === 'tiny and huge' ? 1e-4 : who === 'LogisticRegression' ? 1e-5 : 1e-6

const EXPANDED = 'scikit-learn expands squares of distances, and loses what rows are apart'
const FLOATS = 'scikit-learn splits float32 numbers that are more than 1e-7 apart'
const GRADIENTS = "scikit-learn's gradients are float32, and there is no such weight"
const CANCELS =
  'scikit-learn takes weights as numbers of rows, and cannot tell such columns from constant ones'
const NOISE = 'scikit-learn learns from what rounding left of the mean'
const UNSCALED = 'columns of 1e12 are out of the reach of gradients: both are where they began, or near'
const SQUARES = 'squares of such weights are beyond float64, so that no split of scikit-learn gains'

/** What is other than in scikit-learn, and why. */
const APART: Record<string, Record<string, string>> = {
  LinearRegression: { 'equal rows': NOISE },
  LogisticRegression: {
    'far from 0': UNSCALED,
    'tiny and huge': UNSCALED,
    'weights of most size': 'scikit-learn ends at its first step, the objective being infinite',
  },
  LinearSVC: { 'far from 0': UNSCALED, 'tiny and huge': UNSCALED },
  GaussianNB: {
    'one row': 'scikit-learn divides by a variance of 0; classes are told by their shares',
    'equal rows': 'scikit-learn adds a share of what rounding left of the variance',
    'weights of least size': 'scikit-learn takes weights below 1e-8 for 0, and learns nothing',
  },
  KNeighborsRegressor: { 'far from 0': EXPANDED, 'tiny and huge': EXPANDED },
  KNeighborsClassifier: { 'far from 0': EXPANDED, 'tiny and huge': EXPANDED },
  GradientBoostingRegressor: { 'weights far apart': GRADIENTS },
  GradientBoostingClassifier: {
    'one row': 'classifiers by losses need two classes',
    'weights far apart': GRADIENTS,
    'weights of most size': GRADIENTS,
  },
  RandomForestRegressor: { 'far from 0': FLOATS, tiny: FLOATS },
  RandomForestClassifier: {
    'far from 0': FLOATS,
    tiny: FLOATS,
    'weights of least size': SQUARES,
    'weights of most size': SQUARES,
  },
  KMeans: { 'far from 0': EXPANDED },
  MiniBatchKMeans: {
    'far from 0': EXPANDED,
    'equal rows': 'rounding of their mean tells which of two centers in one place is nearest',
  },
  PCA: {
    'one row': 'scikit-learn gives NaN and warns; here it is refused',
    'equal rows': NOISE,
  },
  IncrementalPCA: {
    'one row': 'scikit-learn gives NaN and warns; here it is refused',
    'equal rows': NOISE,
  },
  TruncatedSVD: {
    'one row': 'only scikit-learn has a solver that needs more columns and rows',
    'one column': 'only scikit-learn has a solver that needs more columns and rows',
  },
  StandardScaler: { 'weights far apart': CANCELS, 'weights of most size': 'scikit-learn gives NaN' },
}

for (const [who, learn] of Object.entries(ESTIMATORS))
  test(`${who} gives scikit-learn's answers for awkward numbers`, async () => {
    for (const [which, answer] of Object.entries(answers[who])) {
      const own = cases[which]
      const found: string[] = []
      try {
        const model = (await learn(own)) as Fitted
        if (answer.refused) found.push(`scikit-learn refuses it: ${answer.refused}`)
        for (const [name, expected] of Object.entries(answer)) {
          if (name === 'refused') continue
          const key = ours(name, who)
          const value = model[key]
          const got = typeof value === 'function' ? value.call(model, own.x.slice(0, 6)) : value
          const far = apart(key, got, expected)
          if (far > boundOf(who, which))
            found.push(
              `${key} is apart by ${far}: ${JSON.stringify(flat(got).slice(0, 8))} instead of ${JSON.stringify(flat(expected).slice(0, 8))}`,
            )
        }
      } catch (error) {
        if (!answer.refused) found.push(`refused: ${(error as Error).message}`)
      }
      const reason = APART[who]?.[which]
      if (reason)
        assert.ok(found.length > 0, `${who}, ${which}, is as in scikit-learn, though apart: ${reason}`)
      else assert.deepEqual(found, [], `${who}, ${which}`)
    }
  })

test('a LinearSVC of weights of any size, which scikit-learn does not end with, is where the gradient is 0', async () => {
  for (const which of ['halves', 'weights far apart', 'weights of most size']) {
    const own = cases[which]
    const { share } = marginOf(await new ml.LinearSVC(svc).fit(own.x, own.classes, weights(own)), own)
    assert.ok(share < 1e-9, `${which}: ${share}`)
  }
  // Coefficients would be as small as the weights: the gradient is below what tol asks where it begins.
  const own = cases['weights of least size']
  const { gradient } = marginOf(await new ml.LinearSVC(svc).fit(own.x, own.classes, weights(own)), own)
  assert.ok(gradient.every((each) => Math.abs(each) < 1e-290))
})

test('PoissonRegressor.score is D² of awkward numbers, and NaN of one row', async () => {
  for (const [which, [all, one]] of Object.entries(poissonScores)) {
    const own = cases[which]
    const model = await new ml.PoissonRegressor(tight).fit(own.x, own.y, weights(own))
    const scores = [await model.score(own.x, own.y), await model.score([own.x[0]], [own.y[0]])]
    close(scores, [all, one], 1e-5, which)
  }
  // Of counts that are all 0 the mean is 0, which is no prediction: NaN, as scikit-learn's.
  const model = await new ml.PoissonRegressor().fit([[0], [1], [2]], [1, 2, 4])
  assert.equal(await model.score([[0], [1]], [0, 0]), Number.NaN)
  assert.equal(await ml.metrics.d2TweedieScore([0, 0], [1, 2], { power: 1 }), Number.NaN)
})

/** Rows that are told apart by whole numbers, near 0. */
const WHOLE = Array.from({ length: 40 }, (_, i) => [
  (i % 2) * 30 + ((7 * i) % 5),
  (i % 2) * 20 + ((3 * i) % 7),
])

test('MiniBatchKMeans is what the definition says: centers are means of what each has seen, wherever rows stand', async () => {
  const params = { nClusters: 2, batchSize: 8, reassignmentRatio: 0, init: WHOLE.slice(0, 2) }
  const near = new ml.MiniBatchKMeans(params)
  await near.partialFit(WHOLE)
  const seen = [0, 1].map((which) => WHOLE.filter((_, i) => i % 2 === which))
  const means = seen.map((rows) =>
    [0, 1].map((j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length),
  )
  close(near.clusterCenters, means, 1e-12)
  for (const [add, times, bound] of [
    [1e12, 1, 1e-15],
    [0, 1e-12, 1e-12],
    [0, 1e150, 1e-12],
  ]) {
    const moved = WHOLE.map((row) => row.map((value) => value * times + add))
    const model = new ml.MiniBatchKMeans({ ...params, init: moved.slice(0, 2) })
    await model.partialFit(moved)
    const expected = means.map((row) => row.map((value) => value * times + add))
    assert.ok(apart('', model.clusterCenters, expected) <= bound, `${add} ${times}: ${model.clusterCenters}`)
    assert.deepEqual(model.predict(moved).toList(), near.predict(WHOLE).toList())
    const whole = await new ml.MiniBatchKMeans({ ...params, init: moved.slice(0, 2) }).fit(moved)
    assert.deepEqual(whole.predict(moved).toList(), near.predict(WHOLE).toList())
  }
  // A row of weight 2 is two rows, and rows of no weight are none, whatever the weights' size.
  const doubled = WHOLE.flatMap((row, i) => (i % 3 === 0 ? [row, row] : i % 3 === 1 ? [row] : []))
  const plain = await new ml.MiniBatchKMeans({ ...params, batchSize: 100 }).partialFit(doubled)
  for (const size of [1, 1e-300, 1e300]) {
    const sampleWeight = WHOLE.map((_, i) => (2 - (i % 3)) * size)
    const model = new ml.MiniBatchKMeans({ ...params, batchSize: 100 })
    await model.partialFit(WHOLE, undefined, { sampleWeight })
    close(model.clusterCenters, plain.clusterCenters, 1e-12, `${size}`)
    const whole = new ml.MiniBatchKMeans({ ...params, batchSize: 100 })
    await whole.fit(WHOLE, undefined, { sampleWeight })
    assert.deepEqual(whole.predict(WHOLE).toList(), near.predict(WHOLE).toList(), `${size}`)
  }
})

test('what is apart in KMeans and neighbours is what the definition says', async () => {
  const near = cases['equal rows'].x.concat(cases['one column'].x.map(([a], i) => [a, i, 0]))
  const far = near.map((row) => row.map((value) => Math.round(value) + 1e12))
  const back = far.map((row) => row.map((value) => value - 1e12))
  const kMeans = (x: number[][]) => new ml.KMeans({ nClusters: 3, init: x.slice(7, 10) }).fit(x)
  const [a, b] = [await kMeans(far), await kMeans(back)]
  assert.deepEqual(a.predict(far).toList(), b.predict(back).toList())
  assert.ok(apart('', a.inertia, b.inertia) < 1e-4, `${a.inertia} ${b.inertia}`)
  const known = (x: number[][]) => new ml.NearestNeighbors({ nNeighbors: 3 }).fit(x)
  const [p, q] = [await known(far), await known(back)]
  assert.deepEqual(p.kneighbors(far).distances.toList(), q.kneighbors(back).distances.toList())
})

test('least squares and components lose nothing where columns are far from 0, for any cut', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [(7 * i * i + 3) % 23, (5 * i) % 11, 4])
  const y = rows.map(([a, b], i) => 2 * a - b + (i % 3))
  const far = rows.map((row) => row.map((value) => value + 1e9))
  const here = await new ml.LinearRegression().fit(rows, y)
  const directions = await new ml.PCA().fit(rows)
  for (const chunks of [40, 17, 1]) {
    const cut = array.fromArray(far, { chunks: [chunks, -1] })
    const model = await new ml.LinearRegression().fit(cut, y)
    assert.ok(apart('', model.coef, here.coef) < 1e-7, `${model.coef} ${here.coef}`)
    assert.equal(model.coef[2], 0)
    assert.equal(model.rank, 2)
    const pca = await new ml.PCA().fit(cut)
    assert.ok(apart('', pca.explainedVariance, directions.explainedVariance) < 1e-7)
    const parts = new ml.IncrementalPCA()
    const size = Math.max(2, chunks)
    for (let from = 0; from < far.length; from += size) await parts.partialFit(far.slice(from, from + size))
    assert.ok(apart('', parts.explainedVariance, directions.explainedVariance) < 1e-7)
  }
})

test('forests of weights of any size are those of the same weights near 1, to the last bit', async () => {
  const x = Array.from({ length: 200 }, (_, i) => [i % 17, (7 * i) % 23])
  const y = x.map(([a, b]) => 3 * a - b)
  const sides = y.map((each) => (each > 10 ? 1 : 0))
  for (const bootstrap of [true, false]) {
    const grown = (size: number) => {
      const sampleWeight = y.map((_, i) => size * (1 + (i % 3)))
      const params = { nEstimators: 3, bootstrap }
      return Promise.all([
        new ml.RandomForestRegressor(params).fit(x, y, { sampleWeight }),
        new ml.RandomForestClassifier(params).fit(x, sides, { sampleWeight }),
      ])
    }
    const told = (models: Awaited<ReturnType<typeof grown>>, size: number) =>
      models.map(({ fitted }) =>
        fitted.trees.map(({ tree, values }) => ({
          ...tree,
          values,
          cover: tree.cover.map((each) => each / size),
        })),
      )
    const near = told(await grown(1), 1)
    for (const size of [2 ** -1000, 2 ** 1000, 2 ** 3])
      assert.deepEqual(told(await grown(size), size), near, `${size}`)
    const large = x.map(([a]) => a * 1e200)
    const sampleWeight = y.map(() => 1e300)
    const model = await new ml.RandomForestRegressor({ nEstimators: 3 }).fit(x, large, { sampleWeight })
    assert.ok(apart('', model.predict(x), large) < 0.1)
  }
})

test('float32 numbers and bigints are learnt as the numbers that they are', async () => {
  const { x, y } = cases.halves
  const plain = await new ml.Ridge().fit(x, y)
  const singles = NdArray.from(Float32Array.from(x.flat())).reshape([x.length, 3])
  assert.equal(singles.dtype, 'float32')
  const single = await new ml.Ridge().fit(singles, y)
  assert.deepEqual(single.coef, plain.coef)
  assert.deepEqual(single.predict(singles).toList(), plain.predict(x).toList())
  const whole = x.map((row) => row.map((value) => 2 * value))
  const bigs = NdArray.from(BigInt64Array.from(whole.flat(), BigInt)).reshape([x.length, 3])
  assert.equal(bigs.dtype, 'int64')
  const big = await new ml.StandardScaler().fit(bigs)
  assert.deepEqual(big.mean, (await new ml.StandardScaler().fit(whole)).mean)
})
