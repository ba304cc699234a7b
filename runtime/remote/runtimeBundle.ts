// The runtime as a bundle: the built programs and the packages that they need, with the native ones of the target's platform.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BundleFile, BundleManifest } from '../agent/bundle.ts'
import { type FoundPackage, platformOf, productionPackages } from './productionPackages.ts'

/** A bundle whose files are on this machine. */
export interface LocalBundle {
  manifest: BundleManifest
  /** The file of this machine that holds it. */
  fileOf(sha256: string): string
}

/** Parts of packages that nothing reads when they run: sources, documents, tests, and WebAssembly beside native code. */
const LEFT_OUT =
  /(\.(map|md|markdown|flow|cts|mts|ts|min\.js)|wasm32-wasip1\.wasm|\/test\.js|\/(test|tests|docs|examples?|benchmark|\.github))$/i

/** Whether a file or folder of a package is of any use when it runs. @param inside its path below the package, from `/` on */
export const isUsedAtRun = (inside: string): boolean =>
  !LEFT_OUT.test(inside) && !inside.startsWith('/node_modules')

/** Files of a folder, and where they stand in a bundle. */
export interface BundlePart {
  /** Of this machine. */
  folder: string
  /** Below the bundle's folder; the bundle's own folder when empty. */
  to: string
  keeps?: (inside: string) => boolean
}

/**
 * The parts of the runtime for one platform.
 * @param runtime the package's folder, built
 * @param native finds a native package that is not installed here, since it is another platform's
 * @throws {RuntimeBundleError} when the runtime is not built, or a package is missing
 */
export async function runtimeParts(
  runtime: string,
  platform: string,
  native?: (name: string, version: string) => Promise<string>,
): Promise<BundlePart[]> {
  if (!existsSync(join(runtime, 'dist', 'agent.js')))
    throw new RuntimeBundleError(
      `the runtime in ${runtime} is not built: run "npm run build" in its checkout`,
    )
  const missing: { name: string; version: string }[] = []
  const packages: FoundPackage[] = productionPackages(runtime, platformOf(platform), (name, version) => {
    missing.push({ name, version })
  })
  const parts: BundlePart[] = [
    { folder: runtime, to: '', keeps: (inside) => inside === '/package.json' },
    {
      folder: join(runtime, 'dist'),
      to: 'dist',
      keeps: (inside) => isUsedAtRun(inside) && !inside.startsWith('/types'),
    },
    { folder: join(runtime, 'bin'), to: 'bin' },
    ...packages.map(({ name, folder }) => ({ folder, to: `node_modules/${name}`, keeps: isUsedAtRun })),
  ]
  for (const { name, version } of missing) {
    if (!native)
      throw new RuntimeBundleError(
        `${name} ${version}, which ${platform} needs, is not on this machine: allow it to be fetched, or make a bundle with \`heddle bundle --platform ${platform}\` where the network is`,
      )
    parts.push({ folder: await native(name, version), to: `node_modules/${name}`, keeps: isUsedAtRun })
  }
  return parts
}

/** The runtime cannot be put together on this machine. */
export class RuntimeBundleError extends Error {
  override name = 'RuntimeBundleError'
}

/** Reads and hashes every file of the parts. Digests are remembered by path, size and time. */
export function makeBundle(parts: readonly BundlePart[], more: readonly BundleFile[] = []): LocalBundle {
  const files: BundleFile[] = [...more]
  const places = new Map<string, string>()
  const visit = (folder: string, inside: string, part: BundlePart): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const below = `${inside}/${entry.name}`
      if (part.keeps && !part.keeps(below)) continue
      const file = join(folder, entry.name)
      if (entry.isDirectory()) visit(file, below, part)
      else if (statSync(file, { throwIfNoEntry: false })?.isFile()) {
        const { sha256, sizeBytes, executable } = describeFile(file)
        places.set(sha256, file)
        files.push({
          path: `${part.to}${below}`.replace(/^\//, ''),
          sha256,
          sizeBytes,
          ...(executable && { executable }),
        })
      }
    }
  }
  for (const part of parts) visit(part.folder, '', part)
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { manifest: { files }, fileOf: (sha256) => places.get(sha256)! }
}

const known = new Map<string, { sha256: string; sizeBytes: number; executable: boolean }>()

/** A file's content by its digest. */
export function describeFile(file: string): { sha256: string; sizeBytes: number; executable: boolean } {
  const { size, mtimeMs, mode } = statSync(file)
  const key = `${file}\0${size}\0${mtimeMs}\0${mode}`
  let found = known.get(key)
  if (!found) {
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
    found = { sha256, sizeBytes: size, executable: (mode & 0o111) !== 0 }
    known.set(key, found)
  }
  return found
}
