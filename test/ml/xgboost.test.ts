// XGBoost's JSON models: what it saved predicts here what it predicted there, and what we write predicts there as here.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { conditionAbove, thresholdBelow } from '../../runtime/kernels/ml/trees/xgboostModel.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { exportedModels, withHoles } from './exportedModels.ts'
import { answersOf, close, split } from './kit.ts'

computeInProcess()

interface Saved {
  model: string
  predicted: number[]
  contributions: number[][]
}
const answers = answersOf<never>('xgboost') as unknown as {
  saved: Record<'regression' | 'two' | 'three' | 'parallel' | 'categories', Saved>
  ours: Record<string, number[]>
}
/** See answers/README.md. */
interface Demo {
  documented: Record<'train' | 'test', string[]>
  features: number
  /** Features that trees ask; a pattern's bits are theirs. */
  asked: number[]
  patterns: Record<'train' | 'test', [label: number, bits: string, count: number][]>
  /** After one round and after two. */
  models: string[]
}
/** XGBoost adds numbers of 32 bits. */
const BOUND = 2e-6

test('a regression of XGBoost predicts its values, missing ones and several trees a round too', () => {
  const asked = withHoles(split('diabetes').xTest).slice(0, 40)
  for (const name of ['regression', 'parallel'] as const) {
    const model = ml.fromXGBoost(answers.saved[name].model)
    assert.ok(model instanceof ml.GradientBoostingRegressor)
    close(model.predict(asked), answers.saved[name].predicted, BOUND)
  }
})

test('classes of XGBoost: probabilities of two, of more, and who is most probable', () => {
  const two = ml.fromXGBoost(answers.saved.two.model)
  assert.ok(two instanceof ml.GradientBoostingClassifier)
  const asked = split('cancer').xTest.slice(0, 40)
  const chances = (two.predictProba(asked).toList() as number[][]).map((row) => row[1])
  close(chances, answers.saved.two.predicted, BOUND)
  const three = ml.fromXGBoost(JSON.parse(answers.saved.three.model))
  assert.ok(three instanceof ml.GradientBoostingClassifier)
  close(three.predictProba(split('iris').xTest.slice(0, 40)), answers.saved.three.predicted, BOUND)
  assert.deepEqual(three.classes, [0, 1, 2])
})

test('categories of XGBoost: sets, missing ones, and one that nobody saw', () => {
  const { x } = split('diabetes')
  const asked = [
    ...x.slice(0, 20).map((row, i) => [i % 7, row[2]]),
    [Number.NaN, 20],
    [9, 30],
    [3, Number.NaN],
  ]
  const model = ml.fromXGBoost(answers.saved.categories.model) as InstanceType<
    typeof ml.GradientBoostingRegressor
  >
  close(model.predict(asked), answers.saved.categories.predicted, BOUND)
})

test("contributions are XGBoost's", () => {
  const model = ml.fromXGBoost(answers.saved.regression.model)
  const asked = withHoles(split('diabetes').xTest).slice(0, 5)
  close(model.shapValues(asked), answers.saved.regression.contributions, 2e-5)
})

test('models that we write predict in XGBoost what they predict here', async () => {
  for (const [name, { model, x }] of Object.entries(await exportedModels())) {
    const here =
      model instanceof ml.GradientBoostingClassifier
        ? (model.predictProba(x).toList() as number[][]).map((row) => (row.length === 2 ? row[1] : row))
        : model.predict(x)
    close(here, answers.ours[name], BOUND, name)
  }
})

test('what is written is read again, with the same predictions', async () => {
  for (const { model, x } of Object.values(await exportedModels())) {
    const back = ml.fromXGBoost(ml.toXGBoost(model))
    assert.equal(back.kind, model.kind)
    const raw = (one: typeof back) =>
      one instanceof ml.GradientBoostingClassifier ? one.predictProba(x) : one.predict(x)
    close(raw(back as typeof model), raw(model), BOUND)
    const again = ml.fromJSON(JSON.parse(JSON.stringify(back))) as typeof model
    assert.deepEqual(raw(again), raw(back as typeof model))
  }
})

