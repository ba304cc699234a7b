// A block of rows for learning: numbers row by row, sparse numbers, or columns of numbers and texts.

import { resultBuffer } from '../resultMemory.ts'
import { MlDataError } from './mlErrors.ts'
import { refuseTimes, type TimeKind } from './timeColumns.ts'

/** Numbers row by row. */
export interface DenseBlock {
  kind: 'dense'
  rows: number
  columns: number
  /** rows × columns. */
  data: Float64Array
}

/** Mostly zeros: compressed sparse rows. */
export interface SparseBlock {
  kind: 'sparse'
  rows: number
  columns: number
  /** rows + 1: where each row's entries begin in `places` and `data`. */
  starts: Int32Array
  /** The column of each entry, rising within a row. */
  places: Int32Array
  data: Float64Array
}

/** A column's cells: numbers (NaN where absent), or texts (null where absent). */
export type Column = Float64Array | readonly (string | null)[]

/** Columns of different kinds, by name. */
export interface TableBlock {
  kind: 'table'
  rows: number
  columns: number
  names: readonly string[]
  cells: readonly Column[]
  /** By column, which kind of time its numbers are; null for what is none, absent where all are. */
  times?: readonly (TimeKind | null)[]
}

export type Block = DenseBlock | SparseBlock | TableBlock

/** Rows with what is to be learnt from them. */
export interface Sample {
  x: Block
  y: Column
  /** One weight a row; all are 1 where there is none. */
  weight: Float64Array | null
}

export const denseBlock = (
  rows: number,
  columns: number,
  data: Float64Array = new Float64Array(rows * columns),
): DenseBlock => ({
  kind: 'dense',
  rows,
  columns,
  data,
})

/** A block whose numbers are anything until all are written: in memory that a worker's store takes without a copy. */
export const unwrittenBlock = (rows: number, columns: number): DenseBlock =>
  denseBlock(rows, columns, new Float64Array(resultBuffer(8 * rows * columns)))

/**
 * The block as dense numbers: itself where it is dense.
 * @param who named in errors, e.g. `StandardScaler`
 * @throws {MlDataError} when a column holds texts, dates or other times
 */
export function denseOf(block: Block, who: string): DenseBlock {
  if (block.kind === 'dense') return block
  const { rows, columns } = block
  const made = denseBlock(rows, columns)
  if (block.kind === 'sparse') {
    for (let row = 0; row < rows; row++)
      for (let at = block.starts[row]; at < block.starts[row + 1]; at++)
        made.data[row * columns + block.places[at]] = block.data[at]
    return made
  }
  block.cells.forEach((cells, column) => {
    const kind = block.times?.[column]
    if (kind) refuseTimes(who, block.names[column], kind)
    const numbers = numbersOf(cells, who, block.names[column])
    for (let row = 0; row < rows; row++) made.data[row * columns + column] = numbers[row]
  })
  return made
}

/** @throws {MlDataError} when the column holds texts */
export function numbersOf(cells: Column, who: string, name: string): Float64Array {
  if (cells instanceof Float64Array) return cells
  // Numbers beside texts have become texts: one that is no number tells more.
  const texts = cells.filter((cell) => cell !== null)
  const shown = texts.find((cell) => Number.isNaN(Number(cell))) ?? texts[0]
  throw new MlDataError(
    `${who} works on numbers, and ${name} holds texts such as ${JSON.stringify(shown ?? null)}: encode it first, e.g. by ml.OneHotEncoder in an ml.ColumnTransformer`,
  )
}

/** One column of a block as cells. */
export function columnAt(block: Block, column: number): Column {
  if (block.kind === 'table') return block.cells[column]
  const { rows, columns } = block
  const made = new Float64Array(rows)
  if (block.kind === 'dense') {
    for (let row = 0; row < rows; row++) made[row] = block.data[row * columns + column]
    return made
  }
  for (let row = 0; row < rows; row++)
    for (let at = block.starts[row]; at < block.starts[row + 1]; at++)
      if (block.places[at] === column) made[row] = block.data[at]
  return made
}

/**
 * Holds that all numbers are finite, as scikit-learn does before it fits.
 * @throws {MlDataError} with the first place that is not
 */
export function requireFinite(block: Block, who: string): void {
  const { data } = block.kind === 'table' ? denseOf(block, who) : block
  if (Number.isFinite(quickSum(data))) return
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new MlDataError(
        `X contains ${data[i]}${block.kind === 'sparse' ? '' : ` (column ${nameOf(block, i % block.columns)})`}, which ${who} does not accept: fill what is absent first, e.g. by ml.SimpleImputer`,
      )
}

/** A sum that is finite only if all parts are; it may overflow. Four at a time: additions do not wait for one another. */
function quickSum(data: Float64Array): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (; i + 3 < data.length; i += 4) {
    a += data[i]
    b += data[i + 1]
    c += data[i + 2]
    d += data[i + 3]
  }
  for (; i < data.length; i++) a += data[i]
  return a + b + (c + d)
}

/**
 * Holds that values are finite where NaN counts as absent.
 * @param values of the columns, one or more each
 * @throws {MlDataError} naming the first column that has an infinite one
 */
export function requireNoInfinity(
  values: readonly (readonly [column: number, value: number])[],
  who: string,
): void {
  for (const [column, value] of values)
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
      throw new MlDataError(
        `X contains ${value} (column ${column}), which ${who} does not accept: put NaN there, which counts as absent, or drop such rows first`,
      )
}

const nameOf = (block: Block, column: number): string =>
  block.kind === 'table' ? block.names[column] : String(column)

/** @throws {MlDataError} when the block has other columns than the model was fitted with */
export function requireColumns(block: Block, fitted: number, who: string): void {
  if (block.rows > 0 && block.columns !== fitted)
    throw new MlDataError(columnsText(block.columns, fitted, who))
}

export const columnsText = (given: number, fitted: number, who: string): string =>
  `X has ${given} features, but ${who} was fitted with ${fitted}: give it the same columns as at fit`
