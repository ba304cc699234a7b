// What a program prints beside progress bars: each line erases them first, the middle of a line nothing.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { BESIDE_BARS, eraseBeforeLines } from '../../runtime/cli/besideBars.ts'

const ERASE = '\x1b[J'

test('lines erase what is in their place, once each', () => {
  const written: unknown[] = []
  const stream = { isTTY: true, write: (chunk: unknown) => written.push(chunk) > 0 }
  eraseBeforeLines([stream as never])
  for (const chunk of ['a', 'b\n', '', Buffer.from('c\n'), 'd\ne']) stream.write(chunk)
  stream.write('f')
  assert.deepEqual(written, [ERASE, 'a', 'b\n', '', ERASE, Buffer.from('c\n'), ERASE, 'd\ne', 'f'])
})

test('what is no terminal gets what was printed, and nothing else', () => {
  const printed = execFileSync(process.execPath, [...BESIDE_BARS, '-e', "console.log('plain')"], {
    encoding: 'utf8',
  })
  assert.equal(printed, 'plain\n')
})
