// Callables that no graph uses: remembered for the next call of the same function, up to a bound; then forgotten, on workers too.

import assert from 'node:assert/strict'
import test from 'node:test'
import { CallableTable } from '../../runtime/scheduler/callables.ts'

const digestOf = (n: number): Uint8Array => {
  const digest = new Uint8Array(16)
  new DataView(digest.buffer).setUint32(0, n)
  return digest
}

const use = (table: CallableTable, n: number, bytes = 10): number =>
  table.use(digestOf(n), 0, new Uint8Array(bytes), [], `f${n}`)

test('a function that is called again has the number that it had', () => {
  const table = new CallableTable()
  const first = use(table, 1)
  assert.deepEqual(table.release(first), [])
  assert.equal(use(table, 1), first)
  assert.equal(table.byNumber.get(first)?.uses, 1)
})

test('a function whose arguments bring more modules is another callable; one that needs fewer has what it needs', () => {
  const table = new CallableTable()
  const names = ['f', 'g', 'h']
  for (const name of names) table.addModule(1, name, new Uint8Array(1))
  const needing = (...modules: string[]): number =>
    table.use(digestOf(1), 0, new Uint8Array(10), modules, 'f')
  const withG = needing('f', 'g')
  assert.equal(needing('f'), withG)
  const withH = needing('f', 'h')
  assert.notEqual(withH, withG)
  assert.deepEqual(table.byNumber.get(withH)?.modules, ['f', 'h'])
  for (const number of [withG, withG, withH]) table.release(number)
  // Pressure forgets all of them, and nothing of one stays with another.
  const others = Array.from({ length: 256 }, (_, i) => use(table, 10 + i))
  assert.deepEqual(
    others.flatMap((number) => table.release(number)),
    [withG, withH],
  )
  assert.notEqual(needing('f'), withG)
})

test('the longest unused are forgotten when there are many; used ones never', () => {
  const table = new CallableTable()
  const used = use(table, 0)
  const numbers = Array.from({ length: 300 }, (_, i) => use(table, 1 + i))
  const forgotten = numbers.flatMap((number) => table.release(number))
  assert.deepEqual(forgotten, numbers.slice(0, 300 - 256))
  assert.equal(table.byNumber.size, 257)
  assert.ok(table.byNumber.has(used))
  // What was forgotten comes back under a number of its own.
  assert.equal(use(table, 1), 301)
})

test('those with large captures are forgotten sooner', () => {
  const table = new CallableTable()
  const numbers = Array.from({ length: 6 }, (_, i) => use(table, i, 1e6))
  assert.deepEqual(
    numbers.map((number) => table.release(number)),
    [[], [], [], [], [0], [1]],
  )
})

test('one that is used again is not forgotten', () => {
  const table = new CallableTable()
  const numbers = Array.from({ length: 4 }, (_, i) => use(table, i, 1e6))
  for (const number of numbers) table.release(number)
  use(table, 0, 1e6)
  assert.deepEqual(table.release(use(table, 9, 1e6)), [])
  assert.deepEqual(table.release(numbers[0]), [1])
})

test('modules live as long as a callable that needs them is known', () => {
  const table = new CallableTable()
  table.addModule(7, 'm', new Uint8Array(1))
  const first = table.use(digestOf(0), 0, new Uint8Array(10), ['m'], 'f')
  table.clientLeft(7, ['m'])
  table.release(first)
  assert.ok(table.modules.has('m'))
  for (let i = 1; i <= 256; i++) table.release(use(table, i))
  assert.ok(!table.byNumber.has(first) && !table.modules.has('m'))
})
