// Losses and gradients by WebAssembly against plain loops: any shape, weights, many rows, sparse rows, extreme scores.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DenseBlock, denseBlock, type SparseBlock } from '../../runtime/kernels/ml/block.ts'
import {
  type EncodedSample,
  encodeSample,
  type LossState,
  lossOfBlock,
} from '../../runtime/kernels/ml/linear/losses.ts'
import type { LossName } from '../../runtime/kernels/ml/linear/lossOfScores.ts'
import { eachStripOfScores } from '../../runtime/kernels/ml/linear/rowProducts.ts'
import { hashedFraction } from '../../runtime/kernels/ml/trees/rowHash.ts'
import { releaseCaches } from '../../runtime/kernels/resultMemory.ts'
import { close } from './kit.ts'

const SEED = 5
/** The loss of one model. */
const lossOfOne = (
  { weights, ...request }: { loss: LossName; outputs: number; weights: Float64Array },
  sample: EncodedSample,
): LossState => lossOfBlock({ ...request, models: [weights] }, sample)[0]

const numbers = (count: number, seed: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => 2 * hashedFraction(seed, i) - 1)

/** A loss by its definition, and by which factor each score's row is in the gradient. */
const LOSSES: Record<LossName, (scores: number[], y: number) => { value: number; factors: number[] }> = {
  logistic: ([z], y) => ({
    value: Math.max(z, 0) - y * z + Math.log1p(Math.exp(-Math.abs(z))),
    factors: [1 / (1 + Math.exp(-z)) - y],
  }),
  poisson: ([z], y) => ({ value: Math.exp(z) - y * z, factors: [Math.exp(z) - y] }),
  multinomial: (scores, y) => {
    const most = Math.max(...scores)
    const sum = scores.reduce((all, each) => all + Math.exp(each - most), 0)
    return {
      value: Math.log(sum) - (scores[y] - most),
      factors: scores.map((each, k) => Math.exp(each - most) / sum - (k === y ? 1 : 0)),
    }
  },
  hinge: (scores, y) => {
    const signs = scores.map((_, k) => (scores.length === 1 ? 2 * y - 1 : k === y ? 1 : -1))
    const margins = scores.map((each, k) => Math.max(0, 1 - signs[k] * each))
    return {
      value: margins.reduce((sum, each) => sum + each ** 2, 0),
      factors: margins.map((each, k) => -2 * signs[k] * each),
    }
  },
}

function byLoops(
  loss: LossName,
  x: DenseBlock,
  y: Float64Array,
  weight: Float64Array | null,
  w: Float64Array,
  outputs: number,
) {
  const width = x.columns + 1
  const gradient = new Float64Array(outputs * width)
  let value = 0
  for (let row = 0; row < x.rows; row++) {
    const own = [...x.data.subarray(row * x.columns, (row + 1) * x.columns), 1]
    const scores = Array.from({ length: outputs }, (_, k) =>
      own.reduce((sum, each, i) => sum + each * w[k * width + i], 0),
    )
    const found = LOSSES[loss](scores, y[row])
    const weighs = weight ? weight[row] : 1
    value += weighs * found.value
    found.factors.forEach((factor, k) => {
      own.forEach((each, i) => {
        gradient[k * width + i] += weighs * factor * each
      })
    })
  }
  return { value, gradient }
}

function sparseOf(x: DenseBlock): SparseBlock {
  const entries = Array.from({ length: x.rows }, (_, row) =>
    Array.from({ length: x.columns }, (_, i) => ({ place: i, value: x.data[row * x.columns + i] })).filter(
      ({ value }) => value !== 0,
    ),
  )
  const starts = Int32Array.from({ length: x.rows + 1 }, (_, row) => entries.slice(0, row).flat().length)
  const all = entries.flat()
  return {
    kind: 'sparse',
    rows: x.rows,
    columns: x.columns,
    starts,
    places: Int32Array.from(all, ({ place }) => place),
    data: Float64Array.from(all, ({ value }) => value),
  }
}

