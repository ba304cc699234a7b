// Files written around the page cache: parts come back as they were, wherever they begin; what is cut short is an error.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { hasWayAround, readAround, refusesWayAround, writeAround } from '../../runtime/host/aroundCache.ts'
import { SpillFiles } from '../../runtime/host/spillFiles.ts'

const root = mkdtempSync(join(tmpdir(), 'heddle-around-'))
after(() => rmSync(root, { recursive: true }))

/** Not every file system that holds temporary files has it. */
async function works(): Promise<boolean> {
  if (!hasWayAround) return false
  try {
    await writeAround(join(root, 'probe'), [new Uint8Array(1)])
    return true
  } catch (error) {
    assert.ok(refusesWayAround(error), String(error))
    return false
  }
}
const skip = (await works()) ? false : 'the file system refuses it'

const PIECE = 2 << 20
let serial = 0

for (const sizes of [[1], [4096], [4095, 1, 4097], [0, PIECE, 0], [PIECE - 1, 3, 5 * PIECE + 7], [9 * PIECE]])
  test(`parts of ${sizes.join(', ')} bytes come back`, { skip }, async () => {
    const path = join(root, String(serial++))
    const parts = sizes.map((size) => {
      // Shared memory as values stand in, beginning where no page does.
      const part = new Uint8Array(new SharedArrayBuffer(size + 8), 8)
      part.set(randomBytes(size))
      return part
    })
    await writeAround(path, parts)
    const { size, mode } = statSync(path)
    const total = sizes.reduce((sum, one) => sum + one, 0)
    assert.equal(size, Math.ceil(total / 4096) * 4096)
    assert.equal(mode & 0o777, 0o600)
    const read = sizes.map((length) => new Uint8Array(new SharedArrayBuffer(length)))
    await readAround(path, read)
    for (const [i, part] of parts.entries())
      assert.ok(Buffer.from(part).equals(Buffer.from(read[i])), `part ${i}`)
    rmSync(path)
  })

test('many files at once share the few pieces, and each has its own bytes', { skip }, async () => {
  const all = Array.from({ length: 12 }, (_, i) => new Uint8Array(PIECE + 1000 * i).fill(i + 1))
  const path = (i: number): string => join(root, `many-${i}`)
  await Promise.all(all.map((part, i) => writeAround(path(i), [part])))
  const read = all.map(({ length }) => new Uint8Array(length))
  await Promise.all(read.map((part, i) => readAround(path(i), [part])))
  read.forEach((part, i) => {
    assert.ok(part.every((byte) => byte === i + 1))
    rmSync(path(i))
  })
})

test('what exists is not written over, and what is gone or cut short is an error', { skip }, async () => {
  const path = join(root, 'there')
  await writeAround(path, [randomBytes(3 * PIECE)])
  await assert.rejects(writeAround(path, [randomBytes(10)]), /EEXIST/)
  truncateSync(path, PIECE + 10)
  await assert.rejects(readAround(path, [new Uint8Array(3 * PIECE)]), /was cut short/)
  rmSync(path)
  await assert.rejects(readAround(path, [new Uint8Array(3 * PIECE)]), /ENOENT/)
  // Pieces of calls that failed are there for the next one.
  await writeAround(path, [randomBytes(9 * PIECE)])
})

const isRoot = process.platform === 'linux' && process.getuid?.() === 0

test('a file system without a way around is written through its cache', { skip: !isRoot }, async () => {
  const folder = join(root, 'ram')
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'ramfs', 'ramfs', folder])
  try {
    const spill = new SpillFiles(join(folder, 'values'))
    const value = { bytes: new Uint8Array(3), buffers: [sharedNoise(17_000_001)] }
    const rows = [0, 1, 2]
    await spill.write(
      rows,
      () => value,
      () => {},
    )
    assert.equal(readdirSync(join(folder, 'values')).length, 3)
    for (const row of rows) {
      const { bytes, buffers } = await spill.read(row)
      assert.deepEqual(bytes, value.bytes)
      assert.ok(Buffer.from(buffers[0]).equals(Buffer.from(value.buffers[0])))
    }
  } finally {
    // Files that were read are still open.
    execFileSync('umount', ['--lazy', folder])
  }
})

function sharedNoise(size: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(size)
  new Uint8Array(buffer).set(randomBytes(size))
  return buffer
}
