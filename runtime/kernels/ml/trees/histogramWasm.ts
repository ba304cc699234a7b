// The innermost loop of tree growing in WebAssembly: adds the gradients of rows to the bins that the rows fall into.
//
// A row's gradient is one vector of two 64-bit integers: the gradient, and the hessian above a count of 20 bits. One
// vector addition therefore adds all three. Integers also make sums independent of their order, so that rows cut into
// blocks in any way give the same histograms, to the last bit; XGBoost's deterministic histograms rest on the same idea.

import { code, exportSection, type Instruction, instantiate, moduleOf, op } from '../../array/wasmBytes.ts'
import { advance, copyLocal, countDown } from '../../array/wasmLoops.ts'

/** Rows whose packed gradients are made at once: 32 KB of them stay in the first cache while all features pass. */
export const TILE_ROWS = 2048

/** The hessian's sum stands above this many bits of the count. */
export const COUNT_BITS = 20

/** What the module exports. Addresses are bytes in its memory. */
export interface HistogramModule {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /**
   * @param order addresses of row numbers, uint32
   * @param count how many rows, ≥ 1
   * @param gradients int32 of each row of the block, by row number
   * @param hessians the same
   * @param features a table: for each feature the address of its column (uint8 a row) and of its histogram (16 bytes a bin)
   * @param featureCount ≥ 1
   * @param tile room for `TILE_ROWS` vectors, aligned to 16
   */
  accumulate(
    order: number,
    count: number,
    gradients: number,
    hessians: number,
    features: number,
    featureCount: number,
    tile: number,
  ): void
}

const [ORDER, COUNT, GRADIENTS, HESSIANS, FEATURES, FEATURE_COUNT, TILE] = [0, 1, 2, 3, 4, 5, 6]
const [ROWS, LEFT, INDEX, PACKED, COLUMN, HISTOGRAM, FEATURE, FEATURES_LEFT, OFFSET] = [
  7, 8, 9, 10, 11, 12, 13, 14, 15,
]

/** Packs the gradient of the row at INDEX into the vector at PACKED. */
const pack = (): Instruction[] => [
  op.localGet(INDEX),
  op.i32Load(0),
  op.i32Const(2),
  op.i32Shl,
  op.localSet(OFFSET),
  op.localGet(PACKED),
  op.localGet(GRADIENTS),
  op.localGet(OFFSET),
  op.i32Add,
  op.i64Load32S(0),
  op.i64Store(0),
  op.localGet(PACKED),
  op.localGet(HESSIANS),
  op.localGet(OFFSET),
  op.i32Add,
  op.i64Load32S(0),
  op.i64Const(BigInt(COUNT_BITS)),
  op.i64Shl,
  op.i64Const(1n),
  op.i64Or,
  op.i64Store(8),
  ...advance(INDEX, op.i32Const(4)),
  ...advance(PACKED, op.i32Const(16)),
]

/** Adds the vector `place` rows behind PACKED to the bin of its row. */
const addRow = (place: number): Instruction[] => [
  op.localGet(INDEX),
  op.i32Load(4 * place),
  op.localGet(COLUMN),
  op.i32Add,
  op.i32Load8U(0),
  op.i32Const(4),
  op.i32Shl,
  op.localGet(HISTOGRAM),
  op.i32Add,
  op.localTee(OFFSET),
  op.localGet(OFFSET),
  op.v128Load(0),
  op.localGet(PACKED),
  op.v128Load(16 * place),
  op.i64x2Add,
  op.v128Store(0),
]

const UNROLLED = 4

/** Adds a tile's rows to the histogram of one feature: four at a time, then those left over. */
const addTile = (): Instruction[] => [
  ...copyLocal(ORDER, INDEX),
  ...copyLocal(TILE, PACKED),
  op.block,
  op.localGet(ROWS),
  op.i32Const(2),
  op.i32ShrU,
  op.localTee(LEFT),
  op.i32Eqz,
  op.brIf(0),
  ...countDown(LEFT, [
    ...[0, 1, 2, 3].flatMap(addRow),
    ...advance(INDEX, op.i32Const(4 * UNROLLED)),
    ...advance(PACKED, op.i32Const(16 * UNROLLED)),
  ]),
  op.end,
  op.block,
  op.localGet(ROWS),
  op.i32Const(UNROLLED - 1),
  op.i32And,
  op.localTee(LEFT),
  op.i32Eqz,
  op.brIf(0),
  ...countDown(LEFT, [...addRow(0), ...advance(INDEX, op.i32Const(4)), ...advance(PACKED, op.i32Const(16))]),
  op.end,
]

const body = (): Instruction[] => [
  op.loop,
  // ROWS = min(COUNT, TILE_ROWS)
  op.localGet(COUNT),
  op.i32Const(TILE_ROWS),
  op.localGet(COUNT),
  op.i32Const(TILE_ROWS),
  op.i32LtU,
  op.select,
  op.localTee(ROWS),
  op.localSet(LEFT),
  ...copyLocal(ORDER, INDEX),
  ...copyLocal(TILE, PACKED),
  ...countDown(LEFT, pack()),
  ...copyLocal(FEATURES, FEATURE),
  ...copyLocal(FEATURE_COUNT, FEATURES_LEFT),
  ...countDown(FEATURES_LEFT, [
    op.localGet(FEATURE),
    op.i32Load(0),
    op.localSet(COLUMN),
    op.localGet(FEATURE),
    op.i32Load(4),
    op.localSet(HISTOGRAM),
    ...addTile(),
    ...advance(FEATURE, op.i32Const(8)),
  ]),
  op.localGet(ORDER),
  op.localGet(ROWS),
  op.i32Const(2),
  op.i32Shl,
  op.i32Add,
  op.localSet(ORDER),
  op.localGet(COUNT),
  op.localGet(ROWS),
  op.i32Sub,
  op.localTee(COUNT),
  op.brIf(0),
  op.end,
]

let compiled: HistogramModule | undefined

/** The module of this thread. */
export function histogramModule(): HistogramModule {
  compiled ??= instantiate<HistogramModule>(
    moduleOf({
      types: [{ params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], results: [] }],
      functions: [0],
      memoryPages: 1,
      exports: exportSection({ memory: ['memory', 0], accumulate: ['function', 0] }),
      bodies: [code([[9, 'i32']], body())],
    }),
  )
  return compiled
}
