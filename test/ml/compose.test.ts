// Pipelines within column transformers within pipelines: scikit-learn's answers, parameters by their paths, searches, JSON.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataframe } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close } from './kit.ts'

computeInProcess()

interface Row {
  city: string
  heat: number | null
  wind: number
  late: string
}
interface Searched {
  mean: number[]
  best: number
}
const answers = answersOf<never>('compose') as unknown as {
  rows: Row[]
  prepared: number[][]
  probabilities: number[][]
  score: number
  strategies: Searched
  scalers: Searched
  squares: Searched
}
const { rows } = answers
const late = rows.map((row) => row.late)
const features = rows.map(({ city, heat, wind }) => ({ city, heat, wind }))

const prepared = () =>
  new ml.ColumnTransformer({
    transformers: [
      [
        'numbers',
        new ml.Pipeline({
          steps: [
            ['fill', new ml.SimpleImputer({ strategy: 'median' })],
            ['scale', new ml.StandardScaler()],
          ],
        }),
        ['heat', 'wind'],
      ],
      ['kinds', new ml.OneHotEncoder({ handleUnknown: 'ignore' }), 'city'],
      ['same', 'passthrough', 'wind'],
    ],
  })
const squares = () => new ml.PolynomialFeatures({ degree: 2, includeBias: false })
const model = () =>
  new ml.Pipeline<string>({
    steps: [
      ['prepare', prepared()],
      [
        'inner',
        new ml.Pipeline({
          steps: [
            ['few', 'passthrough'],
            ['squares', squares()],
            ['even', new ml.StandardScaler()],
          ],
        }),
      ],
      ['fit', new ml.LogisticRegression<string>({ tol: 1e-13, maxIter: 100_000 })],
    ],
  })
const tables = [1, 3].map((partitions) =>
  dataframe.fromRecords(rows, {
    partitions,
    schema: { city: 'string', heat: 'float64', wind: 'int64', late: 'string' } as const,
  }),
)
/** The same rows as what models take: lists, and a table with its targets. */
const given: [x: ml.Features, y: ml.Target][] = [
  [features, late],
  ...tables.map((table) => [table, 'late'] as [ml.Features, ml.Target]),
]

test('parts of the columns go through pipelines of their own', async () => {
  close((await prepared().fitTransform(features)).toList(), answers.prepared, 1e-12)
  const names = [
    'numbers__heat numbers__wind kinds__city_lima kinds__city_oslo kinds__city_rome same__wind',
  ].join('')
  for (const table of tables) {
    const made = await prepared().fitTransform(table.drop('late'))
    assert.equal(made.columns.join(' '), names)
    close((await made.toRecords()).map(Object.values), answers.prepared, 1e-12)
  }
})

test('pipelines stand within pipelines, and tell classes and probabilities', async () => {
  for (const [x, y] of given) {
    const fitted = await model().fit(x, y)
    close(fitted.predictProba(features).toList(), answers.probabilities, 1e-5)
    assert.equal(await fitted.score(features, late), answers.score)
    assert.deepEqual(fitted.classes, ['no', 'yes'])
    const again = ml.fromJSON(JSON.parse(JSON.stringify(fitted))) as typeof fitted
    assert.deepEqual(again.predict(features), fitted.predict(features))
    assert.deepEqual(again.predictProba(features), fitted.predictProba(features))
    const wrapped = new ml.ParallelPostFit<string>({ estimator: fitted })
    assert.deepEqual(wrapped.predictProba(features), fitted.predictProba(features))
  }
  const outer = new ml.Pipeline<string>({ steps: [['all', model()]] })
  await outer.fit(features, late)
  assert.deepEqual(outer.classes, ['no', 'yes'])
  close(outer.predictProba(features).toList(), answers.probabilities, 1e-5)
})

