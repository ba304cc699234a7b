// Columns of several frames one behind the other.

import { sameType } from '../dataType.ts'
import { arrayOf } from './flatFile.ts'
import { type FlatColumn, type FlatTexts, INLINE_BYTES } from './flatFrame.ts'
import { isThere } from './groupNumbers.ts'

/** One column of several frames, and how many rows each has. */
export interface ColumnParts {
  readonly parts: readonly FlatColumn[]
  readonly rows: readonly number[]
}

/**
 * The parts of a column as one.
 * @returns nothing where they are of different types
 */
export function concatenatedColumn({ parts, rows }: ColumnParts): FlatColumn | undefined {
  const [first] = parts
  if (parts.length === 1) return first
  if (!parts.every(({ type, form }) => sameType(type, first.type) && form === first.form)) return undefined
  const total = rows.reduce((sum, count) => sum + count, 0)
  const nullCount = parts.reduce((sum, part) => sum + part.nullCount, 0)
  const field = {
    name: first.name,
    type: first.type,
    nullCount,
    ...(nullCount > 0 &&
      first.form !== 'absent' && { validity: bitsOf(parts, rows, total, (part) => part.validity) }),
  }
  switch (first.form) {
    case 'absent':
      return { ...field, form: 'absent' }
    case 'bits':
      return {
        ...field,
        form: 'bits',
        bits: bitsOf(parts, rows, total, (part) => (part.form === 'bits' ? part.bits : undefined)),
      }
    case 'texts':
      return { ...field, form: 'texts', ...textsOf(parts as readonly FlatTexts[], total) }
    case 'values': {
      const values = new (arrayOf(first.type))(
        new ArrayBuffer(total * first.values.BYTES_PER_ELEMENT),
        0,
        total,
      )
      let at = 0
      for (const part of parts) {
        if (part.form !== 'values') continue
        values.set(part.values as never, at)
        at += part.values.length
      }
      return { ...field, form: 'values', values }
    }
  }
}

/** Bitmaps one behind the other; where a part has none all its bits are set. */
function bitsOf(
  parts: readonly FlatColumn[],
  rows: readonly number[],
  total: number,
  bitmap: (part: FlatColumn) => Uint8Array | undefined,
): Uint8Array {
  const all = new Uint8Array((total + 7) >> 3)
  let at = 0
  parts.forEach((part, i) => {
    const bits = bitmap(part)
    for (let row = 0; row < rows[i]; row++, at++) if (isThere(bits, row)) all[at >> 3] |= 1 << (at & 7)
  })
  return all
}

function textsOf(parts: readonly FlatTexts[], total: number): Pick<FlatTexts, 'views' | 'buffers'> {
  const views = new Uint32Array(4 * total)
  const buffers: Uint8Array[] = []
  let at = 0
  for (const part of parts) {
    views.set(part.views, at)
    const end = at + part.views.length
    if (buffers.length > 0 && part.buffers.length > 0)
      for (let view = at; view < end; view += 4)
        if (views[view] > INLINE_BYTES) views[view + 2] += buffers.length
    buffers.push(...part.buffers)
    at = end
  }
  return { views, buffers }
}
