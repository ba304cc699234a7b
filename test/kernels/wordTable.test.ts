// The table of words in WebAssembly, held against a Map: words of every length, more than it has room for, odd bytes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFrom } from '../../runtime/kernels/bag/random.ts'
import { WordTable } from '../../runtime/kernels/bag/wordTable.ts'

/** The same by strings. */
function countedPlainly(counts: Map<string, number>, text: string, separator: string): void {
  const lines = text.endsWith('\n') ? text.slice(0, -1) : text
  for (const line of lines.split('\n'))
    for (const word of line.replace(/\r$/, '').split(separator)) counts.set(word, (counts.get(word) ?? 0) + 1)
}

/** Counts pieces in a table that tables before it have used, and in a Map. */
function compare(pieces: readonly string[], separator: string, encoding: 'latin1' | 'utf8'): void {
  const table = WordTable.empty()
  const expected = new Map<string, number>()
  for (const piece of pieces) {
    table.count(Buffer.from(piece, encoding), separator.charCodeAt(0))
    if (piece !== '') countedPlainly(expected, piece, separator)
  }
  const { keys, values } = table.words(encoding)
  assert.deepEqual(keys, [...expected.keys()])
  assert.deepEqual([...values], [...expected.values()])
  table.done()
}

test('words of each length from 0 to 40, at every place of eight bytes, ended in every way', () => {
  for (const end of ['\n', '\r\n', ' \n', ' \r\n', ''])
    for (let length = 0; length <= 40; length++)
      for (let before = 0; before < 8; before++) {
        const word = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP'.slice(0, length)
        compare([`${'-'.repeat(before)} ${word} ${word}x ${word}${end}`], ' ', 'utf8')
      }
})

test('words that differ in one byte, in their length or by zeros are different words', () => {
  const words: string[] = []
  for (let length = 1; length <= 24; length++) {
    words.push('\0'.repeat(length), '\x01'.repeat(length), '\xff'.repeat(length))
    for (let at = 0; at < length; at++) words.push(`${'a'.repeat(at)}b${'a'.repeat(length - at - 1)}`)
  }
  compare([`${[...words, ...words.toReversed()].join(' ')}\n`], ' ', 'latin1')
})

test('pieces without an end, empty ones, returns inside words, other separators', () => {
  compare(['', 'a b', 'a\n', '\n', '\n\n\r\n', '\r', 'a\rb\r\r\nc'], ' ', 'utf8')
  compare(['a\tb\t\tc\n', 'a b\tc'], '\t', 'utf8')
  compare(['éé,日本語,🧵🧵🧵,é\r\n🧵🧵🧵'], ',', 'utf8')
  compare(['~a~b~', 'é~ÿ~é\n'], '~', 'latin1')
  compare(['\x00a\x00\x00b\n'], '\x00', 'utf8')
})

test('more words and more bytes of them than there is room for at first; the next table is empty again', () => {
  const random = randomFrom(7)
  const pieces = Array.from({ length: 30 }, () =>
    Array.from({ length: 3000 }, () => {
      const word = Math.floor(random() ** 3 * 60_000).toString(7)
      return word.repeat(1 + Math.floor(random() ** 4 * 8)) + (random() < 0.08 ? '\n' : ' ')
    }).join(''),
  )
  compare(pieces, ' ', 'utf8')
  compare(['a b a\n'], ' ', 'utf8')
})

test('a word longer than all room so far', () => {
  compare([`${'x'.repeat(300_000)} y ${'x'.repeat(300_000)}\n${'x'.repeat(299_999)}`], ' ', 'utf8')
})

test('counting goes on after the words were asked for', () => {
  const table = WordTable.empty()
  for (let round = 1; round <= 3; round++) {
    table.count(Buffer.from('a b a\n'), 32)
    assert.deepEqual(table.words('utf8'), { keys: ['a', 'b'], values: Float64Array.of(2 * round, round) })
  }
  table.done()
})
