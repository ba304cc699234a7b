// The hash by which texts are known: of files, modules and packages.

import { createHash } from 'node:crypto'

/** A hash of text, in hexadecimal. */
export function textHash(text: string, digits = 16): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}
