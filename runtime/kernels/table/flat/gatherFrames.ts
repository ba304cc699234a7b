// Several frames in one, in order of keys or one behind the other, without an engine.

import { resultBytes } from '../../resultMemory.ts'
import { sameType } from '../dataType.ts'
import type { SortKey } from '../steps.ts'
import { hasBit } from './bitmap.ts'
import { type FlatShape, flatLayout } from './flatFile.ts'
import type { FlatFrame } from './flatFrame.ts'
import { type FlatPart, gatherColumn, gatheredShape } from './gather.ts'
import { emptyWords, wordsOf, writeWords } from './orderWords.ts'
import { type Scratch, withScratch } from './scratch.ts'
import { sortRows } from './sortRows.ts'

/** An Arrow IPC file of so many rows. */
export interface FlatFile {
  readonly ipc: Uint8Array
  readonly rows: number
  readonly bytes: number
}

/**
 * The rows of all frames as one file.
 * @param frames of the same columns, at least one
 * @param keys by which rows are sorted, the first before the others; without any they follow one another
 * @returns nothing where columns differ, or their order is an engine's alone
 */
export function gatheredFile(frames: readonly FlatFrame[], keys: readonly SortKey[]): FlatFile | undefined {
  const [{ columns }] = frames
  if (!frames.every((frame) => sameColumns(frame, frames[0]))) return undefined
  const rows = frames.reduce((sum, frame) => sum + frame.rows, 0)
  const parts = columns.map((_, i) => frames.map((frame) => ({ column: frame.columns[i], rows: frame.rows })))
  const shapes = parts.map(gatheredShape)
  if (shapes.some((shape) => shape === undefined)) return undefined
  return withScratch((scratch) => {
    const order = keys.length > 0 ? sortedOrder(parts, rows, keys, scratch) : undefined
    if (keys.length > 0 && !order) return undefined
    const layout = flatLayout(shapes as FlatShape[], rows)
    const ipc = resultBytes(layout.length)
    layout.write(ipc).forEach((to, i) => {
      gatherColumn(parts[i], rows, order, to)
    })
    return { ipc, rows, bytes: layout.length }
  })
}

const sameColumns = (a: FlatFrame, b: FlatFrame): boolean =>
  a.columns.length === b.columns.length &&
  a.columns.every(({ name, type }, i) => name === b.columns[i].name && sameType(type, b.columns[i].type))

/** The order of rows, those that agree in all keys as they stood. */
function sortedOrder(
  columns: readonly (readonly FlatPart[])[],
  rows: number,
  keys: readonly SortKey[],
  scratch: Scratch,
): Uint32Array | undefined {
  const sorted = keys.map(({ by, ...how }) => {
    const name = by.kind === 'column' ? by.name : undefined
    const parts = columns.find(([{ column }]) => column.name === name)
    const words = parts ? wordsOf(parts[0].column.type) : 0
    return parts && words !== 0 ? { ...how, parts, words } : undefined
  })
  if (sorted.some((key) => key === undefined)) return undefined
  const order = scratch.rows(rows)
  for (let row = 0; row < rows; row++) order[row] = row
  // From the last key to the first: each keeps the order of those behind it.
  for (const key of sorted.toReversed()) {
    if (!key) continue
    const { parts, words, descending, nullsFirst } = key
    const own = emptyWords(rows, words, scratch)
    let at = 0
    for (const part of parts) {
      writeWords(part.column, own, at, part.rows, descending)
      at += part.rows
    }
    sortRows(withAbsentApart(order, parts, nullsFirst), own)
  }
  return order
}

/** Brings the rows without a value to one end, and gives those that have one: both keep their order. */
function withAbsentApart(order: Uint32Array, parts: readonly FlatPart[], nullsFirst: boolean): Uint32Array {
  const absent = parts.reduce((sum, { column }) => sum + column.nullCount, 0)
  if (absent === 0) return order
  const isAbsent = new Uint8Array(order.length)
  let at = 0
  for (const { column, rows } of parts) {
    const { validity } = column
    if (validity) for (let row = 0; row < rows; row++) isAbsent[at + row] = hasBit(validity, row) ? 0 : 1
    at += rows
  }
  const present = order.length - absent
  let nextAbsent = nullsFirst ? 0 : present
  let next = nullsFirst ? absent : 0
  for (const row of order.slice()) order[isAbsent[row] ? nextAbsent++ : next++] = row
  return nullsFirst ? order.subarray(absent) : order.subarray(0, present)
}
