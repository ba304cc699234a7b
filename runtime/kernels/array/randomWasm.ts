// The WebAssembly that makes random bits, written out as bytes: two functions that fill the module's memory.

import { code, exportSection, type Instruction, moduleOf, op } from './wasmBytes.ts'

/** Locals: the address to write to, the state and its step (i64), how many values are left, the mixed bits (i64). */
const ADDRESS = 0
const STATE = 1
const STEP = 2
const COUNT = 3
const MIXED = 4

const mixStep = (shift: bigint, factor: bigint): Instruction[] => [
  op.localGet(MIXED),
  op.localGet(MIXED),
  op.i64Const(shift),
  op.i64ShrU,
  op.i64Xor,
  op.i64Const(factor),
  op.i64Mul,
  op.localSet(MIXED),
]

/** Fills memory with one value a step, as `store` makes it of the mixed bits. */
function fill(store: readonly Instruction[]): Instruction[] {
  return [
    op.block,
    op.loop,
    op.localGet(COUNT),
    op.i32Eqz,
    op.brIf(1),
    op.localGet(STATE),
    op.localSet(MIXED),
    ...mixStep(30n, 0xbf58476d1ce4e5b9n),
    ...mixStep(27n, 0x94d049bb133111ebn),
    op.localGet(ADDRESS),
    op.localGet(MIXED),
    op.localGet(MIXED),
    op.i64Const(31n),
    op.i64ShrU,
    op.i64Xor,
    ...store,
    op.localGet(STATE),
    op.localGet(STEP),
    op.i64Add,
    op.localSet(STATE),
    op.localGet(ADDRESS),
    op.i32Const(8),
    op.i32Add,
    op.localSet(ADDRESS),
    op.localGet(COUNT),
    op.i32Const(1),
    op.i32Sub,
    op.localSet(COUNT),
    op.br(0),
    op.end,
    op.end,
  ]
}

const MIXED_LOCAL: readonly (readonly [number, 'i64'])[] = [[1, 'i64']]

/** Exports `memory`, `uniform(address, state, step, count)` (doubles in [0, 1)) and `bits(…)` (64 bits each). */
export const bitsModule = (): Uint8Array<ArrayBuffer> =>
  moduleOf({
    types: [{ params: ['i32', 'i64', 'i64', 'i32'], results: [] }],
    functions: [0, 0],
    memoryPages: 2,
    exports: exportSection({ memory: ['memory', 0], uniform: ['function', 0], bits: ['function', 1] }),
    bodies: [
      // The top 53 bits, as a fraction.
      code(
        MIXED_LOCAL,
        fill([
          op.i64Const(11n),
          op.i64ShrU,
          op.f64ConvertI64U,
          op.f64Const(2 ** -53),
          op.f64Mul,
          op.f64Store(0),
        ]),
      ),
      code(MIXED_LOCAL, fill([op.i64Store(0)])),
    ],
  })
