// Memory for the elements of new blocks: where the worker keeps results, so that none is copied there.

import { resultBuffer } from '../resultMemory.ts'
import type { Data, DType } from './dtype.ts'

/** Elements that hold anything: every one of them is about to be written. */
export function unsetData(dtype: DType, size: number): Data {
  return new dtype.View(resultBuffer(size * dtype.bytes), 0, size * dtype.lanes)
}

/** Elements that are all zero. */
export function zeroData(dtype: DType, size: number): Data {
  const data = unsetData(dtype, size)
  if (data.buffer instanceof SharedArrayBuffer) new Uint8Array(data.buffer).fill(0)
  return data
}