const CASES: [LossName, number][] = [
  ['logistic', 1],
  ['poisson', 1],
  ['multinomial', 3],
  ['multinomial', 7],
  ['hinge', 1],
  ['hinge', 4],
]

for (const [loss, outputs] of CASES)
  test(`${loss} of ${outputs}: value and gradient of plain loops, dense and sparse (seed ${SEED})`, () => {
    for (const columns of [1, 2, 3, 8, 33])
      for (const rows of [0, 1, 4, 5, 7, 300]) {
        const data = numbers(rows * columns, SEED + columns).map((each) => (Math.abs(each) < 0.2 ? 0 : each))
        const x = denseBlock(rows, columns, data)
        const y = Float64Array.from({ length: rows }, (_, i) => i % Math.max(2, outputs))
        const weights = numbers(outputs * (columns + 1), SEED + 1)
        const some = numbers(rows, SEED + 2).map((each) => Math.max(0, each))
        for (const weight of [null, some])
          for (const block of [x, sparseOf(x)]) {
            const found = lossOfOne({ loss, outputs, weights }, { x: block, y, weight })
            const expected = byLoops(loss, x, y, weight, weights, outputs)
            const what = `${rows} × ${columns}, ${block.kind}`
            close(found.value, expected.value, 1e-12, what)
            close(found.gradient, expected.gradient, 1e-11, what)
          }
      }
  })

test('models that go through the rows together get what each alone gets, to the last bit, as others are done', () => {
  for (const [loss, outputs] of CASES)
    for (const [rows, columns] of [
      [2001, 7],
      [300, 20],
      [0, 3],
      // Too large to stay.
      [110_000, 20],
    ]) {
      const x = denseBlock(rows, columns, numbers(rows * columns, 31))
      const y = Float64Array.from({ length: rows }, (_, i) => i % Math.max(2, outputs))
      const all = Array.from({ length: 5 }, (_, i) => numbers(outputs * (columns + 1), 40 + i))
      for (const block of rows > 10_000 ? [x] : [x, sparseOf(x)]) {
        const sample = { x: block, y, weight: null }
        const alone = all.map((weights) => lossOfOne({ loss, outputs, weights }, sample))
        for (const which of [[0, 1, 2, 3, 4], [1, 3, 4], [4], [2, 0]]) {
          const models = which.map((i) => all[i])
          assert.deepEqual(
            lossOfBlock({ loss, outputs, models }, sample),
            which.map((i) => alone[i]),
          )
        }
      }
    }
})

test('rows of many strips, wide ones among them, add up to what plain loops say', () => {
  for (const [rows, columns] of [
    [30_000, 5],
    [3000, 4],
    [9, 20_001],
  ]) {
    const x = denseBlock(rows, columns, numbers(rows * columns, 9))
    const y = Float64Array.from({ length: rows }, (_, i) => i % 2)
    const weights = numbers(columns + 1, 10)
    const found = lossOfOne({ loss: 'logistic', outputs: 1, weights }, { x, y, weight: null })
    const expected = byLoops('logistic', x, y, null, weights, 1)
    close(found.value / rows, expected.value / rows, 1e-12)
    close(
      found.gradient.map((each) => each / rows),
      expected.gradient.map((each) => each / rows),
      1e-12,
    )
  }
})

