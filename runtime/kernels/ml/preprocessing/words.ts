// How a text becomes words: whole words and rows of them, or rows of letters.

import { withoutAccents } from './accents.ts'
import { ENGLISH_STOP_WORDS } from './englishStopWords.ts'
import { findsOf, WHITE_SPACE } from './tokenPattern.ts'

export type Analyzer = 'word' | 'char' | 'charWb'
export type StopWords = 'english' | readonly string[] | null
export type StripAccents = 'ascii' | 'unicode' | null

/** How a text becomes words. */
export interface WordOptions {
  lowercase: boolean
  stripAccents: StripAccents
  /** What stands in a row: words, letters, or letters of one word and the space around it. */
  analyzer: Analyzer
  /** Words or letters in a row that make one: from, to. */
  ngramRange: readonly [from: number, to: number]
  /** Words that are left out before they stand in rows. */
  stopWords: StopWords
  /** What a word is: a regular expression of Python's. */
  tokenPattern: string
}

/** scikit-learn's: runs of at least two letters, digits or underscores. */
export const TOKEN_PATTERN = '(?u)\\b\\w\\w+\\b'

/** The same, found faster: a run ends where no letter follows. */
const WORD = /[\p{L}\p{N}_]{2,}/gu

const finders = new Map<string, (text: string) => string[]>([
  [TOKEN_PATTERN, (text) => text.match(WORD) ?? []],
])
const stopped = new WeakMap<readonly string[], ReadonlySet<string>>()

/** The words of a text, or what else is to be counted. */
export function wordsOf(text: string, options: WordOptions): string[] {
  const { lowercase, stripAccents, analyzer, ngramRange } = options
  let own = lowercase ? text.toLowerCase() : text
  if (stripAccents) own = withoutAccents(own, stripAccents)
  if (analyzer === 'char') return rowsOf([...spaced(own)], ngramRange, '')
  if (analyzer === 'charWb') return rowsWithinWords(own, ngramRange)
  let words = finderOf(options.tokenPattern)(own)
  const left = stopWordsOf(options.stopWords)
  if (left) words = words.filter((word) => !left.has(word))
  return rowsOf(words, ngramRange, ' ')
}

function finderOf(pattern: string): (text: string) => string[] {
  let finder = finders.get(pattern)
  if (!finder) {
    finder = findsOf(pattern)
    finders.set(pattern, finder)
  }
  return finder
}

function stopWordsOf(given: StopWords): ReadonlySet<string> | null {
  if (given === null) return null
  const words = given === 'english' ? ENGLISH_STOP_WORDS : given
  let known = stopped.get(words)
  if (!known) {
    known = new Set(words)
    stopped.set(words, known)
  }
  return known
}

const SPACES = new RegExp(`[${WHITE_SPACE}]{2,}`, 'gu')
const SPACE = new RegExp(`[${WHITE_SPACE}]+`, 'u')

/** Spaces in a row are one; a single one stays what it is. */
const spaced = (text: string): string => text.replace(SPACES, ' ')

/** Parts that stand in a row, joined: all rows of `from` parts first, those of `to` last. */
function rowsOf(
  parts: string[],
  [from, to]: readonly [from: number, to: number],
  between: '' | ' ',
): string[] {
  if (to === 1) return parts
  const made: string[] = []
  for (let length = from; length <= Math.min(to, parts.length); length++)
    for (let i = 0; i + length <= parts.length; i++) made.push(parts.slice(i, i + length).join(between))
  return made
}

/** Rows of letters of one word with a space on either side; a word shorter than a row is one row, once. */
function rowsWithinWords(text: string, [from, to]: readonly [from: number, to: number]): string[] {
  const made: string[] = []
  for (const word of text.split(SPACE)) {
    if (word === '') continue
    const letters = [' ', ...word, ' ']
    for (let length = from; length <= to; length++) {
      if (length >= letters.length) {
        made.push(letters.join(''))
        break
      }
      for (let i = 0; i + length <= letters.length; i++) made.push(letters.slice(i, i + length).join(''))
    }
  }
  return made
}
