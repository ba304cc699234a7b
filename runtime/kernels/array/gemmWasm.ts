// Matrix multiplication in WebAssembly, written out as bytes: tiles of doubles held in vector registers.
//
// The method is Goto and van de Geijn's ("Anatomy of high-performance matrix multiplication", 2008): panels of both
// matrices are packed so that the innermost loop reads them one behind the other.

import { code, exportSection, type Instruction, moduleOf, op } from './wasmBytes.ts'
import { advance, copyLocal, countDown } from './wasmLoops.ts'

/** How much of the result stands in registers at a time, in doubles; columns are a multiple of four. */
export interface Tile {
  rows: number
  columns: number
}

// Parameters: packed panels, the result, how many tiles down and across, the common length, bytes from row to row.
const [A, B, C, TILES_DOWN, TILES_ACROSS, LENGTH, ROW_BYTES] = [0, 1, 2, 3, 4, 5, 6]
const [DOWN, LEFT, PA, PB, PC] = [7, 8, 9, 10, 11]
/** The first vector: the sums of a tile, then those of a row of B, then one element of A in both halves. */
const SUMS = 12

const each = (count: number, phrase: (i: number) => readonly Instruction[]): Instruction[] =>
  Array.from({ length: count }, (_, i) => phrase(i)).flat()

/**
 * What a panel does. Of two vectors side by side V8 makes one of twice the width where it can see that they go the
 * same way: both start from one and the same zero, and nothing is stored between the loads of a row.
 */
function panel({ rows, columns }: Tile): Instruction[] {
  const vectors = columns / 2
  const ofB = SUMS + rows * vectors
  const one = ofB + vectors
  const sum = (row: number, vector: number): number => SUMS + row * vectors + vector

  const clear = [
    op.f64Const(0),
    op.f64x2Splat,
    op.localSet(one),
    ...each(rows * vectors, (i) => copyLocal(one, SUMS + i)),
  ]
  const step = [
    ...each(vectors, (v) => [op.localGet(PB), op.v128Load(16 * v), op.localSet(ofB + v)]),
    ...each(rows, (row) => [
      op.localGet(PA),
      op.v128Load64Splat(8 * row),
      op.localSet(one),
      ...each(vectors, (v) => [
        op.localGet(one),
        op.localGet(ofB + v),
        op.localGet(sum(row, v)),
        op.f64x2RelaxedMadd,
        op.localSet(sum(row, v)),
      ]),
    ]),
    ...advance(PA, op.i32Const(8 * rows)),
    ...advance(PB, op.i32Const(8 * columns)),
  ]
  const addToResult = [
    ...copyLocal(PC, PB),
    ...each(rows, (row) => [
      ...each(vectors, (v) => [
        op.localGet(PB),
        op.v128Load(16 * v),
        op.localGet(sum(row, v)),
        op.f64x2Add,
        op.localSet(ofB + v),
      ]),
      ...each(vectors, (v) => [op.localGet(PB), op.localGet(ofB + v), op.v128Store(16 * v)]),
      ...advance(PB, op.localGet(ROW_BYTES)),
    ]),
    ...copyLocal(PB, PC),
  ]
  return countDown(TILES_ACROSS, [
    ...copyLocal(A, PA),
    ...copyLocal(C, PC),
    ...copyLocal(TILES_DOWN, DOWN),
    ...countDown(DOWN, [
      ...clear,
      ...copyLocal(B, PB),
      ...copyLocal(LENGTH, LEFT),
      ...countDown(LEFT, step),
      ...addToResult,
    ]),
    op.localGet(B),
    op.localGet(LENGTH),
    op.i32Const(8 * columns),
    op.i32Mul,
    op.i32Add,
    op.localSet(B),
    ...advance(C, op.i32Const(8 * columns)),
  ])
}

/** Exports `memory` and `panel(a, b, c, tilesDown, tilesAcross, length, rowBytes)`. */
export const gemmModule = (pages: number, tile: Tile): Uint8Array<ArrayBuffer> =>
  moduleOf({
    types: [{ params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], results: [] }],
    functions: [0],
    memoryPages: pages,
    exports: exportSection({ memory: ['memory', 0], panel: ['function', 0] }),
    bodies: [
      code(
        [
          [SUMS - DOWN, 'i32'],
          [(tile.rows + 1) * (tile.columns / 2) + 1, 'v128'],
        ],
        panel(tile),
      ),
    ],
  })
