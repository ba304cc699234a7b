// Nearest centers in WebAssembly, written out as bytes: four rows against four centers at a time, in vector registers.
//
// |x − c|² is least where |c|²/2 − x·c is, so that a number costs one multiplication and addition. Every row goes through
// the same operations wherever it stands: labels do not depend on how rows are cut.

import { code, exportSection, type Instruction, instantiate, moduleOf, op } from '../../array/wasmBytes.ts'
import { advance, copyLocal, countDown } from '../../array/wasmLoops.ts'

/** Rows, and centers, that are worked on at once. */
export const TILE = 4

/** What the module exports. Addresses are bytes in its memory; rows are `pairs` × 2 doubles, one behind the other. */
export interface NearestModule {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /**
   * Writes the number of each row's nearest center, the first of equals.
   * @param tiles how many times `TILE` rows, ≥ 1
   * @param centers for every `TILE` centers their |c|²/2, then for each column their −c
   * @param groups how many times `TILE` centers, ≥ 1
   * @param labels room for uint32 a row
   */
  nearest(rows: number, tiles: number, pairs: number, centers: number, groups: number, labels: number): void
  /**
   * Adds rows times their weights to the sums of their centers, and the weights to those of the centers.
   * @param count how many rows, ≥ 1
   * @param weights a double a row
   * @param centers row by row, as `sums` is
   * @param totals a double a center
   * @returns the weighted sum of the squared distances to the centers of `labels`
   */
  gather(
    rows: number,
    count: number,
    pairs: number,
    labels: number,
    weights: number,
    centers: number,
    sums: number,
    totals: number,
  ): number
}

const get = op.localGet
const set = op.localSet

const FOUR = [0, 1, 2, 3]
const HALVES = [0, 1]

/** `nearest`: its parameters, then its locals by type. */
function nearestBody(): number[] {
  const [ROWS, TILES, PAIRS, CENTERS, GROUPS, LABELS] = [0, 1, 2, 3, 4, 5]
  const [ROW_BYTES, LEFT, GROUP, PC] = [6, 7, 8, 9]
  const POINTERS = 10
  /** Of each row: the sums of four centers, the least of even and of odd centers, and which these are. */
  const [SUMS, LEAST, PLACES] = [14, 22, 26]
  const [C0, ONE, IDS] = [30, 32, 33]
  const FOURS = 35
  const [EVEN, ODD, EVEN_AT, ODD_AT] = [36, 37, 38, 39]

  const column = (place: number): Instruction[] => [
    ...HALVES.flatMap((half) => [get(PC), op.v128Load(32 * place + 16 * half), set(C0 + half)]),
    ...FOUR.flatMap((row): Instruction[] => [
      get(POINTERS + row),
      op.v128Load64Splat(8 * place),
      set(ONE),
      ...HALVES.flatMap((half): Instruction[] => [
        get(ONE),
        get(C0 + half),
        get(SUMS + 2 * row + half),
        op.f64x2RelaxedMadd,
        set(SUMS + 2 * row + half),
      ]),
    ]),
  ]
  const compare = (row: number, half: number): Instruction[] => {
    const sum = SUMS + 2 * row + half
    return [
      ...[get(IDS + half), get(PLACES + row), get(sum), get(LEAST + row), op.f64x2Lt, op.v128Bitselect],
      set(PLACES + row),
      ...[get(LEAST + row), get(sum), op.f64x2Pmin, set(LEAST + row)],
    ]
  }
  const group = [
    ...FOUR.flatMap((row) =>
      HALVES.flatMap((half) => [get(PC), op.v128Load(16 * half), set(SUMS + 2 * row + half)]),
    ),
    ...advance(PC, op.i32Const(32)),
    ...copyLocal(ROWS, POINTERS),
    ...[1, 2, 3].flatMap((row) => [
      ...[get(POINTERS + row - 1), get(ROW_BYTES), op.i32Add, set(POINTERS + row)],
    ]),
    ...copyLocal(PAIRS, LEFT),
    ...countDown(LEFT, [
      ...HALVES.flatMap(column),
      ...advance(PC, op.i32Const(64)),
      ...FOUR.flatMap((row) => advance(POINTERS + row, op.i32Const(16))),
    ]),
    ...FOUR.flatMap((row) => HALVES.flatMap((half) => compare(row, half))),
    ...HALVES.flatMap((half) => [get(IDS + half), get(FOURS), op.f64x2Add, set(IDS + half)]),
  ]
  /** Of the two lanes the lesser, of equals the one of the earlier center. */
  const label = (row: number): Instruction[] => [
    ...[
      get(LEAST + row),
      op.f64x2ExtractLane(0),
      set(EVEN),
      get(LEAST + row),
      op.f64x2ExtractLane(1),
      set(ODD),
    ],
    ...[get(PLACES + row), op.f64x2ExtractLane(0), set(EVEN_AT)],
    ...[get(PLACES + row), op.f64x2ExtractLane(1), set(ODD_AT)],
    ...[get(LABELS), get(ODD_AT), get(EVEN_AT)],
    ...[get(ODD), get(EVEN), op.f64Lt, get(ODD), get(EVEN), op.f64Eq],
    ...[get(ODD_AT), get(EVEN_AT), op.f64Lt, op.i32And, op.i32Or, op.select],
    ...[op.i32TruncF64U, op.i32Store(4 * row)],
  ]
  const splat = (value: number, local: number): Instruction[] => [
    op.f64Const(value),
    op.f64x2Splat,
    set(local),
  ]
  const locals = [
    [8, 'i32'],
    [22, 'v128'],
    [4, 'f64'],
  ] as const
  return code(locals, [
    ...[get(PAIRS), op.i32Const(4), op.i32Shl, set(ROW_BYTES)],
    ...splat(TILE, FOURS),
    ...countDown(TILES, [
      ...FOUR.flatMap((row) => [...splat(Number.POSITIVE_INFINITY, LEAST + row), ...splat(0, PLACES + row)]),
      ...HALVES.flatMap((half) => [
        ...[op.f64Const(2 * half), op.f64x2Splat, op.f64Const(2 * half + 1), op.f64x2ReplaceLane(1)],
        set(IDS + half),
      ]),
      ...copyLocal(CENTERS, PC),
      ...copyLocal(GROUPS, GROUP),
      ...countDown(GROUP, group),
      ...FOUR.flatMap(label),
      ...advance(LABELS, op.i32Const(4 * TILE)),
      ...FOUR.flatMap(() => advance(ROWS, get(ROW_BYTES))),
    ]),
  ])
}

