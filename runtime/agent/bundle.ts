// A bundle: files named by what they hold, and where each stands in the folder that they make. Pure.

import { createHash } from 'node:crypto'
import { posix } from 'node:path'

export interface BundleFile {
  /** Below the bundle's folder, with forward slashes. */
  path: string
  sha256: string
  sizeBytes: number
  executable?: boolean
}

/** A symbolic link inside a bundle. */
export interface BundleLink {
  /** Below the bundle's folder, with forward slashes. */
  path: string
  /** Relative to the link's own folder. */
  target: string
}

export interface BundleManifest {
  files: BundleFile[]
  links?: BundleLink[]
  /** Files of equal content are one file on disk: where a user's program sees them, it must not write into them. */
  readOnly?: boolean
}

/** Names a bundle by everything in it: equal bundles have equal names wherever they were made. */
export function bundleDigest({ files, links = [] }: BundleManifest): string {
  const hash = createHash('sha256')
  for (const { path, sha256, executable } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${path}\0${sha256}\0${executable ? 'x' : ''}\n`)
  for (const { path, target } of links.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${path}\0-> ${target}\n`)
  return hash.digest('hex').slice(0, 24)
}

/** A manifest that no client of ours sends: a path that leads out of its folder, or a digest that is none. */
export class BundleError extends Error {
  override name = 'BundleError'
}

/** @throws {BundleError} */
export function checkManifest({ files, links = [] }: BundleManifest): void {
  for (const { path, sha256 } of files) {
    checkPath(path)
    checkDigest(sha256)
  }
  for (const { path, target } of links) {
    checkPath(path)
    const to = posix.join(posix.dirname(path), target)
    if (posix.isAbsolute(target) || to.startsWith('..'))
      throw new BundleError(
        `the link ${JSON.stringify(path)} leads out of its bundle, to ${JSON.stringify(target)}`,
      )
    // A file below a link would be written where the link leads.
    if (files.some((file) => file.path.startsWith(`${path}/`)))
      throw new BundleError(`the link ${JSON.stringify(path)} is a folder of the bundle too`)
  }
}

function checkPath(path: string): void {
  const parts = path.split('/')
  if (path.startsWith('/') || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new BundleError(`${JSON.stringify(path)} is no path inside a bundle`)
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
