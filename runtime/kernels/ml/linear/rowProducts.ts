// Scores of rows, and sums of rows by factors: dense ones by the WebAssembly of `rowProductsWasm.ts`, sparse ones as they are.

import { cacheBytesMax, releasedWhenShort } from '../../resultMemory.ts'
import type { DenseBlock, SparseBlock } from '../block.ts'
import { forgetRowProducts, type RowProductsModule, rowProductsModule, TILE } from './rowProductsWasm.ts'
import { addScaled, scoreOf } from './singleRow.ts'

/** Rows that are worked on at a time: half of the first cache, where each of several models finds them. */
const STRIP_BYTES = 16 * 1024
/** A block up to this large stays in the module's memory, where passes over it find it: a fit makes some ten of them. */
const KEPT_BYTES = 16 * 1024 * 1024
const PAGE = 65536

/** Scores of some rows that follow one another, until the next ones take their place. */
export interface StripOfScores {
  /** The first of the rows. */
  from: number
  rows: number
  outputs: number
  /** Scores of one output are this far from those of the next, ≥ rows. */
  stride: number
  /** outputs × stride. */
  values: Float64Array
  /** Where the module may work on them; nothing of sparse rows. */
  inModule?: ScoresInModule
}

/** Scores of a strip in the module's memory, and room beside them. */
export interface ScoresInModule {
  module: RowProductsModule
  /** Their address. */
  scores: number
  /** Room for a target a row, ≥ one more than there are rows, and its address. What is written there stays for all models of a strip. */
  targets: Float64Array
  targetsAt: number
  /** Room for four sums. */
  sums: Float64Array
  sumsAt: number
  /** Whether nobody has seen this strip before. */
  isNew: boolean
}

/** Where things lie in the module's memory, in bytes. */
interface Room {
  module: RowProductsModule
  /** Halves of the columns, rounded up: columns beyond are 0 everywhere. */
  pairs: number
  outputs: number
  /** In front of all else, so that they stay where they are for another number of models. */
  rows: number
  /** Of all models, one behind the other. */
  weights: number
  gradients: number
  /** Of one model. */
  scores: number
  targets: number
  sums: number
  /** How many rows are worked on at a time: a multiple of `TILE`. */
  stripRows: number
  /** Whether there is room for all rows of the block, one strip behind the other. */
  keepsAll: boolean
}

/** The block whose rows lie in the module's memory; garbage like any other. */
let kept: WeakRef<DenseBlock> | undefined

releasedWhenShort(() => {
  kept = undefined
  forgetRowProducts()
})

function roomFor(x: DenseBlock, outputs: number, models: readonly Float64Array[], mayKeep: boolean): Room {
  const { columns } = x
  const module = rowProductsModule()
  const pairs = Math.max(1, Math.ceil(columns / 2))
  const rowBytes = 16 * pairs
  const stripRows = TILE * Math.max(1, Math.floor(STRIP_BYTES / (TILE * rowBytes)))
  const allRows = stripRows * Math.ceil(x.rows / stripRows)
  const keepsAll = mayKeep && allRows * rowBytes <= Math.min(KEPT_BYTES, cacheBytesMax())
  let end = 0
  const take = (bytes: number): number => {
    const at = end
    end += bytes
    return at
  }
  const room: Room = {
    module,
    pairs,
    outputs,
    rows: take((keepsAll ? allRows : stripRows) * rowBytes),
    weights: take(models.length * outputs * rowBytes),
    gradients: take(models.length * outputs * rowBytes),
    scores: take(8 * outputs * stripRows),
    targets: take(8 * stripRows),
    sums: take(32),
    stripRows,
    keepsAll,
  }
  const missing = Math.ceil(end / PAGE) - module.memory.buffer.byteLength / PAGE
  if (missing > 0) module.memory.grow(missing)
  const own = doubles(room, room.weights, 2 * pairs * outputs * models.length).fill(0)
  models.forEach((weights, model) => {
    for (let k = 0; k < outputs; k++) {
      const from = k * (columns + 1)
      own.set(weights.subarray(from, from + columns), 2 * pairs * (model * outputs + k))
    }
  })
  return room
}

const doubles = ({ module }: Room, at: number, count: number): Float64Array =>
  new Float64Array(module.memory.buffer, at, count)

/**
 * Scores of all rows, some at a time.
 * @param weights coefficients row by row, each row's intercept behind its columns
 * @param then may write into the scores
 */
export function eachStripOfScores(
  x: DenseBlock | SparseBlock,
  weights: Float64Array,
  outputs: number,
  then: (scores: StripOfScores) => void,
): void {
  if (x.kind === 'sparse') eachSparseStrip(x, weights, outputs, then)
  else
    eachDenseStrip(roomFor(x, outputs, [weights], false), x, [weights], (_model, _rows, scores) => {
      then(scores)
    })
}

