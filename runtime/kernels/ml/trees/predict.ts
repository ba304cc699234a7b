// What a trained ensemble of trees says of a block of rows.

import { kernel } from '../../kernel.ts'
import { type Block, type Column, type DenseBlock, denseBlock, denseOf, requireColumns } from '../block.ts'
import { probabilitiesOf } from './objective.ts'
import { addTree, type Tree } from './tree.ts'

/** Trees that add up: round after round, one tree an output in each. */
export interface Ensemble {
  who: string
  columns: number
  outputs: number
  /** Where predictions begin, one number an output. */
  baseline: Float64Array
  trees: readonly Tree[]
  /** The categories that features of categories were seen to have; null for numbers. Others count as missing. */
  categories: readonly (Float64Array | null)[]
}

/** Rows of an ensemble's features, with known categories alone. */
export function rowsFor(model: Ensemble, block: Block): DenseBlock {
  requireColumns(block, model.columns, model.who)
  const dense = denseOf(block, model.who)
  if (model.categories.every((each) => each === null)) return dense
  const data = Float64Array.from(dense.data)
  model.categories.forEach((known, column) => {
    if (!known) return
    const set = new Set(known)
    for (let at = column; at < data.length; at += dense.columns) if (!set.has(data[at])) data[at] = Number.NaN
  })
  return { ...dense, data }
}

/** Raw predictions, rows × outputs. */
export function rawPredictions(model: Ensemble, block: Block): Float64Array {
  const { data, rows, columns } = rowsFor(model, block)
  const { outputs, baseline, trees } = model
  const raw = new Float64Array(rows * outputs)
  for (let i = 0; i < raw.length; i++) raw[i] = baseline[i % outputs]
  // Some rows at a time: they stay in the cache while all trees pass.
  const tile = Math.max(1, Math.floor(TILE_NUMBERS / Math.max(1, columns)))
  for (let from = 0; from < rows; from += tile) {
    const count = Math.min(tile, rows - from)
    const part = data.subarray(from * columns, (from + count) * columns)
    const into = raw.subarray(from * outputs, (from + count) * outputs)
    trees.forEach((tree, i) => {
      addTree(tree, part, count, columns, into, outputs, i % outputs)
    })
  }
  return raw
}

const TILE_NUMBERS = 16_384

/** Raw predictions of one output. */
export const predictRaw = kernel(
  'ml.trees.raw',
  (model: Ensemble, block: Block): Column => rawPredictions(model, block),
)

/** Rates, whose logarithms trees add up to. */
export const predictRates = kernel(
  'ml.trees.rates',
  (model: Ensemble, block: Block): Column => rawPredictions(model, block).map(Math.exp),
)

/** Probabilities of all classes. */
export const predictProbabilities = kernel(
  'ml.trees.probabilities',
  (model: Ensemble, block: Block): Block => {
    const classes = model.outputs === 1 ? 2 : model.outputs
    return denseBlock(
      block.rows,
      classes,
      probabilitiesOf(rawPredictions(model, block), block.rows, model.outputs),
    )
  },
)

/** The place of the most probable class. */
export const predictPlaces = kernel('ml.trees.places', (model: Ensemble, block: Block): Column => {
  const raw = rawPredictions(model, block)
  const { outputs } = model
  const places = new Float64Array(block.rows)
  for (let row = 0; row < block.rows; row++) {
    if (outputs === 1) {
      places[row] = raw[row] > 0 ? 1 : 0
      continue
    }
    let best = 0
    for (let k = 1; k < outputs; k++) if (raw[row * outputs + k] > raw[row * outputs + best]) best = k
    places[row] = best
  }
  return places
})
