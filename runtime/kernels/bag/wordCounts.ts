// Words of text files, counted in the bytes: `readText(…).flatMap((line) => line.split(' ')).frequencies()` without a
// string for every word. What a function does is read off its own source, so that any that says this gets it.

import { isUtf8 } from 'node:buffer'
import { decodeText, hasByteLines } from './decode.ts'
import type { KeyedWire } from './keyed.ts'
import type { FileRange, Op, SourceSpec, TextSource } from './plan.ts'
import { linePieces } from './textPieces.ts'
import { WordTable } from './wordTable.ts'

const BYTE_ORDER_MARK = 0xfeff

/** A function that cuts its argument by one character: an arrow or a plain function that does nothing else. */
const SPLITS = [
  /^\(?\s*([\w$]+)\s*\)?\s*=>\s*\1\s*\.split\(\s*(['"`])([^\\])\2\s*\)\s*$/,
  /^function\s*[\w$]*\s*\(\s*([\w$]+)\s*\)\s*\{\s*return\s+\1\s*\.split\(\s*(['"`])([^\\])\2\s*\)\s*;?\s*\}$/,
  /^\(?\s*([\w$]+)\s*\)?\s*=>\s*\{\s*return\s+\1\s*\.split\(\s*(['"`])([^\\])\2\s*\)\s*;?\s*\}$/,
]

const nativeSplit = String.prototype.split

/** The one ASCII character by which a function splits texts; nothing for any other function. */
export function splitterOf(fn: (...args: never[]) => unknown): string | undefined {
  if (String.prototype.split !== nativeSplit) return undefined
  const source = fn.toString()
  for (const pattern of SPLITS) {
    const character = pattern.exec(source)?.[3]
    if (character && character.charCodeAt(0) < 128 && character !== '\n' && character !== '\r')
      return character
  }
  return undefined
}

/**
 * Counts the words of a partition where its items are lines of text and all that is done to them is to split each by
 * one character; nothing for any other work, which then takes the usual way.
 * @returns words in the order of first occurrence, and how often each is there
 */
export function countedWords(
  source: SourceSpec,
  ops: readonly Op[],
  argument: unknown,
): Promise<KeyedWire<number>> | undefined {
  if (source.source !== 'text' || source.includePath || source.whole || ops.length !== 1) return undefined
  const [op] = ops
  if (op.op !== 'flatMap' || op.rest.length > 0 || !hasByteLines(source.encoding)) return undefined
  const character = splitterOf(op.fn)
  return character === undefined
    ? undefined
    : countIn(source, argument as readonly FileRange[], character.charCodeAt(0))
}

async function countIn(
  source: TextSource,
  ranges: readonly FileRange[],
  separator: number,
): Promise<KeyedWire<number>> {
  const words = WordTable.empty()
  for (const range of ranges)
    for await (const { bytes, at } of linePieces(range, source))
      words.count(validBytes(bytes, at, source, range[0]), separator)
  const counted = words.words(source.encoding === 'latin1' ? 'latin1' : 'utf8')
  words.done()
  return counted
}

/** The piece as bytes that all stand for characters. */
function validBytes(bytes: Uint8Array, at: number, source: TextSource, path: string): Uint8Array {
  if (source.encoding === 'latin1') return bytes
  if (!isUtf8(bytes)) return Buffer.from(decodeText(bytes, at, { ...source, path }))
  const mark = at === 0 && bytes.length > 2 && Buffer.from(bytes.subarray(0, 3)).toString().charCodeAt(0)
  return mark === BYTE_ORDER_MARK ? bytes.subarray(3) : bytes
}
