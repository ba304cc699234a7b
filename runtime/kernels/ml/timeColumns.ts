// Columns of dates, datetimes, durations and times of day: numbers only once somebody says in what unit.

import { type DataType, isDatetime, isDuration } from '../table/dataType.ts'
import { MlDataError } from './mlErrors.ts'

/** What a column holds that is no number though it is written as one. */
export type TimeKind = 'dates' | 'datetimes' | 'durations' | 'times of day'

/** What a table's column of a type holds; null where it is no kind of time. */
export function timeKindOf(type: DataType): TimeKind | null {
  if (type === 'date') return 'dates'
  if (type === 'time') return 'times of day'
  if (isDatetime(type)) return 'datetimes'
  return isDuration(type) ? 'durations' : null
}

/** The same of values that are here. */
export const timeKindOfValues = (values: readonly unknown[]): TimeKind | null =>
  values.some((value) => value instanceof Date) ? 'datetimes' : null

const AS_NUMBERS: Readonly<Record<TimeKind, string>> = {
  dates: 'dt.epoch() or dt.month()',
  datetimes: 'dt.epoch() or dt.hour()',
  durations: 'dt.totalSeconds()',
  'times of day': 'dt.hour()',
}

/** @throws {MlDataError} always: a model that works on numbers was given times */
export function refuseTimes(who: string, name: string, kind: TimeKind): never {
  throw new MlDataError(
    `${who} works on numbers, and ${name} holds ${kind}: make numbers of it first, e.g. by ${AS_NUMBERS[kind]} of a data frame's column or astype('int64') of an array, or leave it out`,
  )
}
