// Files that could be taken for something else than they are: they say so when the table is built, instead of giving other rows.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dataframe } from '../../runtime/collections/index.ts'
import { oddArrow, oddCsv } from '../../runtime/kernels/table/read/oddContents.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

computeInProcess()

test('CSV whose lines end in CR alone had no rows, and now says how to mend it', (t) => {
  const path = join(temporaryFolder(t), 'old.csv')
  writeFileSync(path, 'a,b\r1,2\r3,4\r')
  assert.throws(() => dataframe.readCsv(path), {
    name: 'FileFormatError',
    message: `${path} cannot be read as CSV: its lines end in CR alone. Make LF of them first, e.g. by tr '\\r' '\\n'.`,
  })
  assert.equal(oddCsv('a,b\r\n1,2\r\n', 'utf-8', '"'), undefined)
  assert.equal(oddCsv('a,"b\rc"', 'utf-8', '"'), undefined, 'a quoted one is a part of a name')
  assert.equal(oddCsv('a,b', 'utf-8', ''), undefined)
  assert.match(oddCsv('a,b\r1,2', 'utf-8', '') ?? '', /CR alone/)
})

test('CSV of UTF-16 says which encoding it has, and is read with it', async (t) => {
  const path = join(temporaryFolder(t), 'wide.csv')
  const little = Buffer.from('\ufeffa,b\n1,ä\n', 'utf16le')
  for (const [encoding, bytes] of [
    ['utf-16le', little],
    ['utf-16be', Buffer.from(little).swap16()],
  ] as const) {
    writeFileSync(path, bytes)
    assert.throws(() => dataframe.readCsv(path), {
      message: `${path} cannot be read as CSV: it begins as UTF-16 does. Say encoding: '${encoding}'.`,
    })
    assert.deepEqual(await dataframe.readCsv(path, { encoding }).toRecords(), [{ a: 1n, b: 'ä' }])
  }
})

test('Arrow files that are cut short or empty are refused by name, wherever they were cut', async (t) => {
  const folder = temporaryFolder(t)
  const [path] = await dataframe
    .fromRecords([{ a: 1 }, { a: 2 }])
    .toIpc(join(folder, 'a.arrow'))
    .compute()
  const whole = readFileSync(path)
  assert.equal(oddArrow(whole), undefined)
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length))
    assert.throws(
      () => dataframe.readIpc(path),
      (error: Error) => error.name === 'FileFormatError' && error.message.startsWith(path),
      `${length} bytes`,
    )
  }
  assert.throws(() => dataframe.readIpc(path), {
    message: `${path} is no readable Arrow file: it should end in ARROW1, and was cut short. Copy or write it again.`,
  })
})
