// CSV bytes as text. What is in another encoding is an error, not a text with marks in it.

import { FileFormatError } from '../../files/fileErrors.ts'

/** @throws {FileFormatError} when the bytes are not of that encoding */
export function csvDecoded(bytes: Uint8Array, encoding: string, path: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new FileFormatError(
      path,
      `${path} cannot be read as CSV: it is not ${encoding}. Say which encoding it has, e.g. encoding: 'latin1'.`,
      cause,
    )
  }
}
