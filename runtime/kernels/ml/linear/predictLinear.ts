// What fitted linear models say of a block: scores, classes, probabilities.

import { kernel } from '../../kernel.ts'
import {
  type Block,
  type Column,
  type DenseBlock,
  denseBlock,
  denseOf,
  requireColumns,
  requireFinite,
} from '../block.ts'
import { eachStripOfScores } from './rowProducts.ts'

/** A linear model: coefficients row by row, each row's intercept behind its features. */
export interface LinearWeights {
  who: string
  features: number
  outputs: number
  weights: Float64Array
}

/** rows × outputs. */
function scoresOf({ who, features, outputs, weights }: LinearWeights, block: Block): DenseBlock {
  requireColumns(block, features, who)
  requireFinite(block, who)
  const x = block.kind === 'sparse' ? block : denseOf(block, who)
  const made = denseBlock(block.rows, outputs)
  if (block.rows === 0) return made
  eachStripOfScores(x, weights, outputs, ({ from, rows, stride, values }) => {
    for (let row = 0, at = from * outputs; row < rows; row++)
      for (let k = 0; k < outputs; k++) made.data[at++] = values[k * stride + row]
  })
  return made
}

/** Scores of every output. */
export const linearScores = kernel('ml.linearScores', scoresOf)

/** The one score of each row, as it is or as the exponent of what is predicted. */
export const linearValues = kernel(
  'ml.linearValues',
  ({ model, link }: { model: LinearWeights; link: 'identity' | 'log' }, block: Block): Column => {
    const { data } = scoresOf(model, block)
    return link === 'log' ? data.map(Math.exp) : data
  },
)

/** The place of the class with the greatest score; of one score, whether it is above 0. */
export const linearClasses = kernel('ml.linearClasses', (model: LinearWeights, block: Block): Column => {
  const { rows, columns, data } = scoresOf(model, block)
  const places = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    if (columns === 1) {
      places[row] = data[row] > 0 ? 1 : 0
      continue
    }
    let best = 0
    for (let k = 1; k < columns; k++) if (data[row * columns + k] > data[row * columns + best]) best = k
    places[row] = best
  }
  return places
})

/** Probabilities: the logistic function of one score, the softmax of several. */
export const linearProbabilities = kernel(
  'ml.linearProbabilities',
  (model: LinearWeights, block: Block): Block => {
    const { rows, columns, data } = scoresOf(model, block)
    if (columns === 1) {
      const made = denseBlock(rows, 2)
      for (let row = 0; row < rows; row++) {
        made.data[2 * row + 1] = 1 / (1 + Math.exp(-data[row]))
        made.data[2 * row] = 1 - made.data[2 * row + 1]
      }
      return made
    }
    for (let row = 0; row < rows; row++) {
      const own = data.subarray(row * columns, (row + 1) * columns)
      let most = Number.NEGATIVE_INFINITY
      for (const score of own) most = Math.max(most, score)
      let sum = 0
      for (let k = 0; k < columns; k++) {
        own[k] = Math.exp(own[k] - most)
        sum += own[k]
      }
      for (let k = 0; k < columns; k++) own[k] /= sum
    }
    return denseBlock(rows, columns, data)
  },
)

/** Probabilities of classes that were learnt one against the rest each: logistic functions, brought to sum 1. */
export const linearShares = kernel('ml.linearShares', (model: LinearWeights, block: Block): Block => {
  const { rows, columns, data } = scoresOf(model, block)
  if (columns === 1) return linearProbabilities(model, block)
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * columns, (row + 1) * columns)
    let sum = 0
    for (let k = 0; k < columns; k++) {
      own[k] = 1 / (1 + Math.exp(-own[k]))
      sum += own[k]
    }
    for (let k = 0; k < columns; k++) own[k] = sum === 0 ? 1 / columns : own[k] / sum
  }
  return denseBlock(rows, columns, data)
})
