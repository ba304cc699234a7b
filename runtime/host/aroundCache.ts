// Writes and reads files around the system's page cache, by way of a few pieces of memory that are used again and again.
//
// The page cache needs a new page of memory for each that is written, and on virtual machines whose host takes back what
// is not used, the first touch of one costs far more than the copy: docs/verification/memory.md has the figures. The disk
// wants whole pages at the beginnings of pages, and values begin elsewhere: hence the pieces.

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const PAGE_BYTES = 4096
/** Fewer or smaller ones under way at once do not keep a fast disk busy. */
const PIECE_BYTES = 2 << 20
const PIECES = 4

/** Whether the operating system has it; a file system may refuse it nevertheless. */
export const hasWayAround = constants.O_DIRECT !== undefined

/** Whether an error says that the file system, or its disk, does not do this. */
export const refusesWayAround = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EINVAL' || code === 'EOPNOTSUPP' || code === 'ENOTSUP'
}

/**
 * Writes parts one after another to a new file, which is filled up to whole pages.
 * @throws {Error} the system's: `refusesWayAround` tells whether another way may work
 */
export async function writeAround(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_DIRECT } = constants
  const file = await open(path, O_CREAT | O_EXCL | O_WRONLY | O_DIRECT, 0o600)
  try {
    await byPieces(lengthOf(parts), async (piece, from, length) => {
      for (const [part, at] of overlaps(parts, from, length)) piece.set(part, at)
      await writeWhole(file, piece.subarray(0, toPages(length)), from)
    })
  } finally {
    await file.close()
  }
}

/**
 * Fills parts from the beginning of a file that `writeAround` wrote.
 * @throws {Error} when the file is gone or was cut short
 */
export async function readAround(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_DIRECT)
  try {
    await byPieces(lengthOf(parts), async (piece, from, length) => {
      await readWhole(file, piece.subarray(0, toPages(length)), from, length, path)
      for (const [part, at] of overlaps(parts, from, length)) part.set(piece.subarray(at, at + part.length))
    })
  } finally {
    await file.close()
  }
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0)
const toPages = (length: number): number => Math.ceil(length / PAGE_BYTES) * PAGE_BYTES

/** Those stretches of parts that lie within `length` bytes from `from` on, and where they begin there. */
function* overlaps(
  parts: readonly Uint8Array[],
  from: number,
  length: number,
): Generator<[part: Uint8Array, at: number]> {
  let start = -from
  for (const part of parts) {
    const first = Math.max(0, -start)
    const last = Math.min(part.length, length - start)
    if (first < last) yield [part.subarray(first, last), start + first]
    start += part.length
  }
}

async function writeWhole(file: FileHandle, pages: Uint8Array, from: number): Promise<void> {
  for (let at = 0; at < pages.length; ) {
    const { bytesWritten } = await file.write(pages, at, pages.length - at, from + at)
    // What is left must begin with a page again.
    const done = bytesWritten - (bytesWritten % PAGE_BYTES)
    if (done === 0) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' })
    at += done
  }
}

async function readWhole(
  file: FileHandle,
  pages: Uint8Array,
  from: number,
  length: number,
  path: string,
): Promise<void> {
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(pages, at, pages.length - at, from + at)
    if (bytesRead === 0) throw new Error(`${path} was cut short`)
    at += bytesRead
  }
}

/** Goes through so many bytes by pieces, several at once; all of them are over when it ends or fails. */
async function byPieces(
  bytes: number,
  move: (piece: Uint8Array, from: number, length: number) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  let next = 0
  const mover = async (): Promise<void> => {
    while (next < bytes && failures.length === 0) {
      const piece = pieces.pop() ?? (await turn())
      const from = next
      next += PIECE_BYTES
      try {
        if (from < bytes) await move(piece, from, Math.min(PIECE_BYTES, bytes - from))
      } catch (error) {
        failures.push(error)
      }
      giveBack(piece)
    }
  }
  await Promise.all(Array.from({ length: PIECES }, mover))
  if (failures.length > 0) throw failures[0]
}

/** Pieces that nobody uses now, all files' together: they are made when they are first needed. */
const pieces: Uint8Array[] = []
const waiting: ((piece: Uint8Array) => void)[] = []
let made = 0

function turn(): Promise<Uint8Array> | Uint8Array {
  if (made === PIECES) return new Promise((resolve) => waiting.push(resolve))
  made++
  // Buffers that could grow begin with a page; others do not.
  return new Uint8Array(new ArrayBuffer(PIECE_BYTES, { maxByteLength: PIECE_BYTES }))
}

function giveBack(piece: Uint8Array): void {
  const next = waiting.shift()
  if (next) next(piece)
  else pieces.push(piece)
}
