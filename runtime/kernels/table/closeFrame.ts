// Open rows become bytes again: one frame, or all parts of a split in one run of bytes. Each byte is copied once.

import { randomUUID } from 'node:crypto'
import { resultBytes } from '../resultMemory.ts'
import type { ClosedRows, Engine, OpenFrame, SplitRows } from './engine.ts'
import type { Codes, Frame, SplitFrame } from './frame.ts'

/** Smaller frames are opened as fast as they are found. */
const NAMED_FROM_BYTES = 64 * 1024
/** Names of frames: no two threads, nor two frames of one, give the same. */
const thread = randomUUID()
let frames = 0

/** A frame as it travels. One that was only opened is what it was. */
export function closeFrame<F extends OpenFrame>(engine: Engine<F>, frame: F): Frame {
  const known = engine.openedFrom(frame)
  if (known) return known
  const { ipc, codes } = engine.close(frame)
  return {
    ipc: inResultMemory(ipc),
    rows: frame.rows,
    bytes: frame.bytes,
    ...frameName(frame.bytes),
    ...(codes && { codes: withTexts(codes) }),
  }
}

/** A name for a frame of so many bytes, if it is to have one. */
export const frameName = (bytes: number): { id?: string } =>
  bytes >= NAMED_FROM_BYTES ? { id: `${thread}/${frames++}` } : {}

const withTexts = (codes: NonNullable<ClosedRows['codes']>): Codes => ({
  ...codes,
  texts: inResultMemory(codes.texts),
})

/** The parts of a split, one behind the other. */
export function closeParts<F extends OpenFrame>(
  engine: Engine<F>,
  { parts, codes }: SplitRows<F>,
): SplitFrame {
  const pieces = parts.map((part) => {
    const known = engine.openedFrom(part)
    return known && !known.codes ? [known.ipc] : engine.pieces(part)
  })
  let end = 0
  return {
    ends: pieces.map((own) => {
      end += lengthOf(own)
      return end
    }),
    bytes: inResultMemory(pieces.flat(1)),
    rows: parts.map(({ rows }) => rows),
    sizes: parts.map(({ bytes }) => bytes),
    hash: engine.hashMark(),
    ...(codes && { codes: withTexts(codes) }),
  }
}

const lengthOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, { length }) => sum + length, 0)

/** Pieces one behind the other, where a worker needs no copy of them. */
function inResultMemory(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = resultBytes(lengthOf(pieces))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
