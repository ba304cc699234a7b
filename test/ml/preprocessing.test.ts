// Transformers against scikit-learn's answers, for every cut of the rows; composed ones; and what they refuse.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, dataframe, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { murmurHash32 } from '../../runtime/kernels/ml/preprocessing/texts.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, dataset } from './kit.ts'

computeInProcess()

const answers = answersOf<never>('preprocessing')
const x = (answers.x as (number | null)[][]).map((row) => row.map((cell) => cell ?? Number.NaN))

const SCALERS: [name: string, make: () => ml.Transformer][] = [
  ['StandardScaler', () => new ml.StandardScaler()],
  ['MinMaxScaler', () => new ml.MinMaxScaler({ featureRange: [-1, 2] })],
  ['RobustScaler', () => new ml.RobustScaler({ quantileRange: [10, 80] })],
  ['QuantileTransformer', () => new ml.QuantileTransformer({ nQuantiles: 100 })],
  [
    'QuantileTransformer normal',
    () => new ml.QuantileTransformer({ nQuantiles: 200, outputDistribution: 'normal' }),
  ],
  ['SimpleImputer mean', () => new ml.SimpleImputer()],
  ['SimpleImputer median', () => new ml.SimpleImputer({ strategy: 'median' })],
  ['SimpleImputer mostFrequent', () => new ml.SimpleImputer({ strategy: 'mostFrequent' })],
]
for (const [name, make] of SCALERS)
  test(`${name}: scikit-learn's numbers to 1e-10, for every cut, and from JSON`, async () => {
    for (const rows of [
      x,
      array.fromArray(x, { chunks: [100, 3] }),
      array.fromArray(x, { chunks: [7, -1] }),
    ]) {
      const model = await make().fit(rows)
      close(model.transform(x.slice(0, 20)), answers[name], 1e-10, name)
      const again = ml.fromJSON(JSON.parse(JSON.stringify(model))) as ml.Transformer
      close(again.transform(x.slice(0, 20)), answers[name], 1e-10, `${name} from JSON`)
    }
  })

test('scalers take back what they did', async () => {
  for (const scaler of [new ml.StandardScaler(), new ml.MinMaxScaler(), new ml.RobustScaler()]) {
    await scaler.fit(x)
    close(scaler.inverseTransform(scaler.transform(x)), x, 1e-10, scaler.kind)
  }
})

test('PolynomialFeatures: products and names in the order of scikit-learn', async () => {
  const iris = dataset('iris').x.slice(0, 3)
  for (const [name, params] of [
    ['', {}],
    [' interactions', { interactionOnly: true, includeBias: false, degree: 3 }],
  ] as const) {
    const expected = answers[`PolynomialFeatures${name}`] as { first: number[][]; names: string[] }
    const model = await new ml.PolynomialFeatures(params).fit(iris)
    close(model.transform(iris), expected.first, 1e-12)
    assert.deepEqual(model.namesOut(undefined), expected.names)
  }
})

interface Csr {
  starts: number[]
  places: number[]
  data: number[]
  vocabulary: string[]
  idf: number[]
}
const texts = answers.texts as string[]
const sparse = async (rows: ml.Rows): Promise<Csr> => {
  const made = await rows.compute()
  assert.ok(!(made instanceof NdArray))
  return { ...made, starts: [...made.starts], places: [...made.places], data: [...made.data] } as never
}

test('MurmurHash3 has the published values', () => {
  // From the reference program's own test vectors (seed, text).
  assert.equal(murmurHash32('', 0), 0)
  assert.equal(murmurHash32('', 1) >>> 0, 0x514e28b7)
  assert.equal(murmurHash32('foo', 0), -156908512)
  assert.equal(murmurHash32('Hello, world!', 0x9747b28c) >>> 0, 0x24884cba)
})

const VECTORIZERS: [name: string, make: () => ml.HashingVectorizer | ml.TfidfVectorizer][] = [
  ['HashingVectorizer', () => new ml.HashingVectorizer()],
  [
    'HashingVectorizer pairs',
    () => new ml.HashingVectorizer({ nFeatures: 64, ngramRange: [1, 2], norm: 'l1', alternateSign: false }),
  ],
  ['TfidfVectorizer', () => new ml.TfidfVectorizer()],
  [
    'TfidfVectorizer few',
    () => new ml.TfidfVectorizer({ minDf: 2, maxDf: 0.6, sublinearTf: true, smoothIdf: false }),
  ],
  ['TfidfVectorizer pairs', () => new ml.TfidfVectorizer({ ngramRange: [1, 2], maxFeatures: 3, norm: 'l1' })],
]
for (const [name, make] of VECTORIZERS)
  test(`${name}: scikit-learn's sparse rows, of lists and of bags`, async () => {
    const expected = answers[name] as Csr
    for (const given of [texts, bag.fromSequence(texts, { partitions: 3 })]) {
      const model = await make().fit(given)
      const rows = await sparse(model.vectorize(given))
      assert.deepEqual(rows.starts, expected.starts)
      assert.deepEqual(rows.places, expected.places)
      close(rows.data, expected.data, 1e-12)
      if (model instanceof ml.TfidfVectorizer) {
        assert.deepEqual(model.vocabulary, expected.vocabulary)
        close(model.idf, expected.idf, 1e-12)
      }
    }
  })