/** @param then is told where the strip's rows lie in the module's memory */
function eachDenseStrip(
  room: Room,
  x: DenseBlock,
  models: readonly Float64Array[],
  then: (model: number, rows: number, scores: StripOfScores) => void,
): void {
  const { module, pairs, outputs, stripRows, keepsAll } = room
  const { columns } = x
  const width = 2 * pairs
  const isHere = keepsAll && kept?.deref() === x
  if (!isHere) kept = undefined
  const values = doubles(room, room.scores, outputs * stripRows)
  const inModule: ScoresInModule = {
    module,
    scores: room.scores,
    targets: doubles(room, room.targets, stripRows),
    targetsAt: room.targets,
    sums: doubles(room, room.sums, 4),
    sumsAt: room.sums,
    isNew: true,
  }
  // One object for all strips: there are a million of them in a search.
  const scores = { from: 0, rows: 0, outputs, stride: stripRows, values, inModule }
  for (let from = 0; from < x.rows; from += stripRows) {
    const rows = Math.min(stripRows, x.rows - from)
    scores.from = from
    scores.rows = rows
    const strip = room.rows + (keepsAll ? 8 * from * width : 0)
    if (!isHere) putStrip(x, from, rows, width, doubles(room, strip, stripRows * width))
    for (let model = 0; model < models.length; model++) {
      for (let k = 0; k < outputs; k++) {
        const own = room.scores + 8 * stripRows * k
        const factors = room.weights + 8 * width * (model * outputs + k)
        const intercept = models[model][k * (columns + 1) + columns]
        module.multiply(strip, Math.ceil(rows / TILE), pairs, factors, own, intercept)
      }
      inModule.isNew = model === 0
      then(model, strip, scores)
    }
  }
  if (keepsAll && !isHere) kept = new WeakRef(x)
}

/** Rows as the module reads them: of even width, and 0 where there are none. */
function putStrip(
  { columns, data }: DenseBlock,
  from: number,
  rows: number,
  width: number,
  strip: Float64Array,
): void {
  if (width === columns) strip.set(data.subarray(from * width, (from + rows) * width))
  else
    for (let row = 0, at = from * columns; row < rows; row++) {
      for (let i = 0; i < columns; i++) strip[row * width + i] = data[at++]
      strip.fill(0, row * width + columns, (row + 1) * width)
    }
  strip.fill(0, rows * width)
}

/** Rows of a sparse block that are worked on at a time. */
const SPARSE_ROWS = 256

function eachSparseStrip(
  x: SparseBlock,
  weights: Float64Array,
  outputs: number,
  then: (scores: StripOfScores) => void,
): void {
  const values = new Float64Array(outputs * SPARSE_ROWS)
  for (let from = 0; from < x.rows; from += SPARSE_ROWS) {
    const rows = Math.min(SPARSE_ROWS, x.rows - from)
    for (let k = 0; k < outputs; k++)
      for (let row = 0; row < rows; row++)
        values[k * SPARSE_ROWS + row] = scoreOf(x, from + row, weights, k * (x.columns + 1))
    then({ from, rows, outputs, stride: SPARSE_ROWS, values })
  }
}

/**
 * The sum of all rows, each times a factor for each output; the sums of factors stand behind, for the intercepts.
 * Several models go through the rows together: what they read comes into the caches once for all.
 * @param x whose numbers do not change: asked for again, the same object is not read again
 * @param models the weights of each
 * @param turn makes factors of a model's scores, in their place
 * @returns one in the shape of each model's weights
 */
export function gradientsOfScores(
  x: DenseBlock | SparseBlock,
  models: readonly Float64Array[],
  outputs: number,
  turn: (model: number, scores: StripOfScores) => void,
): Float64Array[] {
  const { columns } = x
  const gradients = models.map(() => new Float64Array(outputs * (columns + 1)))
  if (x.kind === 'sparse') {
    models.forEach((weights, model) => {
      eachSparseStrip(x, weights, outputs, (scores) => {
        turn(model, scores)
        for (let k = 0; k < outputs; k++)
          for (let row = 0; row < scores.rows; row++) {
            const factor = scores.values[k * scores.stride + row]
            addScaled(gradients[model], k * (columns + 1), x, scores.from + row, factor)
          }
      })
    })
    return gradients
  }
  const room = roomFor(x, outputs, models, true)
  const { module, pairs, stripRows } = room
  const sums = doubles(room, room.gradients, models.length * outputs * 2 * pairs).fill(0)
  eachDenseStrip(room, x, models, (model, strip, scores) => {
    turn(model, scores)
    const { rows, values } = scores
    const tiles = Math.ceil(rows / TILE)
    for (let k = 0; k < outputs; k++) {
      const at = k * stripRows
      // Rows that only fill a tile up count nothing.
      values.fill(0, at + rows, at + tiles * TILE)
      const own = room.gradients + 16 * pairs * (model * outputs + k)
      const gradient = gradients[model]
      const intercept = k * (columns + 1) + columns
      gradient[intercept] = module.addUp(strip, tiles, pairs, room.scores + 8 * at, own, gradient[intercept])
    }
  })
  gradients.forEach((gradient, model) => {
    for (let k = 0; k < outputs; k++) {
      const from = 2 * pairs * (model * outputs + k)
      gradient.set(sums.subarray(from, from + columns), k * (columns + 1))
    }
  })
  return gradients
}
