// Rows become numbers of bins: some rows at a time, so that what is read once stays in the cache for all of its columns.

import { resultBuffer } from '../../resultMemory.ts'
import { type BinnedBlock, binnedBytes, GROUP, groupsOf, placeOfFeature } from './binnedBlock.ts'
import { type FeatureBins, valueBins } from './binning.ts'
import { binModule, THRESHOLDS } from './binWasm.ts'

/** Bytes of rows that are looked at together. */
const TILE_BYTES = 64 * 1024
const PAGE = 65_536

/**
 * The bins of a block's rows. Categories that are not among a feature's count as missing.
 * @param data rows × columns, one column for each of `features`
 */
export function binRows(features: readonly FeatureBins[], data: Float64Array, rows: number): BinnedBlock {
  const columns = features.length
  const length = binnedBytes(rows, columns)
  const bytes = new Uint8Array(resultBuffer(length), 0, length)
  if (rows === 0 || columns === 0) return { rows, features: columns, bytes }
  const tile = Math.min(rows, Math.max(1, Math.floor(TILE_BYTES / (8 * columns))))
  const { memory, search } = binModule()
  const tables = 8 * tile * columns
  const binsAt = tables + 8 * THRESHOLDS * columns
  const missing = Math.ceil((binsAt + binnedBytes(tile, columns)) / PAGE) - memory.buffer.byteLength / PAGE
  if (missing > 0) memory.grow(missing)
  const numbers = new Float64Array(memory.buffer)
  features.forEach((bins, column) => {
    if (bins.kind !== 'numeric') return
    const table = numbers.subarray(tables / 8 + THRESHOLDS * column, tables / 8 + THRESHOLDS * (column + 1))
    table.fill(Number.POSITIVE_INFINITY).set(bins.thresholds)
  })
  const made = new Uint8Array(memory.buffer)
  for (let from = 0; from < rows; from += tile) {
    const count = Math.min(tile, rows - from)
    numbers.set(data.subarray(from * columns, (from + count) * columns))
    features.forEach((bins, column) => {
      const table = tables + 8 * THRESHOLDS * column
      const into = binsAt + placeOfFeature(tile, column)
      if (bins.kind === 'numeric') search(8 * column, count, 8 * columns, table, valueBins(bins), into)
    })
    for (let group = 0; group < groupsOf(columns); group++) {
      const own = binsAt + GROUP * tile * group
      bytes.set(made.subarray(own, own + GROUP * count), GROUP * (rows * group + from))
    }
  }
  features.forEach((bins, column) => {
    if (bins.kind === 'category') binCategories(bins.categories, data, rows, columns, column, bytes)
  })
  return { rows, features: columns, bytes }
}

function binCategories(
  categories: Float64Array,
  data: Float64Array,
  rows: number,
  columns: number,
  column: number,
  bytes: Uint8Array,
): void {
  const places = new Map(Array.from(categories, (value, bin) => [value, bin]))
  let at = placeOfFeature(rows, column)
  for (let row = 0; row < rows; row++, at += GROUP)
    bytes[at] = places.get(data[row * columns + column]) ?? categories.length
}
