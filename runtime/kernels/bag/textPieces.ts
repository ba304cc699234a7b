// A part of a text file as pieces of text that end at line ends. A block has the lines that begin in it.

import { compressionOf, decompressed } from '../files/decompress.ts'
import { schemeOf } from '../files/fileSystem.ts'
import { openFile, type SourceFile } from '../files/sourceFile.ts'
import { decodeText, hasByteLines } from './decode.ts'
import {
  type Compression,
  type FileRange,
  plannedFile,
  type ReadCompression,
  type TextEncoding,
} from './plan.ts'

export interface TextFacts {
  encoding: TextEncoding
  errors: 'strict' | 'replace'
  compression: ReadCompression
}

/** Text that ends at a line end or at the end of the file, and where its first byte stood. */
export interface TextPiece {
  text: string
  at: number
}

const NEWLINE = 10

/** The text of a range, in pieces. Lines longer than a piece come whole. */
export async function* textPieces(range: FileRange, facts: TextFacts): AsyncGenerator<TextPiece> {
  const decoding = { ...facts, path: range[0] }
  for await (const { bytes, at } of linePieces(range, facts))
    yield { text: decodeText(bytes, at, decoding), at }
}

/** The bytes of a range, in pieces that end at line ends or at the end of the file. */
export async function* linePieces(range: FileRange, facts: TextFacts): AsyncGenerator<BytePiece> {
  const [path, , , start, end] = range
  const compression = facts.compression === 'byName' ? compressionOf(path) : facts.compression
  const file = await openFile(plannedFile(range))
  try {
    const bytes = blockBytes(file, start, end, compression)
    yield* hasByteLines(facts.encoding) ? wholeLines(bytes) : wholeCharacters(bytes)
  } finally {
    await file.close()
  }
}

/** Bytes, and where their first one stands in the file. */
export interface BytePiece {
  bytes: Uint8Array
  at: number
}

/** The bytes of the lines that begin in [start, end); `end` −1 stands for the end. Compressed files come whole. */
async function* blockBytes(
  file: SourceFile,
  start: number,
  end: number,
  compression: Compression,
): AsyncGenerator<BytePiece> {
  // A line begins after a line end, so the byte before the block decides whether its first line is its own.
  const from = Math.max(0, start - 1)
  const isLast = compression !== 'none' || end < 0 || (file.size !== undefined && end >= file.size)
  let at = from
  let skipping = start > 0
  for await (const piece of decompressed(file.path, file.chunks(from), compression)) {
    let begin = 0
    let stop = piece.length
    if (skipping) {
      const lineEnd = piece.indexOf(NEWLINE)
      if (lineEnd >= 0 && (isLast || at + lineEnd < end - 1)) {
        begin = lineEnd + 1
        skipping = false
      } else if (lineEnd >= 0 || (!isLast && at + piece.length >= end)) return
      else {
        at += piece.length
        continue
      }
    }
    let last = false
    if (!isLast && at + stop >= end) {
      const lineEnd = piece.indexOf(NEWLINE, Math.max(begin, end - 1 - at))
      if (lineEnd >= 0) {
        stop = lineEnd + 1
        last = true
      }
    }
    if (stop > begin) yield { bytes: piece.subarray(begin, stop), at: at + begin }
    if (last) return
    at += piece.length
  }
}

/** Cuts and joins pieces so that each ends behind a line end, but the last. */
async function* wholeLines(pieces: AsyncIterable<BytePiece>): AsyncGenerator<BytePiece> {
  let carried: Uint8Array[] = []
  let carriedAt = 0
  for await (const { bytes, at } of pieces) {
    const cut = bytes.lastIndexOf(NEWLINE) + 1
    if (cut === 0) {
      if (carried.length === 0) carriedAt = at
      carried.push(bytes)
      continue
    }
    const head = bytes.subarray(0, cut)
    if (carried.length === 0) yield { bytes: head, at }
    else yield { bytes: Buffer.concat([...carried, head]), at: carriedAt }
    carried = cut < bytes.length ? [bytes.subarray(cut)] : []
    carriedAt = at + cut
  }
  if (carried.length > 0) yield { bytes: Buffer.concat(carried), at: carriedAt }
}

/** The whole file at once, for encodings whose characters are several bytes: their line ends cannot be seen in bytes. */
async function* wholeCharacters(pieces: AsyncIterable<BytePiece>): AsyncGenerator<BytePiece> {
  const all: Uint8Array[] = []
  for await (const { bytes } of pieces) all.push(bytes)
  if (all.length > 0) yield { bytes: Buffer.concat(all), at: 0 }
}

const isLocal = ([path]: FileRange): boolean => schemeOf(path) === 'file'

/** How many line ends stand before a byte of a file: only errors ask, so reading again is fine. */
export async function linesBefore(range: FileRange): Promise<number> {
  const [, , , start] = range
  if (start <= 0) return 0
  // A file that has become shorter since can still be counted.
  const file = await openFile({ ...plannedFile(range), size: isLocal(range) ? 0 : range[1] })
  try {
    let lines = 0
    // The line that begins before the block and ends in it is the other block's.
    let at = 0
    for await (const piece of file.chunks(0)) {
      for (let i = piece.indexOf(NEWLINE); i >= 0; i = piece.indexOf(NEWLINE, i + 1)) {
        lines++
        if (at + i >= start - 1) return lines
      }
      at += piece.length
    }
    return lines
  } finally {
    await file.close()
  }
}
