// One message as one byte string: what it is, the small values by msgpackr, then the columns as raw, 8-aligned bytes.
//
//   u32 where the columns begin | u32 layout's hash | u32 layout's bytes | layout, padded to 4
//   | u32 bytes of each column | u32 bytes of the values | values | padding to 8 | columns, each padded to 8
//
// The layout names the type, the columns and the values. It is the same for all messages of a type, so that both sides
// prepare for it once: a message costs neither names nor, where it is columns alone, any parsing.
// A column is never copied element by element: writing is one memory copy, reading is a view on the received bytes.

import { Packr } from 'msgpackr/pack'
import type { AnyMessageOf, ColumnKind, MessageTable } from './fields.ts'
import {
  COLUMNS,
  type Column,
  type Entry,
  type Layout,
  layoutOf,
  ProtocolError,
  readLayout,
  requireKind,
} from './layout.ts'

export { ProtocolError } from './layout.ts'

const packr = new Packr({ useRecords: false, moreTypes: true, variableMapSize: true })
const HEAD_BYTES = 12
const align8 = (n: number): number => (n + 7) & ~7
const align4 = (n: number): number => (n + 3) & ~3

/** Memory for frames, seen as every kind of column. */
class Room {
  readonly u8: Uint8Array<ArrayBuffer>
  readonly u16: Uint16Array
  readonly i32: Int32Array
  readonly u32: Uint32Array
  readonly f32: Float32Array
  readonly f64: Float64Array

  constructor(bytes: number) {
    const memory = new ArrayBuffer(align8(bytes))
    this.u8 = new Uint8Array(memory)
    this.u16 = new Uint16Array(memory)
    this.i32 = new Int32Array(memory)
    this.u32 = new Uint32Array(memory)
    this.f32 = new Float32Array(memory)
    this.f64 = new Float64Array(memory)
  }
}

const SHARED_ROOM_BYTES = 32 * 1024
/** Larger frames have memory of their own. */
const SHARED_FRAME_BYTES_MAX = 4 * 1024

/** In front of each frame in shared memory: its length and its kind, for a stream that carries nothing but frames. */
export const FRAME_HEAD_BYTES = 8

/** Encodes small frames side by side in one piece of memory: for those that are written to a socket and forgotten. */
export class FrameMemory {
  #room: Room | undefined
  #used = 0

