// Unpacks a package as npm packs it: a gzipped tar of plain files.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export interface TarFile {
  path: string
  bytes: Uint8Array
  executable: boolean
}

/** A tar that holds what no package of npm does. */
export class TarballError extends Error {
  override name = 'TarballError'
}

const BLOCK = 512

/**
 * The plain files of a tar, in order; long names of both kinds are read, links are not taken.
 * @throws {TarballError} for a path that leads out of the folder
 */
export function* tarFiles(tar: Uint8Array): Generator<TarFile> {
  let longPath: string | undefined
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK)
    const name = textOf(header, 0, 100)
    if (name === '') return
    const size = Number.parseInt(textOf(header, 124, 12), 8) || 0
    const type = String.fromCharCode(header[156])
    const bytes = tar.subarray(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    if (type === 'L') longPath = textOf(bytes, 0, size)
    else if (type === 'x')
      longPath = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(new TextDecoder().decode(bytes))?.[1] ?? longPath
    else if (type === '0' || type === '\0') {
      const prefix = textOf(header, 345, 155)
      const path = longPath ?? (prefix ? `${prefix}/${name}` : name)
      longPath = undefined
      if (path.startsWith('/') || path.split('/').includes('..'))
        throw new TarballError(`the package holds ${JSON.stringify(path)}, which leads out of its folder`)
      yield { path, bytes, executable: (Number.parseInt(textOf(header, 100, 8), 8) & 0o111) !== 0 }
    } else longPath = undefined
  }
}

/** @throws {TarballError} */
export function unpackTarball(packed: Uint8Array, folder: string): void {
  for (const { path, bytes, executable } of tarFiles(gunzipSync(packed))) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, bytes, { mode: executable ? 0o755 : 0o644 })
  }
}

function textOf(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length)
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trimEnd()
}
