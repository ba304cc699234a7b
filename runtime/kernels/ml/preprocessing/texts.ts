// Texts as sparse rows: words hashed to columns, or counted by a vocabulary and weighed by how rare they are.

import { kernel } from '../../kernel.ts'
import type { Block, SparseBlock } from '../block.ts'
import { textsOf } from './shaping.ts'
import { type WordOptions, wordsOf } from './words.ts'

const encoder = new TextEncoder()

/**
 * MurmurHash3 for 32 bits (Austin Appleby, 2011, public domain), of a text's UTF-8 bytes, as a signed number.
 * @example murmurHash32('foo', 0) // -156908512
 */
export function murmurHash32(text: string, seed: number): number {
  const bytes = encoder.encode(text)
  let hash = seed | 0
  const whole = bytes.length & ~3
  for (let i = 0; i < whole; i += 4) {
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)
    hash ^= scrambled(word)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]
  if (whole < bytes.length) hash ^= scrambled(tail)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const scrambled = (word: number): number => {
  const mixed = Math.imul(word, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}

export type Norm = 'l1' | 'l2' | 'none'

/** How words are hashed. */
export interface Hashing extends WordOptions {
  who: string
  features: number
  /** Whether the hash's sign is the word's: words that meet in a column then cancel rather than add. */
  alternateSign: boolean
  norm: Norm
  /** Whether a word counts once however often it occurs. */
  binary: boolean
}

/** Texts as counts of hashed words. */
export const hashTexts = kernel('ml.hashTexts', (hashing: Hashing, block: Block): Block => {
  const { features, alternateSign, norm, binary, who } = hashing
  return sparseOf(textsOf(block, who), features, norm, (text) => {
    const counts = new Map<number, number>()
    for (const word of wordsOf(text, hashing)) {
      const hash = murmurHash32(word, 0)
      const place = Math.abs(hash) % features
      counts.set(place, (counts.get(place) ?? 0) + (alternateSign && hash < 0 ? -1 : 1))
    }
    if (binary) for (const place of counts.keys()) counts.set(place, 1)
    return counts
  })
})

/** Rows of counts, sorted by column and brought to length 1. */
function sparseOf(
  texts: readonly (string | null)[],
  columns: number,
  norm: Norm,
  countsOf: (text: string) => Map<number, number>,
): SparseBlock {
  const starts = new Int32Array(texts.length + 1)
  const places: number[] = []
  const data: number[] = []
  texts.forEach((text, row) => {
    const entries = [...countsOf(text ?? '')].sort((a, b) => a[0] - b[0])
    const length =
      norm === 'none'
        ? 1
        : norm === 'l1'
          ? entries.reduce((sum, [, value]) => sum + Math.abs(value), 0)
          : Math.sqrt(entries.reduce((sum, [, value]) => sum + value * value, 0))
    for (const [place, value] of entries) {
      places.push(place)
      data.push(length > 0 ? value / length : value)
    }
    starts[row + 1] = places.length
  })
  return {
    kind: 'sparse',
    rows: texts.length,
    columns,
    starts,
    places: Int32Array.from(places),
    data: Float64Array.from(data),
  }
}

/** In how many texts each word occurs, how often in all of them, and how many texts there are. */
export interface WordCounts {
  texts: number
  words: Map<string, [texts: number, times: number]>
}

export const wordsOfBlock = kernel(
  'ml.words',
  (options: WordOptions & { who: string }, block: Block): WordCounts => {
    const words: WordCounts['words'] = new Map()
    const texts = textsOf(block, options.who)
    for (const text of texts) {
      const own = new Map<string, number>()
      for (const word of wordsOf(text ?? '', options)) own.set(word, (own.get(word) ?? 0) + 1)
      for (const [word, times] of own) {
        const known = words.get(word)
        if (known) {
          known[0]++
          known[1] += times
        } else words.set(word, [1, times])
      }
    }
    return { texts: texts.length, words }
  },
)

export const mergeWords = kernel('ml.mergeWords', (a: WordCounts, b: WordCounts): WordCounts => {
  const words = new Map(a.words)
  for (const [word, [texts, times]] of b.words) {
    const known = words.get(word)
    words.set(word, known ? [known[0] + texts, known[1] + times] : [texts, times])
  }
  return { texts: a.texts + b.texts, words }
})

/** A vocabulary with the weight of each of its words. */
export interface Weighing extends WordOptions {
  who: string
  vocabulary: readonly string[]
  /** A weight a word; null: all 1. */
  weights: Float64Array | null
  sublinear: boolean
  /** Whether a word counts once however often it occurs. */
  binary: boolean
  norm: Norm
}

const places = new WeakMap<readonly string[], Map<string, number>>()

/** Texts as counts of the vocabulary's words, weighed. */
export const weighTexts = kernel('ml.weighTexts', (weighing: Weighing, block: Block): Block => {
  const { vocabulary, weights, sublinear, binary, norm, who } = weighing
  let known = places.get(vocabulary)
  if (!known) {
    known = new Map(vocabulary.map((word, place) => [word, place]))
    places.set(vocabulary, known)
  }
  const placeOf = known
  return sparseOf(textsOf(block, who), vocabulary.length, norm, (text) => {
    const counts = new Map<number, number>()
    for (const word of wordsOf(text, weighing)) {
      const place = placeOf.get(word)
      if (place !== undefined) counts.set(place, binary ? 1 : (counts.get(place) ?? 0) + 1)
    }
    for (const [place, count] of counts)
      counts.set(place, (sublinear ? 1 + Math.log(count) : count) * (weights ? weights[place] : 1))
    return counts
  })
})
