// Cells of a text, where an offset is, and where one stands after edits.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cellAgain, cellAround, cellsOf } from '../../client/runs/cells.ts'

const TEXT = "import 'x'\n// %% Read\nread()\n  //%%\nsum()\n// %% Read\nagain()\n// %\n"

test('cells go from one mark to the next, by their titles or numbers', () => {
  assert.deepEqual(
    cellsOf(TEXT).map(({ start, end, label }) => [label, TEXT.slice(start, end)]),
    [
      ['Read', '// %% Read\nread()\n'],
      ['cell 2', '  //%%\nsum()\n'],
      ['Read', '// %% Read\nagain()\n// %\n'],
    ],
  )
  assert.deepEqual(cellsOf('a()\n'), [])
})

test('an offset is in the cell whose mark is before it', () => {
  assert.equal(cellAround(TEXT, 3), undefined)
  assert.equal(cellAround(TEXT, TEXT.indexOf('sum'))?.label, 'cell 2')
  assert.equal(cellAround(TEXT, TEXT.length)?.start, TEXT.lastIndexOf('// %%'))
})

test('a cell that was run is found again by its title, the nearest of several', () => {
  const [first, , last] = cellsOf(TEXT)
  assert.deepEqual(cellAgain(TEXT, first), first)
  assert.deepEqual(cellAgain(`// new\n${TEXT}`, last)?.start, last.start + 7)
  assert.equal(cellAgain(TEXT.replaceAll('Read', 'Load'), first), undefined)
})
