// What is to be learnt, or to be counted with, as one column: numbers or texts, and nothing that only looks like numbers.

import type { NdArray } from '../array/ndArray.ts'
import { keepsNothing, kernel } from '../kernel.ts'
import { openArrow, typeFromArrow } from '../table/arrow.ts'
import type { Frame } from '../table/frame.ts'
import type { Column } from './block.ts'
import { type ArrowColumn, cellsFromValues, cellsOf, numbersOfArray } from './convert.ts'
import { MlDataError } from './mlErrors.ts'
import { type TimeKind, timeKindOf, timeKindOfValues } from './timeColumns.ts'

/** Whom a column is for, and as what: `y`, `sampleWeight`, `query`. */
export interface Role {
  who: string
  name: string
}

/** Queries only tell which rows belong together: equal times are equal numbers. */
function refuseTimesAs({ who, name }: Role, kind: TimeKind | null): void {
  if (kind === null || name === 'query') return
  throw new MlDataError(
    `${name} for ${who} holds ${kind}, which are neither numbers nor classes: make numbers of it first, e.g. by ${kind === 'durations' ? 'dt.totalSeconds()' : kind === 'times of day' ? 'dt.hour()' : 'dt.epoch()'} of a data frame's column or getTime() of a Date, or texts where they are classes`,
  )
}

/** @throws {MlDataError} for a whole number that a float64 would round: two classes could become one */
function refuseRounding({ who, name }: Role, values: readonly unknown[]): void {
  const rounded = values.find((value) => typeof value === 'bigint' && BigInt(Number(value)) !== value)
  if (rounded !== undefined)
    throw new MlDataError(
      `${name} for ${who} holds ${rounded}, which no number of 64 bits is exactly: give texts where such numbers are classes, else Number(…) of each`,
    )
}

/**
 * Values of any kind as a column.
 * @throws {MlDataError} when they are times, or whole numbers that would be rounded
 */
export function targetFromValues(role: Role, values: readonly unknown[]): Column {
  refuseTimesAs(role, timeKindOfValues(values))
  refuseRounding(role, values)
  return cellsFromValues(values)
}

/** The elements of an array of one axis, or of one column. */
export const targetFromArray = keepsNothing(
  kernel('ml.targetFromArray', (role: Role, array: NdArray): Column => {
    const { kind } = array.type
    refuseTimesAs(role, kind === 'M' ? 'datetimes' : kind === 'm' ? 'durations' : null)
    return numbersOfArray(array)
  }),
)

/** Items of a bag. */
export const targetFromItems = kernel(
  'ml.targetFromItems',
  (role: Role, items: readonly unknown[]): Column => targetFromValues(role, items),
)

/** One column of a partition of a table. */
export const targetFromFrame = kernel(
  'ml.targetFromFrame',
  ({ role, column }: { role: Role; column: string }, frame: Frame): Column => {
    const own = openArrow(frame.ipc).getChild(column) as ArrowColumn
    refuseTimesAs(role, timeKindOf(typeFromArrow(own.type)))
    return cellsOf(own, frame.rows)
  },
)
