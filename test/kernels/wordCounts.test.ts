// Words counted in bytes are the words that splitting strings gives, whatever the text, the blocks and the encoding.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { bag } from '../../runtime/collections/index.ts'
import { randomFrom } from '../../runtime/kernels/bag/random.ts'
import { splitterOf } from '../../runtime/kernels/bag/wordCounts.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

computeInProcess()

type Splitter = (line: string) => string[]

/** The same split in words that nothing recognises: what the bytes are held against. */
const plainly =
  (character: string): Splitter =>
  (line) => {
    const words = line.split(character)
    return words
  }

test('functions that only split are recognised, others are not', () => {
  const cases: [(...args: never[]) => unknown, string | undefined][] = [
    [(line: string) => line.split(' '), ' '],
    [(text: string) => text.split(','), ','],
    [
      (line: string) => {
        return line.split('\t')
      },
      undefined,
    ],
    [
      function words(line: string) {
        return line.split(';')
      },
      ';',
    ],
    [(line: string) => line.split(`|`), '|'],
    [(line: string) => line.split(''), undefined],
    [(line: string) => line.split(', '), undefined],
    [(line: string) => line.split('é'), undefined],
    [(line: string) => line.split(/ /), undefined],
    [(line: string) => line.split(' ', 2), undefined],
    [(line: string) => line.trim().split(' '), undefined],
    [(line: string) => line.split(' ').slice(1), undefined],
    [async (line: string) => line.split(' '), undefined],
    [plainly(' '), undefined],
  ]
  for (const [fn, expected] of cases) assert.equal(splitterOf(fn), expected, fn.toString())
})

/** Words of many lengths, doubled separators, empty lines, characters of up to four bytes. */
function text(seed: number, lineEnd: string): string {
  const random = randomFrom(seed)
  const letters = ['a', 'b', 'c', 'é', '日', '🧵', ' ', ' ', '\r', 'xyz']
  const line = (): string =>
    Array.from(
      { length: Math.floor(random() ** 2 * 30) },
      () => letters[Math.floor(random() * letters.length)],
    ).join('')
  return Array.from({ length: 120 }, line).join(lineEnd)
}

for (let seed = 1; seed <= 6; seed++)
  test(`random texts, in blocks and compressed (seed ${seed})`, async (context) => {
    const folder = temporaryFolder(context)
    const contents = `${seed % 3 === 0 ? '\ufeff' : ''}${text(seed, seed % 2 === 0 ? '\n' : '\r\n')}${seed % 4 === 0 ? '' : '\n'}`
    const path = join(folder, 'text.txt')
    writeFileSync(path, contents)
    writeFileSync(`${path}.gz`, gzipSync(contents))
    for (const file of [path, `${path}.gz`])
      for (const blocksize of [37, 500] as const)
        for (const encoding of ['utf-8', 'latin1'] as const) {
          const lines = bag.readText(file, { blocksize, encoding })
          const counted = await lines
            .flatMap((line) => line.split(' '))
            .frequencies()
            .compute()
          const expected = await lines.flatMap(plainly(' ')).frequencies().compute()
          assert.deepEqual(counted, expected, `${file} ${blocksize} ${encoding}`)
          const shuffled = await lines
            .flatMap((line) => line.split(' '))
            .frequencies({ partitions: 3 })
            .compute()
          assert.deepEqual(new Map(shuffled), new Map(expected))
        }
  })

test('bytes that are no UTF-8: an error with their place, or their replacement', async (context) => {
  const path = join(temporaryFolder(context), 'bad.txt')
  writeFileSync(
    path,
    Buffer.concat([Buffer.from('good day\n'), Buffer.from([0x62, 0xff, 0x20, 0x63]), Buffer.from('\n')]),
  )
  const counts = (errors: 'strict' | 'replace', split: Splitter) =>
    bag.readText(path, { errors }).flatMap(split).frequencies().compute()
  await assert.rejects(
    counts('strict', (line) => line.split(' ')),
    /bad\.txt is not valid UTF-8 at byte 10/,
  )
  assert.deepEqual(await counts('replace', (line) => line.split(' ')), await counts('replace', plainly(' ')))
})