  /** Room for a frame behind its head, and where in it the frame begins: its bytes are zeros. */
  take(bytes: number): { room: Room; at: number } {
    const whole = FRAME_HEAD_BYTES + align8(bytes)
    if (whole > SHARED_FRAME_BYTES_MAX) return { room: new Room(whole), at: FRAME_HEAD_BYTES }
    if (!this.#room || this.#used + whole > SHARED_ROOM_BYTES) {
      this.#room = new Room(SHARED_ROOM_BYTES)
      this.#used = 0
    }
    const at = this.#used + FRAME_HEAD_BYTES
    this.#used += whole
    return { room: this.#room, at }
  }
}

/**
 * @param memory where frames are put side by side, each behind its head and padded to 8 bytes, as `FrameSocket` carries
 *   them; without it a frame has memory of its own and comes bare
 * @throws {ProtocolError} when the message's type or one of its fields is not what the table says
 */
export function encodeFrame<Table extends MessageTable>(
  table: Table,
  message: AnyMessageOf<Table>,
  memory?: FrameMemory,
): Uint8Array<ArrayBuffer> {
  const source = message as unknown as Record<string, unknown> & { type: string }
  const layout = layoutOf(table, source)
  const { type, columns, values, bytes: names } = layout
  let bodyBytes = 0
  for (const { name, field } of columns) {
    const column = source[name] as Column
    requireKind(type, name, field, column)
    bodyBytes += align8(column.byteLength)
  }
  const packed = values.length > 0 ? packr.pack(valuesOf(source, layout)) : undefined
  const lengthsAt = HEAD_BYTES + align4(names.length)
  const valuesAt = lengthsAt + 4 * columns.length + 4
  const bodyAt = align8(valuesAt + (packed?.length ?? 0))
  const bytes = bodyAt + bodyBytes
  const { room, at } = memory ? memory.take(bytes) : { room: new Room(bytes), at: 0 }
  const { u8, u32 } = room
  let word = at >> 2
  u32[word++] = bodyAt
  u32[word++] = layout.hash
  u32[word++] = names.length
  u8.set(names, at + HEAD_BYTES)
  word = (at + lengthsAt) >> 2
  let to = at + bodyAt
  for (const { name, field, bytesPerElement } of columns) {
    const column = source[name] as Column
    u32[word++] = column.byteLength
    if (column.length > 0) room[field.kind as ColumnKind].set(column, to / bytesPerElement)
    to += align8(column.byteLength)
  }
  if (packed) {
    u32[word] = packed.length
    u8.set(packed, at + valuesAt)
  }
  if (!memory) return u8.subarray(at, at + bytes)
  u32[(at - FRAME_HEAD_BYTES) >> 2] = bytes
  return u8.subarray(at - FRAME_HEAD_BYTES, at + align8(bytes))
}

function valuesOf(source: Record<string, unknown>, { type, values }: Layout<Entry>): unknown[] {
  return values.map(({ name, field }) => {
    const value = source[name]
    requireKind(type, name, field, value)
    return value
  })
}

/**
 * Reads one message. Columns are views on `frame` where it is 8-aligned, else on one copy of it.
 * @throws {ProtocolError} when it is cut short, of an unknown type, or a field is missing or of another kind
 */
export function decodeFrame<Table extends MessageTable>(
  table: Table,
  frame: Uint8Array,
): AnyMessageOf<Table> {
  // A Buffer's own `slice` would not copy.
  const body = frame.byteOffset % 8 === 0 ? frame : Uint8Array.prototype.slice.call(frame)
  const { buffer, byteOffset, byteLength } = body
  if (byteLength < HEAD_BYTES) throw new ProtocolError('a message was cut short')
  const words = new Uint32Array(buffer, byteOffset, byteLength >> 2)
  const bodyAt = words[0]
  const namesBytes = words[2]
  const lengthsAt = HEAD_BYTES + align4(namesBytes)
  if (bodyAt > byteLength || lengthsAt > bodyAt) throw new ProtocolError('a message was cut short')
  const layout = readLayout(table, words[1], body, HEAD_BYTES, namesBytes)
  const { type, columns, values } = layout
  const valuesAt = lengthsAt + 4 * columns.length + 4
  if (valuesAt > bodyAt) throw new ProtocolError(`a ${type} message was cut short`, type)
  const message: Record<string, unknown> = { type }
  if (values.length > 0) readValues(message, layout, body, valuesAt, words[(valuesAt >> 2) - 1])
  let at = bodyAt
  let word = lengthsAt >> 2
  for (const { name, field, bytesPerElement } of columns) {
    const columnBytes = words[word++]
    if (at + columnBytes > byteLength) throw new ProtocolError(`a ${type} message was cut short`, type)
    if (field) {
      if (columnBytes % bytesPerElement !== 0)
        throw new ProtocolError(`${type}.${name} has a broken length`, type)
      const kind = field.kind as ColumnKind
      message[name] =
        columnBytes === 0
          ? NOTHING[kind]
          : new COLUMNS[kind](buffer, byteOffset + at, columnBytes / bytesPerElement)
    }
    at += align8(columnBytes)
  }
  for (const { name, field } of layout.lacking) requireKind(type, name, field, undefined)
  return message as AnyMessageOf<Table>
}

/** Columns without elements need no memory. */
const NOTHING = {
  u8: new Uint8Array(0),
  u16: new Uint16Array(0),
  i32: new Int32Array(0),
  u32: new Uint32Array(0),
  f32: new Float32Array(0),
  f64: new Float64Array(0),
} satisfies Record<ColumnKind, Column>

function readValues(
  message: Record<string, unknown>,
  { type, values }: Layout,
  body: Uint8Array,
  at: number,
  length: number,
): void {
  if (at + length > body.length) throw new ProtocolError(`a ${type} message was cut short`, type)
  let given: unknown
  try {
    given = packr.unpack(body.subarray(at, at + length))
  } catch (cause) {
    throw new ProtocolError(
      `the values of a ${type} message cannot be read: ${(cause as Error).message}`,
      type,
    )
  }
  if (!Array.isArray(given) || given.length !== values.length)
    throw new ProtocolError(`the values of a ${type} message are not those that it names`, type)
  for (let i = 0; i < values.length; i++) {
    const { name, field } = values[i]
    if (!field) continue
    requireKind(type, name, field, given[i])
    message[name] = given[i]
  }
}
