// Values on disk: they come back as they were, files go with their last value, a full disk says which folder.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { EncodedValue } from '../../runtime/functions/encodedValue.ts'
import { SpillError, SpillFiles } from '../../runtime/host/spillFiles.ts'

const root = mkdtempSync(join(tmpdir(), 'heddle-spill-'))
after(() => rmSync(root, { recursive: true }))

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.length)
  new Uint8Array(buffer).set(bytes)
  return buffer
}

const values: EncodedValue[] = [
  { bytes: new Uint8Array([1, 2, 3]), buffers: [] },
  { bytes: randomBytes(100_000), buffers: [] },
  { bytes: new Uint8Array(10), buffers: [shared(randomBytes(2_000_000)), shared(new Uint8Array(70_000))] },
  { bytes: new Uint8Array(0), buffers: [shared(new Uint8Array(5_000_000).fill(7))] },
  { bytes: Buffer.from('one and the same '.repeat(5000)), buffers: [] },
]
const plain = (value: EncodedValue): unknown => ({
  bytes: Buffer.from(value.bytes),
  buffers: value.buffers.map((buffer) => Buffer.from(new Uint8Array(buffer))),
})
const settled = async (folder: string, files: number): Promise<void> => {
  while (readdirSync(folder).length !== files) await new Promise(setImmediate)
}

test('values come back as they were, compressed where it pays', async () => {
  const spill = new SpillFiles(join(root, 'a'))
  const rows = values.map((_, row) => row)
  const written: number[] = []
  await spill.write(
    rows,
    (row) => values[row],
    (some) => written.push(...some),
  )
  assert.deepEqual(written.toSorted(), rows)
  for (const row of rows) assert.deepEqual(plain(await spill.read(row)), plain(values[row]))
  assert.ok(spill.diskBytes < 2_300_000, `random bytes stay, the others shrink: ${spill.diskBytes} B on disk`)
  assert.equal(readdirSync(join(root, 'a')).length, 3, 'two large values on their own, the others together')
  for (const row of rows) spill.forget(row)
  await settled(join(root, 'a'), 0)
  assert.equal(spill.diskBytes, 0)
})

test('ten thousand small values are few files', async () => {
  const spill = new SpillFiles(join(root, 'b'))
  const rows = Array.from({ length: 10_000 }, (_, row) => row)
  const small = (row: number): EncodedValue => ({ bytes: Buffer.from(`value ${row}`), buffers: [] })
  await spill.write(rows, small, () => {})
  assert.equal(readdirSync(join(root, 'b')).length, 1)
  assert.deepEqual(plain(await spill.read(1234)), plain(small(1234)))
})

test('a limit that is reached names the folder, and what was written before stays', async () => {
  const folder = join(root, 'c')
  const spill = new SpillFiles(folder, 2_100_000)
  const written: number[] = []
  const all = spill.write(
    [2, 1],
    (row) => values[row],
    (some) => written.push(...some),
  )
  await assert.rejects(
    all,
    (error: SpillError) => error instanceof SpillError && error.message.includes(folder),
  )
  assert.deepEqual(written, [2])
  assert.deepEqual(plain(await spill.read(2)), plain(values[2]))
})

test('a folder that cannot be written is an error that names it', async () => {
  writeFileSync(join(root, 'file'), '')
  const spill = new SpillFiles(join(root, 'file', 'folder'))
  await assert.rejects(
    spill.write(
      [0],
      () => values[0],
      () => {},
    ),
    /cannot be spilled to .*folder: .*free some space/,
  )
})

test('a spill file that is gone or cut short is an error, not a wrong value', async () => {
  const folder = join(root, 'd')
  const spill = new SpillFiles(folder)
  await spill.write(
    [1],
    () => values[1],
    () => {},
  )
  writeFileSync(join(folder, '0'), 'short')
  await assert.rejects(spill.read(1), /cut short/)
  const other = new SpillFiles(join(root, 'e'))
  await other.write(
    [1],
    () => values[1],
    () => {},
  )
  rmSync(join(root, 'e', '0'))
  await assert.rejects(other.read(1), /ENOENT/)
})
