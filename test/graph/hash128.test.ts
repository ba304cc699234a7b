// The 128-bit hash against the vectors that its authors published.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash128, hashText, seedOf } from '../../runtime/graph/hash128.ts'
import { hexOf } from '../../runtime/protocol/ids.ts'

const of = (bytes: Uint8Array, seed: number): Uint8Array => {
  const out = new Uint8Array(16)
  hash128(bytes, 0, bytes.length, seed, out, 0)
  return out
}

test("SMHasher's verification value: every length from 0 to 255 with its own seed", () => {
  const digests = new Uint8Array(256 * 16)
  const key = Uint8Array.from({ length: 256 }, (_, i) => i)
  for (let length = 0; length < 256; length++) hash128(key, 0, length, 256 - length, digests, length * 16)
  const check = of(digests, 0)
  assert.equal(new DataView(check.buffer).getUint32(0, true), 0xb3ece62a)
})

test('the empty text hashes to zeros, as published', () => {
  assert.equal(hexOf(hashText('')), '00000000000000000000000000000000')
})

test('bytes hash alike wherever they stand', () => {
  const bytes = new TextEncoder().encode('the quick brown fox jumps over the lazy dog')
  const shifted = new Uint8Array(64)
  shifted.set(bytes, 5)
  const out = new Uint8Array(32)
  hash128(shifted, 5, 5 + bytes.length, 7, out, 3)
  assert.deepEqual(out.subarray(3, 19), of(bytes, 7))
})

test('a seed of four words changes every digest', () => {
  const a = seedOf(hashText('a'))
  const b = seedOf(hashText('b'))
  const seen = new Set<string>()
  for (const seed of [a, b])
    for (let value = 0; value < 256; value++)
      for (const length of [1, 2, 3]) {
        const bytes = new Uint8Array(length).fill(value)
        const out = new Uint8Array(16)
        hash128(bytes, 0, length, seed, out, 0)
        seen.add(hexOf(out))
      }
  assert.equal(seen.size, 2 * 256 * 3)
})

test('200,000 small inputs differ in their first 64 bits already', () => {
  const bytes = new Uint8Array(9)
  const view = new DataView(bytes.buffer)
  const seed = seedOf(hashText('inc'))
  const low = new Set<bigint>()
  const out = new Uint8Array(16)
  const words = new DataView(out.buffer)
  for (let i = 0; i < 200_000; i++) {
    view.setFloat64(1, i)
    hash128(bytes, 0, 9, seed, out, 0)
    low.add(words.getBigUint64(0))
  }
  assert.equal(low.size, 200_000)
})
