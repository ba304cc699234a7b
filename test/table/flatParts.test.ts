// The parts of groups and joins on flat columns by themselves, over plain typed arrays, beside a look at every row.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseCaches } from '../../runtime/kernels/resultMemory.ts'
import type { FlatColumn } from '../../runtime/kernels/table/flat/flatFrame.ts'
import {
  type Groups,
  groupsOfHashes,
  groupsOfNumbers,
} from '../../runtime/kernels/table/flat/groupNumbers.ts'
import { indexOf, keptIndexBytes } from '../../runtime/kernels/table/flat/joinIndexes.ts'
import { joinedRows } from '../../runtime/kernels/table/flat/joinRows.ts'
import { keyIndex } from '../../runtime/kernels/table/flat/keyIndex.ts'
import { withScratch } from '../../runtime/kernels/table/flat/scratch.ts'
import { sumsOfNumbers, sumsOfWords } from '../../runtime/kernels/table/flat/sums.ts'
import { wordsOver } from '../../runtime/kernels/table/flat/words.ts'
import { Random } from '../simulation/random.ts'

/** Bits of the rows whose value is there. */
function bitmap(rows: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array((rows.length + 7) >> 3)
  rows.forEach((isThere, row) => {
    if (isThere) bits[row >> 3] |= 1 << (row & 7)
  })
  return bits
}

function naive(cells: readonly (number | null)[]): { of: number[]; first: number[] } {
  const numbers = new Map<number | null, number>()
  const first: number[] = []
  const of = cells.map((cell, row) => {
    const known = numbers.get(cell)
    if (known !== undefined) return known
    numbers.set(cell, first.length)
    return first.push(row) - 1
  })
  return { of, first }
}

const plain = ({ of, first, count }: Groups): object => ({ of: [...of], first: [...first], count })

test('numbers close together and far apart, absent ones, more groups than a table begins with', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed)
    const rows = random.below(seed % 10 === 0 ? 9000 : 200)
    const different = 1 + random.below(seed % 10 === 0 ? 9000 : 50)
    const apart = [1, 3, 400_000, 2 ** 31 / different][seed % 4]
    const low = [0, -5, -(2 ** 31)][seed % 3]
    const absent = [0, 0.3, 1][seed % 3]
    const cells = Array.from({ length: rows }, () =>
      random.next() < absent
        ? null
        : Math.min(2 ** 31 - 1, low + Math.floor(random.below(different) * apart)),
    )
    const values = Int32Array.from(cells, (cell) => cell ?? random.below(2 ** 31))
    const validity = cells.includes(null) ? bitmap(cells.map((cell) => cell !== null)) : undefined
    const { of, first } = naive(cells)
    withScratch((scratch) => {
      const groups = groupsOfNumbers(values, validity, scratch)
      assert.deepEqual(plain(groups), { of, first, count: first.length }, `seed ${seed}`)
    })
  }
})

test('rows whose hashes agree although they do not are told apart', () => {
  const cells = Array.from({ length: 5000 }, (_, row) => (row * 7) % 3001)
  const hashes = Int32Array.from(cells, (cell) => cell % 64)
  const { of, first } = naive(cells)
  withScratch((scratch) => {
    const groups = groupsOfHashes(hashes, undefined, scratch, (a, b) => cells[a] === cells[b])
    assert.deepEqual(plain(groups), { of, first, count: first.length })
  })
})

test('sums of more rows than floats add up exactly, and of 64 bits', () => {
  const rows = 3 * 2 ** 20 + 5
  const groups = { of: new Int32Array(rows), count: 1, first: Int32Array.of(0) }
  const most = new Int32Array(rows).fill(2 ** 31 - 1)
  const sum = (words: Int32Array<ArrayBuffer>): bigint => new BigInt64Array(words.buffer)[0]
  assert.equal(sum(sumsOfNumbers(most, undefined, groups)), BigInt(rows) * (2n ** 31n - 1n))
  const least = new Int32Array(rows).fill(-(2 ** 31))
  assert.equal(sum(sumsOfNumbers(least, undefined, groups)), -BigInt(rows) * 2n ** 31n)
  const wide = new BigInt64Array(rows).fill(-1234567890123n)
  assert.equal(sum(sumsOfWords(wordsOver(wide), undefined, groups)), -1234567890123n * BigInt(rows))
})

test('rows of a join by an index in a range and by a hash', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed)
    const apart = seed % 2 === 0 ? 1 : 90_000_001
    const cells = (count: number, absent: number): (number | null)[] =>
      Array.from({ length: count }, () => (random.next() < absent ? null : (random.below(20) - 10) * apart))
    const [left, right] = [cells(1 + random.below(40), 0.1), cells(random.below(40), [0, 0.2, 1][seed % 3])]
    const index = keyIndex(
      Int32Array.from(right, (cell) => cell ?? 0),
      right.includes(null) ? bitmap(right.map((cell) => cell !== null)) : undefined,
    )
    const validity = bitmap(left.map((cell) => cell !== null))
    const values = Int32Array.from(left, (cell) => cell ?? 0)
    const key: FlatColumn = { name: 'k', type: 'int32', form: 'values', values, nullCount: 1, validity }
    for (const how of ['inner', 'left', 'semi', 'anti'] as const) {
      const found = joinedRows(key, index, how)
      const pairs = Array.from({ length: found?.rows ?? 0 }, (_, i) => [
        found?.left ? found.left[i] : i,
        found?.right ? found.right[i] : undefined,
      ])
      const expected = left.flatMap((cell, row) => {
        const rows = right.flatMap((other, i) => (cell !== null && cell === other ? [i] : []))
        if (how === 'semi' || how === 'anti')
          return rows.length > 0 === (how === 'semi') ? [[row, undefined]] : []
        return rows.length === 0 && how === 'left' ? [[row, -1]] : rows.map((other) => [row, other])
      })
      assert.deepEqual(pairs, expected, `seed ${seed}, ${how}`)
    }
  }
})

test('an index is built once for a frame that has a name, and goes when memory is short', () => {
  releaseCaches()
  const key: FlatColumn = {
    name: 'k',
    type: 'int32',
    form: 'values',
    values: Int32Array.of(3, 1, 3),
    nullCount: 0,
  }
  assert.equal(indexOf('frame/1', key), indexOf('frame/1', key))
  assert.notEqual(indexOf(undefined, key), indexOf(undefined, key))
  assert.ok(keptIndexBytes() > 0)
  const known = indexOf('frame/1', key)
  releaseCaches()
  assert.equal(keptIndexBytes(), 0)
  assert.notEqual(indexOf('frame/1', key), known)
  releaseCaches()
})
