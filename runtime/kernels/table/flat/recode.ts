// Codes of categories in typed arrays: those of another numbering as this thread's, and which of them come.

import { hasBit } from './bitmap.ts'
import type { FlatColumn, FlatFrame } from './flatFrame.ts'

/** A frame whose categories have other codes. */
export function recodedFrame(frame: FlatFrame, map: Uint32Array): FlatFrame {
  return { ...frame, columns: frame.columns.map((column) => recoded(column, map)) }
}

function recoded(column: FlatColumn, map: Uint32Array): FlatColumn {
  if (column.type !== 'category' || column.form !== 'values') return column
  const from = column.values as Uint32Array
  const values = new Uint32Array(from.length)
  // What stands for an absent value may be no code at all: it becomes 0.
  for (let row = 0; row < from.length; row++) values[row] = map[from[row]]
  return { ...column, values }
}

/** A byte for each code: 1 where one of the frames has it. */
export function usedCodes(frames: readonly FlatFrame[]): Uint8Array {
  const columns = frames.flatMap((frame) =>
    frame.columns.flatMap((column) =>
      column.type === 'category' && column.form === 'values'
        ? [{ values: column.values as Uint32Array, validity: column.validity }]
        : [],
    ),
  )
  let has: Uint8Array = new Uint8Array(1024)
  for (const { values, validity } of columns)
    for (let row = 0; row < values.length; row++) {
      if (validity && !hasBit(validity, row)) continue
      const code = values[row]
      if (code >= has.length) has = grown(has, code)
      has[code] = 1
    }
  return has
}

function grown(has: Uint8Array, code: number): Uint8Array {
  const larger = new Uint8Array(Math.max(2 * has.length, code + 1))
  larger.set(has)
  return larger
}