/** `gather`: its parameters, then its locals by type. */
function gatherBody(): number[] {
  const [ROWS, COUNT, PAIRS, LABELS, WEIGHTS, CENTERS, SUMS, TOTALS] = [0, 1, 2, 3, 4, 5, 6, 7]
  const [LEFT, OFFSET, CENTER, SUM] = [8, 9, 10, 11]
  const [WEIGHT, ROW, APART, SQUARES] = [12, 13, 14, 15]
  const INERTIA = 16
  const add = (from: readonly Instruction[], base: number, to: number): Instruction[] => [
    get(base),
    ...from,
    op.i32Add,
    set(to),
  ]
  const pair = [
    ...[
      get(ROWS),
      op.v128Load(0),
      op.localTee(ROW),
      get(CENTER),
      op.v128Load(0),
      op.f64x2Sub,
      op.localTee(APART),
    ],
    ...[get(APART), op.f64x2Mul, get(SQUARES), op.f64x2Add, set(SQUARES)],
    ...[get(SUM), get(ROW), get(WEIGHT), op.f64x2Mul, get(SUM), op.v128Load(0), op.f64x2Add, op.v128Store(0)],
    ...[ROWS, CENTER, SUM].flatMap((pointer) => advance(pointer, op.i32Const(16))),
  ]
  const row = [
    ...[get(WEIGHTS), op.v128Load64Splat(0), set(WEIGHT)],
    // The total of the row's center.
    ...add([get(LABELS), op.i32Load(0), op.localTee(OFFSET), op.i32Const(3), op.i32Shl], TOTALS, CENTER),
    ...[get(CENTER), get(CENTER), op.f64Load(0), get(WEIGHTS), op.f64Load(0), op.f64Add, op.f64Store(0)],
    ...[get(OFFSET), get(PAIRS), op.i32Mul, op.i32Const(4), op.i32Shl, set(OFFSET)],
    ...add([get(OFFSET)], CENTERS, CENTER),
    ...add([get(OFFSET)], SUMS, SUM),
    ...[op.f64Const(0), op.f64x2Splat, set(SQUARES)],
    ...copyLocal(PAIRS, LEFT),
    ...countDown(LEFT, pair),
    ...[get(SQUARES), op.f64x2ExtractLane(0), get(SQUARES), op.f64x2ExtractLane(1), op.f64Add],
    ...[get(WEIGHTS), op.f64Load(0), op.f64Mul, get(INERTIA), op.f64Add, set(INERTIA)],
    ...advance(LABELS, op.i32Const(4)),
    ...advance(WEIGHTS, op.i32Const(8)),
  ]
  const locals = [
    [4, 'i32'],
    [4, 'v128'],
    [1, 'f64'],
  ] as const
  return code(locals, [...countDown(COUNT, row), get(INERTIA)])
}

let compiled: NearestModule | undefined

/** The module of this thread. */
export function nearestModule(): NearestModule {
  const words = (count: number) => Array.from({ length: count }, () => 'i32' as const)
  compiled ??= instantiate<NearestModule>(
    moduleOf({
      types: [
        { params: words(6), results: [] },
        { params: words(8), results: ['f64'] },
      ],
      functions: [0, 1],
      memoryPages: 1,
      exports: exportSection({ memory: ['memory', 0], nearest: ['function', 0], gather: ['function', 1] }),
      bodies: [nearestBody(), gatherBody()],
    }),
  )
  return compiled
}
