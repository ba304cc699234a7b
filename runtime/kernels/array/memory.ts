// Where the memory of new blocks comes from: shared slabs of the worker that are used again, or JavaScript's own.
//
// The first touch of fresh memory costs more than most loops over it, so a worker's thread says by `provideMemory` where
// memory of a size that was used before lies. What a block made for itself alone comes from a small store of scratch.

import type { Data, DType } from './dtype.ts'

export type Allocate = (byteLength: number) => SharedArrayBuffer

/** Smaller results travel inside messages, where shared memory is of no use. */
const SHARED_FROM_BYTES = 64 * 1024
let allocate: Allocate | undefined

/** Says where large results of this thread are to lie from now on. */
export function provideMemory(provided: Allocate | undefined): void {
  allocate = provided
}

/** Elements that hold anything: every one of them is about to be written. */
export function unsetData(dtype: DType, size: number): Data {
  const byteLength = size * dtype.bytes
  if (allocate && byteLength >= SHARED_FROM_BYTES)
    return new dtype.View(allocate(byteLength), 0, size * dtype.lanes)
  return new dtype.View(size * dtype.lanes)
}

/** Elements that are all zero. */
export function zeroData(dtype: DType, size: number): Data {
  const data = unsetData(dtype, size)
  if (data.buffer instanceof SharedArrayBuffer) data.fill(0 as never)
  return data
}
