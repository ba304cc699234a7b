// Texts are found again by their bytes: short and long ones, ones that begin alike, more than the table begins with.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INLINE_BYTES } from '../../runtime/kernels/table/flat/flatFrame.ts'
import { TextNumbers } from '../../runtime/kernels/table/flat/textNumbers.ts'
import { Random } from '../simulation/random.ts'

/** Texts as views over one buffer. */
function viewsOf(texts: readonly string[]): { views: Uint32Array; buffers: Uint8Array[] } {
  const encoded = texts.map((text) => new TextEncoder().encode(text))
  const buffer = new Uint8Array(Buffer.concat(encoded))
  const views = new Uint32Array(4 * texts.length)
  let at = 0
  for (const [row, bytes] of encoded.entries()) {
    const view = new Uint8Array(views.buffer, 16 * row + 4, INLINE_BYTES)
    views[4 * row] = bytes.length
    view.set(bytes.subarray(0, bytes.length > INLINE_BYTES ? 4 : INLINE_BYTES))
    if (bytes.length > INLINE_BYTES) views.set([0, at], 4 * row + 2)
    at += bytes.length
  }
  return { views, buffers: [buffer] }
}

test('numbers of texts are found as a map finds them, and unknown texts are told', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed)
    const numbers = new TextNumbers()
    const known = new Map<string, number>()
    for (let round = 0; round < 6; round++) {
      const texts = Array.from({ length: random.below(seed === 20 ? 3000 : 300) }, () => {
        const tail = random.below(seed === 20 ? 4000 : 200)
        return `${['', 'ä', '😀', 'begins alike, ', 'x'.repeat(30)][random.below(5)]}${tail || ''}`
      })
      const views = viewsOf(texts)
      const found = new Uint32Array(texts.length).fill(7)
      const unknown = new Set(numbers.find(views, texts.length, found))
      for (const [row, text] of texts.entries()) {
        assert.equal(unknown.has(row), !known.has(text), `seed ${seed}: ${text}`)
        if (known.has(text)) assert.equal(found[row], known.get(text), `seed ${seed}: ${text}`)
      }
      for (const row of unknown) {
        numbers.add(views, row, known.get(texts[row]) ?? 4_000_000_000 - known.size)
        if (!known.has(texts[row])) known.set(texts[row], 4_000_000_000 - known.size)
      }
    }
    assert.equal(numbers.count, known.size)
  }
})
