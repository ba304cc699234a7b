// Clusters: scikit-learn's sums of squares, the same for any cut, empty clusters, weights, bad input.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, split } from './kit.ts'

computeInProcess()

const { kmeans } = answersOf<never>('trees') as unknown as { kmeans: Record<string, { inertia: number }> }
const CLUSTERS = { iris: 3, cancer: 2, diabetes: 4, digits: 10 } as const

for (const init of ['k-means||', 'k-means++'] as const)
  for (const [name, nClusters] of Object.entries(CLUSTERS))
    test(`${init} on ${name}: scikit-learn's sum of squares, within 1%`, async () => {
      const { x } = split(name as keyof typeof CLUSTERS)
      const nInit = name === 'digits' ? 3 : 5
      const model = await new ml.KMeans({ nClusters, init, nInit, seed: 1 }).fit(x)
      assert.ok(model.inertia <= kmeans[name].inertia * 1.01, `${model.inertia}`)
      close(await model.score(x), -model.inertia, 1e-10)
    })

test('iris has the one best division', async () => {
  const model = await new ml.KMeans({ nClusters: 3, nInit: 10 }).fit(split('iris').x)
  close(model.inertia, kmeans.iris.inertia, 1e-3)
})

test('rows cut in any way give the same clusters, to rounding', async () => {
  const { x } = split('digits')
  for (const init of ['k-means||', 'k-means++'] as const) {
    const whole = await new ml.KMeans({ nClusters: 10, init }).fit(x)
    const labels = whole.predict(x).toList()
    for (const rows of [100, 777]) {
      const cut = array.fromArray(x, { chunks: [rows, 20] })
      const model = await new ml.KMeans({ nClusters: 10, init }).fit(cut)
      close(model.clusterCenters, whole.clusterCenters, 1e-9)
      assert.deepEqual((await model.predict(cut).compute()).toList(), labels)
    }
  }
})

test('each row is in the cluster of the nearest center, and transform tells all distances', async () => {
  const { x } = split('iris')
  const model = await new ml.KMeans({ nClusters: 3 }).fit(x)
  const distances = model.transform(x).toList() as number[][]
  const labels = model.predict(x).toList() as number[]
  distances.forEach((row, i) => {
    assert.equal(labels[i], row.indexOf(Math.min(...row)))
  })
  close(
    distances.reduce((sum, row) => sum + Math.min(...row) ** 2, 0),
    model.inertia,
    1e-9,
  )
})

test('centers that are given are begun with, and one that nothing is near moves to the farthest row', async () => {
  const x = [[0], [1], [10], [11], [50]]
  const model = await new ml.KMeans({ nClusters: 3, init: [[0], [10], [1000]] }).fit(x)
  assert.deepEqual(
    model.clusterCenters.map(([v]) => v),
    [0.5, 10.5, 50],
  )
  assert.equal(model.inertia, 1)
})

test('weights count as rows that are there as often', async () => {
  const { x } = split('iris')
  const sampleWeight = x.map((_, i) => i % 3)
  const repeated = x.flatMap((row, i) => Array.from({ length: i % 3 }, () => row))
  const init = [x[0], x[60], x[100]]
  const weighted = await new ml.KMeans({ nClusters: 3, init }).fit(x, undefined, { sampleWeight })
  const asRows = await new ml.KMeans({ nClusters: 3, init }).fit(repeated)
  close(weighted.clusterCenters, asRows.clusterCenters, 1e-10)
})

test('a learning curve is told, and the caller may end it', async () => {
  const { x } = split('digits')
  const seen: number[] = []
  const model = await new ml.KMeans({ nClusters: 10 }).fit(x, undefined, {
    onIteration: (iteration, inertia) => {
      seen.push(inertia)
      return iteration < 3
    },
  })
  assert.equal(model.iterations, 3)
  assert.ok(seen[0] > seen[1] && seen[1] > seen[2])
})

test('clusters come back from JSON as they were', async () => {
  const { x } = split('iris')
  const model = await new ml.KMeans({ nClusters: 3 }).fit(x)
  const back = ml.KMeans.fromJSON(JSON.parse(JSON.stringify(model)))
  assert.deepEqual(back.predict(x).toList(), model.predict(x).toList())
})

test('what clusters cannot be made of is refused by name', async () => {
  await assert.rejects(new ml.KMeans().fit([[1], [2]]), /KMeans makes 8 clusters, and there are only 2 rows/)
  await assert.rejects(
    new ml.KMeans({ nClusters: 1 }).fit([[1], [Number.NaN]]),
    /X contains NaN \(column 0\)/,
  )
  await assert.rejects(
    new ml.KMeans({ nClusters: 1 }).fit([[1], [2]], undefined, { sampleWeight: [0, 0] }),
    /sampleWeight is 0 everywhere/,
  )
  await assert.rejects(
    new ml.KMeans({ nClusters: 2, init: [[1]] }).fit([[1], [2]]),
    /has 2 centers of 1 numbers/,
  )
  assert.throws(() => new ml.KMeans({ nClusters: 0 }), /nClusters of KMeans is a whole number ≥ 1, not 0/)
  const model = await new ml.KMeans({ nClusters: 2 }).fit([[1], [1], [1]])
  assert.equal(model.inertia, 0)
  assert.throws(() => model.predict([[1, 2]]), /X has 2 features, but KMeans was fitted with 1/)
})

test('features may be bags and arrays; empty blocks change nothing', async () => {
  const rows = [[0], [1], [10], [11]]
  const lists = bag.fromSequence(rows, { partitions: 4 }).filter(() => true)
  const model = await new ml.KMeans({ nClusters: 2 }).fit(lists)
  const same = await new ml.KMeans({ nClusters: 2 }).fit(NdArray.from(rows))
  assert.deepEqual(model.clusterCenters, same.clusterCenters)
  const holes = bag.fromSequence([[0], [5], [5], [1], [10], [11]], { partitions: 3 }).filter(([v]) => v !== 5)
  assert.deepEqual((await new ml.KMeans({ nClusters: 2 }).fit(holes)).clusterCenters, same.clusterCenters)
})

test('batches find clusters nearly as well as all rows, the same to the last bit for any cut', async () => {
  const { x } = split('digits')
  const params = { nClusters: 10, batchSize: 256, seed: 3 }
  const whole = await new ml.MiniBatchKMeans(params).fit(x)
  assert.ok(whole.inertia <= kmeans.digits.inertia * 1.06, `${whole.inertia}`)
  for (const rows of [100, 777]) {
    const model = await new ml.MiniBatchKMeans(params).fit(array.fromArray(x, { chunks: [rows, -1] }))
    assert.deepEqual(model.clusterCenters, whole.clusterCenters)
  }
})

test('batches that are handed over one by one go on from what was learnt', async () => {
  const { x } = split('iris')
  const model = new ml.MiniBatchKMeans({ nClusters: 3, batchSize: 56 })
  for (const begin of [0, 56]) await model.partialFit(x.slice(begin, begin + 56))
  const whole = await new ml.MiniBatchKMeans({ nClusters: 3, batchSize: 56 }).partialFit(x)
  assert.deepEqual(model.clusterCenters, whole.clusterCenters)
  assert.equal(model.iterations, 2)
  await assert.rejects(model.partialFit([[1, 2]]), /X has 2 features, but MiniBatchKMeans was fitted with 4/)
  await assert.rejects(
    new ml.MiniBatchKMeans().partialFit([[1]]),
    /makes 8 clusters, and the first batch has only 1 rows/,
  )
})