test('counts: what is predicted begins with a rate there and with its logarithm here, and comes back', async () => {
  const { x, y, xTest } = split('diabetes')
  const rows = withHoles(x).map((row) => row.map(Math.fround))
  const asked = withHoles(xTest).map((row) => row.map(Math.fround))
  const target = y.map((value) => Math.floor(value / 40))
  const model = await new ml.GradientBoostingRegressor({ loss: 'poisson', maxIter: 10 }).fit(rows, target)
  const text = ml.toXGBoost(model)
  const { learner } = JSON.parse(text)
  assert.deepEqual(learner.objective, {
    name: 'count:poisson',
    poisson_regression_param: { max_delta_step: '0.7' },
  })
  const mean = target.reduce((sum, each) => sum + each, 0) / target.length
  close(Number(learner.learner_model_param.base_score), mean, 1e-8)
  const back = ml.fromXGBoost(text)
  assert.ok(back instanceof ml.GradientBoostingRegressor)
  assert.equal(back.params.loss, 'poisson')
  close(back.predict(asked), model.predict(asked), BOUND)
  const again = ml.fromJSON(JSON.parse(JSON.stringify(back))) as typeof back
  assert.deepEqual(again.predict(asked), back.predict(asked))
  // Trees whose leaves add nothing leave the rate that it begins with.
  for (const tree of learner.gradient_booster.model.trees) tree.split_conditions.fill(0)
  const bare = ml.fromXGBoost({ learner }) as typeof back
  close(bare.predict(asked.slice(0, 3)), [mean, mean, mean], 1e-7)
})

test('numbers of 64 bits go where XGBoost, which rounds them, sends them', () => {
  for (const condition of [1, 0.1, -0.1, 24.35, 1e-40, -3e38, 0].map(Math.fround)) {
    const threshold = thresholdBelow(condition)
    assert.ok(Math.fround(threshold) < condition, `${condition}`)
    const buffer = new Float64Array([threshold])
    const bits = new BigInt64Array(buffer.buffer)
    if (threshold !== 0) {
      bits[0] += threshold > 0 ? 1n : -1n
      assert.ok(Math.fround(buffer[0]) >= condition, `above ${condition}`)
    }
    assert.equal(conditionAbove(threshold), condition)
  }
  assert.equal(conditionAbove(Number.POSITIVE_INFINITY), 3.4028234663852886e38)
})

test('what is no such model is refused by name', () => {
  assert.throws(() => ml.fromXGBoost('{}'), /this is no model of XGBoost's/)
  const file = JSON.parse(answers.saved.regression.model)
  const changed = (change: (learner: Record<string, { name: string }>) => void): object => {
    const copy = structuredClone(file)
    change(copy.learner)
    return copy
  }
  assert.throws(
    () => ml.fromXGBoost(changed((learner) => (learner.gradient_booster.name = 'dart'))),
    /is a dart, and only gbtree/,
  )
  assert.throws(
    () => ml.fromXGBoost(changed((learner) => (learner.objective.name = 'survival:cox'))),
    /learnt survival:cox, and these can be read: reg:squarederror/,
  )
})

test('the model of XGBoost’s quick start makes the errors that its documentation prints', () => {
  const { documented, features, asked, patterns, models } = answersOf<never>('xgboostDemo') as unknown as Demo
  models.forEach((text, rounds) => {
    const model = ml.fromXGBoost(text) as InstanceType<typeof ml.GradientBoostingClassifier>
    for (const part of ['train', 'test'] as const) {
      // What a row does not tell is missing, as in files of that kind.
      const rows = patterns[part].map(([, bits]) => {
        const row = new Array<number>(features).fill(Number.NaN)
        asked.forEach((feature, i) => {
          if (bits[i] === '1') row[feature] = 1
        })
        return row
      })
      const said = (model.predict(rows) as NdArray).toList() as number[]
      let [wrong, all] = [0, 0]
      patterns[part].forEach(([label, , count], i) => {
        all += count
        if (said[i] !== label) wrong += count
      })
      assert.equal(all, part === 'train' ? 6513 : 1611)
      assert.equal((wrong / all).toFixed(6), documented[part][rounds], `${part}, ${rounds + 1} rounds`)
    }
  })
})
