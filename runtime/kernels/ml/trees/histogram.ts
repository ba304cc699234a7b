// Histograms of gradients: for each node and each bin of each feature, the sums of its rows' gradients and hessians, and their count.

import { COUNT_BITS, type HistogramModule, histogramModule, TILE_ROWS } from './histogramWasm.ts'

/** Rows as numbers of bins: one byte a value, one column behind the other. */
export interface BinnedBlock {
  rows: number
  /** `rows` bytes for each feature, one feature behind the other. */
  columns: Uint8Array
}

/** Where each feature's bins begin in a histogram; the last bin of a feature holds its missing values. */
export interface BinLayout {
  /** Features + 1 numbers: the last is the count of all bins. */
  offsets: readonly number[]
}

/** Rows of one node: a run of the row order. */
export interface Segment {
  start: number
  count: number
}

/** Gradients and hessians of a block's rows as integers, in units of powers of two. */
export interface IntegerGradients {
  gradients: Int32Array
  /** ≥ 0 and below 2^24. */
  hessians: Int32Array
}

/** A histogram has three numbers a bin: gradient, hessian, count. */
export const PER_BIN = 3

/** Rows whose sums fit beside their count in 64 bits. */
const MAX_RUN = 2 ** COUNT_BITS - 1
const COUNT_MASK = MAX_RUN
/** The module's memory holds so many bytes of columns at a time. */
const COLUMN_BYTES = 48 * 1024 * 1024
const PAGE = 65536

/**
 * Histograms of several nodes of one block.
 * @param order row numbers, those of one node together
 * @param nodes the runs of `order` to sum up
 * @param features numbers of the features; the bins of others stay 0
 * @returns for each node, for each bin of `layout`: sum of gradients, of hessians, count. Sums are whole numbers, exact
 * below 2^53, whatever the order of rows.
 */
export function histogramsOf(
  block: BinnedBlock,
  layout: BinLayout,
  order: Uint32Array,
  nodes: readonly Segment[],
  { gradients, hessians }: IntegerGradients,
  features: readonly number[] = layout.offsets.slice(1).map((_, feature) => feature),
): Float64Array<ArrayBuffer> {
  const bins = layout.offsets[layout.offsets.length - 1]
  const sums = new Float64Array(nodes.length * bins * PER_BIN)
  if (block.rows === 0 || features.length === 0) return sums
  const together = Math.max(1, Math.floor(COLUMN_BYTES / block.rows))
  for (let from = 0; from < features.length; from += together) {
    const chosen = features.slice(from, from + together)
    const room = loadBlock(block, layout, order, gradients, hessians, chosen)
    nodes.forEach((node, i) => {
      for (let start = node.start; start < node.start + node.count; start += MAX_RUN) {
        const count = Math.min(MAX_RUN, node.start + node.count - start)
        addRun(room, start, count, sums.subarray(i * bins * PER_BIN, (i + 1) * bins * PER_BIN))
      }
    })
  }
  return sums
}

/** Where things lie in the module's memory, in bytes. */
interface Room {
  module: HistogramModule
  features: number
  featureCount: number
  tile: number
  histograms: number
  order: number
  gradients: number
  hessians: number
  /** For each chosen feature: its first bin in the layout, its first bin in `histograms`, how many bins. */
  bins: { from: number; at: number; count: number }[]
  binCount: number
}

const aligned = (address: number): number => Math.ceil(address / 16) * 16

function loadBlock(
  block: BinnedBlock,
  layout: BinLayout,
  order: Uint32Array,
  gradients: Int32Array,
  hessians: Int32Array,
  features: readonly number[],
): Room {
  const module = histogramModule()
  let binCount = 0
  const bins = features.map((feature) => {
    const from = layout.offsets[feature]
    const count = layout.offsets[feature + 1] - from
    const at = binCount
    binCount += count
    return { from, at, count }
  })
  const table = 0
  const tile = aligned(8 * features.length)
  const histograms = tile + 16 * TILE_ROWS
  const orderAt = histograms + 16 * binCount
  const gradientsAt = aligned(orderAt + 4 * order.length)
  const hessiansAt = aligned(gradientsAt + 4 * block.rows)
  const columnsAt = aligned(hessiansAt + 4 * block.rows)
  const end = columnsAt + block.rows * features.length
  const missing = Math.ceil(end / PAGE) - module.memory.buffer.byteLength / PAGE
  if (missing > 0) module.memory.grow(missing)
  const { buffer } = module.memory
  const entries = new Uint32Array(buffer, table, 2 * features.length)
  const bytes = new Uint8Array(buffer)
  features.forEach((feature, i) => {
    entries[2 * i] = columnsAt + i * block.rows
    entries[2 * i + 1] = histograms + 16 * bins[i].at
    bytes.set(
      block.columns.subarray(feature * block.rows, (feature + 1) * block.rows),
      columnsAt + i * block.rows,
    )
  })
  new Uint32Array(buffer, orderAt, order.length).set(order)
  new Int32Array(buffer, gradientsAt, block.rows).set(gradients)
  new Int32Array(buffer, hessiansAt, block.rows).set(hessians)
  return {
    module,
    features: table,
    featureCount: features.length,
    tile,
    histograms,
    order: orderAt,
    gradients: gradientsAt,
    hessians: hessiansAt,
    bins,
    binCount,
  }
}

/** Sums up one run of rows, and adds it to the node's histogram. */
function addRun(room: Room, start: number, count: number, sums: Float64Array): void {
  const { buffer } = room.module.memory
  const words = new Int32Array(buffer, room.histograms, 4 * room.binCount).fill(0)
  room.module.accumulate(
    room.order + 4 * start,
    count,
    room.gradients,
    room.hessians,
    room.features,
    room.featureCount,
    room.tile,
  )
  for (const { from, at, count: binCount } of room.bins)
    for (let bin = 0; bin < binCount; bin++) {
      const word = 4 * (at + bin)
      const to = PER_BIN * (from + bin)
      const low = words[word + 2]
      sums[to] += words[word + 1] * 2 ** 32 + (words[word] >>> 0)
      sums[to + 1] += (words[word + 3] >>> 0) * 2 ** (32 - COUNT_BITS) + (low >>> COUNT_BITS)
      sums[to + 2] += low & COUNT_MASK
    }
}
