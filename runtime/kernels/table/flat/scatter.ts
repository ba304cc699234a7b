// Rows told apart by the target they go to: each column once, every value written straight into the file of its target.

import { resultBytes } from '../../resultMemory.ts'
import { hasBit } from './bitmap.ts'
import { type FlatLayout, type FlatShape, flatLayout } from './flatFile.ts'
import { type FlatColumn, type FlatFrame, type FlatTexts, INLINE_BYTES } from './flatFrame.ts'
import { TEXT_BYTES_MAX, TextWriter, wordsOver } from './gather.ts'

/** Files of the targets in one run of bytes. A target without rows has none. */
export interface FlatParts {
  readonly bytes: Uint8Array
  readonly starts: number[]
  readonly ends: number[]
  readonly rows: number[]
  /** About how many bytes the rows of each take. */
  readonly sizes: number[]
}

/** Files begin where words of any width may stand. */
const ALIGNED = 64

/**
 * The parts of a frame.
 * @param targets of each row, integers from 0 on and less than `count`
 * @returns nothing where the texts of a part are too long for one buffer
 */
export function scattered(
  { rows: all, columns }: FlatFrame,
  targets: Uint16Array,
  count: number,
): FlatParts | undefined {
  const rows = new Array<number>(count).fill(0)
  for (let row = 0; row < all; row++) rows[targets[row]]++
  const shapes = columns.map((column) => shapesOf(column, targets, count))
  if (shapes.some((own) => own.some(({ textBytes = [] }) => (textBytes[0] ?? 0) > TEXT_BYTES_MAX)))
    return undefined
  const layouts = rows.map((own, part): FlatLayout | undefined =>
    own === 0
      ? undefined
      : flatLayout(
          shapes.map((each) => each[part]),
          own,
        ),
  )
  let end = 0
  const starts: number[] = []
  const ends = layouts.map((layout) => {
    if (layout) end = Math.ceil(end / ALIGNED) * ALIGNED
    starts.push(end)
    end += layout?.length ?? 0
    return end
  })
  const bytes = resultBytes(end)
  const made = layouts.map((layout, part) => layout?.write(bytes.subarray(starts[part], ends[part])))
  columns.forEach((column, i) => {
    scatterColumn(
      column,
      targets,
      made.map((own) => own?.[i]),
      bytes,
    )
  })
  return { bytes, starts, ends, rows, sizes: layouts.map((layout) => layout?.length ?? 0) }
}

function shapesOf(column: FlatColumn, targets: Uint16Array, count: number): FlatShape[] {
  const nulls = new Array<number>(count).fill(0)
  const { name, type, validity } = column
  if (validity)
    for (let row = 0; row < targets.length; row++) if (!hasBit(validity, row)) nulls[targets[row]]++
  const texts = column.form === 'texts' ? textBytesOf(column, targets, count) : undefined
  return nulls.map((nullCount, part) => ({
    name,
    type,
    nullCount,
    ...(texts && { textBytes: texts[part] > 0 ? [texts[part]] : [] }),
  }))
}

function textBytesOf({ views, validity }: FlatTexts, targets: Uint16Array, count: number): number[] {
  const bytes = new Array<number>(count).fill(0)
  for (let row = 0; row < targets.length; row++) {
    const length = views[4 * row]
    if (length > INLINE_BYTES && (!validity || hasBit(validity, row))) bytes[targets[row]] += length
  }
  return bytes
}

type Parts = readonly (FlatColumn | undefined)[]

function scatterColumn(column: FlatColumn, targets: Uint16Array, parts: Parts, bytes: Uint8Array): void {
  if (column.validity) {
    const to = parts.map((part) => part?.validity)
    scatterBits(column.validity, targets, to)
  }
  if (column.form === 'bits') {
    const to = parts.map((part) => (part?.form === 'bits' ? part.bits : undefined))
    scatterBits(column.bits, targets, to)
  }
  if (column.form === 'values') {
    const { BYTES_PER_ELEMENT: width } = column.values
    const from = wordsOver(column.values)
    // Where the next value of each target goes, in words of the whole run of bytes.
    const unit = Math.min(width, 4)
    const at = Float64Array.from(parts, (part) =>
      part?.form === 'values' ? (part.values.byteOffset - bytes.byteOffset) / unit : 0,
    )
    const { buffer, byteOffset, length } = bytes
    if (width === 8) pairs(from as Uint32Array, targets, at, new Uint32Array(buffer, byteOffset, length >> 2))
    else if (width === 4)
      words32(from as Uint32Array, targets, at, new Uint32Array(buffer, byteOffset, length >> 2))
    else if (width === 2)
      words16(from as Uint16Array, targets, at, new Uint16Array(buffer, byteOffset, length >> 1))
    else words8(from as Uint8Array, targets, at, bytes)
  }
  if (column.form === 'texts') scatterTexts(column, targets, parts)
}

function words8(from: Uint8Array, targets: Uint16Array, at: Float64Array, to: Uint8Array): void {
  for (let row = 0; row < targets.length; row++) to[at[targets[row]]++] = from[row]
}

function words16(from: Uint16Array, targets: Uint16Array, at: Float64Array, to: Uint16Array): void {
  for (let row = 0; row < targets.length; row++) to[at[targets[row]]++] = from[row]
}

function words32(from: Uint32Array, targets: Uint16Array, at: Float64Array, to: Uint32Array): void {
  for (let row = 0; row < targets.length; row++) to[at[targets[row]]++] = from[row]
}

function pairs(from: Uint32Array, targets: Uint16Array, at: Float64Array, to: Uint32Array): void {
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]
    const place = at[target]
    to[place] = from[2 * row]
    to[place + 1] = from[2 * row + 1]
    at[target] = place + 2
  }
}

function scatterBits(bits: Uint8Array, targets: Uint16Array, to: readonly (Uint8Array | undefined)[]): void {
  for (const own of to) own?.fill(0)
  const next = new Uint32Array(to.length)
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]
    const at = next[target]++
    if (hasBit(bits, row)) {
      const own = to[target]
      if (own) own[at >> 3] |= 1 << (at & 7)
    }
  }
}

function scatterTexts(column: FlatTexts, targets: Uint16Array, parts: Parts): void {
  const { views, validity, buffers } = column
  const to = parts.map((part) => (part?.form === 'texts' ? part : undefined))
  const writers = to.map((part) => new TextWriter(part?.buffers[0]))
  const next = new Uint32Array(parts.length)
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]
    const place = 4 * next[target]++
    const own = to[target]
    if (!own) continue
    if (validity && !hasBit(validity, row)) own.views.fill(0, place, place + 4)
    else writers[target].write(views, 4 * row, buffers, own.views, place)
  }
}
