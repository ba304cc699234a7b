// A column of cells, as plain JavaScript values: what the engine without native code works on, and what results are read as.

import type { DataType } from '../dataType.ts'

/**
 * One value. Whole numbers of 64 bits, datetimes, durations (ticks of their unit) and times of day (nanoseconds) are
 * bigints; dates are days since 1970; absent values are null.
 */
export type Cell =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Cell[]
  | { readonly [field: string]: Cell }

export interface Column {
  readonly name: string
  readonly type: DataType
  readonly cells: readonly Cell[]
}
