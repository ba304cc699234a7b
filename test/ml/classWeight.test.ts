// Weights by class: scikit-learn's coefficients, probabilities and scores; any cut and kind of features; parts, searches, JSON, bad ones.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, dataframe } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { drawsOf } from '../../runtime/kernels/ml/trees/forestRows.ts'
import { hashedFraction } from '../../runtime/kernels/ml/trees/rowHash.ts'
import { balancedWeights } from '../../runtime/ml/contract/classWeights.ts'
import { groupsThatLearn } from '../../runtime/ml/contract/learnsTogether.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, dataset } from './kit.ts'

const executor = computeInProcess()

interface Coefficients {
  coef: number[][]
  intercept: number[]
  iterations: number
}
const answers = answersOf<never>('classWeight') as unknown as {
  linear: Record<string, Coefficients>
  sgd: Record<string, Coefficients>
  boosting: Record<string, number[][]>
  forest: Record<string, Record<'balanced' | 'balancedSubsample', number>>
  weights: Record<string, number[] | null>
}

/** Of class c every (c + 1)th row, in the order of classWeightReferenceAnswers.py. */
function thinned(name: Parameters<typeof dataset>[0]) {
  const { x, y } = dataset(name)
  const kept = x.map((_, i) => i).filter((i) => i % (y[i] + 1) === 0)
  const order = kept.map((_, i) => i).sort((a, b) => (a % 17) - (b % 17) || a - b)
  return { x: order.map((i) => x[kept[i]]), y: order.map((i) => y[kept[i]]) }
}

async function scaled(name: 'cancer' | 'iris') {
  const { x, y } = thinned(name)
  return { x: (await new ml.StandardScaler().fitTransform(x)).toList() as number[][], y }
}

const thirds = (rows: readonly unknown[]): number[] => rows.map((_, i) => 1 + (i % 3))

const WEIGHTS: Record<'cancer' | 'iris', Record<string, ml.ClassWeight>> = {
  cancer: { balanced: 'balanced', named: { 0: 0.5, 1: 3 }, one: { 1: 2.5 } },
  iris: { balanced: 'balanced', named: { 0: 0.5, 1: 3, 2: 1.5 }, one: { 2: 4 } },
}
const CASES = (['cancer', 'iris'] as const).flatMap((data) =>
  Object.entries(WEIGHTS[data]).flatMap(([name, classWeight]) =>
    [false, true].map((weighted) => ({
      data,
      classWeight,
      weighted,
      name: `${data} ${name}${weighted ? ' weighted' : ''}`,
    })),
  ),
)
const BALANCED = [
  () => new ml.LogisticRegression({ classWeight: 'balanced' }),
  () => new ml.LinearSVC({ classWeight: 'balanced' }),
  () => new ml.SGDClassifier({ classWeight: 'balanced', shuffle: false, maxIter: 5 }),
  () => new ml.GradientBoostingClassifier({ classWeight: 'balanced', maxIter: 3 }),
  () => new ml.RandomForestClassifier({ classWeight: 'balanced', nEstimators: 3 }),
  () => new ml.RandomForestClassifier({ classWeight: 'balancedSubsample', nEstimators: 3 }),
]

for (const Model of [ml.LogisticRegression, ml.LinearSVC])
  for (const { data, classWeight, weighted, name } of CASES)
    test(`${Model.kind}, ${name}: scikit-learn's coefficients`, async () => {
      const { x, y } = await scaled(data)
      const expected = answers.linear[`${Model.kind} ${name}`]
      const options = weighted ? { sampleWeight: thirds(y) } : {}
      for (const rows of [x, array.fromArray(x, { chunks: [40, -1] })]) {
        const model = new Model({ C: 0.5, classWeight, tol: 1e-11, maxIter: 5000 })
        await model.fit(rows, y, options)
        close(model.coef, expected.coef, 1e-6, 'coef')
        close(model.intercept, expected.intercept, 1e-6, 'intercept')
      }
    })

for (const loss of ['hinge', 'logLoss'] as const)
  for (const { data, classWeight, weighted, name } of CASES)
    test(`SGDClassifier, ${loss}, ${name}: scikit-learn's coefficients and passes`, async () => {
      const { x, y } = await scaled(data)
      const expected = answers.sgd[`${loss} ${name}`]
      const options = weighted ? { sampleWeight: thirds(y) } : {}
      const model = new ml.SGDClassifier({ loss, alpha: 0.001, shuffle: false, classWeight })
      await model.fit(x, y, options)
      assert.equal(model.iterations, expected.iterations)
      close(model.coef, expected.coef, 1e-6)
      close(model.intercept, expected.intercept, 1e-6)
    })

