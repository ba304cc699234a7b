// A join with a right side that stands whole beside the rows: which rows of both come together.

import { isDatetime, isInteger, sameType } from '../dataType.ts'
import type { Step } from '../steps.ts'
import type { FlatColumn } from './flatFrame.ts'
import { type KeyIndex, keysOf } from './keyIndex.ts'
import { takenRows } from './takeRows.ts'

export type JoinStep = Extract<Step, { step: 'join' }>

/** Whether a join is one of these: by a single column of whole numbers or days. */
export function isFlatJoin({ how, leftOn, rightOn }: JoinStep): boolean {
  const [left] = leftOn
  const [right] = rightOn
  return (
    (how === 'inner' || how === 'left' || how === 'semi' || how === 'anti') &&
    leftOn.length === 1 &&
    left.kind === 'column' &&
    right.kind === 'column' &&
    left.type !== undefined &&
    right.type !== undefined &&
    sameType(left.type, right.type) &&
    (isInteger(left.type) || left.type === 'date' || isDatetime(left.type))
  )
}

/** Rows that come together. */
export interface JoinedRows {
  /** Of the left side; absent where all of them come once, in their order. */
  readonly left?: Int32Array
  /** Of the right side, −1 where there is none; absent in semi and anti joins. */
  readonly right?: Int32Array
  readonly rows: number
}

/**
 * The rows of a join, the left ones in their order, and of several right ones of a key theirs.
 * @returns nothing where the key holds numbers that the index cannot have
 */
export function joinedRows(key: FlatColumn, index: KeyIndex, how: JoinStep['how']): JoinedRows | undefined {
  const keys = keysOf(key)
  if (!keys) return undefined
  const found = index.find(keys, key.validity)
  if (how === 'semi' || how === 'anti') {
    const left = rowsWhere(found, how === 'semi')
    return { ...(left.length < found.length && { left }), rows: left.length }
  }
  return index.starts
    ? severalRows(found, index, how === 'left')
    : singleRows(found, index.first, how === 'left')
}

/** The numbers of rows whose key was found, or was not. */
function rowsWhere(found: Int32Array, wanted: boolean): Int32Array {
  const rows = new Int32Array(found.length)
  let count = 0
  for (let row = 0; row < found.length; row++) if (found[row] >= 0 === wanted) rows[count++] = row
  return rows.subarray(0, count)
}

function singleRows(found: Int32Array, first: Int32Array, keepsAll: boolean): JoinedRows {
  let missing = 0
  for (let row = 0; row < found.length; row++) if (found[row] < 0) missing++
  if (missing === 0 || keepsAll) {
    const right = new Int32Array(found.length)
    for (let row = 0; row < found.length; row++) right[row] = found[row] < 0 ? -1 : first[found[row]]
    return { right, rows: found.length }
  }
  const left = rowsWhere(found, true)
  const right = new Int32Array(left.length)
  for (let i = 0; i < left.length; i++) right[i] = first[found[left[i]]]
  return { left, right, rows: left.length }
}

function severalRows(
  found: Int32Array,
  { starts, rows }: KeyIndex,
  keepsAll: boolean,
): JoinedRows | undefined {
  if (!starts || !rows) return undefined
  let total = 0
  for (let row = 0; row < found.length; row++)
    total += found[row] < 0 ? Number(keepsAll) : starts[found[row] + 1] - starts[found[row]]
  const left = new Int32Array(total)
  const right = new Int32Array(total)
  let at = 0
  for (let row = 0; row < found.length; row++) {
    const key = found[row]
    if (key < 0) {
      if (!keepsAll) continue
      left[at] = row
      right[at++] = -1
      continue
    }
    for (let next = starts[key]; next < starts[key + 1]; next++) {
      left[at] = row
      right[at++] = rows[next]
    }
  }
  return { left, right, rows: total }
}

/**
 * Columns of a join side by side.
 * @param names which are wanted of what the join gives
 * @param leftNames of all columns of the left side, since the right side's get a suffix where they clash
 */
export function joinedColumns(
  left: readonly FlatColumn[],
  right: readonly FlatColumn[],
  { left: leftRows, right: rightRows }: JoinedRows,
  step: JoinStep,
  names: readonly string[],
  leftNames: ReadonlySet<string>,
): FlatColumn[] | undefined {
  const columns: FlatColumn[] = []
  const some = rightRows?.includes(-1) ?? false
  for (const name of names) {
    const own = left.find((column) => column.name === name)
    if (own) columns.push(leftRows ? takenRows(own, leftRows) : own)
    else {
      const from = rightName(name, step, leftNames)
      const other = right.find((column) => column.name === from)
      if (!other || !rightRows) return undefined
      columns.push({ ...takenRows(other, rightRows, some), name })
    }
  }
  return columns
}

/** The right side's own name of a column that a join gives. */
export const rightName = (name: string, { suffix }: JoinStep, leftNames: ReadonlySet<string>): string => {
  const bare = name.slice(0, name.length - suffix.length)
  return suffix !== '' && name.endsWith(suffix) && leftNames.has(bare) ? bare : name
}
