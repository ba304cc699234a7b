// A partition's columns as typed arrays over the bytes it travels in: nothing is copied, and no engine opens it.

import { arrowLibrary, openArrow, typeFromArrow } from '../arrow.ts'
import type { DataType } from '../dataType.ts'
import type { Codes, Frame } from '../frame.ts'

/** Arrays of the values of columns. */
export type FlatArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array

interface FlatField {
  readonly name: string
  readonly type: DataType
  readonly nullCount: number
  /** A bit a row, from the lowest of the first byte on, set where a value is there. Only where `nullCount` is not 0. */
  readonly validity?: Uint8Array
}

/** A number a row: numbers themselves, days, ticks of datetimes and durations, nanoseconds of a day, codes of categories (uint32). */
export interface FlatValues extends FlatField {
  readonly form: 'values'
  readonly values: FlatArray
}

/** Booleans: a bit a row, from the lowest of the first byte on. */
export interface FlatBits extends FlatField {
  readonly form: 'bits'
  readonly bits: Uint8Array
}

/**
 * Texts or bytes, as Arrow's views: four words a row. The first is the length in bytes. Up to 12 bytes stand in the other three words
 * themselves; of longer ones the second word is the first four bytes, the third says in which of `buffers` they stand, the fourth where.
 */
export interface FlatTexts extends FlatField {
  readonly form: 'texts'
  readonly views: Uint32Array
  readonly buffers: readonly Uint8Array[]
}

/** A column without any value: it has no bytes either. */
export interface FlatAbsent extends FlatField {
  readonly form: 'absent'
}

export type FlatColumn = FlatValues | FlatBits | FlatTexts | FlatAbsent

/** Columns of the same length. */
export interface FlatFrame {
  readonly rows: number
  readonly columns: readonly FlatColumn[]
  /** What the codes of its columns of categories mean. */
  readonly codes?: Codes
}

/** So many bytes of a text stand in its view. */
export const INLINE_BYTES = 12

type ArrowColumn = import('@uwdata/flechette').Column<unknown>

/**
 * The columns of a frame, over its own bytes: they must not be written to.
 * @param names the columns that are wanted, in this order; all when absent
 * @returns nothing where a column is nested, has categories with a dictionary of its own, or the file several batches: those are an engine's
 */
export function flatColumns(frame: Frame, names?: readonly string[]): FlatFrame | undefined {
  const { ipc, rows, codes } = frame
  if (ipc.length === 0) return undefined
  // Words of 64 bits are looked at where they lie, which must be a multiple of their size.
  const table = openArrow(ipc.byteOffset % 8 === 0 ? ipc : Uint8Array.from(ipc))
  const { fields } = table.schema
  const columns: FlatColumn[] = []
  for (const name of names ?? fields.map((field) => field.name)) {
    const at = fields.findIndex((field) => field.name === name)
    const made = at < 0 ? undefined : flatColumn(name, table.children[at], rows, codes)
    if (!made) return undefined
    columns.push(made)
  }
  return { rows, columns, ...(codes && { codes }) }
}

function flatColumn(
  name: string,
  { type: arrow, data }: ArrowColumn,
  rows: number,
  codes: Codes | undefined,
): FlatColumn | undefined {
  const plain = plainType(arrow)
  if (plain === undefined || data.length !== 1 || data[0].length !== rows) return undefined
  const [batch] = data
  const { nullCount, validity } = batch
  const type = plain === 'uint32' && codes?.columns.includes(name) ? 'category' : plain
  const field = { name, type, nullCount, ...(nullCount > 0 && validity && { validity: bytesOf(validity) }) }
  if (type === 'null') return { ...field, form: 'absent' }
  if (type === 'boolean') return { ...field, form: 'bits', bits: bytesOf(batch.values as Uint8Array) }
  if (type === 'string' || type === 'binary') {
    const { buffer, byteOffset } = batch.values as Uint8Array
    const { data: buffers } = batch as unknown as { data: readonly Uint8Array[] }
    return {
      ...field,
      form: 'texts',
      views: new Uint32Array(buffer, byteOffset, 4 * rows),
      buffers: buffers.map(bytesOf),
    }
  }
  return { ...field, form: 'values', values: (batch.values as FlatArray).subarray(0, rows) }
}

/** Plain bytes, be they a `Buffer` of Node's or not. */
const bytesOf = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length)

/** Arrow's numbers of the types that are laid out as ours are; texts are views. */
function plainType(arrow: ArrowColumn['type']): DataType | undefined {
  const { Type, TimeUnit, DateUnit } = arrowLibrary()
  switch (arrow.typeId) {
    case Type.Null:
    case Type.Bool:
    case Type.Int:
    case Type.Utf8View:
    case Type.BinaryView:
      return typeFromArrow(arrow)
    case Type.Float:
      return arrow.precision === 0 ? undefined : typeFromArrow(arrow)
    case Type.Date:
      return arrow.unit === DateUnit.DAY ? 'date' : undefined
    case Type.Time:
      return arrow.unit === TimeUnit.NANOSECOND ? 'time' : undefined
    case Type.Timestamp:
    case Type.Duration:
      return arrow.unit === TimeUnit.SECOND ? undefined : typeFromArrow(arrow)
    default:
      return undefined
  }
}
