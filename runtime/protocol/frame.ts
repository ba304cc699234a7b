// One message as one byte string: a small header by msgpackr, then the columns as raw, 8-aligned bytes.
//
//   u32 header length | header: [type, [field, value…], [column, kind, bytes…]] | padding to 8 | columns, each padded to 8
//
// A column is never copied element by element: writing is one memory copy, reading is a view on the received bytes.

import { Packr } from 'msgpackr'
import type { AnyMessageOf, ColumnKind, Field, MessageTable } from './fields.ts'

/** A byte string that is no message of the table it was read with: says what is wrong and, when known, the type. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
  readonly messageType: string | undefined
  constructor(text: string, messageType?: string) {
    super(text)
    this.messageType = messageType
  }
}

type Column = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array

const COLUMNS: Record<
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

const packr = new Packr({ useRecords: false, moreTypes: true, variableMapSize: true })
const align8 = (n: number): number => (n + 7) & ~7

/** @throws {ProtocolError} when the message's type or one of its fields is not what the table says */
export function encodeFrame<Table extends MessageTable>(
  table: Table,
  message: AnyMessageOf<Table>,
): Uint8Array {
  const { type } = message as { type: string }
  const fields = table[type]
  if (!fields) throw new ProtocolError(`no message of type ${JSON.stringify(type)} can be sent here`, type)
  const source = message as unknown as Record<string, unknown>
  const values: unknown[] = []
  const columns: unknown[] = []
  const parts: Column[] = []
  let bodyBytes = 0
  for (const name in fields) {
    const value = source[name]
    const field = fields[name]
    if (value === undefined && field.optional) continue
    requireKind(type, name, field, value)
    if (field.kind in COLUMNS) {
      const column = value as Column
      columns.push(name, column.byteLength)
      parts.push(column)
      bodyBytes += align8(column.byteLength)
    } else values.push(name, value)
  }
  const header = packr.pack([type, values, columns])
  const bodyAt = align8(4 + header.length)
  const frame = new Uint8Array(bodyAt + bodyBytes)
  new DataView(frame.buffer).setUint32(0, header.length, true)
  frame.set(header, 4)
  let at = bodyAt
  for (const part of parts) {
    frame.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at)
    at += align8(part.byteLength)
  }
  return frame
}

/**
 * Reads one message. Columns are views on `frame` where it is 8-aligned, else on one copy of it.
 * @throws {ProtocolError} when it is cut short, of an unknown type, or a field is missing or of another kind
 */
export function decodeFrame<Table extends MessageTable>(
  table: Table,
  frame: Uint8Array,
): AnyMessageOf<Table> {
  const [type, values, columns, bodyAt] = readHeader(frame)
  const fields = Object.hasOwn(table, type) ? table[type] : undefined
  if (!fields) throw new ProtocolError(`a message of type ${JSON.stringify(type)} is not known here`, type)
  const message: Record<string, unknown> = { type }
  for (let i = 0; i + 1 < values.length; i += 2) {
    const name = values[i] as string
    if (Object.hasOwn(fields, name)) message[name] = values[i + 1]
  }
  // A Buffer's own `slice` would not copy.
  const body = frame.byteOffset % 8 === 0 ? frame : Uint8Array.prototype.slice.call(frame)
  let at = bodyAt
  for (let i = 0; i + 1 < columns.length; i += 2) {
    const name = columns[i] as string
    const byteLength = columns[i + 1] as number
    if (at + byteLength > frame.byteLength) throw new ProtocolError(`a ${type} message was cut short`, type)
    const kind = Object.hasOwn(fields, name) ? fields[name].kind : undefined
    if (kind !== undefined && kind in COLUMNS) {
      const Kind = COLUMNS[kind as ColumnKind]
      if (byteLength % Kind.BYTES_PER_ELEMENT !== 0)
        throw new ProtocolError(`${type}.${name} has a broken length`, type)
      message[name] = new Kind(body.buffer, body.byteOffset + at, byteLength / Kind.BYTES_PER_ELEMENT)
    }
    at += align8(byteLength)
  }
  for (const name in fields) {
    if (message[name] === undefined && fields[name].optional) continue
    requireKind(type, name, fields[name], message[name])
  }
  return message as AnyMessageOf<Table>
}

/** The header's parts, checked only for their outer shape. */
function readHeader(
  frame: Uint8Array,
): [type: string, values: unknown[], columns: unknown[], bodyAt: number] {
  if (frame.byteLength < 4) throw new ProtocolError('a message was cut short')
  const headerLength = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true)
  if (4 + headerLength > frame.byteLength) throw new ProtocolError('a message was cut short')
  let header: unknown
  try {
    header = packr.unpack(frame.subarray(4, 4 + headerLength))
  } catch (cause) {
    throw new ProtocolError(`a message's header cannot be read: ${(cause as Error).message}`)
  }
  if (
    !Array.isArray(header) ||
    typeof header[0] !== 'string' ||
    !Array.isArray(header[1]) ||
    !Array.isArray(header[2])
  )
    throw new ProtocolError("a message's header is not one of heddle's")
  return [header[0], header[1], header[2], align8(4 + headerLength)]
}

function requireKind(type: string, name: string, field: Field<unknown>, value: unknown): void {
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
