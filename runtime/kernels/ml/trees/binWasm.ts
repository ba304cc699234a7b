// The search for the bins of numbers in WebAssembly: eight comparisons a value, none of which branches.

import { code, exportSection, type Instruction, instantiate, moduleOf, op } from '../../array/wasmBytes.ts'
import { advance, copyLocal, countDown } from '../../array/wasmLoops.ts'

/** Thresholds of a feature: what there are fewer is filled with infinity. */
export const THRESHOLDS = 255

/** What the module exports. Addresses are bytes in its memory. */
export interface BinModule {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /**
   * Writes for each value how many thresholds are below it, a byte every four.
   * @param values float64, the next one `stride` bytes further
   * @param count ≥ 1
   * @param thresholds `THRESHOLDS` rising numbers
   * @param missing what is written for NaN
   */
  search(
    values: number,
    count: number,
    stride: number,
    thresholds: number,
    missing: number,
    into: number,
  ): void
}

const [VALUES, COUNT, STRIDE, TABLE, MISSING, INTO, AT, VALUE] = [0, 1, 2, 3, 4, 5, 6, 7]

/** Moves AT on by 2^`power` numbers where the value is above the last of them. */
const step = (power: number): Instruction[] => [
  op.localGet(VALUE),
  op.localGet(AT),
  op.f64Load(8 * (2 ** power - 1)),
  op.f64Gt,
  op.i32Const(power + 3),
  op.i32Shl,
  op.localGet(AT),
  op.i32Add,
  op.localSet(AT),
]

const search = (): Instruction[] =>
  countDown(COUNT, [
    op.localGet(VALUES),
    op.f64Load(0),
    op.localSet(VALUE),
    ...copyLocal(TABLE, AT),
    ...[7, 6, 5, 4, 3, 2, 1, 0].flatMap(step),
    op.localGet(INTO),
    op.localGet(MISSING),
    op.localGet(AT),
    op.localGet(TABLE),
    op.i32Sub,
    op.i32Const(3),
    op.i32ShrU,
    op.localGet(VALUE),
    op.localGet(VALUE),
    op.f64Ne,
    op.select,
    op.i32Store8(0),
    ...advance(VALUES, op.localGet(STRIDE)),
    ...advance(INTO, op.i32Const(4)),
  ])

let compiled: BinModule | undefined

/** The module of this thread. */
export function binModule(): BinModule {
  compiled ??= instantiate<BinModule>(
    moduleOf({
      types: [{ params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], results: [] }],
      functions: [0],
      memoryPages: 1,
      exports: exportSection({ memory: ['memory', 0], search: ['function', 0] }),
      bodies: [
        code(
          [
            [1, 'i32'],
            [1, 'f64'],
          ],
          search(),
        ),
      ],
    }),
  )
  return compiled
}
