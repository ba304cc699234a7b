// The files of one package as one byte string: what travels, named by its hash, which is checked where it arrives.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** A file below a package's folder. */
export interface PackageFile {
  /** With `/` between folders. */
  path: string
  bytes: Uint8Array
}

/** Nothing of these is needed to run. */
const NOT_RUN = /\.(d\.[cm]?ts|map|tsbuildinfo|flow)$/

/** The files of a package's folder that its code may need, without packages inside it; in the order of their paths. */
export function packageFiles(root: string): PackageFile[] {
  const files: PackageFile[] = []
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const below = name.replaceAll('\\', '/')
    if (/(^|\/)node_modules(\/|$)|(^|\/)\.git(\/|$)/.test(below) || NOT_RUN.test(below)) continue
    const file = path.join(root, name)
    if (statSync(file).isFile()) files.push({ path: below, bytes: readFileSync(file) })
  }
  return files
}

/** A hash over paths and contents, in hexadecimal. */
export function contentHash(files: readonly PackageFile[]): string {
  const hash = createHash('sha256')
  for (const { path, bytes } of files) hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  return hash.digest('hex').slice(0, 32)
}

/** The files behind a list of their paths and lengths, compressed. */
export function packFiles(files: readonly PackageFile[]): Uint8Array {
  const list = Buffer.from(JSON.stringify(files.map(({ path, bytes }) => [path, bytes.length])))
  const head = Buffer.alloc(4)
  head.writeUInt32LE(list.length)
  return zstdCompressSync(Buffer.concat([head, list, ...files.map(({ bytes }) => bytes)]))
}

/**
 * What `packFiles` packed.
 * @throws {Error} when the bytes are not those of `hash`
 */
export function unpackFiles(packed: Uint8Array, hash: string): PackageFile[] {
  const bytes = zstdDecompressSync(packed)
  let at = 4 + bytes.readUInt32LE(0)
  const list = JSON.parse(bytes.toString('utf8', 4, at)) as [string, number][]
  const files: PackageFile[] = []
  for (const [path, length] of list) {
    files.push({ path, bytes: bytes.subarray(at, at + length) })
    at += length
  }
  if (contentHash(files) !== hash)
    throw new Error(`the files of a package did not arrive as they were sent (${hash})`)
  return files
}

/** Writes files below a folder. */
export function writeFiles(folder: string, files: readonly PackageFile[]): void {
  for (const { path: below, bytes } of files) {
    const file = path.join(folder, below)
    if (!file.startsWith(folder + path.sep))
      throw new Error(`a package has a file outside of its folder: ${below}`)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
}
