// Rows times coefficients, and rows added up by factors, in WebAssembly: four rows at a time, in vector registers.

import { code, exportSection, type Instruction, instantiate, moduleOf, op } from '../../array/wasmBytes.ts'
import { advance, copyLocal, countDown } from '../../array/wasmLoops.ts'
import { LOGISTIC_TYPE, logisticBody } from './logisticWasm.ts'

/** Rows that are worked on at once. */
export const TILE = 4

/** What the module exports. Addresses are bytes in its memory; rows are `pairs` × 2 doubles, one behind the other. */
export interface RowProductsModule {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /**
   * Writes the product of each row and some coefficients, plus an intercept.
   * @param tiles how many times `TILE` rows, ≥ 1
   * @param weights a double a column
   * @param products room for a double a row
   */
  multiply(
    rows: number,
    tiles: number,
    pairs: number,
    weights: number,
    products: number,
    intercept: number,
  ): void
  /**
   * Adds rows, each times its factor, to a sum.
   * @param factors a double a row
   * @param sum a double a column
   * @param before the sum of factors so far
   * @returns it, with these
   */
  addUp(rows: number, tiles: number, pairs: number, factors: number, sum: number, before: number): number
  /** See {@link logisticBody}. */
  logistic(scores: number, targets: number, pairsOfRows: number, sums: number): void
}

const FOUR = [0, 1, 2, 3]
const [ROWS, TILES, PAIRS] = [0, 1, 2]
/** The intercept, or the sum of factors. */
const NUMBER = 5
const [ROW_BYTES, LEFT, POINTER] = [6, 7, 8]
/** One pointer a row of the tile; of vectors one a row, and one more. */
const POINTERS = 9
const VECTORS = 13
const SINGLE = 17

const get = op.localGet
const set = op.localSet
const LOCALS = [
  [7, 'i32'],
  [5, 'v128'],
] as const

const setPointers: Instruction[] = [
  ...copyLocal(ROWS, POINTERS),
  ...[1, 2, 3].flatMap((row) => [
    ...[get(POINTERS + row - 1), get(ROW_BYTES), op.i32Add, set(POINTERS + row)],
  ]),
]

/** Runs `before`, then `pair` for two columns after the other, then `after`, for every four rows. */
const everyTile = (
  other: number,
  before: readonly Instruction[],
  pair: readonly Instruction[],
  after: readonly Instruction[],
  last: readonly Instruction[] = [],
): number[] =>
  code(LOCALS, [
    ...[get(PAIRS), op.i32Const(4), op.i32Shl, set(ROW_BYTES)],
    ...countDown(TILES, [
      ...setPointers,
      ...before,
      ...copyLocal(other, POINTER),
      ...copyLocal(PAIRS, LEFT),
      ...countDown(LEFT, [
        ...pair,
        ...advance(POINTER, op.i32Const(16)),
        ...FOUR.flatMap((row) => advance(POINTERS + row, op.i32Const(16))),
      ]),
      ...after,
      // The last row's pointer stands behind the tile.
      ...copyLocal(POINTERS + 3, ROWS),
    ]),
    ...last,
  ])

function multiplyBody(): number[] {
  const [WEIGHTS, PRODUCTS] = [3, 4]
  const clear = FOUR.flatMap((row) => [op.f64Const(0), op.f64x2Splat, set(VECTORS + row)])
  const pair = [
    ...[get(POINTER), op.v128Load(0), set(SINGLE)],
    ...FOUR.flatMap((row) => [
      ...[get(POINTERS + row), op.v128Load(0), get(SINGLE), get(VECTORS + row), op.f64x2RelaxedMadd],
      set(VECTORS + row),
    ]),
  ]
  const store = FOUR.flatMap((row) => [
    ...[get(PRODUCTS), get(VECTORS + row), op.f64x2ExtractLane(0)],
    ...[get(VECTORS + row), op.f64x2ExtractLane(1), op.f64Add, get(NUMBER), op.f64Add, op.f64Store(8 * row)],
  ])
  return everyTile(WEIGHTS, clear, pair, [...store, ...advance(PRODUCTS, op.i32Const(8 * TILE))])
}

function addUpBody(): number[] {
  const [FACTORS, SUM] = [3, 4]
  const load = FOUR.flatMap((row) => [get(FACTORS), op.v128Load64Splat(8 * row), set(VECTORS + row)])
  const pair = [
    ...[get(POINTER), op.v128Load(0), set(SINGLE)],
    ...FOUR.flatMap((row) => [
      ...[get(POINTERS + row), op.v128Load(0), get(VECTORS + row), get(SINGLE), op.f64x2RelaxedMadd],
      set(SINGLE),
    ]),
    ...[get(POINTER), get(SINGLE), op.v128Store(0)],
  ]
  const addFactors = FOUR.flatMap((row) => [
    ...[get(NUMBER), get(FACTORS), op.f64Load(8 * row), op.f64Add, set(NUMBER)],
  ])
  const after = [...addFactors, ...advance(FACTORS, op.i32Const(8 * TILE))]
  return everyTile(SUM, load, pair, after, [get(NUMBER)])
}

let compiled: RowProductsModule | undefined

/** The module of this thread. */
export function rowProductsModule(): RowProductsModule {
  compiled ??= instantiate<RowProductsModule>(
    moduleOf({
      types: [
        { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'f64'], results: [] },
        { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'f64'], results: ['f64'] },
        LOGISTIC_TYPE,
      ],
      functions: [0, 1, 2],
      memoryPages: 1,
      exports: exportSection({
        memory: ['memory', 0],
        multiply: ['function', 0],
        addUp: ['function', 1],
        logistic: ['function', 2],
      }),
      bodies: [multiplyBody(), addUpBody(), logisticBody()],
    }),
  )
  return compiled
}

/** Gives the module's memory back: the next one begins with little. */
export function forgetRowProducts(): void {
  compiled = undefined
}