test('encoders: categories in order, absent ones last, unknown ones as told', async () => {
  const rows = [
    { size: 2, kind: 'b' },
    { size: 1, kind: null },
    { size: 2, kind: 'a' },
  ]
  const encoder = await new ml.OneHotEncoder().fit(rows)
  assert.deepEqual(encoder.categories, [
    [1, 2],
    ['a', 'b', null],
  ])
  assert.deepEqual(encoder.transform(rows).toList(), [
    [0, 1, 0, 1, 0],
    [1, 0, 0, 0, 1],
    [0, 1, 1, 0, 0],
  ])
  assert.deepEqual(encoder.namesOut(undefined), ['size_1', 'size_2', 'kind_a', 'kind_b', 'kind_null'])
  assert.throws(() => encoder.transform([{ size: 3, kind: 'a' }]), {
    message:
      "OneHotEncoder has not seen 3 in column 0 when it was fitted: handleUnknown: 'ignore' makes zeros of it".replace(
        'column 0',
        'column size',
      ),
  })
  const lenient = await new ml.OneHotEncoder({ handleUnknown: 'ignore', drop: 'first' }).fit(rows)
  assert.deepEqual(lenient.transform([{ size: 3, kind: 'b' }]).toList(), [[0, 1, 0]])
  const ordinal = await new ml.OrdinalEncoder({ handleUnknown: 'useEncodedValue' }).fit(rows)
  assert.deepEqual(ordinal.transform([...rows.slice(0, 2), { size: 9, kind: 'b' }]).toList(), [
    [1, 1],
    [0, Number.NaN],
    [-1, 1],
  ])
  const table = dataframe.fromRecords(rows)
  const lazy = (await new ml.OneHotEncoder().fit(table)).transform(table)
  const computed = await lazy.compute()
  assert.deepEqual(
    computed.toRecords().map((row) => Object.values(row)),
    encoder.transform(rows).toList(),
  )
  const thin = await new ml.OneHotEncoder({ sparse: true }).fit(rows)
  assert.deepEqual(
    (await thin.transformRows(ml.rowsOf(rows)).toArray().compute()).toList(),
    encoder.transform(rows).toList(),
  )
})

test('a column without any value is left out by SimpleImputer; a constant fills texts', async () => {
  const model = await new ml.SimpleImputer().fit([
    [1, Number.NaN],
    [Number.NaN, Number.NaN],
  ])
  assert.deepEqual(model.transform([[Number.NaN, 5]]).toList(), [[1]])
  const people = [{ name: 'Ada' }, { name: null }]
  const filled = await new ml.SimpleImputer({ strategy: 'mostFrequent' }).fit(people)
  assert.deepEqual(filled.statistics, ['Ada'])
})

const flights = Array.from({ length: 40 }, (_, i) => ({
  distance: i % 7 === 3 ? null : i,
  carrier: ['AA', 'BB', 'CC'][i % 3],
  delay: 3 * i + (i % 3) * 10,
}))
const composed = () =>
  new ml.Pipeline({
    steps: [
      [
        'columns',
        new ml.ColumnTransformer({
          transformers: [
            ['numbers', new ml.SimpleImputer({ strategy: 'median' }), ['distance']],
            ['carrier', new ml.OneHotEncoder(), ['carrier']],
          ],
        }),
      ],
      ['scale', new ml.StandardScaler()],
      ['line', new ml.Ridge({ alpha: 1e-3 })],
    ],
  })

test('a pipeline of columns learns from a table as from records, and is one task a block', async () => {
  const here = await composed().fit(
    flights.map(({ distance, carrier }) => ({ distance, carrier })),
    flights.map(({ delay }) => delay),
  )
  const table = dataframe.fromRecords(flights).repartition(4)
  const there = await composed().fit(table, 'delay')
  close(there.step<ml.Ridge>('line').coef, here.step<ml.Ridge>('line').coef, 1e-10)
  const features = table.select('distance', 'carrier')
  close(
    await there.predict(features).compute(),
    here.predict(flights.map(({ distance, carrier }) => ({ distance, carrier }))),
    1e-9,
  )
  close(
    await there.score(table, 'delay'),
    await here.score(
      flights.map(({ distance, carrier }) => ({ distance, carrier })),
      flights.map(({ delay }) => delay),
    ),
    1e-10,
  )
  const again = ml.fromJSON(JSON.parse(JSON.stringify(here))) as ml.Pipeline
  assert.deepEqual(
    again.predict([{ distance: 3, carrier: 'AA' }]).toList(),
    here.predict([{ distance: 3, carrier: 'AA' }]).toList(),
  )
})

test('a pipeline names what is wrong with it', async () => {
  const model = composed()
  assert.equal((model.setParams({ line__alpha: 5 }).params.steps[2][1] as ml.Ridge).params.alpha, 5)
  assert.throws(() => model.setParams({ lime__alpha: 5 }), /no step lime; it has columns, scale, line/)
  assert.throws(
    () =>
      new ml.Pipeline({
        steps: [
          ['a', new ml.Ridge()],
          ['b', new ml.Ridge()],
        ],
      }),
    /the step a of a Pipeline is a Ridge/,
  )
  await assert.rejects(
    new ml.ColumnTransformer({ transformers: [['a', 'passthrough', ['absent']]] }).fit([{ there: 1 }]),
    /there is no column absent: X has there/,
  )
})
