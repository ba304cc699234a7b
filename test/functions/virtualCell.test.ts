// What runs for a cell: its own statements, and of what stands above it what they need.

import assert from 'node:assert/strict'
import test from 'node:test'
import { virtualCell } from '../../runtime/functions/virtualModule.ts'
import { cellsOf } from '../../server/facts/cells.ts'

const TEXT = `import { bag } from 'heddle'
const numbers = bag.range(10)
// %% first
const sum = await numbers.sum().compute()
console.log(sum)
// %% second
const most = await numbers.max().compute()
most + 1
// %%
console.log(sum)
function help() {}
`

/** The lines that stay for the n-th cell, and the value that it shows. */
function cell(n: number): { lines: string[]; value: string | undefined } {
  const { text } = virtualCell(TEXT, cellsOf(TEXT)[n])
  const lines = text.split('\n').map((line) => line.trim())
  const mark = /heddleResult=(\d+),(\d+)/.exec(lines.at(-1) ?? '')
  return {
    lines: lines.filter((line) => line !== '' && !line.startsWith('//')),
    value: mark ? TEXT.slice(Number(mark[1]), Number(mark[2])) : undefined,
  }
}

test('cells have titles and reach to the next mark', () => {
  assert.deepEqual(
    cellsOf(TEXT).map(({ start, end, title }) => [title, TEXT.slice(start, end).split('\n').length]),
    [
      ['first', 4],
      ['second', 4],
      ['', 4],
    ],
  )
  assert.deepEqual(cellsOf('const a = "// %%"'), [])
  assert.deepEqual(cellsOf('const a = 1'), [])
})

test('a cell runs all of its statements, and nothing below it', () => {
  assert.deepEqual(cell(0), {
    lines: [
      "import { bag } from 'heddle'",
      'const numbers = bag.range(10)',
      'const sum = await numbers.sum().compute()',
      'console.log(sum)',
      'function help() {}',
    ],
    value: 'console.log(sum)',
  })
})

test('computations above that a cell does not need are skipped', () => {
  assert.deepEqual(cell(1), {
    lines: [
      "import { bag } from 'heddle'",
      'const numbers = bag.range(10)',
      'const most = await numbers.max().compute()',
      'most + 1',
      'function help() {}',
    ],
    value: 'most + 1',
  })
})

test('computations above that a cell needs run again', () => {
  const { lines } = cell(2)
  assert.ok(lines.includes('const sum = await numbers.sum().compute()'))
  assert.ok(!lines.includes('most + 1'))
})

test('a cell without statements does nothing', () => {
  const text = "import { bag } from 'heddle'\n// %%\n// %%\n"
  assert.equal(virtualCell(text, cellsOf(text)[0]).text.includes('heddleResult'), false)
})