for (const data of ['cancer', 'iris'] as const)
  test(`SGDClassifier learns ${data} in parts by weights that are told, as scikit-learn`, async () => {
    const { x, y } = await scaled(data)
    const classWeight = WEIGHTS[data].named
    const model = new ml.SGDClassifier({ loss: 'logLoss', alpha: 0.001, shuffle: false, classWeight })
    await model.partialFit(x.slice(0, 30), y.slice(0, 30), { classes: [...new Set(y)] })
    await model.partialFit(x.slice(30), y.slice(30))
    close(model.coef, answers.sgd[`parts ${data}`].coef, 1e-6)
    close(model.intercept, answers.sgd[`parts ${data}`].intercept, 1e-6)
  })

/** The numbers of diabetes as classes: above how many of the bounds they are. */
const between = (...bounds: number[]): number[] =>
  dataset('diabetes').y.map((value) => bounds.filter((bound) => value > bound).length)

for (const [classes, y, named, rare] of [
  ['two', between(200), { 0: 0.5, 1: 3 }, between(310)],
  ['three', between(80, 200), { 0: 0.5, 1: 3, 2: 1.5 }, between(30, 200)],
] as const) {
  for (const [name, classWeight] of Object.entries<ml.ClassWeight>({
    balanced: 'balanced',
    named,
    one: { 1: 2.5 },
  }))
    for (const weighted of [false, true])
      test(`GradientBoostingClassifier, ${classes} classes, ${name}${weighted ? ' weighted' : ''}: scikit-learn's probabilities`, async () => {
        const { x } = dataset('diabetes')
        const model = new ml.GradientBoostingClassifier({ maxIter: 10, maxLeafNodes: 6, classWeight })
        await model.fit(x, y, weighted ? { sampleWeight: thirds(y) } : {})
        const expected = answers.boosting[`${classes} ${name}${weighted ? ' weighted' : ''}`]
        close(model.predictProba(x.slice(0, 10)), expected, 1e-5)
      })

  test(`GradientBoostingClassifier, ${classes} classes, one of them rare: scikit-learn's probabilities`, async () => {
    const { x } = dataset('diabetes')
    const model = await new ml.GradientBoostingClassifier({ maxIter: 30, maxLeafNodes: 6 }).fit(x, rare)
    close(model.predictProba(x.slice(0, 10)), answers.boosting[`${classes} rare`], 1e-5)
  })
}

for (const data of ['cancer', 'digits'] as const)
  for (const classWeight of ['balanced', 'balancedSubsample'] as const)
    test(`RandomForestClassifier, ${classWeight}, on ${data}: as good as scikit-learn's, within 1%`, async () => {
      const { x, y } = thinned(data)
      const part = <T>(rows: T[], tests: boolean): T[] => rows.filter((_, i) => (i % 4 === 0) === tests)
      let sum = 0
      for (const seed of [0, 1, 2]) {
        const model = await new ml.RandomForestClassifier({ seed, classWeight }).fit(
          part(x, false),
          part(y, false),
        )
        sum += await model.score(part(x, true), part(y, true))
      }
      assert.ok(sum / 3 >= answers.forest[data][classWeight] - 0.01, `${sum / 3}`)
    })

test('each class weighs what scikit-learn says, and what it refuses is refused', async () => {
  const y = [0, 1, 1, 2, 2, 2]
  const x = y.map((_, i) => [i])
  const params = { nEstimators: 1, bootstrap: false, maxDepth: 1 }
  for (const [text, expected] of Object.entries(answers.weights)) {
    const classWeight = text === 'balanced' ? text : (JSON.parse(text) as Record<string, number>)
    const fit = new ml.RandomForestClassifier({ ...params, classWeight }).fit(x, y)
    if (expected === null) {
      await assert.rejects(fit, /classWeight of RandomForestClassifier names 7, which y does not have/)
      continue
    }
    const weighed = await new ml.RandomForestClassifier(params).fit(x, y, {
      sampleWeight: y.map((label) => expected[label]),
    })
    assert.deepEqual((await fit).fitted, weighed.fitted)
  }
})

