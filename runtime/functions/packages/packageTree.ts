// A package with all that it needs, as the sender has them installed: found as Node finds them, each named by its content.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { contentHash, packageFiles } from './packageContent.ts'
import { type LockedPackage, lockedPackages, whyNotLocked } from './packageLock.ts'
import { lockFileOf } from './packageNote.ts'

/** One package of a pack. */
export interface PackedPackage {
  name: string
  version: string
  /** The hash of its files; absent for one with compiled code, which is installed where it is needed. */
  content?: string
  /** Ids of the packages that it finds under `node_modules`, by name. */
  dependencies: Record<string, string>
  /** What the lock file says of it, where it has compiled code; else why it says nothing. */
  locked?: LockedPackage
  unlocked?: string
  /** Packages of compiled code for one kind of machine each, from which those that fit are installed. */
  platforms?: LockedPackage[]
  /** Why it cannot be carried, where it has compiled code: a file of it. */
  native?: string
}

/** What travels first: which packages there are, and how they are linked. */
export interface Pack {
  root: string
  packages: Record<string, PackedPackage>
}

interface Found {
  root: string
  name: string
  version: string
  content: string
  native: string | undefined
  /** Folders of its dependencies, by name. */
  dependencies: Map<string, string>
  optional: string[]
}

interface PackageConfig {
  name?: string
  version?: string
  os?: string[]
  cpu?: string[]
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

export class PackageTree {
  readonly #found = new Map<string, Found>()
  readonly #roots = new Map<string, string>()
  readonly #byId = new Map<string, string>()

  /** The pack of the package in a folder. */
  pack(root: string): Pack {
    const real = realpathSync(root)
    const ids = new Map<string, string>()
    for (const folder of this.#reach(real)) {
      const id = this.#id(folder)
      ids.set(folder, id)
      this.#byId.set(id, folder)
    }
    const lockFile = lockFileOf(root)
    const locked = lockedPackages(lockFile)
    const packages: Record<string, PackedPackage> = {}
    for (const [folder, id] of ids) {
      const { name, version, content, native, dependencies, optional } = this.#find(folder)
      const platforms = optional.flatMap((one) =>
        locked.filter((entry) => entry.name === one && (entry.os ?? entry.cpu)),
      )
      packages[id] = {
        name,
        version,
        dependencies: Object.fromEntries(
          Array.from(dependencies, ([name, folder]) => [name, ids.get(folder)!]),
        ),
        ...(platforms.length > 0 && { platforms }),
        ...(native === undefined
          ? { content }
          : {
              native,
              locked: locked.find((one) => one.name === name && one.version === version),
              unlocked: whyNotLocked(lockFile),
            }),
      }
      this.#roots.set(content, folder)
    }
    return { root: ids.get(real)!, packages }
  }

  /**
   * The pack of what a package imports without naming it among its dependencies: what its own folder finds here. Null where
   * there is none, nothing for a package that was never packed.
   */
  unnamed(id: string, name: string): Pack | null | undefined {
    const folder = this.#byId.get(id)
    const found = folder === undefined ? undefined : installedFrom(folder, name)
    if (found !== undefined) return this.pack(found)
    return folder === undefined ? undefined : null
  }

  /** The folder of the package with these files. */
  rootOf(content: string): string | undefined {
    return this.#roots.get(content)
  }

  #find(root: string): Found {
    const known = this.#found.get(root)
    if (known) return known
    const config = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as PackageConfig
    const files = packageFiles(root)
    const native = files.find(({ path }) => path.endsWith('.node') || path === 'binding.gyp')?.path
    const dependencies = new Map<string, string>()
    const optional = Object.keys(config.optionalDependencies ?? {})
    for (const name of new Set([
      ...Object.keys(config.dependencies ?? {}),
      ...optional,
      ...Object.keys(config.peerDependencies ?? {}),
    ])) {
      const folder = installedFrom(root, name)
      // Those for one kind of machine are chosen where they are needed.
      if (folder !== undefined && !(optional.includes(name) && isForOnePlatform(folder)))
        dependencies.set(name, folder)
    }
    const { name = path.basename(root), version = '' } = config
    const found = { root, name, version, content: contentHash(files), native, dependencies, optional }
    this.#found.set(root, found)
    return found
  }

  /** A package and all that it reaches. */
  #reach(root: string): Set<string> {
    const seen = new Set([root])
    for (const folder of seen) for (const next of this.#find(folder).dependencies.values()) seen.add(next)
    return seen
  }

  /** The same for the same files that find the same packages, wherever they are installed. */
  #id(root: string): string {
    const lines: string[] = []
    for (const folder of this.#reach(root)) {
      const { name, content, dependencies } = this.#find(folder)
      const needs = Array.from(dependencies, ([name, to]) => `${name}=${this.#find(to).content}`).sort()
      lines.push(`${name} ${content} ${needs.join()}`)
    }
    const hash = createHash('sha256').update(`${this.#find(root).content}\n${lines.sort().join('\n')}`)
    return hash.digest('hex').slice(0, 32)
  }
}

function isForOnePlatform(folder: string): boolean {
  const { os, cpu } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageConfig
  return os !== undefined || cpu !== undefined
}

/** Where Node finds a package from inside another one's folder. */
function installedFrom(root: string, name: string): string | undefined {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name)
    if (existsSync(path.join(candidate, 'package.json'))) return realpathSync(candidate)
    if (path.dirname(folder) === folder) return undefined
  }
}
