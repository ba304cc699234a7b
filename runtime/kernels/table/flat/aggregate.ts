// Aggregates of one flat column, a cell for each group: of the types, and with the treatment of absent cells and NaN, that engines have.

import { type DataType, isFloat, isInteger } from '../dataType.ts'
import type { ExprNode } from '../expression.ts'
import { floatsOf } from './castColumn.ts'
import { extremeNumbers, extremeWords, type Side } from './extremes.ts'
import type { FlatColumn, FlatValues } from './flatFrame.ts'
import { type Groups, isThere } from './groupNumbers.ts'
import { countsOf, floatSumsOfNumbers, lastRows, sumsOfFloats, sumsOfNumbers, sumsOfWords } from './sums.ts'
import { takenRows } from './takeRows.ts'
import { bitsAsNumbers, wordsOver } from './words.ts'

type Call = Extract<ExprNode, { kind: 'call' }>

/**
 * An aggregate of a column; `len` has none.
 * @returns nothing where it is an engine's
 */
export function aggregated(
  node: Call,
  input: FlatColumn | undefined,
  groups: Groups,
): FlatColumn | undefined {
  if (node.fn === 'len') return counted(countsOf(undefined, groups))
  if (!input) return undefined
  switch (node.fn) {
    case 'count':
      return counted(
        input.form === 'absent' ? new Uint32Array(groups.count) : countsOf(input.validity, groups),
      )
    case 'nullCount': {
      const counts = countsOf(undefined, groups)
      if (input.form === 'absent') return counted(counts)
      const there = countsOf(input.validity, groups)
      return counted(counts.map((count, group) => count - there[group]))
    }
    case 'sum':
      return input.form === 'values' ? summed(input, node.type ?? 'null', groups) : undefined
    case 'mean':
      return node.type === 'float64' ? averaged(input, groups) : undefined
    case 'var':
    case 'std':
      return spreadOf(input, Number(node.options?.ddof ?? 1), node.fn === 'std', groups)
    case 'min':
      return extreme(input, -1, groups)
    case 'max':
      return extreme(input, 1, groups)
    case 'first':
      return takenRows(input, groups.first)
    case 'last':
      return takenRows(input, lastRows(groups))
    default:
      return undefined
  }
}

const counted = (values: Uint32Array): FlatColumn => column('uint32', values)

const column = (type: DataType, values: FlatValues['values']): FlatValues => ({
  name: '',
  type,
  nullCount: 0,
  form: 'values',
  values,
})

function summed(input: FlatValues, type: DataType, groups: Groups): FlatColumn | undefined {
  const { values, validity } = input
  if (type === 'float64') {
    if (values instanceof Int32Array) return column(type, floatSumsOfNumbers(values, validity, groups))
    const floats = floatsOf(input)
    return floats && column(type, sumsOfFloats(floats.values, validity, groups))
  }
  if (!isInteger(input.type) || (type !== 'int64' && type !== 'uint64')) return undefined
  const words =
    values instanceof BigInt64Array || values instanceof BigUint64Array
      ? sumsOfWords(wordsOver(values), validity, groups)
      : sumsOfNumbers(values instanceof Int32Array ? values : new Float64Array(values), validity, groups)
  return column(type, type === 'int64' ? new BigInt64Array(words.buffer) : new BigUint64Array(words.buffer))
}

/** Numbers with those groups absent that `isAbsent` says. */
function where(values: Float64Array, isAbsent: (group: number) => boolean): FlatColumn {
  const validity = new Uint8Array((values.length + 7) >> 3)
  let nullCount = 0
  for (let group = 0; group < values.length; group++)
    if (isAbsent(group)) {
      nullCount++
      values[group] = 0
    } else validity[group >> 3] |= 1 << (group & 7)
  return { ...column('float64', values), nullCount, ...(nullCount > 0 && { validity }) }
}

function averaged(input: FlatColumn, groups: Groups): FlatColumn | undefined {
  const floats = floatsOf(input)
  if (!floats) return undefined
  const means = sumsOfFloats(floats.values, floats.validity, groups)
  const counts = countsOf(floats.validity, groups)
  for (let group = 0; group < means.length; group++) means[group] /= counts[group]
  return where(means, (group) => counts[group] === 0)
}

/** Variance or standard deviation, in two runs over the rows: means first, then squared distances from them. */
function spreadOf(input: FlatColumn, ddof: number, isRoot: boolean, groups: Groups): FlatColumn | undefined {
  const floats = floatsOf(input)
  if (!floats) return undefined
  const { values, validity } = floats
  const means = sumsOfFloats(values, validity, groups)
  const counts = countsOf(validity, groups)
  for (let group = 0; group < means.length; group++) means[group] /= counts[group]
  const squares = new Float64Array(groups.count)
  const { of } = groups
  for (let row = 0; row < values.length; row++) {
    if (!isThere(validity, row)) continue
    const apart = values[row] - means[of[row]]
    squares[of[row]] += apart * apart
  }
  for (let group = 0; group < squares.length; group++) {
    const variance = squares[group] / (counts[group] - ddof)
    squares[group] = isRoot ? Math.sqrt(variance) : variance
  }
  return where(squares, (group) => counts[group] <= ddof)
}

function extreme(input: FlatColumn, side: Side, groups: Groups): FlatColumn | undefined {
  if (input.form === 'bits')
    return taken(
      input,
      extremeNumbers(bitsAsNumbers(input.bits, groups.of.length), input.validity, groups, side),
    )
  if (input.form !== 'values' || input.type === 'category') return undefined
  const { values, validity } = input
  if (values instanceof BigInt64Array || values instanceof BigUint64Array)
    return taken(
      input,
      extremeWords(wordsOver(values), validity, groups, side, values instanceof BigInt64Array),
    )
  const numbers =
    values instanceof Int32Array || values instanceof Float64Array
      ? values
      : isFloat(input.type)
        ? new Float64Array(values)
        : values instanceof Uint32Array
          ? new Float64Array(values)
          : new Int32Array(values)
  return taken(input, extremeNumbers(numbers, validity, groups, side))
}

const taken = (input: FlatColumn, rows: Int32Array): FlatColumn => takenRows(input, rows, rows.includes(-1))
