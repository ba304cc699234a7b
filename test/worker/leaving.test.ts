// Which values leave memory first.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ValueBooks } from '../../runtime/worker/values.ts'

/** Four values of 10 bytes, rows 0 to 3; the first two are on disk alone. */
function books(): ValueBooks {
  const values = new ValueBooks()
  for (let task = 0; task < 4; task++) values.hold(task, 1, 10)
  for (const row of values.chooseToSpill(20).write) values.written(row)
  return values
}

const read = (values: ValueBooks, row: number): void => {
  values.load(row)
  values.loaded(row)
}

test('the least recently used goes to disk first', () => {
  const values = books()
  values.touch(2)
  assert.deepEqual(values.chooseToSpill(10), { write: [3], dropped: [] })
})

test('what was read back and used once leaves before what would have to be written', () => {
  const values = books()
  read(values, 0)
  read(values, 1)
  assert.deepEqual(values.chooseToSpill(10), { write: [], dropped: [0] })
  assert.deepEqual(values.chooseToSpill(20), { write: [2], dropped: [1] })
  assert.deepEqual([values.managedBytes, values.spilledBytes], [20, 20])
})

test('one that is in use stays, and one that is used again waits its turn like others', () => {
  const values = books()
  read(values, 0)
  read(values, 1)
  values.pin(0)
  values.touch(1)
  assert.deepEqual(values.chooseToSpill(10), { write: [2], dropped: [] })
  values.unpin(0)
  assert.deepEqual(values.chooseToSpill(10), { write: [], dropped: [0] })
  // The second was used after the third: it goes after it, and need not be written.
  assert.deepEqual(values.chooseToSpill(20), { write: [3], dropped: [1] })
})

test('going round and round, what is in memory is written once at most', () => {
  const values = books()
  let written = 0
  for (let round = 0; round < 5; round++)
    for (let row = 0; row < 4; row++) {
      if (!values.inMemory(row)) {
        // There is room for two: one leaves for each that comes.
        const { write } = values.chooseToSpill(10)
        for (const one of write) values.written(one)
        written += write.length
        read(values, row)
      } else values.touch(row)
    }
  assert.equal(written, 1)
})

test('a value that is let go of leaves nothing behind', () => {
  const values = books()
  read(values, 0)
  assert.equal(values.drop(0), true)
  values.free(0)
  assert.deepEqual([...values.passing], [])
})
