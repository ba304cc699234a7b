// On which lines a collection is made and used.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Subject } from '../../server/knowledge/subject.ts'
import { linesAt } from '../../server/lsp/hover.ts'

const TEXT = `import { bag } from 'heddle'
const lines = bag
  .readText('a.txt')
  .filter((line) => line !== '').map((line) => line.length)

const total = (lines)
  .sum()
const most = lines.filter((n) => n > 3)!
  .max()
await total.compute()
const other = 3
const lines2 = ((lines) => lines.map(other))(3)
`

const subject = Subject.of('/a.ts', TEXT)
assert.ok(subject)

const CASES: [at: string, made: number[], used: number[]][] = [
  ['lines = bag', [3, 4], [7, 10, 8, 9]],
  ['readText', [3], [4, 7, 10, 8, 9]],
  ['total = ', [3, 4, 7], [10]],
  ['max()', [3, 4, 8, 9], []],
  ['other = 3', [], []],
]

for (const [at, made, used] of CASES)
  test(`at ${at}`, () => {
    const found = linesAt(subject, TEXT.indexOf(at) + 1)
    assert.deepEqual(
      [found.made, found.used].map((lines) => lines.map(({ line }) => line)),
      [made, used],
    )
    assert.ok([...found.made, ...found.used].every(({ file }) => file === '/a.ts'))
  })

test('where no name stands there are none', () => {
  assert.deepEqual(linesAt(subject, TEXT.length), { made: [], used: [] })
})
