// Rows of several frames in one: each column of them one behind the other, and then its values in an order.

import { expandBits, hasBit, packBits } from './bitmap.ts'
import type { FlatShape } from './flatFile.ts'
import { type FlatArray, type FlatColumn, type FlatTexts, INLINE_BYTES } from './flatFrame.ts'
import { Scratch } from './scratch.ts'

/** A column of one of the frames. */
export interface FlatPart {
  readonly column: FlatColumn
  readonly rows: number
}

/** Views say in 31 bits where in its buffer a text stands. */
export const TEXT_BYTES_MAX = 2 ** 31 - 1

/** What the column of all rows of some parts is; nothing where its texts are too long for one buffer. */
export function gatheredShape(parts: readonly FlatPart[]): FlatShape | undefined {
  const [{ column }] = parts
  const shape: FlatShape = {
    name: column.name,
    type: column.type,
    nullCount: parts.reduce((sum, part) => sum + part.column.nullCount, 0),
  }
  if (column.form !== 'texts') return shape
  const bytes = parts.reduce((sum, part) => sum + longBytes(part.column as FlatTexts, part.rows), 0)
  return bytes > TEXT_BYTES_MAX ? undefined : { ...shape, textBytes: bytes > 0 ? [bytes] : [] }
}

/** Bytes of the texts that do not stand in their views. */
export function longBytes({ views, validity }: FlatTexts, rows: number): number {
  let bytes = 0
  for (let row = 0; row < rows; row++) {
    const length = views[4 * row]
    if (length > INLINE_BYTES && (!validity || hasBit(validity, row))) bytes += length
  }
  return bytes
}

/**
 * Writes a column of all rows.
 * @param order the row of all, of those one behind the other, that each row is; they follow one another when it is absent
 */
export function gatherColumn(
  parts: readonly FlatPart[],
  rows: number,
  order: Uint32Array | undefined,
  to: FlatColumn,
): void {
  if (to.validity) gatherBits(parts, rows, order, to.validity, validityOf)
  if (to.form === 'bits') gatherBits(parts, rows, order, to.bits, bitsOf)
  if (to.form === 'values') gatherValues(parts, order, to.values)
  if (to.form === 'texts') gatherTexts(parts, rows, order, to)
}

const validityOf = ({ validity }: FlatColumn): Uint8Array | undefined => validity
const bitsOf = (column: FlatColumn): Uint8Array | undefined =>
  column.form === 'bits' ? column.bits : undefined

function gatherBits(
  parts: readonly FlatPart[],
  rows: number,
  order: Uint32Array | undefined,
  to: Uint8Array,
  bitmapOf: (column: FlatColumn) => Uint8Array | undefined,
): void {
  const scratch = new Scratch()
  const bytes = scratch.bytes(rows)
  let at = 0
  for (const { column, rows: own } of parts) {
    const bits = bitmapOf(column)
    if (bits) expandBits(bits, bytes, at, own)
    // A bitmap that is not there has all values.
    else bytes.fill(1, at, at + own)
    at += own
  }
  packBits(bytes, order, to)
  scratch.giveBack()
}

type Words = Uint8Array | Uint16Array | Uint32Array

/** Values as whole numbers of the same width; those of 64 bits are pairs. */
export function wordsOver({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: width }: FlatArray): Words {
  if (width === 1) return new Uint8Array(buffer, byteOffset, byteLength)
  if (width === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2)
  return new Uint32Array(buffer, byteOffset, byteLength / 4)
}

function gatherValues(parts: readonly FlatPart[], order: Uint32Array | undefined, values: FlatArray): void {
  const to = wordsOver(values)
  const sources = parts.map(({ column }) => wordsOver((column as { values: FlatArray }).values))
  if (!order) {
    oneBehindTheOther(sources, to)
    return
  }
  const scratch = new Scratch()
  const from = sources.length > 1 ? scratch.like(to) : sources[0]
  if (sources.length > 1) oneBehindTheOther(sources, from)
  if (values.BYTES_PER_ELEMENT === 8) takePairs(from as Uint32Array, order, to as Uint32Array)
  else if (to instanceof Uint32Array) take32(from as Uint32Array, order, to)
  else if (to instanceof Uint16Array) take16(from as Uint16Array, order, to)
  else take8(from as Uint8Array, order, to)
  scratch.giveBack()
}

function oneBehindTheOther(sources: readonly Words[], to: Words): void {
  let at = 0
  for (const source of sources) {
    to.set(source, at)
    at += source.length
  }
}

// One function a width: each sees arrays of one kind alone, which is what makes its loop quick.

function take8(from: Uint8Array, order: Uint32Array, to: Uint8Array): void {
  for (let i = 0; i < order.length; i++) to[i] = from[order[i]]
}

function take16(from: Uint16Array, order: Uint32Array, to: Uint16Array): void {
  for (let i = 0; i < order.length; i++) to[i] = from[order[i]]
}

function take32(from: Uint32Array, order: Uint32Array, to: Uint32Array): void {
  for (let i = 0; i < order.length; i++) to[i] = from[order[i]]
}

function takePairs(from: Uint32Array, order: Uint32Array, to: Uint32Array): void {
  for (let i = 0, k = 0; i < order.length; i++, k += 2) {
    const row = 2 * order[i]
    to[k] = from[row]
    to[k + 1] = from[row + 1]
  }
}

function gatherTexts(
  parts: readonly FlatPart[],
  rows: number,
  order: Uint32Array | undefined,
  to: FlatTexts,
): void {
  // Views of all parts, their buffers numbered anew; those of absent values are empty.
  const scratch = new Scratch()
  const views = scratch.rows(4 * rows)
  const buffers: Uint8Array[] = []
  let at = 0
  for (const { column, rows: own } of parts) {
    const { views: source, validity, buffers: theirs } = column as FlatTexts
    const first = buffers.length
    views.set(source.subarray(0, 4 * own), 4 * at)
    for (let row = 0; row < own; row++) {
      const k = 4 * (at + row)
      if (validity && !hasBit(validity, row)) views.fill(0, k, k + 4)
      else if (views[k] > INLINE_BYTES) views[k + 2] += first
    }
    buffers.push(...theirs)
    at += own
  }
  const writer = new TextWriter(to.buffers[0])
  for (let i = 0; i < rows; i++) writer.write(views, 4 * (order ? order[i] : i), buffers, to.views, 4 * i)
  scratch.giveBack()
}

/** Writes views, and the texts that do not stand in them into one buffer. */
export class TextWriter {
  readonly #buffer: Uint8Array | undefined
  #end = 0
  /** @param buffer as long as all of those texts */
  constructor(buffer: Uint8Array | undefined) {
    this.#buffer = buffer
  }

  write(from: Uint32Array, at: number, buffers: readonly Uint8Array[], to: Uint32Array, place: number): void {
    const length = from[at]
    to[place] = length
    to[place + 1] = from[at + 1]
    if (length <= INLINE_BYTES) {
      to[place + 2] = from[at + 2]
      to[place + 3] = from[at + 3]
      return
    }
    const start = from[at + 3]
    this.#buffer?.set(buffers[from[at + 2]].subarray(start, start + length), this.#end)
    to[place + 2] = 0
    to[place + 3] = this.#end
    this.#end += length
  }
}