test('forests and boosting are, to the last bit, those of the same weights a row, beside weights a row too', async () => {
  const { x, y } = thinned('iris')
  const classWeight = { 0: 0.3, 1: 2, 2: 7 / 3 }
  const own = thirds(y)
  for (const [Model, params] of [
    [ml.RandomForestClassifier, { nEstimators: 5 }],
    [ml.GradientBoostingClassifier, { maxIter: 5 }],
  ] as const)
    for (const weights of [y.map(() => 1), own]) {
      const byClass = await new Model({ ...params, classWeight }).fit(x, y, { sampleWeight: weights })
      const byRow = await new Model(params).fit(x, y, {
        sampleWeight: y.map((label, i) => classWeight[label as 0] * weights[i]),
      })
      assert.deepEqual(byClass.fitted, byRow.fitted)
    }
})

test('balancedSubsample weighs by what each tree draws; without draws it is balanced', async () => {
  const { x, y } = thinned('iris')
  const seed = 3
  const counts = new Float64Array(3)
  y.forEach((label, row) => {
    counts[label] += drawsOf(seed, 0, row)
  })
  const drawn = balancedWeights(counts)
  assert.notDeepEqual(
    drawn,
    balancedWeights(Float64Array.from([0, 1, 2], (c) => y.filter((l) => l === c).length)),
  )
  const params = { nEstimators: 1, seed }
  const one = await new ml.RandomForestClassifier({ ...params, classWeight: 'balancedSubsample' }).fit(x, y)
  const told = await new ml.RandomForestClassifier({ ...params, classWeight: Object.entries(drawn) }).fit(
    x,
    y,
  )
  assert.deepEqual(one.fitted, told.fitted)
  const all = { nEstimators: 4, bootstrap: false }
  const drawsNone = await new ml.RandomForestClassifier({ ...all, classWeight: 'balancedSubsample' }).fit(
    x,
    y,
  )
  assert.deepEqual(
    drawsNone.fitted,
    (await new ml.RandomForestClassifier({ ...all, classWeight: 'balanced' }).fit(x, y)).fitted,
  )
})

test('what a forest tells of itself while it grows counts without weights by class', async () => {
  const { x, y } = thinned('iris')
  const told: (number | undefined)[] = []
  const params = { nEstimators: 3, bootstrap: false, maxDepth: 1, classWeight: { 2: 9 } }
  const model = await new ml.RandomForestClassifier(params).fit(x, y, {
    onIteration: (_, score) => void told.push(score),
  })
  assert.equal(told.at(-1), await model.score(x, y))
  assert.notEqual(told.at(-1), await model.score(x, y, { sampleWeight: y.map((c) => (c === 2 ? 9 : 1)) }))
})

test('trees and steps are the same, to the last bit, for any cut; level by level too', async () => {
  const x = Array.from({ length: 9000 }, (_, i) => [
    Math.round(100 * hashedFraction(1, i)),
    hashedFraction(2, i),
    i % 7,
  ])
  const y = x.map(([a, b]) => (a > 80 ? 2 : b > 0.7 ? 1 : 0))
  const sampleWeight = thirds(y)
  for (const make of BALANCED.slice(2)) {
    const whole = await make().fit(x, y, { sampleWeight })
    for (const rows of [4000, 8999]) {
      const cut = array.fromArray(x, { chunks: [rows, -1] })
      for (const memoryLimitBytes of [100_000, Number.POSITIVE_INFINITY]) {
        executor.memoryLimitBytes = memoryLimitBytes
        assert.deepEqual((await make().fit(cut, y, { sampleWeight })).fitted, whole.fitted)
      }
    }
  }
  executor.memoryLimitBytes = Number.POSITIVE_INFINITY
})

