// What blocks compute with: given by `blockEngine.ts` when it is loaded, so that a block and its functions may refer to each other.

import type { DType, DTypeName, Scalar } from './dtype.ts'
import type { NdArray } from './ndArray.ts'
import type { ReduceRequest } from './reductionMethods.ts'
import type { UfuncOptions } from './unaryMethods.ts'

export interface BlockEngine {
  from(value: unknown, options: { dtype?: DTypeName; shape?: readonly number[] }): NdArray
  cast(array: NdArray, dtype: DType): NdArray
  map(name: string, args: readonly unknown[], options?: UfuncOptions): NdArray
  reduce(array: NdArray, request: ReduceRequest): NdArray
  accumulate(
    array: NdArray,
    name: 'add' | 'multiply',
    axis: number | undefined,
    dtype: DTypeName | undefined,
  ): NdArray
  concatenate(arrays: readonly NdArray[], axis: number): NdArray
  take(array: NdArray, places: unknown, axis: number): NdArray
  masked(array: NdArray, mask: unknown, axis: number): NdArray
  full(shape: readonly number[], value: Scalar, dtype: DType): NdArray
  set(array: NdArray, indices: readonly unknown[], value: unknown): void
  sort(array: NdArray, axis: number | null): NdArray
  argsort(array: NdArray, axis: number): NdArray
}

let engine: BlockEngine | undefined

export function provideEngine(provided: BlockEngine): void {
  engine = provided
}

export function blockEngine(): BlockEngine {
  if (!engine) throw new Error('the functions of blocks are not loaded: import blockEngine.ts')
  return engine
}
