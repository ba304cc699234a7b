// Scores of rows, and sums of rows by factors: dense ones by the WebAssembly of `rowProductsWasm.ts`, sparse ones as they are.

import type { DenseBlock, SparseBlock } from '../block.ts'
import { type RowProductsModule, rowProductsModule, TILE } from './rowProductsWasm.ts'
import { addScaled, scoreOf } from './singleRow.ts'

/** Rows that are worked on at a time lie in the module's memory: a share of the second cache. */
const STRIP_BYTES = 64 * 1024
const PAGE = 65536

/** Scores of some rows that follow one another. */
export interface StripOfScores {
  /** The first of the rows. */
  from: number
  rows: number
  outputs: number
  /** Scores of one output are this far from those of the next, ≥ rows. */
  stride: number
  /** outputs × stride. */
  values: Float64Array
}

/** Where things lie in the module's memory, in bytes. */
interface Room {
  module: RowProductsModule
  /** Halves of the columns, rounded up: columns beyond are 0 everywhere. */
  pairs: number
  outputs: number
  weights: number
  gradient: number
  scores: number
  rows: number
  /** How many rows there is room for: a multiple of `TILE`. */
  stripRows: number
}

function roomFor(columns: number, outputs: number, weights: Float64Array): Room {
  const module = rowProductsModule()
  const pairs = Math.max(1, Math.ceil(columns / 2))
  const rowBytes = 16 * pairs
  const stripRows = TILE * Math.max(1, Math.floor(STRIP_BYTES / (TILE * rowBytes)))
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
    weights: take(outputs * rowBytes),
    gradient: take(outputs * rowBytes),
    scores: take(8 * outputs * stripRows),
    rows: take(stripRows * rowBytes),
    stripRows,
  }
  const missing = Math.ceil(end / PAGE) - module.memory.buffer.byteLength / PAGE
  if (missing > 0) module.memory.grow(missing)
  const own = doubles(room, room.weights, 2 * pairs * outputs).fill(0)
  for (let k = 0; k < outputs; k++) {
    const from = k * (columns + 1)
    own.set(weights.subarray(from, from + columns), 2 * pairs * k)
  }
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
  else eachDenseStrip(roomFor(x.columns, outputs, weights), x, weights, then)
}

function eachDenseStrip(
  room: Room,
  { rows: count, columns, data }: DenseBlock,
  weights: Float64Array,
  then: (scores: StripOfScores) => void,
): void {
  const { module, pairs, outputs, stripRows } = room
  const width = 2 * pairs
  const strip = doubles(room, room.rows, stripRows * width).fill(0)
  const values = doubles(room, room.scores, outputs * stripRows)
  for (let from = 0; from < count; from += stripRows) {
    const rows = Math.min(stripRows, count - from)
    if (width === columns) strip.set(data.subarray(from * width, (from + rows) * width))
    else
      for (let row = 0, at = from * columns; row < rows; row++)
        for (let i = 0; i < columns; i++) strip[row * width + i] = data[at++]
    for (let k = 0; k < outputs; k++) {
      const own = room.scores + 8 * stripRows * k
      module.multiply(room.rows, Math.ceil(rows / TILE), pairs, room.weights + 8 * width * k, own)
      const intercept = weights[k * (columns + 1) + columns]
      for (let row = 0; row < rows; row++) values[k * stripRows + row] += intercept
    }
    then({ from, rows, outputs, stride: stripRows, values })
  }
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
 * @param turn makes factors of scores, in their place
 * @returns in the shape of `weights`
 */
export function gradientOfScores(
  x: DenseBlock | SparseBlock,
  weights: Float64Array,
  outputs: number,
  turn: (scores: StripOfScores) => void,
): Float64Array {
  const { columns } = x
  const gradient = new Float64Array(outputs * (columns + 1))
  if (x.kind === 'sparse') {
    eachSparseStrip(x, weights, outputs, (scores) => {
      turn(scores)
      for (let k = 0; k < outputs; k++)
        for (let row = 0; row < scores.rows; row++)
          addScaled(gradient, k * (columns + 1), x, scores.from + row, scores.values[k * scores.stride + row])
    })
    return gradient
  }
  const room = roomFor(columns, outputs, weights)
  const { module, pairs, stripRows } = room
  const sums = doubles(room, room.gradient, outputs * 2 * pairs).fill(0)
  eachDenseStrip(room, x, weights, (scores) => {
    turn(scores)
    const { rows, values } = scores
    const tiles = Math.ceil(rows / TILE)
    for (let k = 0; k < outputs; k++) {
      const at = k * stripRows
      // Rows that only fill a tile up count nothing.
      values.fill(0, at + rows, at + tiles * TILE)
      module.addUp(room.rows, tiles, pairs, room.scores + 8 * at, room.gradient + 16 * pairs * k)
      let sum = 0
      for (let row = at; row < at + rows; row++) sum += values[row]
      gradient[k * (columns + 1) + columns] += sum
    }
  })
  for (let k = 0; k < outputs; k++)
    gradient.set(sums.subarray(2 * pairs * k, 2 * pairs * k + columns), k * (columns + 1))
  return gradient
}
