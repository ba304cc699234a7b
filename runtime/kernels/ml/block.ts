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
const unwrittenBlock = (rows: number, columns: number): DenseBlock =>
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

/** Some columns of a block, in the order given. */
export function selectColumns(block: Block, chosen: readonly number[]): Block {
  const { rows } = block
  if (block.kind === 'table') {
    const names = chosen.map((column) => block.names[column])
    return {
      kind: 'table',
      rows,
      columns: chosen.length,
      names,
      cells: chosen.map((column) => block.cells[column]),
      ...(block.times && { times: chosen.map((column) => block.times![column]) }),
    }
  }
  if (block.kind === 'dense') {
    const made = denseBlock(rows, chosen.length)
    for (let row = 0, to = 0; row < rows; row++)
      for (let i = 0; i < chosen.length; i++) made.data[to++] = block.data[row * block.columns + chosen[i]]
    return made
  }
  const target = new Int32Array(block.columns).fill(-1)
  chosen.forEach((column, i) => {
    target[column] = i
  })
  const starts = new Int32Array(rows + 1)
  const entries: [number, number][] = []
  for (let row = 0; row < rows; row++) {
    const own: [number, number][] = []
    for (let at = block.starts[row]; at < block.starts[row + 1]; at++)
      if (target[block.places[at]] >= 0) own.push([target[block.places[at]], block.data[at]])
    entries.push(...own.sort((a, b) => a[0] - b[0]))
    starts[row + 1] = entries.length
  }
  return {
    kind: 'sparse',
    rows,
    columns: chosen.length,
    starts,
    places: Int32Array.from(entries, ([place]) => place),
    data: Float64Array.from(entries, ([, value]) => value),
  }
}

/** Some rows of a block, in the order given. */
export function selectRows(block: Block, chosen: ArrayLike<number>): Block {
  const rows = chosen.length
  const { columns } = block
  if (block.kind === 'table')
    return { ...block, rows, cells: block.cells.map((cells) => selectCells(cells, chosen)) }
  if (block.kind === 'dense') {
    const made = unwrittenBlock(rows, columns)
    // Rows that follow one another are copied at once.
    for (let i = 0, end = 0; i < rows; i = end) {
      for (end = i + 1; end < rows && chosen[end] === chosen[end - 1] + 1; ) end++
      const from = chosen[i] * columns
      made.data.set(block.data.subarray(from, from + (end - i) * columns), i * columns)
    }
    return made
  }
  const starts = new Int32Array(rows + 1)
  for (let i = 0; i < rows; i++)
    starts[i + 1] = starts[i] + block.starts[chosen[i] + 1] - block.starts[chosen[i]]
  const places = new Int32Array(starts[rows])
  const data = new Float64Array(starts[rows])
  for (let i = 0; i < rows; i++) {
    const from = block.starts[chosen[i]]
    const to = block.starts[chosen[i] + 1]
    places.set(block.places.subarray(from, to), starts[i])
    data.set(block.data.subarray(from, to), starts[i])
  }
  return { kind: 'sparse', rows, columns, starts, places, data }
}

/** Some cells of a column, in the order given. */
export function selectCells(cells: Column, chosen: ArrayLike<number>): Column {
  if (cells instanceof Float64Array) {
    const made = new Float64Array(chosen.length)
    for (let i = 0; i < chosen.length; i++) made[i] = cells[chosen[i]]
    return made
  }
  return Array.from(chosen, (row) => cells[row])
}

/** Blocks one below the other. */
export function stackRows(blocks: readonly Block[]): Block {
  const full = blocks.filter((block) => block.rows > 0)
  if (full.length <= 1) return full[0] ?? blocks[0]
  const rows = full.reduce((sum, block) => sum + block.rows, 0)
  const [first] = full
  const { columns } = first
  if (first.kind === 'table') {
    const tables = full as TableBlock[]
    return {
      ...first,
      rows,
      cells: first.cells.map((_, i) => stackCells(tables.map((each) => each.cells[i]))),
      ...(tables.some(({ times }) => times) && {
        times: first.cells.map((_, i) => tables.map(({ times }) => times?.[i]).find(Boolean) ?? null),
      }),
    }
  }
  if (first.kind === 'dense') {
    const made = unwrittenBlock(rows, columns)
    let at = 0
    for (const block of full as DenseBlock[]) {
      made.data.set(block.data, at)
      at += block.data.length
    }
    return made
  }
  const sparse = full as SparseBlock[]
  const starts = new Int32Array(rows + 1)
  const entries = sparse.reduce((sum, block) => sum + block.data.length, 0)
  const places = new Int32Array(entries)
  const data = new Float64Array(entries)
  let row = 0
  let at = 0
  for (const block of sparse) {
    for (let i = 1; i <= block.rows; i++) starts[row + i] = at + block.starts[i]
    places.set(block.places, at)
    data.set(block.data, at)
    row += block.rows
    at += block.data.length
  }
  return { kind: 'sparse', rows, columns, starts, places, data }
}

/** Numbers one behind the other, in an array of their own. */
export function joinNumbers(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const made = new Float64Array(parts.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  for (const each of parts) {
    made.set(each, at)
    at += each.length
  }
  return made
}

/** Columns one below the other. */
export function stackCells(columns: readonly Column[]): Column {
  if (columns.length === 1) return columns[0]
  if (columns.every((each) => each instanceof Float64Array)) return joinNumbers(columns)
  return columns.flatMap((each) => Array.from<string | number | null>(each) as (string | null)[])
}
