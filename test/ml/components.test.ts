// Components: scikit-learn's directions and values, any cut, parts, sparse rows, bad input.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, type NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, split } from './kit.ts'

computeInProcess()

interface Answer {
  components: number[][]
  ratio: number[]
  values: number[]
  svd: number[]
}
const { pca } = answersOf<never>('trees') as unknown as { pca: Record<string, Answer> }

/** Directions have no sign of their own: each is held to the expected one or its opposite. */
function closeUpToSign(actual: readonly Float64Array[], expected: number[][], bound: number): void {
  assert.equal(actual.length, expected.length)
  actual.forEach((own, k) => {
    const dot = own.reduce((sum, each, i) => sum + each * expected[k][i], 0)
    close(
      own.map((each) => each * Math.sign(dot)),
      expected[k],
      bound,
    )
  })
}

for (const name of ['iris', 'cancer', 'diabetes', 'digits'] as const) {
  test(`PCA and IncrementalPCA of ${name}: scikit-learn's directions, shares and values, for any cut`, async () => {
    const { x } = split(name)
    for (const features of [x, array.fromArray(x, { chunks: [70, -1] })])
      for (const type of [ml.PCA, ml.IncrementalPCA]) {
        const model = await new type({ nComponents: 3 }).fit(features)
        closeUpToSign(model.components, pca[name].components, 1e-8)
        close(model.explainedVarianceRatio, pca[name].ratio, 1e-10)
        close(model.singularValues, pca[name].values, 1e-10)
      }
  })

  test(`TruncatedSVD of ${name}: scikit-learn's values, exactly and by iteration`, async () => {
    const { x } = split(name)
    const exact = await new ml.TruncatedSVD({ nComponents: 3 }).fit(array.fromArray(x, { chunks: [70, -1] }))
    close(exact.singularValues, pca[name].svd, 1e-10)
    const nIter = 20
    const iterated = await new ml.TruncatedSVD({ nComponents: 3, algorithm: 'randomized', nIter }).fit(x)
    close(iterated.singularValues, pca[name].svd, 1e-8)
    close(iterated.components, exact.components, 1e-5)
    close(iterated.explainedVarianceRatio, exact.explainedVarianceRatio, 1e-6)
  })
}

test('parts one by one give what all rows give', async () => {
  const { x } = split('digits')
  const whole = await new ml.PCA({ nComponents: 5 }).fit(x)
  const parts = new ml.IncrementalPCA({ nComponents: 5 })
  for (let begin = 0; begin < x.length; begin += 500) await parts.partialFit(x.slice(begin, begin + 500))
  close(parts.components, whole.components, 1e-8)
  close(parts.mean, whole.mean, 1e-10)
  await assert.rejects(
    parts.partialFit([
      [1, 2],
      [2, 3],
    ]),
    /X has 2 features, but IncrementalPCA was fitted with 64/,
  )
})

test('coordinates have the variance that is told, and lead back', async () => {
  const { x } = split('iris')
  const model = await new ml.PCA().fit(x)
  const coordinates = model.transform(x)
  close(model.inverseTransform(coordinates), x, 1e-10)
  const { variance } = await new ml.StandardScaler().fit(coordinates)
  const unbiased = variance.map((each) => (each * x.length) / (x.length - 1))
  close(unbiased, model.explainedVariance, 1e-8)
  const white = await new ml.PCA({ whiten: true }).fit(x)
  const { variance: ones } = await new ml.StandardScaler().fit(white.transform(x))
  close(ones, new Array(4).fill((x.length - 1) / x.length), 1e-8)
  close(white.inverseTransform(white.transform(x)), x, 1e-9)
})

test('as many components as explain a share', async () => {
  const { x } = split('digits')
  const model = await new ml.PCA({ nComponents: 0.9 }).fit(x)
  const shares = Array.from(model.explainedVarianceRatio)
  const sum = (count: number): number => shares.slice(0, count).reduce((all, each) => all + each, 0)
  assert.ok(sum(shares.length) > 0.9 && sum(shares.length - 1) <= 0.9)
  assert.ok(model.noiseVariance > 0)
})

test('sparse rows of texts have components too', async () => {
  const texts = ['the cat sat', 'a cat ran', 'stocks fell', 'stocks rose', 'the cat fell', 'stocks sat']
  const vectorizer = await new ml.TfidfVectorizer().fit(texts)
  const sparse = vectorizer.vectorize(texts)
  const dense = (await sparse.toArray().compute()) as NdArray<'float64', 2>
  const options = { nComponents: 2, algorithm: 'randomized', nIter: 30 } as const
  const model = await new ml.TruncatedSVD(options).fit(sparse)
  const expected = await new ml.TruncatedSVD({ nComponents: 2, algorithm: 'exact' }).fit(dense)
  close(model.singularValues, expected.singularValues, 1e-9)
  close(await model.transform(sparse).compute(), expected.transform(dense), 1e-6)
})

test('components come back from JSON as they were', async () => {
  const { x } = split('iris')
  for (const model of [await new ml.PCA().fit(x), await new ml.TruncatedSVD().fit(x)]) {
    const back = ml.fromJSON(JSON.parse(JSON.stringify(model))) as typeof model
    assert.deepEqual(back.transform(x).toList(), model.transform(x).toList())
  }
})

test('what has no components is refused by name', async () => {
  await assert.rejects(
    new ml.PCA({ nComponents: 3 }).fit([
      [1, 2],
      [3, 4],
    ]),
    /cannot have 3 components of 2/,
  )
  await assert.rejects(new ml.PCA().fit([[1, 2]]), /PCA needs at least 2 rows, and there is 1/)
  await assert.rejects(
    new ml.PCA().fit([[1], [Number.NaN]]),
    /X contains NaN \(column 0\), which PCA does not accept/,
  )
  await assert.rejects(
    new ml.TruncatedSVD().fit([[1], [2]]),
    /cannot have 2 components of 2 rows and 1 columns/,
  )
  assert.throws(() => new ml.PCA({ nComponents: 0 }), /nComponents of PCA/)
  const constant = await new ml.PCA({ nComponents: 1 }).fit([
    [1, 7],
    [2, 7],
    [3, 7],
  ])
  close(constant.components, [1, 0], 1e-12)
})
