// Products of matrices of doubles, by the WebAssembly that is fastest on this machine.

import { gemmModule, type Tile } from './gemmWasm.ts'
import { canWiden, instantiateWide } from './wasmWide.ts'

/** Something that reads elements of a matrix of doubles by strides. */
export interface Matrix {
  data: Float64Array
  offset: number
  row: number
  column: number
}

interface GemmExports {
  memory: { buffer: ArrayBuffer }
  panel(a: number, b: number, c: number, down: number, across: number, length: number, rowBytes: number): void
}

export interface Engine extends Pick<GemmExports, 'panel'> {
  tile: Tile
  doubles: Float64Array
}

/** Eight vectors of two doubles hold the sums, two a row of B: what any machine's sixteen registers hold. */
export const NARROW: Tile = { rows: 4, columns: 4 }
/** Twelve vectors of four doubles hold the sums. Where vectors are not joined these are far too many. */
export const WIDE: Tile = { rows: 6, columns: 8 }

/** Sides of the parts that are worked on at a time, in elements: of the result, and of the common axis. */
const ROWS = 1024
const COLUMNS = 1024
const LENGTH = 256
/** A multiple of both tiles' rows: such a strip of A stays in the second cache. */
const STRIP_ROWS = 120
const PAGE = 65536

/** Where packed panels and the result lie in WebAssembly's memory, in bytes. */
const A_AT = 0
const B_AT = STRIP_ROWS * LENGTH * 8
const C_AT = B_AT + LENGTH * COLUMNS * 8
const PAGES = Math.ceil((C_AT + (ROWS + WIDE.rows) * COLUMNS * 8) / PAGE)

/** What multiplies by tiles of one size. */
export function engineOf(tile: Tile): Engine {
  const { memory, panel } = instantiateWide<GemmExports>(gemmModule(PAGES, tile))
  return { tile, panel, doubles: new Float64Array(memory.buffer) }
}

/** A product that both tiles divide, of about the work that tells which one is faster. */
const TRIAL = { rows: 48, columns: 48, length: 128, times: 6 }

/** The trial's product and the least time that it took, in ms. */
function trial({ panel, tile, doubles }: Engine): { ms: number; product: Float64Array } {
  const { rows, columns, length, times } = TRIAL
  const wave = (i: number): number => ((i * 7919) % 1009) / 1009
  const a: Matrix = {
    data: Float64Array.from({ length: rows * length }, (_, i) => wave(i)),
    offset: 0,
    row: length,
    column: 1,
  }
  const b: Matrix = {
    data: Float64Array.from({ length: columns * length }, (_, i) => wave(i + 1)),
    offset: 0,
    row: length,
    column: 1,
  }
  packRows(doubles, A_AT / 8, a, { from: 0, rows, k0: 0, length, wide: tile.rows })
  packRows(doubles, B_AT / 8, b, { from: 0, rows: columns, k0: 0, length, wide: tile.columns })
  const result = doubles.subarray(C_AT / 8, C_AT / 8 + rows * columns)
  let ms = Number.POSITIVE_INFINITY
  for (let time = 0; time < times; time++) {
    result.fill(0)
    const began = performance.now()
    panel(A_AT, B_AT, C_AT, rows / tile.rows, columns / tile.columns, length, columns * 8)
    ms = Math.min(ms, performance.now() - began)
  }
  return { ms, product: result.slice() }
}

let chosen: Engine | undefined

/** The wide tile where V8 joins vectors, it is faster for that, and its product is the same to the last bit. */
function gemmEngine(): Engine {
  if (chosen) return chosen
  chosen = engineOf(NARROW)
  if (!canWiden()) return chosen
  const wide = engineOf(WIDE)
  const [known, tried] = [trial(chosen), trial(wide)]
  const same = known.product.every((value, i) => Object.is(value, tried.product[i]))
  if (same && tried.ms < known.ms) chosen = wide
  return chosen
}

/** Where rows of a matrix stand in a panel: how many side by side, of which rows and which part of the common axis. */
interface Panel {
  from: number
  rows: number
  k0: number
  length: number
  wide: number
}

/** How much of the common axis is packed before the next rows, where rows are what lies side by side in memory. */
const PACK_LENGTH = 8

/** Packs some rows at a time, the elements of one column behind one another; missing rows are zero. */
function packRows(to: Float64Array, at: number, m: Matrix, panel: Panel): void {
  const { from, rows, k0, length, wide } = panel
  if (rows % wide !== 0) {
    const last = at + (rows - (rows % wide)) * length
    to.fill(0, last, last + wide * length)
  }
  const start = m.offset + from * m.row + k0 * m.column
  // Memory is read as it lies, since a machine fetches what comes next by itself.
  if (m.row === 1)
    for (let k = 0; k < length; k += PACK_LENGTH)
      for (let i = 0; i < rows; i += wide)
        packColumns(to, at + i * length + k * wide, m.data, start + i + k * m.column, {
          width: Math.min(wide, rows - i),
          wide,
          count: Math.min(PACK_LENGTH, length - k),
          step: m.column,
        })
  else
    for (let i = 0; i < rows; i++) {
      const tile = i % wide
      let q = start + i * m.row
      for (let p = at + (i - tile) * length + tile, end = p + wide * length; p < end; p += wide) {
        to[p] = m.data[q]
        q += m.column
      }
    }
}

/** Copies some columns that lie side by side, each `step` further on, to where they stand `wide` apart. */
function packColumns(
  to: Float64Array,
  at: number,
  data: Float64Array,
  from: number,
  { width, wide, count, step }: { width: number; wide: number; count: number; step: number },
): void {
  for (let k = 0; k < count; k++) {
    const p = at + k * wide
    const q = from + k * step
    for (let r = 0; r < width; r++) to[p + r] = data[q + r]
  }
}

const upTo = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple

/**
 * C = A·B, row by row into `out`.
 * @param engine by default the fastest one of this machine; all give the same to the last bit
 */
export function multiplyDoubles(
  a: Matrix,
  b: Matrix,
  [rows, length, columns]: readonly [number, number, number],
  out: Float64Array,
  { panel, doubles, tile }: Engine = gemmEngine(),
): void {
  // A matrix turned round is one with its strides changed for each other: columns are packed as rows are.
  const turned: Matrix = { data: b.data, offset: b.offset, row: b.column, column: b.row }
  for (let j0 = 0; j0 < columns; j0 += COLUMNS) {
    const n = Math.min(COLUMNS, columns - j0)
    const width = upTo(n, tile.columns)
    for (let i0 = 0; i0 < rows; i0 += ROWS) {
      const m = Math.min(ROWS, rows - i0)
      doubles.fill(0, C_AT / 8, C_AT / 8 + upTo(m, tile.rows) * width)
      for (let k0 = 0; k0 < length; k0 += LENGTH) {
        const k = Math.min(LENGTH, length - k0)
        packRows(doubles, B_AT / 8, turned, { from: j0, rows: n, k0, length: k, wide: tile.columns })
        for (let s = 0; s < m; s += STRIP_ROWS) {
          const strip = Math.min(STRIP_ROWS, m - s)
          packRows(doubles, A_AT / 8, a, { from: i0 + s, rows: strip, k0, length: k, wide: tile.rows })
          const down = Math.ceil(strip / tile.rows)
          panel(A_AT, B_AT, C_AT + s * width * 8, down, width / tile.columns, k, width * 8)
        }
      }
      for (let i = 0; i < m; i++) {
        const from = C_AT / 8 + i * width
        out.set(doubles.subarray(from, from + n), (i0 + i) * columns + j0)
      }
    }
  }
}
