// Arrow IPC files to columns of cells, and back. Exact: nothing of 64 bits passes through a JavaScript number.

import { createRequire } from 'node:module'
import { zstdDecompressSync } from 'node:zlib'
import type { Cell, Column } from './columns/column.ts'
import {
  type DataType,
  isDatetime,
  isDuration,
  isInteger,
  isList,
  isStruct,
  type TimeUnit,
} from './dataType.ts'
import { decodeLz4Frame } from './lz4.ts'
import type { Schema } from './schema.ts'

type Flechette = typeof import('@uwdata/flechette')
type ArrowType = import('@uwdata/flechette').DataType
type ArrowBatch = import('@uwdata/flechette').Batch<unknown>

const require = createRequire(import.meta.url)
let library: Flechette | undefined

/** The Arrow library, loaded when the first table is met. */
export function arrowLibrary(): Flechette {
  if (!library) {
    library = require('@uwdata/flechette') as Flechette
    const codec = (decode: (bytes: Uint8Array, length: number) => Uint8Array) => ({
      decode,
      encode: (bytes: Uint8Array): Uint8Array => bytes,
    })
    library.setCompressionCodec(library.CompressionType.LZ4_FRAME, codec(decodeLz4Frame))
    library.setCompressionCodec(
      library.CompressionType.ZSTD,
      codec((bytes) => new Uint8Array(zstdDecompressSync(bytes))),
    )
  }
  return library
}

/** The columns of an Arrow IPC file or stream. */
export function columnsFromIpc(ipc: Uint8Array): Column[] {
  const table = openArrow(ipc)
  return table.schema.fields.map(({ name, type }, i) => {
    const own = typeFromArrow(type)
    const cells: Cell[] = []
    for (const batch of table.children[i].data) appendCells(cells, batch, own)
    return { name, type: own, cells }
  })
}

/** An Arrow table over the same bytes. */
export const openArrow = (ipc: Uint8Array): import('@uwdata/flechette').Table =>
  arrowLibrary().tableFromIPC(ipc, { useBigInt: true })

/** The names and types in an Arrow IPC file. */
export const schemaFromIpc = (ipc: Uint8Array): Schema =>
  openArrow(ipc).schema.fields.map(({ name, type }) => ({ name, type: typeFromArrow(type) }))

const UNITS: readonly (TimeUnit | 's')[] = ['s', 'ms', 'us', 'ns']

/** @throws {TypeError} for a type that tables do not have */
export function typeFromArrow(type: ArrowType): DataType {
  const { Type } = arrowLibrary()
  switch (type.typeId) {
    case Type.Null:
      return 'null'
    case Type.Bool:
      return 'boolean'
    case Type.Int:
      return `${type.signed ? '' : 'u'}int${type.bitWidth}` as DataType
    case Type.Float:
      return type.precision === 2 ? 'float64' : 'float32'
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return 'string'
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return 'binary'
    case Type.Dictionary:
      return 'category'
    case Type.Date:
      return type.unit === 0 ? 'date' : { datetime: 'ms' }
    case Type.Time:
      return 'time'
    case Type.Timestamp: {
      const unit = UNITS[type.unit] === 's' ? 'ms' : (UNITS[type.unit] as TimeUnit)
      return type.timezone ? { datetime: unit, zone: type.timezone } : { datetime: unit }
    }
    case Type.Duration:
      return { duration: UNITS[type.unit] === 's' ? 'ms' : (UNITS[type.unit] as TimeUnit) }
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
      return { list: typeFromArrow(type.children[0].type) }
    case Type.Struct:
      return {
        struct: Object.fromEntries(type.children.map((each) => [each.name, typeFromArrow(each.type)])),
      }
    case Type.Decimal:
      return 'float64'
    default:
      throw new TypeError(
        `columns of Arrow's type ${type.typeId} cannot be read: cast them before they are written`,
      )
  }
}

function appendCells(cells: Cell[], batch: ArrowBatch, type: DataType): void {
  const { length } = batch
  const present = batch.nullCount > 0 && batch.validity ? (i: number) => batch.isValid(i) : () => true
  if (type === 'null') {
    for (let i = 0; i < length; i++) cells.push(null)
    return
  }
  const raw = batch.values as ArrayLike<number | bigint> | undefined
  const arrow = batch.type as ArrowType
  const { Type } = arrowLibrary()
  if (isDatetime(type) || isDuration(type) || type === 'time') {
    const scale =
      type === 'time'
        ? [1_000_000_000n, 1_000_000n, 1_000n, 1n][(arrow as { unit: number }).unit]
        : 'unit' in arrow && arrow.typeId !== Type.Date && arrow.unit === 0
          ? 1000n
          : 1n
    for (let i = 0; i < length; i++)
      cells.push(present(i) ? BigInt((raw as ArrayLike<bigint>)[i]) * scale : null)
    return
  }
  if (
    type === 'date' ||
    isInteger(type) ||
    ((type === 'float64' || type === 'float32') && arrow.typeId === Type.Float)
  ) {
    for (let i = 0; i < length; i++) cells.push(present(i) ? (raw as ArrayLike<number | bigint>)[i] : null)
    return
  }
  if (isList(type)) {
    const inner: Cell[] = []
    appendCells(inner, batch.children[0] as ArrowBatch, type.list)
    const { offsets } = batch as { offsets?: ArrayLike<number | bigint> }
    const size = offsets ? 0 : (arrow as { stride: number }).stride
    for (let i = 0; i < length; i++) {
      const from = offsets ? Number(offsets[i]) : i * size
      const to = offsets ? Number(offsets[i + 1]) : (i + 1) * size
      cells.push(present(i) ? inner.slice(from, to) : null)
    }
    return
  }
  if (isStruct(type)) {
    const names = Object.keys(type.struct)
    const parts = names.map((name, k) => {
      const part: Cell[] = []
      appendCells(part, batch.children[k] as ArrowBatch, type.struct[name])
      return part
    })
    for (let i = 0; i < length; i++)
      cells.push(present(i) ? Object.fromEntries(names.map((name, k) => [name, parts[k][i]])) : null)
    return
  }
  for (let i = 0; i < length; i++) {
    const value = batch.at(i) as Cell | undefined
    cells.push(value === undefined ? null : arrow.typeId === Type.Decimal ? Number(value) : value)
  }
}