test('a block that is asked again, at other coefficients and between others, tells what plain loops say', () => {
  const encoded = ([rows, columns, outputs]: readonly number[]) => ({
    x: denseBlock(rows, columns, numbers(rows * columns, rows)),
    y: Float64Array.from({ length: rows }, (_, i) => i % Math.max(2, outputs)),
    weight: null,
  })
  // Many strips, one strip, odd widths after even ones, and one that is too large to stay.
  const shapes = [
    [2000, 20, 1],
    [1999, 7, 1],
    [3, 5, 3],
    [900, 20, 3],
    [0, 3, 1],
    [110_000, 20, 1],
  ]
  const blocks = shapes.map(encoded)
  const asked = [0, 0, 0, 1, 1, 0, 2, 2, 1, 3, 3, 2, 4, 4, 3, 5, 5, 0, 0]
  asked.forEach((which, time) => {
    const [rows, columns, outputs] = shapes[which]
    const loss = outputs === 1 ? 'logistic' : 'multinomial'
    const weights = numbers(outputs * (columns + 1), 50 + time)
    if (time % 5 === 4) eachStripOfScores(blocks[which].x, weights, outputs, () => {})
    const found = lossOfOne({ loss, outputs, weights }, blocks[which])
    const expected = byLoops(loss, blocks[which].x, blocks[which].y, null, weights, outputs)
    const per = Math.max(1, rows)
    const what = `${rows} × ${columns}, time ${time}`
    close(found.value / per, expected.value / per, 1e-12, what)
    close(
      found.gradient.map((each) => each / per),
      expected.gradient.map((each) => each / per),
      1e-12,
      what,
    )
    if (time === 9) releaseCaches() // A worker that is short of memory.
  })
})

test('what a fit reads again is its own: targets and numbers that a caller changes afterwards count in the next fit', () => {
  const x = denseBlock(2, 1, Float64Array.of(1, 2))
  const sample = { x, y: Float64Array.of(0, 1), weight: null }
  const request = { loss: 'logistic', outputs: 1, weights: Float64Array.of(1, 0) } as const
  const ask = () => {
    const encoded = encodeSample({ who: 'a model', classes: null }, sample)
    lossOfOne(request, encoded)
    return lossOfOne(request, encoded)
  }
  const first = ask()
  x.data[0] = 5
  const second = ask()
  assert.notEqual(first.value, second.value)
  close(second.value, byLoops('logistic', x, sample.y, null, request.weights, 1).value, 1e-14)
})

test('the logistic loss neither overflows nor loses what is small', () => {
  const scores = [-800, -40, -8, -1e-9, 0, 3, 7.5, 40, 800]
  const x = denseBlock(1, 1, Float64Array.of(1))
  for (const z of scores)
    for (const target of [0, 1]) {
      const request = { loss: 'logistic', outputs: 1, weights: Float64Array.of(z, 0) } as const
      const { value, gradient } = lossOfOne(request, { x, y: Float64Array.of(target), weight: null })
      const expected = LOSSES.logistic([z], target).value
      assert.ok(Math.abs(value - expected) <= 1e-14 * expected, `${z}: ${value} instead of ${expected}`)
      close(gradient[0], LOSSES.logistic([z], target).factors[0], 1e-15)
    }
})

test('rows of weight 0 count nothing, even where their scores are infinite', () => {
  const x = denseBlock(2, 1, Float64Array.of(1e308, 1))
  const sample = { x, y: Float64Array.of(1, 1), weight: Float64Array.of(0, 1) }
  for (const [loss, outputs] of CASES) {
    const weights = new Float64Array(2 * outputs).fill(10)
    const { value, gradient } = lossOfOne({ loss, outputs, weights }, sample)
    assert.ok(Number.isFinite(value) && gradient.every(Number.isFinite), loss)
  }
})

test('a row has the same score wherever it stands, to the last bit', () => {
  const [rows, columns] = [5000, 7]
  const x = denseBlock(rows, columns, numbers(rows * columns, 21))
  const weights = numbers(columns + 1, 22)
  const scoresFrom = (first: number): number[] => {
    const found: number[] = []
    eachStripOfScores(
      denseBlock(rows - first, columns, x.data.subarray(first * columns)),
      weights,
      1,
      (strip) => {
        found.push(...strip.values.subarray(0, strip.rows))
      },
    )
    return found
  }
  const whole = scoresFrom(0)
  for (const first of [1, 2, 3, 4999]) assert.deepEqual(scoresFrom(first), whole.slice(first))
})
