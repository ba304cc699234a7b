// Files of this machine as a bundle that lays them out below one folder as they lie here. Digests are remembered by path, size and time.

import { posix } from 'node:path'
import type { BundleFile, BundleLink } from '../agent/bundle.ts'
import { describeFile, type LocalBundle } from './runtimeBundle.ts'

/**
 * @param files absolute paths
 * @param links absolute paths, and where each leads; those that lead to nothing of the bundle are left out
 */
export function bundleOf(
  files: readonly string[],
  links: readonly { path: string; target: string }[],
): LocalBundle {
  const places = new Map<string, string>()
  const folders = new Set<string>()
  const bundled: BundleFile[] = files.map((file) => {
    const { sha256, sizeBytes, executable } = describeFile(file)
    places.set(sha256, file)
    const inside = insideOf(file)
    for (let folder = posix.dirname(inside); !folders.has(folder); folder = posix.dirname(folder))
      folders.add(folder)
    return { path: inside, sha256, sizeBytes, ...(executable && { executable }) }
  })
  const bundledLinks: BundleLink[] = links
    .map(({ path, target }) => ({ path: insideOf(path), to: insideOf(target) }))
    .filter(({ to }) => folders.has(to))
    .map(({ path, to }) => ({ path, target: posix.relative(posix.dirname(path), to) }))
  return {
    manifest: {
      files: bundled,
      ...(bundledLinks.length > 0 && { links: bundledLinks }),
      readOnly: true,
    },
    fileOf: (sha256) => places.get(sha256)!,
  }
}

/** @example insideOf('/home/me/a.ts') // 'home/me/a.ts' */
const insideOf = (file: string): string => file.replaceAll('\\', '/').replace(/^\/+/, '')
