// Reads the tarballs of package registries: gzip around ustar, with the extended headers that long paths need.

import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { PackageFile } from './packageContent.ts'

const BLOCK = 512

/**
 * The files of a package's tarball, below the one folder that it holds.
 * @throws {Error} when the bytes are not those that `integrity` is of, e.g. `sha512-…`
 */
export function tarballFiles(tarball: Uint8Array, integrity: string | undefined): PackageFile[] {
  if (integrity !== undefined && !matches(tarball, integrity))
    throw new Error('what the registry sent is not what the lock file names: their hashes differ')
  const bytes = gunzipSync(tarball)
  const files: PackageFile[] = []
  let longPath: string | undefined
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(bytes, at + 124, 12), 8) || 0
    const kind = String.fromCharCode(bytes[at + 156])
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size)
    if (kind === 'x') longPath = /^\d+ path=(.*)$/m.exec(content.toString('utf8'))?.[1]
    else if (kind === 'L') longPath = text(content, 0, content.length)
    else {
      const prefix = text(bytes, at + 345, 155)
      const name = longPath ?? (prefix ? `${prefix}/` : '') + text(bytes, at, 100)
      longPath = undefined
      const below = name.slice(name.indexOf('/') + 1)
      if ((kind === '0' || kind === '\0') && below !== '') files.push({ path: below, bytes: content })
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}

function text(bytes: Buffer, from: number, length: number): string {
  const end = bytes.indexOf(0, from)
  return bytes.toString('utf8', from, end < 0 ? from + length : Math.min(end, from + length)).trim()
}

function matches(bytes: Uint8Array, integrity: string): boolean {
  return integrity.split(/\s+/).some((one) => {
    const [algorithm, expected] = [one.slice(0, one.indexOf('-')), one.slice(one.indexOf('-') + 1)]
    return (
      /^sha(256|384|512|1)$/.test(algorithm) &&
      createHash(algorithm).update(bytes).digest('base64') === expected
    )
  })
}
