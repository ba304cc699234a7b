// What test/ml/cluster.test.ts runs on two workers that may hold hardly anything: boosting there, and here, of the same rows.

import { array, ml } from 'heddle'

const ROWS = 200_000
const x = array.random.normal({ shape: [ROWS, 20], chunks: [25_000, 20], seed: 3 })
const y = x
  .slice(':', 0)
  .multiply(3)
  .add(x.slice(':', 1).multiply(x.slice(':', 2)))
const labels = y.greater(1).astype('float64')

const params = { maxIter: 4, maxDepth: 5, growth: 'depthWise', maxBins: 63 } as const
const [xHere, yHere, labelsHere] = [await x.compute(), await y.compute(), await labels.compute()]
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const lossesThere: (number | undefined)[] = []
const lossesHere: (number | undefined)[] = []
const tells = (losses: (number | undefined)[]) => ({
  onIteration: (_: number, loss: number | undefined) => void losses.push(loss),
})
const there = await new ml.GradientBoostingRegressor(params).fit(x, y, tells(lossesThere))
const here = await new ml.GradientBoostingRegressor(params).fit(xHere, yHere, tells(lossesHere))
const classesThere = await new ml.GradientBoostingClassifier(params).fit(x, labels)
const classesHere = await new ml.GradientBoostingClassifier(params).fit(xHere, labelsHere)
const rateParams = {
  ...params,
  loss: 'poisson',
  monotonicCst: Array.from({ length: 20 }, (_, i) => (i === 3 ? -1 : 0)),
  interactionCst: [[0, 1, 2, 3], [4]],
} as const
const rates = y.multiply(y)
const ratesThere = await new ml.GradientBoostingRegressor(rateParams).fit(x, rates)
const ratesHere = await new ml.GradientBoostingRegressor(rateParams).fit(xHere, await rates.compute())

console.log(
  JSON.stringify({
    megabytes: Math.round((ROWS * 20 * 8) / 1e6),
    numbers: same(there, here),
    lossesTold: lossesThere.filter((loss, i) => Math.abs(loss! / lossesHere[i]! - 1) < 1e-12).length,
    classes: same(classesThere, classesHere),
    rates: same(ratesThere, ratesHere) && (await ratesThere.score(x, rates)) > 0.2,
    learns: (await there.score(x, y)) > 0.3 && (await classesThere.score(x, labels)) > 0.8,
  }),
)