test('searches set parameters, and whole steps, by their paths; folds have equal shares of the classes', async () => {
  const scale = 'prepare__numbers__scale'
  const grids: [grid: ml.ParamGrid, answer: Searched][] = [
    [{ fit__C: [0.01, 1], prepare__numbers__fill__strategy: ['mean', 'median'] }, answers.strategies],
    [{ [scale]: [new ml.StandardScaler(), new ml.MinMaxScaler(), 'passthrough'] }, answers.scalers],
    [{ inner__squares: ['passthrough', squares()] }, answers.squares],
  ]
  for (const [x, y] of [given[0], given[2]])
    for (const [grid, answer] of grids) {
      const search = new ml.GridSearchCV(model(), grid, { cv: 4, scoring: 'rocAuc' })
      await search.fit(x, y)
      close(
        search.results.map(({ mean }) => mean),
        answer.mean,
        1e-4,
      )
      assert.equal(search.results.indexOf(search.best), answer.best)
      // What is made of pipelines knows that it tells classes apart, too.
      const wrapped = new ml.Pipeline({ steps: [['all', model()]] })
      const paths = Object.fromEntries(Object.entries(grid).map(([name, values]) => [`all__${name}`, values]))
      const outer = new ml.GridSearchCV(wrapped, paths, { cv: 4, scoring: 'rocAuc', refit: false })
      await outer.fit(x, y)
      close(
        outer.results.map(({ mean }) => mean),
        answer.mean,
        1e-4,
      )
    }
})

test('voters may be pipelines', async () => {
  const soft = new ml.BlockwiseVotingClassifier<string>({ estimator: model(), voting: 'soft' })
  await soft.fit(features, late)
  close(soft.predictProba(features).toList(), answers.probabilities, 1e-5)
  const named = await new ml.GridSearchCV(
    soft,
    { voting: ['hard', 'soft'] },
    { cv: 3, scoring: 'accuracy' },
  ).fit(features, late)
  assert.equal(named.results.length, 2)
})

test('setParams reaches parts and steps, changes all or nothing, and leaves others’ copies alone', () => {
  const own = model()
  const copy = own.clone()
  own.setParams({ prepare__numbers__fill__strategy: 'mean', fit__C: 3, inner__few: squares() })
  const nested = (of: typeof own) => JSON.stringify(of.params)
  assert.match(nested(own), /"strategy":"mean".*"PolynomialFeatures".*"C":3/s)
  assert.match(nested(copy), /"strategy":"median".*"passthrough".*"C":1/s)
  const before = nested(own)
  const refused: [params: Record<string, unknown>, message: RegExp][] = [
    [{ fit__C: 5, scale__withMean: true }, /this Pipeline has no step scale; it has prepare, inner, fit/],
    [{ prepare__texts__norm: 'l2' }, /this ColumnTransformer has no part texts; it has numbers, kinds, same/],
    [
      { prepare__same__withMean: true },
      /same of this ColumnTransformer is passthrough, which has no parameters/,
    ],
    [{ prepare__numbers__fill__strategi: 'mean' }, /SimpleImputer has no parameter strategi; it has/],
    [{ inner: new ml.Ridge() }, /the step inner of a Pipeline is a Ridge, which transforms nothing/],
    [{ prepare__kinds: new ml.Ridge() }, /the part kinds .* not a Ridge/],
    [{ prepare__kinds: 'pass' }, /the part kinds .* is a transformer, 'passthrough' or 'drop', not pass/],
    [{ fit: 4 }, /the step fit of a Pipeline is an estimator or 'passthrough', not 4/],
    [{ steps: {} }, /steps of a Pipeline is a list of \[name, estimator\], not an object/],
    [{ steps: [new ml.Ridge()] }, /and a Ridge in it has no name/],
    [
      {
        steps: [
          ['a', new ml.Ridge()],
          ['a', new ml.Ridge()],
        ],
      },
      /two in it are named a/,
    ],
    [{ nonsense: 1 }, /Pipeline has no parameter nonsense; it has steps/],
  ]
  for (const [params, message] of refused) {
    assert.throws(() => own.setParams(params), { name: 'ParameterError', message })
    assert.equal(nested(own), before)
  }
  const parts = prepared()
  assert.throws(() => new ml.ColumnTransformer({ transformers: 'all' as never }), /not all/)
  parts.setParams({ kinds: 'drop', remainder: 'passthrough' })
  assert.match(JSON.stringify(parts.params), /"drop".*"remainder":"passthrough"/s)
})

test('a pipeline that ends in passing through transforms; one without steps is refused', async () => {
  const ends = new ml.Pipeline({
    steps: [
      ['scale', new ml.StandardScaler()],
      ['end', 'passthrough'],
    ],
  })
  assert.deepEqual((await ends.fitTransform([[0], [2]])).toList(), [[-1], [1]])
  assert.throws(() => ends.predict([[1]]), /this Pipeline ends with a Passthrough, which predicts nothing/)
  assert.throws(() => ends.predictProba([[1]]), /Passthrough has no probabilities/)
  await assert.rejects(new ml.Pipeline().fit([[1]], [1]), /this Pipeline has no steps/)
})
