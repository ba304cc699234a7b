// What a frame holds, in which order: worked out once for each type of message, by its writer from the table, by its reader from the frame.

import type { ColumnKind, Field, MessageTable } from './fields.ts'

/** A byte string that is no message of the table it was read with: says what is wrong and, when known, the type. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
  readonly messageType: string | undefined
  constructor(text: string, messageType?: string) {
    super(text)
    this.messageType = messageType
  }
}

export type Column = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array

export const COLUMNS: Record<
  ColumnKind,
  { new (buffer: ArrayBufferLike, at: number, length: number): Column; BYTES_PER_ELEMENT: number }
> = {
  u8: Uint8Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
}

export interface Entry {
  readonly name: string
  readonly field: Field<unknown>
  /** 1 for what is no column. */
  readonly bytesPerElement: number
}

/** Of a reader: a field that its table does not name, or has as something else, is passed over. */
export type ReadEntry = Omit<Entry, 'field'> & { readonly field: Field<unknown> | undefined }

export interface Layout<E extends ReadEntry = ReadEntry> {
  readonly type: string
  readonly columns: readonly E[]
  readonly values: readonly E[]
  /** Fields that the reader's table asks for and that are not there. */
  readonly lacking: readonly Entry[]
  /** As it stands in frames. */
  readonly bytes: Uint8Array
  readonly hash: number
}

/** Layouts of one type by which of its optional fields are there. */
interface Row {
  readonly optionals: readonly string[]
  readonly layouts: Map<number, Layout<Entry>>
}

const writers = new WeakMap<MessageTable, Map<string, Row>>()
const readers = new WeakMap<MessageTable, Map<number, Layout>>()
/** Whoever sends ever new layouts is no heddle. */
const READ_LAYOUTS_MAX = 1000

/**
 * The layout of a message that is to be written.
 * @throws {ProtocolError} when the table does not name its type
 */
export function layoutOf(
  table: MessageTable,
  message: Readonly<Record<string, unknown>> & { type: string },
): Layout<Entry> {
  let rows = writers.get(table)
  if (!rows) {
    rows = new Map()
    writers.set(table, rows)
  }
  let row = rows.get(message.type)
  if (!row) {
    row = rowOf(table, message.type)
    rows.set(message.type, row)
  }
  let present = 0
  for (let i = 0; i < row.optionals.length; i++)
    if (message[row.optionals[i]] !== undefined) present |= 1 << i
  let layout = row.layouts.get(present)
  if (!layout) {
    layout = writtenLayout(table, message)
    row.layouts.set(present, layout)
  }
  return layout
}

function rowOf(table: MessageTable, type: string): Row {
  const fields = Object.hasOwn(table, type) ? table[type] : undefined
  if (!fields) throw new ProtocolError(`no message of type ${JSON.stringify(type)} can be sent here`, type)
  return { optionals: Object.keys(fields).filter((name) => fields[name].optional), layouts: new Map() }
}

function writtenLayout(
  table: MessageTable,
  message: Readonly<Record<string, unknown>> & { type: string },
): Layout<Entry> {
  const { type } = message
  const entries = entriesOf(table, type).filter(
    ({ name, field }) => !field.optional || message[name] !== undefined,
  )
  const columns = entries.filter(({ field }) => field.kind in COLUMNS)
  const values = entries.filter(({ field }) => !(field.kind in COLUMNS))
  const namesOf = (all: readonly Entry[]): string[] => all.map(({ name }) => name)
  const bytes = new TextEncoder().encode(JSON.stringify([type, namesOf(columns), namesOf(values)]))
  return { type, columns, values, lacking: [], bytes, hash: hashOf(bytes, 0, bytes.length) }
}

function entriesOf(table: MessageTable, type: string): Entry[] {
  return Object.entries(table[type]).map(([name, field]) => ({
    name,
    field,
    bytesPerElement: field.kind in COLUMNS ? COLUMNS[field.kind as ColumnKind].BYTES_PER_ELEMENT : 1,
  }))
}

/**
 * The layout that stands in a frame.
 * @throws {ProtocolError} when it is none, or of a type that the table does not name
 */
export function readLayout(
  table: MessageTable,
  hash: number,
  frame: Uint8Array,
  at: number,
  length: number,
): Layout {
  let known = readers.get(table)
  if (!known) {
    known = new Map()
    readers.set(table, known)
  }
  const layout = known.get(hash)
  if (layout && isSame(layout.bytes, frame, at, length)) return layout
  const parsed = parsedLayout(table, hash, frame.slice(at, at + length))
  if (known.size >= READ_LAYOUTS_MAX) known.clear()
  known.set(hash, parsed)
  return parsed
}

function isSame(bytes: Uint8Array, frame: Uint8Array, at: number, length: number): boolean {
  if (bytes.length !== length) return false
  for (let i = 0; i < length; i++) if (bytes[i] !== frame[at + i]) return false
  return true
}

function parsedLayout(table: MessageTable, hash: number, bytes: Uint8Array): Layout {
  if (hashOf(bytes, 0, bytes.length) !== hash)
    throw new ProtocolError("a message's head is not one of heddle's")
  let named: unknown
  try {
    named = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new ProtocolError(`a message's head cannot be read: ${(cause as Error).message}`)
  }
  const isNames = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((name) => typeof name === 'string')
  if (!Array.isArray(named) || typeof named[0] !== 'string' || !isNames(named[1]) || !isNames(named[2]))
    throw new ProtocolError("a message's head is not one of heddle's")
  const [type, columnNames, valueNames] = named as [string, string[], string[]]
  if (!Object.hasOwn(table, type))
    throw new ProtocolError(`a message of type ${JSON.stringify(type)} is not known here`, type)
  const entries = new Map(entriesOf(table, type).map((entry) => [entry.name, entry]))
  const found = (name: string, isColumn: boolean): ReadEntry => {
    const entry = entries.get(name)
    if (!entry || entry.field.kind in COLUMNS !== isColumn)
      return { name, field: undefined, bytesPerElement: 1 }
    entries.delete(name)
    return entry
  }
  const columns = columnNames.map((name) => found(name, true))
  const values = valueNames.map((name) => found(name, false))
  const lacking = [...entries.values()].filter(({ field }) => !field.optional)
  return { type, columns, values, lacking, bytes, hash }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193)
  return hash >>> 0
}

/** @throws {ProtocolError} when a field's value is not of its kind, or missing */
export function requireKind(type: string, name: string, field: Field<unknown>, value: unknown): void {
  if (!isKind(field.kind, value))
    throw new ProtocolError(`${type}.${name} should be ${field.kind}, not ${describe(value)}`, type)
}

function isKind(kind: Field<unknown>['kind'], value: unknown): boolean {
  switch (kind) {
    case 'number':
      return typeof value === 'number'
    case 'text':
      return typeof value === 'string'
    case 'flag':
      return typeof value === 'boolean'
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'bytes':
      return value instanceof Uint8Array
    case 'plain':
      return value !== undefined && typeof value !== 'function'
    default:
      return value instanceof COLUMNS[kind]
  }
}

const describe = (value: unknown): string =>
  value === undefined
    ? 'missing'
    : value === null
      ? 'null'
      : ((value as object).constructor?.name ?? typeof value)
