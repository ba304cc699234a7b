// Phrases of WebAssembly that several modules are written with: copies, pointers that move on, loops that count down.

import { type Instruction, op } from './wasmBytes.ts'

export const copyLocal = (from: number, to: number): Instruction[] => [op.localGet(from), op.localSet(to)]

/** Moves a pointer on by a constant, or by what a local holds. */
export const advance = (pointer: number, by: Instruction): Instruction[] => [
  op.localGet(pointer),
  by,
  op.i32Add,
  op.localSet(pointer),
]

/** `do … while (counter > 0)`, counting down. */
export const countDown = (counter: number, body: readonly Instruction[]): Instruction[] => [
  op.loop,
  ...body,
  op.localGet(counter),
  op.i32Const(1),
  op.i32Sub,
  op.localTee(counter),
  op.brIf(0),
  op.end,
]
