// The table of a run's hottest lines.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { profileTable } from '../../runtime/cli/profileTable.ts'

const time = (file: string, line: number, selfMs: number, calledMs = 0) => ({ file, line, selfMs, calledMs })

test('the hottest lines first, with their part, their place and their text', () => {
  const texts: Record<string, string> = {
    '/p/a.ts:12': '\t  const h = hash(text)',
    '/p/lib/b.ts:3': 'x'.repeat(200),
  }
  const times = [time('/p/lib/b.ts', 3, 10), time('/p/a.ts', 12, 3000, 100), time('/p/a.ts', 9, 0)]
  assert.deepEqual(
    profileTable(times, (file, line) => texts[`${file}:${line}`], '/p'),
    [
      '  3.10 s  100 %  a.ts:12     const h = hash(text)',
      `   10 ms    0 %  lib/b.ts:3  ${'x'.repeat(80)}`,
      '  0.0 ms    0 %  a.ts:9',
    ],
  )
})

test('no more than fifteen lines, and nothing where nothing was seen', () => {
  const many = Array.from({ length: 40 }, (_, i) => time('/p/a.ts', i + 1, 40 - i))
  assert.equal(profileTable(many, () => undefined, '/p').length, 15)
  assert.deepEqual(
    profileTable([], () => undefined, '/p'),
    [],
  )
  assert.deepEqual(
    profileTable([time('/p/a.ts', 1, 0)], () => undefined, '/p'),
    [],
  )
})
