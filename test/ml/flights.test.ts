// Real flights, 200,000 of them: scores within 1% of scikit-learn's.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close } from './kit.ts'

computeInProcess()

interface Flight {
  delay: number
  distance: number
  time: number
}
interface Score {
  accuracy: number
  auc: number
}
const answers = answersOf<never>('flights') as unknown as {
  rows: number
  late: number
  inertia: number
  line: number
  boostedDelay: number
} & Record<'boosting' | 'forest' | 'logistic' | 'bayes', Score>

const file = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-200k.json')
const flights = JSON.parse(readFileSync(file, 'utf8')) as Flight[]
const part = <T>(of: (flight: Flight) => T, held: boolean): T[] =>
  flights.filter((_, i) => (i % 4 === 0) === held).map(of)
const features = (held: boolean): number[][] => part(({ distance, time }) => [distance, time], held)
const late = (held: boolean): number[] => part(({ delay }) => (delay > 15 ? 1 : 0), held)

const scaler = await new ml.StandardScaler().fit(features(false))
const rowsOf = (held: boolean): NdArray<'float64', 2> =>
  scaler.transform(features(held)) as NdArray<'float64', 2>
const [learn, held] = [rowsOf(false), rowsOf(true)]
const lateHeld = late(true)

const MODELS = {
  boosting: () => new ml.GradientBoostingClassifier({ maxIter: 30 }),
  forest: () => new ml.RandomForestClassifier({ nEstimators: 20, maxDepth: 8, maxFeatures: null }),
  logistic: () => new ml.LogisticRegression(),
  bayes: () => new ml.GaussianNB(),
}

test('the flights are those that scikit-learn saw', () => {
  assert.equal(flights.length, answers.rows)
  assert.equal(flights.filter(({ delay }) => delay > 15).length, answers.late)
})

for (const [name, make] of Object.entries(MODELS))
  test(`${name}: which flights are late, within 1% of scikit-learn`, async () => {
    const model = await make().fit(learn, late(false))
    const expected = answers[name as keyof typeof MODELS]
    const chances = (model.predictProba(held).toList() as number[][]).map((row) => row[1])
    const accuracy = await model.score(held, lateHeld)
    const auc = await ml.metrics.rocAucScore(lateHeld, chances)
    assert.ok(
      Math.abs(accuracy - expected.accuracy) < 0.01 && Math.abs(auc - expected.auc) < 0.01,
      `${accuracy} ${auc}`,
    )
  })

test('how late they are: trees and a line, within 1% of scikit-learn', async () => {
  const [delays, heldDelays] = [part(({ delay }) => delay, false), part(({ delay }) => delay, true)]
  const trees = await new ml.GradientBoostingRegressor({ maxIter: 30 }).fit(learn, delays)
  assert.ok(Math.abs((await trees.score(held, heldDelays)) - answers.boostedDelay) < 0.01)
  const line = await new ml.LinearRegression().fit(learn, delays)
  close(await line.score(held, heldDelays), answers.line, 1e-9)
})

test('eight clusters: the sum of squares within 1% of scikit-learn', async () => {
  const model = await new ml.KMeans({ nClusters: 8, nInit: 3 }).fit(learn)
  assert.ok(model.inertia < answers.inertia * 1.01, `${model.inertia}`)
})
