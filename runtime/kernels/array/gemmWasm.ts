// Matrix multiplication in WebAssembly, written out as bytes: tiles of 4 × 4 doubles held in vector registers.
//
// The method is Goto and van de Geijn's ("Anatomy of high-performance matrix multiplication", 2008): panels of both
// matrices are packed so that the innermost loop reads them one behind the other.

import { code, exportSection, type Instruction, moduleOf, op } from './wasmBytes.ts'
import { countDown } from './wasmLoops.ts'

// Parameters: packed panels, the result, how many tiles down and across, the common length, bytes from row to row.
const [A, B, C, TILES_DOWN, TILES_ACROSS, LENGTH, ROW_BYTES] = [0, 1, 2, 3, 4, 5, 6]
const [DOWN, LEFT, PA, PB, PC] = [7, 8, 9, 10, 11]
/** The eight sums of a tile, the two vectors of a row of B, and one element of A in both halves. */
const SUMS = 12
const [B0, B1, ONE] = [20, 21, 22]

const add = (to: number, what: readonly Instruction[]): Instruction[] => [
  op.localGet(to),
  ...what,
  op.i32Add,
  op.localSet(to),
]
const bytes = (count: number): Instruction[] => [op.i32Const(count)]

function innerStep(): Instruction[] {
  const rows = [0, 1, 2, 3].flatMap((row): Instruction[] => [
    op.localGet(PA),
    op.v128Load64Splat(8 * row),
    op.localSet(ONE),
    ...[B0, B1].flatMap((vector, half): Instruction[] => [
      op.localGet(ONE),
      op.localGet(vector),
      op.localGet(SUMS + 2 * row + half),
      op.f64x2RelaxedMadd,
      op.localSet(SUMS + 2 * row + half),
    ]),
  ])
  return [
    op.localGet(PB),
    op.v128Load(0),
    op.localSet(B0),
    op.localGet(PB),
    op.v128Load(16),
    op.localSet(B1),
    ...rows,
    ...add(PA, bytes(32)),
    ...add(PB, bytes(32)),
  ]
}

const clear = (): Instruction[] =>
  Array.from({ length: 8 }, (_, i) => [op.f64Const(0), op.f64x2Splat, op.localSet(SUMS + i)]).flat()

/** Adds the sums to the tile of the result. */
const storeTile = (): Instruction[] => [
  op.localGet(PC),
  op.localSet(PB),
  ...[0, 1, 2, 3].flatMap((row): Instruction[] => [
    ...[0, 1].flatMap((half): Instruction[] => [
      op.localGet(PB),
      op.localGet(PB),
      op.v128Load(16 * half),
      op.localGet(SUMS + 2 * row + half),
      op.f64x2Add,
      op.v128Store(16 * half),
    ]),
    ...add(PB, [op.localGet(ROW_BYTES)]),
  ]),
]

const panel = (): Instruction[] =>
  countDown(TILES_ACROSS, [
    op.localGet(A),
    op.localSet(PA),
    op.localGet(C),
    op.localSet(PC),
    op.localGet(TILES_DOWN),
    op.localSet(DOWN),
    ...countDown(DOWN, [
      ...clear(),
      op.localGet(B),
      op.localSet(PB),
      op.localGet(LENGTH),
      op.localSet(LEFT),
      ...countDown(LEFT, innerStep()),
      ...storeTile(),
      op.localGet(PC),
      op.localGet(ROW_BYTES),
      op.i32Const(4),
      op.i32Mul,
      op.i32Add,
      op.localSet(PC),
    ]),
    ...add(B, [op.localGet(LENGTH), op.i32Const(32), op.i32Mul]),
    ...add(C, bytes(32)),
  ])

/** Exports `memory` and `panel(a, b, c, tilesDown, tilesAcross, length, rowBytes)`. */
export const gemmModule = (pages: number): Uint8Array<ArrayBuffer> =>
  moduleOf({
    types: [{ params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], results: [] }],
    functions: [0],
    memoryPages: pages,
    exports: exportSection({ memory: ['memory', 0], panel: ['function', 0] }),
    bodies: [
      code(
        [
          [5, 'i32'],
          [11, 'v128'],
        ],
        panel(),
      ),
    ],
  })
