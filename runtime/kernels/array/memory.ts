// The memory of new blocks: what the worker's store gives, since the first touch of fresh memory costs more than most loops over it.

import { resultBuffer } from '../resultMemory.ts'
import type { Data, DType } from './dtype.ts'

/** Elements that hold anything: every one of them is about to be written. */
export function unsetData(dtype: DType, size: number): Data {
  return new dtype.View(resultBuffer(size * dtype.bytes), 0, size * dtype.lanes)
}

/** Elements that are all zero. */
export function zeroData(dtype: DType, size: number): Data {
  const data = unsetData(dtype, size)
  // Memory of the thread's own comes empty; the store's may have been used before.
  if (data.buffer instanceof SharedArrayBuffer) data.fill(0 as never)
  return data
}
