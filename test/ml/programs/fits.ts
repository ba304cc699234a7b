// What test/ml/cluster.test.ts runs on two workers: a fit over blocks, and a search whose fits are tasks.

import { array, ml } from 'heddle'

const x = array.random.normal({ shape: [4000, 4], chunks: [1000, 4], seed: 1 })
const score = x.slice(':', 0).multiply(2).subtract(x.slice(':', 1))
const y = score.greater(0).astype('float64')

const model = new ml.Pipeline({
  steps: [
    ['scale', new ml.StandardScaler()],
    ['model', new ml.LogisticRegression({ C: 0.1 })],
  ],
})
await model.fit(x, y)
const again = ml.fromJSON(JSON.parse(JSON.stringify(model))) as typeof model
const predicted = again.predict(x)

const search = await new ml.GridSearchCV(model, { model__C: [1e-6, 1] }, { cv: 3 }).fit(x, y)
const line = await new ml.LinearRegression().fit(x, score)

console.log(
  JSON.stringify({
    accurate: (await model.score(x, y)) > 0.98,
    same: (await ml.metrics.accuracyScore(y, predicted)) === (await model.score(x, y)),
    best: search.bestParams,
    line: Array.from(line.coef, (each) => Math.round(each * 1e9) / 1e9),
  }),
)
