// Bytes to text, for whole lines: strict decoding says at which byte of the file it failed.

import { isUtf8 } from 'node:buffer'
import { FileFormatError } from '../files/fileErrors.ts'
import type { TextEncoding } from './plan.ts'

export interface DecodeFacts {
  path: string
  encoding: TextEncoding
  errors: 'strict' | 'replace'
}

/** Whether a line end is the single byte 10 and no character holds that byte: such text can be cut into blocks. */
export const hasByteLines = (encoding: TextEncoding): boolean => encoding === 'utf-8' || encoding === 'latin1'

/**
 * Decodes bytes that hold whole characters.
 * @param at where they stand in the file (after decompression), for errors
 * @throws {FileFormatError} when they are not valid and errors are `strict`
 */
export function decodeText(bytes: Uint8Array, at: number, facts: DecodeFacts): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (facts.encoding) {
    case 'latin1':
      return buffer.toString('latin1')
    case 'utf-8': {
      if (facts.errors === 'strict' && !isUtf8(buffer))
        throw new FileFormatError(
          facts.path,
          `${facts.path} is not valid UTF-8 at byte ${at + firstInvalidByte(bytes)}: ` +
            "name its encoding, e.g. encoding: 'latin1', or read on with errors: 'replace'",
        )
      const text = buffer.toString('utf8')
      return at === 0 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    }
    case 'utf-16le':
    case 'utf-16be':
      try {
        return new TextDecoder(facts.encoding, { fatal: facts.errors === 'strict' }).decode(bytes)
      } catch (cause) {
        throw new FileFormatError(
          facts.path,
          `${facts.path} is not valid ${facts.encoding} from byte ${at} on: name its encoding, or read on with errors: 'replace'`,
          cause,
        )
      }
  }
}

/** The offset of the first byte that no valid UTF-8 text can have there. */
export function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length === 0) return at
    at += length
  }
  return at
}

/** Bytes of the character at `at`, 0 when it is not valid (the table of RFC 3629). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]
  if (first < 0x80) return 1
  const second = bytes[at + 1]
  if (first >= 0xc2 && first <= 0xdf) return within(second, 0x80, 0xbf) ? 2 : 0
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80
    const high = first === 0xed ? 0x9f : 0xbf
    return within(second, low, high) && within(bytes[at + 2], 0x80, 0xbf) ? 3 : 0
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80
    const high = first === 0xf4 ? 0x8f : 0xbf
    const rest = within(bytes[at + 2], 0x80, 0xbf) && within(bytes[at + 3], 0x80, 0xbf)
    return within(second, low, high) && rest ? 4 : 0
  }
  return 0
}

const within = (byte: number | undefined, low: number, high: number): boolean =>
  byte !== undefined && byte >= low && byte <= high
