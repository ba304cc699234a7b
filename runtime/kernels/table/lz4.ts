// Decoding of LZ4 frames, which Arrow files of polars are compressed with.
// After the frame format 1.6 and the block format of https://github.com/lz4/lz4/tree/dev/doc.

import { kernel } from '../kernel.ts'

/** Bytes that are no LZ4 frame. */
export class Lz4Error extends RangeError {
  override name = 'Lz4Error'
}
kernel('error.Lz4Error', Lz4Error)

const MAGIC = 0x184d2204

/**
 * The bytes that an LZ4 frame stands for. Checksums are not looked at: what is read here was written by a worker.
 * @param length how many bytes there are in the end
 * @throws {Lz4Error} when it is no frame, or gives another number of bytes
 */
export function decodeLz4Frame(frame: Uint8Array, length: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC)
    throw new Lz4Error('these bytes are no LZ4 frame')
  const flags = frame[4]
  const blockChecksums = (flags & 0x10) !== 0
  let at = 6 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1
  const out = new Uint8Array(length)
  let filled = 0
  while (at + 4 <= frame.length) {
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) break
    const bytes = size & 0x7fffffff
    if (size >>> 31) {
      out.set(frame.subarray(at, at + bytes), filled)
      filled += bytes
    } else filled = decodeBlock(frame, at, at + bytes, out, filled)
    at += bytes + (blockChecksums ? 4 : 0)
  }
  if (filled !== length) throw new Lz4Error(`an LZ4 frame should give ${length} bytes and gave ${filled}`)
  return out
}

/** Decodes one block behind what `out` has already: later blocks may refer to earlier ones. Gives where it ends. */
function decodeBlock(input: Uint8Array, from: number, end: number, out: Uint8Array, start: number): number {
  let at = from
  let to = start
  while (at < end) {
    const token = input[at++]
    let literals = token >> 4
    if (literals === 15) {
      let more: number
      do {
        more = input[at++]
        literals += more
      } while (more === 255)
    }
    if (literals > 0) {
      if (literals > 32) out.set(input.subarray(at, at + literals), to)
      else for (let i = 0; i < literals; i++) out[to + i] = input[at + i]
      at += literals
      to += literals
    }
    if (at >= end) break
    const distance = input[at] | (input[at + 1] << 8)
    at += 2
    if (distance === 0 || distance > to)
      throw new Lz4Error('an LZ4 block refers to bytes before its beginning')
    let match = (token & 15) + 4
    if (match === 19) {
      let more: number
      do {
        more = input[at++]
        match += more
      } while (more === 255)
    }
    if (distance >= match) out.copyWithin(to, to - distance, to - distance + match)
    else for (let i = 0; i < match; i++) out[to + i] = out[to + i - distance]
    to += match
  }
  return to
}
