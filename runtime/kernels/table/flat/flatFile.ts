// Columns as typed arrays, back to an Arrow IPC file: where each column lies in it is known before a value is, so values are
// written where they stay.

import { resultBytes } from '../../resultMemory.ts'
import { ARRAYS, arrowLibrary, arrowType } from '../arrow.ts'
import { type DataType, fullType } from '../dataType.ts'
import type { FlatArray, FlatColumn } from './flatFrame.ts'

type ArrowType = import('@uwdata/flechette').DataType
type ArrowBatch = import('@uwdata/flechette').Batch<unknown>

/** What a file must know of a column before it has its values. */
export interface FlatShape {
  readonly name: string
  readonly type: DataType
  /** Where it is 0 the column has no bitmap. */
  readonly nullCount: number
  /** Of texts: how long the buffers are that longer ones stand in. */
  readonly textBytes?: readonly number[]
}

/** A file of known length, without its values. */
export interface FlatLayout {
  readonly rows: number
  /** Of the file, in bytes. */
  readonly length: number
  /**
   * Writes all but the values.
   * @param bytes exactly `length` bytes, beginning at a multiple of 8 in their buffer; what they hold is overwritten
   * @returns the columns, whose values, bitmaps and texts are still to be written, all of them
   */
  write(bytes: Uint8Array): FlatColumn[]
}

/** Columns of so many rows as an Arrow IPC file, in memory of the store's. */
export function flatToIpc(columns: readonly FlatColumn[], rows: number): Uint8Array {
  const layout = flatLayout(columns.map(shapeOf), rows)
  const ipc = resultBytes(layout.length)
  layout.write(ipc).forEach((to, i) => {
    copyColumn(columns[i], to)
  })
  return ipc
}

/** What a column is without its values. */
export const shapeOf = (column: FlatColumn): FlatShape => ({
  name: column.name,
  type: column.type,
  nullCount: column.nullCount,
  ...(column.form === 'texts' && { textBytes: column.buffers.map(({ length }) => length) }),
})

/** Writes a column's values, bitmap and texts to where a layout has their place. */
export function copyColumn(from: FlatColumn, to: FlatColumn): void {
  if (from.validity && to.validity) to.validity.set(from.validity.subarray(0, to.validity.length))
  if (from.form === 'values' && to.form === 'values') to.values.set(from.values as never)
  else if (from.form === 'bits' && to.form === 'bits') to.bits.set(from.bits.subarray(0, to.bits.length))
  else if (from.form === 'texts' && to.form === 'texts') {
    to.views.set(from.views)
    for (const [i, buffer] of to.buffers.entries()) buffer.set(from.buffers[i])
  }
}

/** Where everything stands in a file of so many rows. */
export function flatLayout(shapes: readonly FlatShape[], rows: number): FlatLayout {
  const { tableFromColumns, tableToIPC, Column } = arrowLibrary()
  const lengths = shapes.map((shape) => lengthsOf(shape, rows))
  const space = spaceOf(Math.max(0, ...lengths.flat(1)))
  const named = shapes.map((shape, i): [string, import('@uwdata/flechette').Column<unknown>] => [
    shape.name,
    new Column([emptyBatch(shape, rows, lengths[i], space)]),
  ])
  const sink = new LayoutSink(space)
  tableToIPC(tableFromColumns(named), { format: 'file', sink })
  const { headers, places, length } = sink
  return {
    rows,
    length,
    write(bytes) {
      for (const { at, bytes: header } of headers) bytes.set(header, at)
      let next = 0
      return shapes.map((shape, i) => {
        const parts = lengths[i].map((size) => {
          const at = size === 0 ? 0 : places[next++]
          return new Uint8Array(bytes.buffer, bytes.byteOffset + at, size)
        })
        return columnOver(shape, parts)
      })
    },
  }
}

/** Bytes of the buffers of a column: of the bitmap, of the values, of texts' buffers. */
function lengthsOf({ type, nullCount, textBytes = [] }: FlatShape, rows: number): number[] {
  if (type === 'null') return []
  const bitmap = (rows + 7) >> 3
  const validity = nullCount > 0 ? bitmap : 0
  if (type === 'boolean') return [validity, bitmap]
  if (isViewed(type)) return [validity, 16 * rows, ...textBytes]
  return [validity, rows * arrayOf(type).BYTES_PER_ELEMENT]
}

function columnOver(shape: FlatShape, [validity, values, ...buffers]: readonly Uint8Array[]): FlatColumn {
  const { name, type, nullCount } = shape
  const field = { name, type, nullCount, ...(nullCount > 0 && validity && { validity }) }
  if (type === 'null') return { ...field, form: 'absent' }
  if (type === 'boolean') return { ...field, form: 'bits', bits: values }
  const { buffer, byteOffset, length } = values
  if (isViewed(type))
    return { ...field, form: 'texts', views: new Uint32Array(buffer, byteOffset, length / 4), buffers }
  const Values = arrayOf(type)
  return {
    ...field,
    form: 'values',
    values: new Values(buffer, byteOffset, length / Values.BYTES_PER_ELEMENT),
  }
}

const isViewed = (type: DataType): boolean => type === 'string' || type === 'binary'

/** A type as it stands in the file: categories are their codes, texts views. */
function writtenType(type: DataType): ArrowType {
  const { uint32, utf8View, binaryView } = arrowLibrary()
  if (type === 'category') return uint32()
  if (type === 'string') return utf8View()
  return type === 'binary' ? binaryView() : arrowType(type)
}

interface FlatArrayConstructor {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): FlatArray
}

const FLAT_ARRAYS: Readonly<Record<string, FlatArrayConstructor>> = { ...ARRAYS, category: Uint32Array }

/** Which arrays the values of a type stand in. */
export function arrayOf(type: DataType): FlatArrayConstructor {
  const full = fullType(type)
  return typeof full === 'string' ? FLAT_ARRAYS[full] : BigInt64Array
}

/** Bytes that nothing is written to: what is said to stand in a buffer until its place is known. */
let untouched = new ArrayBuffer(0)

function spaceOf(length: number): ArrayBuffer {
  if (untouched.byteLength < length) untouched = new ArrayBuffer(length)
  return untouched
}

function emptyBatch(
  { type, nullCount }: FlatShape,
  length: number,
  lengths: readonly number[],
  space: ArrayBuffer,
): ArrowBatch {
  const { Batch } = arrowLibrary()
  const [validity, values, ...data] = lengths.map((size) => new Uint8Array(space, 0, size))
  const batch = new Batch({ length, nullCount, type: writtenType(type), validity, values } as never)
  return Object.assign(batch, { data }) as ArrowBatch
}

/** Takes what the library writes of a file: its headers, and where the buffers are to stand. */
class LayoutSink {
  readonly headers: { at: number; bytes: Uint8Array }[] = []
  readonly places: number[] = []
  length = 0
  readonly #space: ArrayBuffer
  constructor(space: ArrayBuffer) {
    this.#space = space
  }
  write(bytes: Uint8Array): void {
    if (bytes.buffer === this.#space) this.places.push(this.length)
    else this.headers.push({ at: this.length, bytes })
    this.length += bytes.byteLength
  }
  pad(byteCount: number): void {
    this.write(new Uint8Array(byteCount))
  }
  finish(): null {
    return null
  }
}
