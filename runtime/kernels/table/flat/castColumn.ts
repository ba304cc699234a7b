// Columns as another type, where that needs no more than arithmetic.

import { type DataType, isFloat, isInteger, sameType } from '../dataType.ts'
import type { FlatColumn, FlatValues } from './flatFrame.ts'
import { isThere } from './groupNumbers.ts'
import { wordsOver } from './words.ts'

/** A column of floats. */
export interface FlatFloats extends FlatValues {
  readonly values: Float64Array
}

const WORD = 2 ** 32

/** @returns nothing where an engine has to cast, or to say that a value does not fit */
export function castColumn(column: FlatColumn, to: DataType): FlatColumn | undefined {
  if (sameType(column.type, to)) return column
  if (to === 'float64') return isInteger(column.type) || isFloat(column.type) ? floatsOf(column) : undefined
  const isWhole = column.type === 'int64' || column.type === 'uint64'
  if (to === 'uint32' && isWhole && column.form === 'values') return narrow(column)
  return undefined
}

/** Numbers as floats of 64 bits, rounded to the nearest; nothing for what are no numbers. */
export function floatsOf(column: FlatColumn): FlatFloats | undefined {
  if (column.form !== 'values' || !(isInteger(column.type) || isFloat(column.type))) return undefined
  const { values } = column
  if (values instanceof Float64Array) return { ...column, values }
  return { ...column, type: 'float64', values: asFloats(values) }
}

function asFloats(values: FlatValues['values']): Float64Array {
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return new Float64Array(values)
  const words = wordsOver(values)
  const floats = new Float64Array(values.length)
  const isSigned = values instanceof BigInt64Array
  for (let row = 0; row < floats.length; row++) {
    const high = words[2 * row + 1]
    floats[row] = (isSigned ? high : high >>> 0) * WORD + (words[2 * row] >>> 0)
  }
  return floats
}

function narrow(column: FlatValues): FlatColumn | undefined {
  const words = wordsOver(column.values as BigInt64Array)
  const values = new Uint32Array(words.length >> 1)
  for (let row = 0; row < values.length; row++) {
    if (words[2 * row + 1] !== 0 && isThere(column.validity, row)) return undefined
    values[row] = words[2 * row]
  }
  return { ...column, type: 'uint32', values }
}
