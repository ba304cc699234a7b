// The innermost loops of tree growing in WebAssembly: gradients of rows are added to the bins that the rows fall into, and
// rows follow a split.
//
// A row's gradient is one vector of two 64-bit integers: the gradient, and the hessian above a count of 20 bits. One
// vector addition therefore adds all three. Integers also make sums independent of their order, so that rows cut into
// blocks in any way give the same histograms, to the last bit; XGBoost's deterministic histograms rest on the same idea.

import {
  code,
  compile,
  exportSection,
  type Instruction,
  instanceOf,
  moduleOf,
  op,
} from '../../array/wasmBytes.ts'
import { advance, copyLocal, countDown } from '../../array/wasmLoops.ts'
import { gather, settle } from './gatherWasm.ts'
import { partition } from './partitionWasm.ts'

/** Rows whose packed gradients are made at once: 20 KB of them stay in the first cache while all features pass. */
export const TILE_ROWS = 1024

/** Bytes of a tile: a vector and a place for each row. */
export const TILE_BYTES = 20 * TILE_ROWS

/** The hessian's sum stands above this many bits of the count. */
export const COUNT_BITS = 20

/** Bytes of one feature's sums: 256 bins of 16 bytes. */
export const FEATURE_BYTES = 4096

/** What the module exports. Addresses are bytes in its memory. */
export interface TreeModule {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /**
   * Adds rows to the sums of their bins.
   * @param order row numbers, uint32
   * @param count how many rows, 1 to 2^20 − 1 between two calls of `drain`
   * @param gradients gradient and hessian of each row of the block, int32 both, by row number
   * @param groups groups of four features, four bytes a row each
   * @param groupCount ≥ 1
   * @param groupBytes of one group
   * @param sums `FEATURE_BYTES` for each feature
   * @param tile room of `TILE_BYTES`, aligned to 16
   */
  accumulate(
    order: number,
    count: number,
    gradients: number,
    groups: number,
    groupCount: number,
    groupBytes: number,
    sums: number,
    tile: number,
  ): void
  /** Adds the sums of `count` bins to three float64 a bin (gradient, hessian, count), and makes them 0. */
  drain(sums: number, count: number, into: number): void
  /**
   * Rows that go left come first, each side in its old order.
   * @param bins the byte of row 0; the next row's is four further
   * @param sides for each bin 1 where rows go left, else 0: one byte each
   * @param aside room for as many row numbers
   * @returns how many go left
   */
  partition(order: number, count: number, bins: number, sides: number, aside: number): number
  /** Puts `count` ≥ 1 items of 4 bytes, whose numbers stand in `order`, side by side. */
  gather32(order: number, count: number, from: number, into: number): void
  /** The same of items of 8 bytes. */
  gather64(order: number, count: number, from: number, into: number): void
  /** Moves `count` ≥ 1 row numbers from `order` to `ids`; in their place come `first`, `first` + 1, … */
  settle(order: number, count: number, first: number, ids: number): void
}

const [ORDER, COUNT, GRADIENTS, GROUPS, GROUP_COUNT, GROUP_BYTES, SUMS, TILE] = [0, 1, 2, 3, 4, 5, 6, 7]
const [ROWS, LEFT, INDEX, PACKED, PLACE, OFFSET, BINS, GROUP_AT, GROUPS_LEFT, SUMS_AT, VECTOR] = [
  8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
]

/** Row numbers become packed vectors and places of four bytes each. */
const packTile = (): Instruction[] => [
  ...copyLocal(ORDER, INDEX),
  ...copyLocal(TILE, PACKED),
  op.localGet(TILE),
  op.i32Const(16 * TILE_ROWS),
  op.i32Add,
  op.localSet(PLACE),
  ...copyLocal(ROWS, LEFT),
  ...countDown(LEFT, [
    op.localGet(PLACE),
    op.localGet(INDEX),
    op.i32Load(0),
    op.localTee(OFFSET),
    op.i32Const(2),
    op.i32Shl,
    op.i32Store(0),
    op.localGet(GRADIENTS),
    op.localGet(OFFSET),
    op.i32Const(3),
    op.i32Shl,
    op.i32Add,
    op.localSet(OFFSET),
    op.localGet(PACKED),
    op.localGet(OFFSET),
    op.i64Load32S(0),
    op.i64Store(0),
    op.localGet(PACKED),
    op.localGet(OFFSET),
    op.i64Load32S(4),
    op.i64Const(BigInt(COUNT_BITS)),
    op.i64Shl,
    op.i64Const(1n),
    op.i64Or,
    op.i64Store(8),
    ...advance(INDEX, op.i32Const(4)),
    ...advance(PLACE, op.i32Const(4)),
    ...advance(PACKED, op.i32Const(16)),
  ]),
]

