// Every message makes the round trip through the real encoder; broken and unknown ones are refused by name.

import assert from 'node:assert/strict'
import test from 'node:test'
import { FEED_MESSAGES, FEED_REQUESTS } from '../../runtime/protocol/feed.ts'
import type { AnyMessageOf, Field, FieldKind, MessageTable } from '../../runtime/protocol/fields.ts'
import { decodeFrame, encodeFrame, type ProtocolError } from '../../runtime/protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
} from '../../runtime/protocol/messages.ts'

const TABLES: Record<string, MessageTable> = {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
  FEED_MESSAGES,
  FEED_REQUESTS,
}

const SAMPLES: Record<FieldKind, unknown> = {
  number: -1.5,
  text: 'naïve "text" <b>',
  flag: true,
  texts: ['', 'a', '日本'],
  bytes: Uint8Array.of(1, 2, 255),
  plain: { list: [1, null, 'x', { deep: true }], empty: {} },
  u8: Uint8Array.of(0, 1, 255),
  u16: Uint16Array.of(0, 65535, 7),
  i32: Int32Array.of(-1, 2147483647, -2147483648),
  u32: Uint32Array.of(0, 4294967295),
  f32: Float32Array.of(0.5, Number.NaN, -0),
  f64: Float64Array.of(0.1, Number.POSITIVE_INFINITY, -0, 1e300),
}

function sampleOf(table: MessageTable, type: string, optionals: boolean): AnyMessageOf<MessageTable> {
  const message: Record<string, unknown> = { type }
  const fields: Record<string, Field<unknown>> = table[type]
  for (const name in fields)
    if (optionals || !fields[name].optional) message[name] = SAMPLES[fields[name].kind]
  return message as AnyMessageOf<MessageTable>
}

for (const [tableName, table] of Object.entries(TABLES))
  for (const type of Object.keys(table))
    test(`${tableName} '${type}' makes the round trip, aligned and not`, () => {
      for (const optionals of [true, false]) {
        const message = sampleOf(table, type, optionals)
        const frame = encodeFrame(table, message)
        assert.deepEqual(plainBytes(decodeFrame(table, frame)), plainBytes(message))
        for (const shift of [1, 4]) {
          const shifted = Buffer.alloc(frame.length + shift)
          shifted.set(frame, shift)
          const bytes = new Uint8Array(shifted.buffer, shifted.byteOffset + shift, frame.length)
          assert.deepEqual(plainBytes(decodeFrame(table, bytes)), plainBytes(message))
          assert.deepEqual(plainBytes(decodeFrame(table, shifted.subarray(shift))), plainBytes(message))
        }
      }
    })

/** Byte strings come back as a Buffer or a Uint8Array: both mean the same. */
function plainBytes(message: object): object {
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Uint8Array.from(value) : value,
    ]),
  )
}

test('empty columns stay empty columns of their kind', () => {
  const frame = encodeFrame(CLIENT_MESSAGES, { type: 'release', handles: new Uint32Array(0) })
  assert.deepEqual(decodeFrame(CLIENT_MESSAGES, frame), { type: 'release', handles: new Uint32Array(0) })
})

test('columns are views on the frame that came in, not copies', () => {
  const frame = encodeFrame(CLIENT_MESSAGES, { type: 'release', handles: Uint32Array.of(1, 2, 3) })
  const message = decodeFrame(CLIENT_MESSAGES, frame)
  assert.ok(message.type === 'release' && message.handles.buffer === frame.buffer)
})

test('an unknown type is refused with its name, on both sides', () => {
  const table: MessageTable = { strange: {} }
  const frame = encodeFrame(table, { type: 'strange' } as AnyMessageOf<MessageTable>)
  assert.throws(
    () => decodeFrame(CLIENT_MESSAGES, frame),
    (error: ProtocolError) =>
      error.messageType === 'strange' && /type "strange" is not known here/.test(error.message),
  )
  assert.throws(
    () => encodeFrame(CLIENT_MESSAGES as MessageTable, { type: 'strange' } as AnyMessageOf<MessageTable>),
    { name: 'ProtocolError', message: 'no message of type "strange" can be sent here' },
  )
})

test('a type named like a built-in property is unknown', () => {
  const table: MessageTable = { constructor: {} } as unknown as MessageTable
  const frame = encodeFrame(table, { type: 'constructor' } as AnyMessageOf<MessageTable>)
  assert.throws(() => decodeFrame(CLIENT_MESSAGES, frame), { name: 'ProtocolError' })
})

test('every way of cutting a message short is refused, never read past its end', () => {
  const frame = encodeFrame(
    CLIENT_MESSAGES,
    sampleOf(CLIENT_MESSAGES, 'graph', true) as AnyMessageOf<typeof CLIENT_MESSAGES>,
  )
  for (let length = 0; length < frame.length - 8; length++)
    assert.throws(
      () => decodeFrame(CLIENT_MESSAGES, frame.slice(0, length)),
      { name: 'ProtocolError' },
      `cut at ${length}`,
    )
})

test('random bytes are refused', () => {
  let seed = 1
  const next = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return seed >>> 24
  }
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: next() }, next)
    if (bytes.length > 3) bytes.set([next() % 40, 0, 0, 0])
    assert.throws(() => decodeFrame(WORKER_MESSAGES, bytes), { name: 'ProtocolError' })
  }
})

test('a field of another kind, and a missing one, are refused by name', () => {
  const wrong = { type: 'release', handles: Int32Array.of(1) } as unknown as AnyMessageOf<
    typeof CLIENT_MESSAGES
  >
  assert.throws(() => encodeFrame(CLIENT_MESSAGES, wrong), {
    message: 'release.handles should be u32, not Int32Array',
  })
  const missing = { type: 'shutdown' } as unknown as AnyMessageOf<typeof CLIENT_MESSAGES>
  assert.throws(() => encodeFrame(CLIENT_MESSAGES, missing), {
    message: 'shutdown.reason should be text, not missing',
  })
})

test('a field that the reader does not know is left out, so that an additive change harms nobody', () => {
  const newer = {
    release: { ...CLIENT_MESSAGES.release, extra: CLIENT_MESSAGES.cancel.reason },
  } as MessageTable
  const frame = encodeFrame(newer, {
    type: 'release',
    handles: Uint32Array.of(7),
    extra: 'new',
  } as unknown as AnyMessageOf<MessageTable>)
  assert.deepEqual(decodeFrame(CLIENT_MESSAGES, frame), { type: 'release', handles: Uint32Array.of(7) })
})
