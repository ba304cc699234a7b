// Items that stand anywhere are put side by side, in WebAssembly: of 4 bytes each, or of 8.

import { type Instruction, op } from '../../array/wasmBytes.ts'
import { advance, countDown } from '../../array/wasmLoops.ts'

/** The body of `TreeModule.gather32` and `gather64`: items of 2^`power` bytes. */
export const gather = (power: 2 | 3): Instruction[] => {
  const [order, count, from, into] = [0, 1, 2, 3]
  const [load, store] = power === 2 ? [op.i32Load(0), op.i32Store(0)] : [op.i64Load(0), op.i64Store(0)]
  return countDown(count, [
    op.localGet(into),
    op.localGet(order),
    op.i32Load(0),
    op.i32Const(power),
    op.i32Shl,
    op.localGet(from),
    op.i32Add,
    load,
    store,
    ...advance(order, op.i32Const(4)),
    ...advance(into, op.i32Const(2 ** power)),
  ])
}

/** The body of `TreeModule.settle`: an order becomes the numbers of its places, and what it was goes elsewhere. */
export const settle = (): Instruction[] => {
  const [order, count, first, ids] = [0, 1, 2, 3]
  return countDown(count, [
    op.localGet(ids),
    op.localGet(order),
    op.i32Load(0),
    op.i32Store(0),
    op.localGet(order),
    op.localGet(first),
    op.i32Store(0),
    ...advance(order, op.i32Const(4)),
    ...advance(first, op.i32Const(1)),
    ...advance(ids, op.i32Const(4)),
  ])
}
