// Which arguments and options of steps are names of columns, and which are functions of a row.

import type { Kind } from './api.ts'

type Places = Readonly<Record<string, [first: number, end: number]>>

/** Which arguments of a step are names of columns, or lists of them: the places from and up to which. */
export const BY_NAME: Readonly<Partial<Record<Kind, Places>>> = {
  dataframe: {
    ...placed([0, Number.POSITIVE_INFINITY], ['select', 'drop', 'dropNulls', 'explode', 'groupBy']),
    ...placed([0, 1], ['sort', 'setIndex', 'valueCounts', 'nUnique', 'quantile', 'categories']),
    ...placed([0, 1], ['resample', 'rolling']),
  },
  bag: {
    ...placed([0, 1], ['pluck', 'groupBy', 'distinct', 'frequencies', 'foldby']),
    ...placed([1, 2], ['topK', 'join']),
  },
}
/** Options of a frame's steps that are names of columns. */
export const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  unique: ['subset'],
  join: ['on', 'leftOn'],
  joinAsof: ['on', 'leftOn', 'by'],
  toParquet: ['partitionBy'],
  toCsv: ['partitionBy'],
  toJsonLines: ['partitionBy'],
  toIpc: ['partitionBy'],
  melt: ['id', 'on'],
  pivot: ['index', 'on', 'values'],
  resample: ['by'],
  rolling: ['by'],
}
/** Options of steps with another frame that are names of its columns. */
export const OPTIONS_OF_OTHER: Readonly<Record<string, readonly string[]>> = {
  join: ['on', 'rightOn'],
  joinAsof: ['on', 'rightOn', 'by'],
}
/** Steps that call the user's function with a row: as which argument they take it. */
export const ROW_FUNCTIONS: Readonly<Partial<Record<Kind, Places>>> = {
  dataframe: placed([0, 1], ['apply']),
  bag: {
    ...placed([0, 1], ['map', 'filter', 'remove', 'flatMap', 'any', 'all', 'distinct', 'foldby', 'groupBy']),
    ...placed([1, 2], ['topK', 'join']),
  },
}
/** Steps of a frame whose first argument is an object with names of columns as its keys. */
export const BY_KEY = /^(rename|cast|fillNull)$/

function placed(places: [number, number], names: readonly string[]): Record<string, [number, number]> {
  return Object.fromEntries(names.map((name) => [name, places]))
}
