// Parts of blocks, and blocks put together: some columns, some rows, one below the other.

import {
  type Block,
  type Column,
  type DenseBlock,
  denseBlock,
  type SparseBlock,
  type TableBlock,
  unwrittenBlock,
} from './block.ts'

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
