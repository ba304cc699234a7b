// How rows follow a split, in WebAssembly: a run of row numbers is parted in place, without a branch.

import { type Instruction, op } from '../../array/wasmBytes.ts'
import { advance, copyLocal, countDown } from '../../array/wasmLoops.ts'

/** The body of `TreeModule.partition`. */
export const partition = (): Instruction[] => {
  const [order, count, bins, sides, aside, from, right, row, side, left, leftover] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]
  return [
    ...copyLocal(order, from),
    ...copyLocal(order, left),
    ...copyLocal(aside, right),
    ...countDown(count, [
      op.localGet(sides),
      op.localGet(bins),
      op.localGet(from),
      op.i32Load(0),
      op.localTee(row),
      op.i32Const(2),
      op.i32Shl,
      op.i32Add,
      op.i32Load8U(0),
      op.i32Add,
      op.i32Load8U(0),
      op.i32Const(2),
      op.i32Shl,
      op.localSet(side),
      // Written to both sides; only one of them moves on.
      op.localGet(left),
      op.localGet(row),
      op.i32Store(0),
      op.localGet(right),
      op.localGet(row),
      op.i32Store(0),
      ...advance(left, op.localGet(side)),
      op.localGet(right),
      op.i32Const(4),
      op.i32Add,
      op.localGet(side),
      op.i32Sub,
      op.localSet(right),
      ...advance(from, op.i32Const(4)),
    ]),
    op.localGet(right),
    op.localGet(aside),
    op.i32Sub,
    op.localSet(leftover),
    op.localGet(left),
    op.localGet(aside),
    op.localGet(leftover),
    op.memoryCopy,
    op.localGet(left),
    op.localGet(order),
    op.i32Sub,
    op.i32Const(2),
    op.i32ShrU,
  ]
}