test('any kind of features, labels that are texts, in a pipeline, and by blocks that agree', async () => {
  const { x, y } = await scaled('cancer')
  const names = y.map((label) => (label === 1 ? 'well' : 'ill'))
  const records = x.map(([a, b], i) => ({ a, b, kind: names[i] }))
  const rows = x.map(([a, b]) => [a, b])
  const params = { classWeight: { ill: 3.5 }, tol: 1e-10, maxIter: 2000 }
  const alone = await new ml.LogisticRegression<string>(params).fit(rows, names)
  const { coef } = alone
  const plain = await new ml.LogisticRegression<string>({ ...params, classWeight: null }).fit(rows, names)
  assert.ok(Math.abs(plain.coef[0][0] - coef[0][0]) > 0.01)
  const table = dataframe.fromRecords(records, { partitions: 3 })
  close((await new ml.LogisticRegression(params).fit(table, 'kind')).coef, coef, 1e-6)
  const items = bag.fromSequence(records, { partitions: 4 })
  const fromBag = await new ml.LogisticRegression(params).fit(
    items.map(({ a, b }) => [a, b]),
    items.map(({ kind }) => kind),
  )
  close(fromBag.coef, coef, 1e-6)
  const pipeline = await new ml.Pipeline({
    steps: [
      ['scale', new ml.StandardScaler({ withMean: false, withStd: false })],
      ['model', new ml.LogisticRegression<string>(params)],
    ],
  }).fit(table, 'kind')
  close(pipeline.predictProba(rows), alone.predictProba(rows), 1e-6)
  const cut = array.fromArray(x, { chunks: [70, -1] })
  for (const Model of [ml.LogisticRegression, ml.LinearSVC]) {
    const far = { C: 0.05, classWeight: 'balanced' as const }
    const agreed = await new Model({ ...far, solver: 'admm', tol: 1e-5, maxIter: 2000 }).fit(cut, y)
    close(agreed.coef, (await new Model({ ...far, tol: 1e-9, maxIter: 5000 }).fit(x, y)).coef, 2e-3)
  }
})

test('a warm start goes on from where it ended, with the weights that are told then', async () => {
  const { x, y } = await scaled('iris')
  const params = { tol: 1e-10, maxIter: 5000 }
  const model = await new ml.LogisticRegression({ ...params, warmStart: true }).fit(x, y)
  const fresh = await new ml.LogisticRegression({ ...params, classWeight: 'balanced' }).fit(x, y)
  await model.setParams({ classWeight: 'balanced' }).fit(x, y)
  close(model.coef, fresh.coef, 1e-6)
  await model.fit(x, y)
  assert.ok(model.iterations < 3 && fresh.iterations > 3)
})

test('labels are known by their text: objects, pairs and maps say the same, and come back from JSON', async () => {
  const { x, y } = await scaled('iris')
  const params = { tol: 1e-8, maxIter: 1000 }
  const expected = await new ml.LogisticRegression({ ...params, classWeight: { 1: 2, 2: 0.5 } }).fit(x, y)
  const said: ml.ClassWeight[] = [
    { '1': 2, '2': 0.5 },
    [
      [1, 2],
      ['2', 0.5],
    ],
    new Map([
      [2, 0.5],
      [1, 2],
    ]),
  ]
  for (const classWeight of said) {
    const model = new ml.LogisticRegression({ ...params, classWeight })
    for (const each of [
      model,
      model.clone(),
      ml.LogisticRegression.fromJSON(JSON.parse(JSON.stringify(model))),
    ])
      assert.deepEqual((await each.fit(x, y)).fitted, expected.fitted)
    const back = ml.LogisticRegression.fromJSON(JSON.parse(JSON.stringify(model)))
    assert.deepEqual(back.coef, expected.coef)
    assert.deepEqual(JSON.parse(JSON.stringify(back)), JSON.parse(JSON.stringify(model)))
  }
  for (const make of BALANCED) {
    const back = ml.fromJSON(JSON.parse(JSON.stringify(make())))
    assert.deepEqual(back.getParams(), make().getParams())
    const { classWeight: _, ...before } = make().toJSON().params as Record<string, unknown>
    const old = ml.fromJSON({ ...make().toJSON(), params: before })
    assert.equal((old.getParams() as { classWeight: unknown }).classWeight, null)
  }
})

test('a search over classWeight scores each as it is scored alone; scores count rows alike', async () => {
  const { x, y } = await scaled('cancer')
  const classWeight: ml.ClassWeight[] = [null, 'balanced', { 0: 9 }, [[1, 9]], new Map([[0, 9]])]
  const C = [0.01, 1]
  for (const rows of [x, array.fromArray(x, { chunks: [50, -1] })])
    for (const [make, grid] of [
      [() => new ml.LogisticRegression(), { C, classWeight }],
      [() => new ml.LinearSVC(), { C, classWeight }],
    ] as const) {
      const search = new ml.GridSearchCV(make(), grid, { cv: 3, refit: false })
      await search.fit(rows, y)
      assert.equal(search.results.length, 10)
      for (const { params, scores } of search.results) {
        const alone = make().setParams(params as object)
        close(scores, await ml.crossValScore(alone, rows, y, { cv: 3 }), 0, JSON.stringify(params))
      }
      assert.ok(new Set(search.results.map(({ mean }) => mean)).size > 3)
    }
  const model = await new ml.LogisticRegression({ classWeight: { 0: 50 } }).fit(x, y)
  const said = model.predict(x).toList() as number[]
  assert.equal(await model.score(x, y), said.filter((label, i) => label === y[i]).length / y.length)
})

