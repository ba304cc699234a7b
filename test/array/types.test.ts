// What the compiler knows of arrays: this file is checked by it, and fails the check where a type is wrong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, type ChunkedArray, type NdArray } from '../../runtime/index.ts'

/** Accepts a value only of exactly the type that is named. */
const exactly =
  <T>() =>
  <U>(_value: U, _same: [T, U] extends [U, T] ? true : false): void => {}

/** Never called: its body is only compiled. */
async function compiled(): Promise<void> {
  const x = array.zeros([3, 4])
  exactly<ChunkedArray<'float64', 2>>()(x, true)
  const small = array.ones([3], { dtype: 'int8' })
  exactly<ChunkedArray<'int8', 1>>()(small, true)
  // Dtypes promote, ranks broadcast.
  exactly<ChunkedArray<'float64', 2>>()(x.add(small), true)
  exactly<ChunkedArray<'int16', 1>>()(small.add(array.ones([3], { dtype: 'uint8' })), true)
  exactly<ChunkedArray<'float64', 1>>()(small.add(0.5), true)
  exactly<ChunkedArray<'float64', 1>>()(small.divide(small), true)
  exactly<ChunkedArray<'float32', 1>>()(small.sqrt(), true)
  exactly<ChunkedArray<'bool', 2>>()(x.gt(small), true)
  exactly<ChunkedArray<'complex64', 1>>()(small.astype('float32').multiply({ re: 0, im: 1 }), true)
  // Reductions take axes away.
  exactly<ChunkedArray<'int64', 0>>()(small.sum(), true)
  exactly<ChunkedArray<'float64', 1>>()(x.mean(0), true)
  exactly<ChunkedArray<'float64', 2>>()(x.mean(0, { keepDims: true }), true)
  exactly<ChunkedArray<'float64', 0>>()(x.max([0, 1]), true)
  // Indices take axes away, and add them.
  exactly<ChunkedArray<'float64', 1>>()(x.slice(0), true)
  exactly<ChunkedArray<'float64', 3>>()(x.slice(null, '1:'), true)
  exactly<ChunkedArray<'float64', 1>>()(x.reshape([12]), true)
  exactly<ChunkedArray<'float64', 3>>()(x.expandDims(0), true)
  // What computing gives follows the rank.
  exactly<number>()(await x.sum().compute(), true)
  exactly<bigint>()(await small.sum().compute(), true)
  exactly<boolean>()(await x.gt(1).any().compute(), true)
  exactly<NdArray<'float64', 1>>()(await x.sum(0).compute(), true)
  exactly<ChunkedArray<'float64', 2>>()(array.random.normal({ shape: [2, 3], seed: 1 }), true)

  // @ts-expect-error: an array of two axes has no third
  x.sum(2)
  // @ts-expect-error: nor one counted from the end
  x.mean(-3)
  // @ts-expect-error: bits of floats have no meaning
  x.bitwiseAnd(1)
  // @ts-expect-error: there is no such dtype
  x.astype('float128')
  // @ts-expect-error: a text is no operand
  x.add('1')
  // @ts-expect-error: the least of all is a number, not a text
  const text: string = await x.min().compute()
  // @ts-expect-error: one axis is not two
  const flat: ChunkedArray<'float64', 1> = x.multiply(2)
  void [text, flat]
}

test('the types of arrays are compiled', () => {
  assert.equal(typeof compiled, 'function')
})
