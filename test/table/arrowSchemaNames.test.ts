// Names of columns with a dictionary, from Arrow's schema as parquet files have it: whole ones as the Arrow library reads them,
// damaged ones without more than their bytes.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tableFromArrays, tableToIPC } from '@uwdata/flechette'
import { readFooter } from '../../runtime/kernels/files/parquetFooter.ts'
import { openArrow } from '../../runtime/kernels/table/arrow.ts'
import { namesOfDictionaries } from '../../runtime/kernels/table/read/arrowSchemaNames.ts'
import { Random } from '../simulation/random.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'parquet')

/** `ARROW:schema` of files by pyarrow. */
const written = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.parquet'))
  .flatMap((name) => {
    const { key_value_metadata = [] } = readFooter(join(FIXTURES, name))
    const entry = key_value_metadata.find(({ key }) => key === 'ARROW:schema')
    return entry?.value === undefined ? [] : [new Uint8Array(Buffer.from(entry.value, 'base64'))]
  })

const byLibrary = (message: Uint8Array): string[] =>
  openArrow(message).schema.fields.flatMap(({ name, type }) => ('dictionary' in type ? [name] : []))

test('as the Arrow library reads them', () => {
  assert.ok(written.length >= 5)
  for (const message of written) assert.deepEqual(namesOfDictionaries(message), byLibrary(message))
  assert.ok(
    written.some((message) => namesOfDictionaries(message).length > 0),
    'some have dictionaries',
  )
})

test('a stream of batches begins with the same message', () => {
  const table = tableFromArrays({ plain: [1, 2], 'città 😀': ['a', 'b'], other: ['c', 'c'] })
  const ipc = tableToIPC(table, { format: 'stream' })
  assert.ok(ipc)
  assert.deepEqual(namesOfDictionaries(ipc), byLibrary(ipc))
  assert.deepEqual(namesOfDictionaries(ipc), ['città 😀', 'other'])
})

test('damaged and cut messages end in a RangeError or in names of no more bytes than they have', () => {
  const random = new Random(5)
  let threw = 0
  const rounds = 20_000
  for (let round = 0; round < rounds; round++) {
    const message = written[random.below(written.length)].slice()
    for (let i = 0; i <= random.below(4); i++)
      message[random.below(message.length)] = random.pick([0, 1, 255, random.below(256)])
    const cut = random.chance(0.2) ? message.subarray(0, random.below(message.length)) : message
    try {
      const names = namesOfDictionaries(cut)
      assert.ok(names.join('').length <= cut.length)
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error))
      threw++
    }
  }
  assert.ok(threw > rounds / 20 && threw < rounds, 'some are damaged where it matters, others are not')
})

test('a message whose fields all point to one long name is refused', () => {
  const length = 4000
  const [vtable, message, schema, fields] = [8, 24, 36, 44]
  const fieldVtable = fields + 4 + 4 * length
  const field = fieldVtable + 16
  const name = field + 8
  const bytes = new Uint8Array(name + 4 + length)
  const view = new DataView(bytes.buffer)
  const pointTo = (at: number, target: number): void => view.setUint32(at, target - at, true)
  const vtableAt = (at: number, slots: number[]): void =>
    [4 + 2 * slots.length, 12, ...slots].forEach((value, i) => {
      view.setUint16(at + 2 * i, value, true)
    })
  view.setUint32(0, bytes.length, true)
  pointTo(4, message)
  vtableAt(vtable, [0, 4, 8])
  view.setInt32(message, message - vtable, true)
  bytes[message + 4] = 1
  pointTo(message + 8, schema)
  // Its field 1 stands where that of the message does.
  view.setInt32(schema, schema - vtable, true)
  pointTo(schema + 4, fields)
  view.setUint32(fields, length, true)
  for (let i = 0; i < length; i++) pointTo(fields + 4 + 4 * i, field)
  vtableAt(fieldVtable, [4, 0, 0, 0, 4])
  view.setInt32(field, field - fieldVtable, true)
  pointTo(field + 4, name)
  view.setUint32(name, length, true)
  assert.throws(() => namesOfDictionaries(bytes), /names have more bytes/)
  view.setUint32(name, 0, true)
  assert.equal(namesOfDictionaries(bytes).length, length)
})
