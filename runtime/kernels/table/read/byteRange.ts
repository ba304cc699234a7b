// The bytes of a file that a partition of lines is made of: its lines begin inside the range, the last one ends behind it.

import { statSync } from 'node:fs'
import { decompressed } from '../../files/decompress.ts'
import { FileChangedError } from '../../files/fileErrors.ts'
import { isRemote } from '../../files/fileSystem.ts'
import { openFile, type SourceFile } from '../../files/sourceFile.ts'
import { type Compression, type FileRange, fileOf } from '../steps.ts'

const NEWLINE = 10
const AHEAD_BYTES = 64 * 1024

/** How many quotes stand in a range: with an odd number before it, a range begins inside a quoted cell. */
export async function countQuotes(range: FileRange, quote: string): Promise<number> {
  const [, , , start, end] = range
  const file = await openFile(fileOf(range))
  const byte = quote.charCodeAt(0)
  let count = 0
  try {
    for await (const piece of file.chunks(start, end))
      for (let at = piece.indexOf(byte); at >= 0; at = piece.indexOf(byte, at + 1)) count++
  } finally {
    await file.close()
  }
  return count
}

/**
 * The bytes of all records that begin in a range.
 * @param quote what may hide line ends; empty where nothing does
 * @param inQuotes whether the range begins inside a quoted cell
 */
export async function recordBytes(
  range: FileRange,
  compression: Compression,
  quote = '',
  inQuotes = false,
): Promise<Uint8Array> {
  const [path, size, version, start, end] = range
  requireUnchanged(path, size, version)
  const file = await openFile(fileOf(range))
  try {
    if (compression !== 'none') {
      const pieces: Uint8Array[] = []
      for await (const piece of decompressed(path, file.chunks(0), compression)) pieces.push(piece)
      return Buffer.concat(pieces)
    }
    if (end < 0) {
      const pieces: Uint8Array[] = []
      for await (const piece of file.chunks(0)) pieces.push(piece)
      return Buffer.concat(pieces)
    }
    // The byte before tells whether a record begins right at the start.
    const from = Math.max(0, start - 1)
    const bytes = await file.read(from, end)
    const byte = quote === '' ? -1 : quote.charCodeAt(0)
    let first = 0
    let quoted = inQuotes
    if (start > 0) {
      first = nextRecord(bytes, 0, byte, quotedBefore(bytes[0], byte, inQuotes)).at
      // A record that begins right behind the range is the next one's.
      if (first < 0 || first >= bytes.length) return new Uint8Array(0)
      quoted = false
    }
    if (end >= size) return bytes.subarray(first)
    for (let at = bytes.indexOf(byte, first); byte >= 0 && at >= 0; at = bytes.indexOf(byte, at + 1))
      quoted = !quoted
    if (!quoted && bytes[bytes.length - 1] === NEWLINE) return bytes.subarray(first)
    const tail = await restOfRecord(file, end, size, byte, quoted)
    return Buffer.concat([bytes.subarray(first), ...tail])
  } finally {
    await file.close()
  }
}

/** Whether the byte before a range stood inside quotes. */
const quotedBefore = (before: number, quote: number, inQuotes: boolean): boolean =>
  quote >= 0 && before === quote ? !inQuotes : inQuotes

/** Where the first record begins behind a line end outside quotes; −1 when none does. */
function nextRecord(
  bytes: Uint8Array,
  from: number,
  quote: number,
  inQuotes: boolean,
): { at: number; quoted: boolean } {
  let quoted = inQuotes
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) quoted = !quoted
    else if (byte === NEWLINE && !quoted) return { at: at + 1, quoted }
  }
  return { at: -1, quoted }
}

async function restOfRecord(
  file: SourceFile,
  end: number,
  size: number,
  quote: number,
  inQuotes: boolean,
): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  let quoted = inQuotes
  for (let at = end; at < size; at += AHEAD_BYTES) {
    const piece = await file.read(at, Math.min(size, at + AHEAD_BYTES))
    const next = nextRecord(piece, 0, quote, quoted)
    if (next.at >= 0) {
      pieces.push(piece.subarray(0, next.at))
      return pieces
    }
    quoted = next.quoted
    pieces.push(piece)
  }
  return pieces
}

/**
 * @throws {FileChangedError} when a local file is not what it was when the table was built: rows of two states would mix
 */
export function requireUnchanged(path: string, size: number, version: string): void {
  if (isRemote(path) || version === '') return
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat && (stat.size !== size || String(stat.mtimeMs) !== version))
    throw new FileChangedError(
      path,
      `${path} changed while it was read: it had ${size} bytes, and now has ${stat.size}. Run again once nothing writes to it.`,
    )
}