test('models of other weights do not learn from the same weighed rows', () => {
  const [a, b, c, d, e] = [null, 'balanced' as const, { 1: 2 }, 'balanced' as const, { 1: 2 }].map(
    (classWeight, i) => new ml.LogisticRegression({ C: i + 1, classWeight }),
  )
  const svm = new ml.LinearSVC({ classWeight: 'balanced' })
  assert.deepEqual(groupsThatLearn([a, b, svm, c, d, e]), [[a], [b, d], [svm], [c, e]])
})

test('models that learn together by class weights are, to the last bit, those that each learns alone', async () => {
  const { x, y } = await scaled('iris')
  for (const Model of [ml.LogisticRegression, ml.LinearSVC as unknown as typeof ml.LogisticRegression]) {
    const make = () => [0.1, 1, 50].map((C) => new Model({ C, classWeight: 'balanced' }))
    const together = make()
    await together[0].fitTogether(together, x, y)
    for (const [i, alone] of make().entries())
      assert.deepEqual(together[i].toJSON(), (await alone.fit(x, y)).toJSON())
  }
})

test('parts do not tell how many rows each class has: balanced is refused there, by what learns in parts too', async () => {
  const { x, y } = thinned('iris')
  const model = new ml.SGDClassifier({ classWeight: 'balanced' })
  const refused = {
    name: 'ParameterError',
    message:
      /SGDClassifier cannot learn in parts with a classWeight that is balanced: .* give weights by label/,
  }
  await assert.rejects(model.partialFit(x, y), refused)
  await assert.rejects(new ml.Incremental({ estimator: model }).fit(x, y), refused)
  await new ml.Incremental({ estimator: model.setParams({ classWeight: { 2: 3 } }) }).fit(x, y)
})

test('class weights that are none are refused by name, and change nothing', async () => {
  const wrong: [value: unknown, says: RegExp][] = [
    ['nope', /is null, balanced.* or weights by label, such as .*, not nope$/],
    ['balanced_subsample', /not balanced_subsample$/],
    [5, /not 5$/],
    [true, /not true$/],
    [[1, 2], /not \[1,2\]$/],
    [[[1, 2, 3]], /not \[\[1,2,3\]\]$/],
    [[[true, 2]], /not \[\[true,2\]\]$/],
    [new Float64Array(2), /or weights by label/],
    [{ 1: -2 }, /gives 1 the weight -2: weights are finite numbers ≥ 0$/],
    [{ 1: Number.NaN }, /gives 1 the weight NaN/],
    [{ ill: Number.POSITIVE_INFINITY }, /gives ill the weight Infinity/],
    [{ 1: '2' }, /gives 1 the weight 2/],
    [new Map([[1, null]]), /gives 1 the weight null/],
    [
      [
        [1, 2],
        ['1', 3],
      ],
      /names 1 twice: give each label one weight$/,
    ],
  ]
  for (const make of BALANCED) {
    const model = make() as ml.Estimator
    for (const [value, says] of wrong)
      assert.throws(
        () => model.setParams({ classWeight: value } as never),
        (error: Error) => {
          assert.equal(error.name, 'ParameterError')
          assert.match(error.message, new RegExp(`^classWeight of ${model.kind} `))
          assert.match(error.message, says)
          return true
        },
      )
    assert.deepEqual(model.getParams(), make().getParams())
    const learn = (classWeight: ml.ClassWeight) =>
      make()
        .setParams({ classWeight })
        .fit([[1], [2], [3]], [0, 1, 2])
    await assert.rejects(learn({ 0: 1, 7: 2 }), {
      name: 'MlDataError',
      message: `classWeight of ${model.kind} names 7, which y does not have, and does not name 1, 2: name classes of y, which has 0, 1, 2`,
    })
    await assert.rejects(learn({ 0: 0, 1: 0, 2: 0 }), {
      name: 'MlDataError',
      message: `classWeight of ${model.kind} is 0 for every class, so there is nothing to learn from`,
    })
  }
  for (const make of BALANCED.slice(0, 4))
    assert.throws(
      () => (make() as ml.Estimator).setParams({ classWeight: 'balancedSubsample' } as never),
      /is null, balanced or weights by label/,
    )
})
