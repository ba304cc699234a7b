// Rows told apart by columns of any type: −0 is 0 and NaN is NaN, as everywhere in tables, and what is absent is a group of its own.

import type { FlatColumn, FlatTexts } from './flatFrame.ts'
import { INLINE_BYTES } from './flatFrame.ts'
import {
  fitsTable,
  type Groups,
  groupsInRange,
  groupsOfHashes,
  groupsOfNumbers,
  mixed,
  mixedPair,
  oneGroup,
} from './groupNumbers.ts'
import type { Scratch } from './scratch.ts'
import { bitsAsNumbers, isWords, wordsOf } from './words.ts'

/**
 * Groups of rows that agree in all keys.
 * @param keys at least one, each of `rows` rows
 */
export function groupsOf(keys: readonly FlatColumn[], rows: number, scratch: Scratch): Groups {
  const [first, ...others] = keys
  let groups = groupsOfKey(first, rows, scratch)
  for (const key of others) groups = combined(groups, groupsOfKey(key, rows, scratch), scratch)
  return groups
}

function groupsOfKey(key: FlatColumn, rows: number, scratch: Scratch): Groups {
  switch (key.form) {
    case 'absent':
      return oneGroup(rows)
    case 'bits':
      return groupsOfNumbers(bitsAsNumbers(key.bits, rows), key.validity, scratch)
    case 'texts':
      return groupsOfTexts(key, rows, scratch)
    case 'values':
      return isWords(key.values)
        ? groupsOfWords(wordsOf(key.values), key.validity, scratch)
        : groupsOfNumbers(asInt32(key.values), key.validity, scratch)
  }
}

/** The same numbers, or others that differ where those do. */
function asInt32(
  values: Exclude<Extract<FlatColumn, { form: 'values' }>['values'], BigInt64Array | BigUint64Array>,
): Int32Array {
  if (values instanceof Int32Array) return values
  if (values instanceof Uint32Array) return new Int32Array(values.buffer, values.byteOffset, values.length)
  return new Int32Array(values)
}

/** Groups of numbers of 64 bits, low word first. */
function groupsOfWords(words: Int32Array, validity: Uint8Array | undefined, scratch: Scratch): Groups {
  const rows = words.length >> 1
  const narrow = scratch.words(rows)
  let fits = true
  for (let row = 0; row < rows; row++) {
    const low = words[2 * row]
    narrow[row] = low
    if (words[2 * row + 1] !== low >> 31) fits = false
  }
  if (fits) return groupsOfNumbers(narrow, validity, scratch)
  for (let row = 0; row < rows; row++) narrow[row] = mixedPair(words[2 * row], words[2 * row + 1])
  return groupsOfHashes(
    narrow,
    validity,
    scratch,
    (a, b) => words[2 * a] === words[2 * b] && words[2 * a + 1] === words[2 * b + 1],
  )
}

function groupsOfTexts({ views, buffers, validity }: FlatTexts, rows: number, scratch: Scratch): Groups {
  const hashes = scratch.words(rows)
  for (let row = 0; row < rows; row++) {
    const at = 4 * row
    const length = views[at]
    let hash = mixedPair(length, views[at + 1])
    if (length <= INLINE_BYTES) hash = mixedPair(mixedPair(views[at + 2], views[at + 3]), hash)
    else {
      const bytes = buffers[views[at + 2]]
      const from = views[at + 3]
      for (let i = 4; i < length; i++) hash = Math.imul(hash ^ bytes[from + i], 0x01000193)
      hash = mixed(hash)
    }
    hashes[row] = hash
  }
  return groupsOfHashes(hashes, validity, scratch, (a, b) => sameText(views, buffers, a, b))
}

function sameText(views: Uint32Array, buffers: readonly Uint8Array[], a: number, b: number): boolean {
  const [left, right] = [4 * a, 4 * b]
  const length = views[left]
  if (length !== views[right] || views[left + 1] !== views[right + 1]) return false
  if (length <= INLINE_BYTES)
    return views[left + 2] === views[right + 2] && views[left + 3] === views[right + 3]
  const [bytes, others] = [buffers[views[left + 2]], buffers[views[right + 2]]]
  const [from, other] = [views[left + 3], views[right + 3]]
  for (let i = 4; i < length; i++) if (bytes[from + i] !== others[other + i]) return false
  return true
}

/** Groups of rows that agree in both groupings. */
function combined(a: Groups, b: Groups, scratch: Scratch): Groups {
  if (a.count <= 1) return b
  if (b.count <= 1) return a
  const rows = a.of.length
  const both = scratch.words(rows)
  if (fitsTable(a.count * b.count, rows)) {
    for (let row = 0; row < rows; row++) both[row] = a.of[row] * b.count + b.of[row]
    return groupsInRange(both, undefined, 0, a.count * b.count, scratch)
  }
  for (let row = 0; row < rows; row++) both[row] = mixedPair(a.of[row], b.of[row])
  return groupsOfHashes(both, undefined, scratch, (x, y) => a.of[x] === a.of[y] && b.of[x] === b.of[y])
}