/** Adds VECTOR to the bin of one of a row's four features. */
const addFeature = (feature: number): Instruction[] => [
  op.localGet(BINS),
  op.i32Const(Math.abs(8 * feature - 4)),
  feature === 0 ? op.i32Shl : op.i32ShrU,
  op.i32Const(0xff0),
  op.i32And,
  op.localGet(SUMS_AT),
  op.i32Add,
  op.localTee(OFFSET),
  op.localGet(OFFSET),
  op.v128Load(FEATURE_BYTES * feature),
  op.localGet(VECTOR),
  op.i64x2Add,
  op.v128Store(FEATURE_BYTES * feature),
]

/** Adds a row of the tile, `ahead` rows behind PACKED and PLACE, to four features. */
const addRow = (ahead: number): Instruction[] => [
  op.localGet(GROUP_AT),
  op.localGet(PLACE),
  op.i32Load(4 * ahead),
  op.i32Add,
  op.i32Load(0),
  op.localSet(BINS),
  op.localGet(PACKED),
  op.v128Load(16 * ahead),
  op.localSet(VECTOR),
  ...[0, 1, 2, 3].flatMap(addFeature),
]

const UNROLLED = 2

/** Rows of a tile, some at a time; LEFT counts. */
const addRows = (rows: number, count: readonly Instruction[]): Instruction[] => [
  op.block,
  op.localGet(ROWS),
  ...count,
  op.localTee(LEFT),
  op.i32Eqz,
  op.brIf(0),
  ...countDown(LEFT, [
    ...Array.from({ length: rows }, (_, row) => addRow(row)).flat(),
    ...advance(PLACE, op.i32Const(4 * rows)),
    ...advance(PACKED, op.i32Const(16 * rows)),
  ]),
  op.end,
]

const accumulate = (): Instruction[] => [
  op.loop,
  // ROWS = min(COUNT, TILE_ROWS)
  op.localGet(COUNT),
  op.i32Const(TILE_ROWS),
  op.localGet(COUNT),
  op.i32Const(TILE_ROWS),
  op.i32LtU,
  op.select,
  op.localSet(ROWS),
  ...packTile(),
  ...copyLocal(GROUPS, GROUP_AT),
  ...copyLocal(SUMS, SUMS_AT),
  ...copyLocal(GROUP_COUNT, GROUPS_LEFT),
  ...countDown(GROUPS_LEFT, [
    ...copyLocal(TILE, PACKED),
    op.localGet(TILE),
    op.i32Const(16 * TILE_ROWS),
    op.i32Add,
    op.localSet(PLACE),
    ...addRows(UNROLLED, [op.i32Const(1), op.i32ShrU]),
    ...addRows(1, [op.i32Const(UNROLLED - 1), op.i32And]),
    ...advance(GROUP_AT, op.localGet(GROUP_BYTES)),
    ...advance(SUMS_AT, op.i32Const(4 * FEATURE_BYTES)),
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

/** Adds a number to the float64 at `place` behind INTO. */
const addTo = (into: number, place: number, number: readonly Instruction[]): Instruction[] => [
  op.localGet(into),
  op.localGet(into),
  op.f64Load(place),
  ...number,
  op.f64Add,
  op.f64Store(place),
]

const drain = (): Instruction[] => {
  const [sums, count, into, low] = [0, 1, 2, 3]
  const zero = op.i64Const(0n)
  return countDown(count, [
    ...addTo(into, 0, [op.localGet(sums), op.i64Load(0), op.f64ConvertI64S]),
    op.localGet(sums),
    op.i64Load(8),
    op.localSet(low),
    ...addTo(into, 8, [op.localGet(low), op.i64Const(BigInt(COUNT_BITS)), op.i64ShrU, op.f64ConvertI64U]),
    ...addTo(into, 16, [
      op.localGet(low),
      op.i64Const(BigInt(2 ** COUNT_BITS - 1)),
      op.i64And,
      op.f64ConvertI64U,
    ]),
    ...[0, 8].flatMap((place) => [op.localGet(sums), zero, op.i64Store(place)]),
    ...advance(sums, op.i32Const(16)),
    ...advance(into, op.i32Const(24)),
  ])
}

const ints = (count: number): 'i32'[] => Array.from({ length: count }, () => 'i32')

let compiled: object | undefined

/** A module with memory of its own; it is compiled once a thread. */
export function newTreeModule(): TreeModule {
  compiled ??= compile(
    moduleOf({
      types: [
        { params: ints(8), results: [] },
        { params: ints(3), results: [] },
        { params: ints(5), results: ['i32'] },
        { params: ints(4), results: [] },
      ],
      functions: [0, 1, 2, 3, 3, 3],
      memoryPages: 1,
      exports: exportSection({
        memory: ['memory', 0],
        accumulate: ['function', 0],
        drain: ['function', 1],
        partition: ['function', 2],
        gather32: ['function', 3],
        gather64: ['function', 4],
        settle: ['function', 5],
      }),
      bodies: [
        code(
          [
            [10, 'i32'],
            [1, 'v128'],
          ],
          accumulate(),
        ),
        code([[1, 'i64']], drain()),
        code([[6, 'i32']], partition()),
        code([], gather(2)),
        code([], gather(3)),
        code([], settle()),
      ],
    }),
  )
  return instanceOf<TreeModule>(compiled)
}
