// Which center each row is nearest to, and what centers gather of their rows: by the WebAssembly of `nearestWasm.ts`.

import type { DenseBlock } from '../block.ts'
import type { Centers } from './centers.ts'
import { type NearestModule, nearestModule, TILE } from './nearestWasm.ts'

/** Rows that are worked on at a time lie in the module's memory: about what the second cache holds. */
const STRIP_BYTES = 128 * 1024
const PAGE = 65536

/** Centers that are so many times farther from 0 than from each other are moved there: their products would tell nothing. */
const FAR = 2 ** 16

/** Where things lie in the module's memory, in bytes. */
interface Room {
  module: NearestModule
  /** What rows and centers are moved by; null where they stay. */
  origin: Float64Array | null
  /** Halves of the columns, rounded up: columns beyond are 0 everywhere. */
  pairs: number
  groups: number
  packed: number
  centers: number
  sums: number
  totals: number
  labels: number
  weights: number
  rows: number
  /** How many rows there is room for: a multiple of `TILE`. */
  stripRows: number
}

/** Lays out the module's memory, and puts the centers there. */
function roomFor({ count, columns, data }: Centers): Room {
  const module = nearestModule()
  const origin = originOf(data, columns)
  const pairs = Math.max(1, Math.ceil(columns / 2))
  const groups = Math.max(1, Math.ceil(count / TILE))
  const rowBytes = 16 * pairs
  const stripRows = TILE * Math.max(1, Math.floor(STRIP_BYTES / (TILE * rowBytes)))
  let end = 0
  const take = (bytes: number): number => {
    const at = end
    end += 16 * Math.ceil(bytes / 16)
    return at
  }
  const room: Room = {
    module,
    origin,
    pairs,
    groups,
    packed: take(groups * TILE * (8 + rowBytes)),
    centers: take(count * rowBytes),
    sums: take(count * rowBytes),
    totals: take(8 * count),
    labels: take(4 * stripRows),
    weights: take(8 * stripRows),
    rows: take(stripRows * rowBytes),
    stripRows,
  }
  const missing = Math.ceil(end / PAGE) - module.memory.buffer.byteLength / PAGE
  if (missing > 0) module.memory.grow(missing)
  const { buffer } = module.memory
  const width = 2 * pairs
  const own = new Float64Array(buffer, room.centers, count * width).fill(0)
  const packed = new Float64Array(buffer, room.packed, groups * TILE * (1 + width)).fill(0)
  for (let center = 0; center < groups * TILE; center++) {
    const lane = center % TILE
    const from = (center - lane) * (1 + width) + lane
    let squares = 0
    for (let i = 0; center < count && i < columns; i++) {
      const value = data[center * columns + i] - (origin ? origin[i] : 0)
      own[center * width + i] = value
      packed[from + (1 + i) * TILE] = -value
      squares += value * value
    }
    // Nothing is nearest to a center that only fills a group up.
    packed[from] = center < count ? squares / 2 : Number.POSITIVE_INFINITY
  }
  return room
}

/** The first center, where some column of all centers is far from 0. */
function originOf(data: Float64Array, columns: number): Float64Array | null {
  for (let i = 0; i < columns; i++) {
    let spread = 0
    for (let at = i; at < data.length; at += columns) spread = Math.max(spread, Math.abs(data[at] - data[i]))
    if (Math.abs(data[i]) > FAR * spread && spread > 0) return data.slice(0, columns)
  }
  return null
}

/** Takes all rows through the module, some at a time, and tells after each of these which rows they were. */
function eachStrip(room: Room, x: DenseBlock, then: (from: number, rows: number) => void): void {
  const { module, origin, pairs, stripRows } = room
  const width = 2 * pairs
  const strip = new Float64Array(module.memory.buffer, room.rows, stripRows * width).fill(0)
  for (let from = 0; from < x.rows; from += stripRows) {
    const rows = Math.min(stripRows, x.rows - from)
    if (origin)
      for (let row = 0, at = from * x.columns; row < rows; row++)
        for (let i = 0; i < x.columns; i++) strip[row * width + i] = x.data[at++] - origin[i]
    else if (width === x.columns) strip.set(x.data.subarray(from * width, (from + rows) * width))
    else
      for (let row = 0, at = from * x.columns; row < rows; row++)
        for (let i = 0; i < x.columns; i++) strip[row * width + i] = x.data[at++]
    module.nearest(room.rows, Math.ceil(rows / TILE), pairs, room.packed, room.groups, room.labels)
    then(from, rows)
  }
}

/** The nearest center of each row, the first of equals. Distances that differ by rounding alone count as either. */
export function nearestOf(centers: Centers, x: DenseBlock): Int32Array {
  const labels = new Int32Array(x.rows)
  const room = roomFor(centers)
  eachStrip(room, x, (from, rows) => {
    labels.set(new Int32Array(room.module.memory.buffer, room.labels, rows), from)
  })
  return labels
}

/** What a step of Lloyd's needs of a block: per center the weight and the sum of its rows; and the sum of squares. */
export interface LloydState {
  weight: Float64Array
  sums: Float64Array
  inertia: number
}

/** The rows of each center, summed up with their weights. */
export function gatherRows(centers: Centers, x: DenseBlock, weights: Float64Array | null): LloydState {
  const { count, columns } = centers
  const room = roomFor(centers)
  const { module, origin, pairs } = room
  const { buffer } = module.memory
  const own = new Float64Array(buffer, room.weights, room.stripRows).fill(1)
  const sums = new Float64Array(buffer, room.sums, count * 2 * pairs).fill(0)
  const totals = new Float64Array(buffer, room.totals, count).fill(0)
  let inertia = 0
  eachStrip(room, x, (from, rows) => {
    if (weights) own.set(weights.subarray(from, from + rows))
    inertia += module.gather(
      room.rows,
      rows,
      pairs,
      room.labels,
      room.weights,
      room.centers,
      room.sums,
      room.totals,
    )
  })
  const made = new Float64Array(count * columns)
  for (let center = 0; center < count; center++)
    for (let i = 0; i < columns; i++)
      made[center * columns + i] = sums[2 * pairs * center + i] + (origin ? totals[center] * origin[i] : 0)
  return { weight: totals.slice(), sums: made, inertia }
}