/** Columns as an Arrow IPC file. A category is written as its texts. */
export function ipcFromColumns(columns: readonly Column[]): Uint8Array {
  const { tableFromColumns, tableToIPC, Column: ArrowColumn } = arrowLibrary()
  const entries = columns.map(
    ({ name, type, cells }): [string, import('@uwdata/flechette').Column<unknown>] => [
      name,
      new ArrowColumn([batchOf(cells, type)]),
    ],
  )
  return tableToIPC(tableFromColumns(entries), { format: 'file' }) as Uint8Array
}

/** A type as Arrow has it. A category is its texts. */
export function arrowType(type: DataType): ArrowType {
  const arrow = arrowLibrary()
  if (type === 'datetime') return arrowType({ datetime: 'us' })
  if (type === 'duration') return arrowType({ duration: 'us' })
  if (typeof type === 'object') {
    if ('list' in type) return arrow.list(arrow.field('item', arrowType(type.list)))
    if ('struct' in type)
      return arrow.struct(
        Object.entries(type.struct).map(([name, each]) => arrow.field(name, arrowType(each))),
      )
    if ('datetime' in type) return arrow.timestamp(unitNumber(type.datetime), type.zone ?? null)
    return arrow.duration(unitNumber(type.duration))
  }
  switch (type) {
    case 'null':
      return arrow.nullType()
    case 'boolean':
      return arrow.bool()
    case 'string':
    case 'category':
      return arrow.utf8()
    case 'binary':
      return arrow.binary()
    case 'date':
      return arrow.dateDay()
    case 'time':
      return arrow.timeNanosecond()
    default:
      return arrow[type]()
  }
}

const unitNumber = (unit: TimeUnit): 1 | 2 | 3 => UNITS.indexOf(unit) as 1 | 2 | 3

/** Which arrays the values of a type stand in; those of datetimes and durations are of int64. */
export const ARRAYS = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  date: Int32Array,
  time: BigInt64Array,
} as const

function batchOf(cells: readonly Cell[], type: DataType): ArrowBatch {
  const { Batch } = arrowLibrary()
  const { length } = cells
  let nullCount = 0
  const validity = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++)
    if (cells[i] === null) nullCount++
    else validity[i >> 3] |= 1 << (i & 7)
  const base = {
    length,
    nullCount,
    type: arrowType(type),
    validity: nullCount > 0 ? validity : new Uint8Array(0),
  }
  if (type === 'null') return new Batch({ ...base, nullCount: length, validity: new Uint8Array(0) } as never)
  return new Batch({ ...base, ...buffersOf(cells, type) } as never) as ArrowBatch
}

function buffersOf(cells: readonly Cell[], type: DataType): Record<string, unknown> {
  const { length } = cells
  if (type === 'boolean') {
    const values = new Uint8Array((length + 7) >> 3)
    for (let i = 0; i < length; i++) if (cells[i] === true) values[i >> 3] |= 1 << (i & 7)
    return { values }
  }
  if (type === 'string' || type === 'category' || type === 'binary') {
    const parts = cells.map((cell) =>
      typeof cell === 'string' ? Buffer.from(cell) : (cell as Uint8Array | null),
    )
    const offsets = offsetsOf(parts)
    const values = new Uint8Array(offsets[length])
    parts.forEach((part, i) => {
      if (part) values.set(part, offsets[i])
    })
    return { offsets, values }
  }
  if (isList(type)) {
    const lists = cells as readonly (readonly Cell[] | null)[]
    return {
      offsets: offsetsOf(lists),
      children: [
        batchOf(
          lists.flatMap((list) => list ?? []),
          type.list,
        ),
      ],
    }
  }
  if (isStruct(type)) {
    const rows = cells as readonly ({ readonly [field: string]: Cell } | null)[]
    return {
      children: Object.entries(type.struct).map(([name, each]) =>
        batchOf(
          rows.map((row) => row?.[name] ?? null),
          each,
        ),
      ),
    }
  }
  const Values =
    typeof type === 'object' || type === 'datetime' || type === 'duration'
      ? BigInt64Array
      : ARRAYS[type as keyof typeof ARRAYS]
  const values = new Values(length)
  const zero = values instanceof BigInt64Array || values instanceof BigUint64Array ? 0n : 0
  for (let i = 0; i < length; i++) values[i] = (cells[i] ?? zero) as never
  return { values }
}

function offsetsOf(parts: readonly ({ readonly length: number } | null)[]): Int32Array {
  const offsets = new Int32Array(parts.length + 1)
  for (let i = 0; i < parts.length; i++) offsets[i + 1] = offsets[i] + (parts[i]?.length ?? 0)
  return offsets
}
