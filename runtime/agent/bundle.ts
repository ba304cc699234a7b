// A bundle: files named by what they hold, and where each stands in the folder that they make. Pure.

import { createHash } from 'node:crypto'

export interface BundleFile {
  /** Below the bundle's folder, with forward slashes. */
  path: string
  sha256: string
  sizeBytes: number
  executable?: boolean
}

export interface BundleManifest {
  files: BundleFile[]
}

/** Names a bundle by everything in it: equal bundles have equal names wherever they were made. */
export function bundleDigest({ files }: BundleManifest): string {
  const hash = createHash('sha256')
  for (const { path, sha256, executable } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${path}\0${sha256}\0${executable ? 'x' : ''}\n`)
  return hash.digest('hex').slice(0, 24)
}

/** A manifest that no client of ours sends: a path that leads out of its folder, or a digest that is none. */
export class BundleError extends Error {
  override name = 'BundleError'
}

/** @throws {BundleError} */
export function checkManifest({ files }: BundleManifest): void {
  for (const { path, sha256 } of files) {
    const parts = path.split('/')
    if (path.startsWith('/') || parts.some((part) => part === '' || part === '.' || part === '..'))
      throw new BundleError(`${JSON.stringify(path)} is no path inside a bundle`)
    checkDigest(sha256)
  }
}

/** @throws {BundleError} */
export function checkDigest(sha256: string): void {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new BundleError(`${JSON.stringify(sha256)} is no SHA-256 digest`)
}

/** A file that is not there yet, and how much of it is. */
export interface MissingFile {
  sha256: string
  /** Where to go on. */
  offset: number
}

/** What is said before each file of an upload. */
export interface FileRecord {
  sha256: string
  sizeBytes: number
  offset: number
  executable?: boolean
}
