// The packages that came to this machine: each once, under the hash of its files and of all that it finds by import.
//
// A package lies in `ID/node_modules/NAME`, beside links to those it depends on, so that Node finds for it what it found
// where it came from, and packages that need the same one share it. Nothing in here changes once it is there.

import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { type PackageFile, unpackFiles, writeFiles } from './packageContent.ts'
import { fits, type LockedPackage, type Machine } from './packageLock.ts'
import type { Pack, PackedPackage } from './packageTree.ts'

export interface StoreOptions {
  /** Kept between programs. */
  folder: string
  /** Asked where a package has compiled code. */
  machine(): Machine
  /** The files of a package in a registry, checked against its lock file; waits for them. */
  download(locked: LockedPackage): readonly PackageFile[]
  /** Where a package with compiled code may have been installed by hand. */
  installed: string
}

/** A package that is needed here can neither come nor be installed. */
export class PackageMissingError extends Error {
  override name = 'PackageMissingError'
  readonly package: string
  readonly version: string

  constructor(name: string, version: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.package = name
    this.version = version
  }
}

export class PackageStore {
  readonly #options: StoreOptions

  constructor(options: StoreOptions) {
    this.#options = options
  }

  /**
   * The folder of the pack's package, with all that it needs in its place.
   * @param ask gives what the sender has under a name
   * @throws {PackageMissingError} naming the package with compiled code that cannot be installed here
   */
  place(pack: Pack, ask: (name: string) => Uint8Array): string {
    for (const [id, one] of Object.entries(pack.packages)) this.#ensure(id, one, ask)
    return this.#home(pack.root, pack.packages[pack.root].name)
  }

  #home(id: string, name: string): string {
    return path.join(this.#options.folder, id, 'node_modules', name)
  }

  #ensure(id: string, one: PackedPackage, ask: (name: string) => Uint8Array): void {
    if (existsSync(path.join(this.#options.folder, id))) return
    const links = Object.entries(one.dependencies)
    for (const locked of one.platforms ?? []) {
      if (!fits(locked, this.#options.machine())) continue
      const platformId = idOfLocked(locked)
      if (!existsSync(path.join(this.#options.folder, platformId)))
        this.#write(platformId, locked.name, this.#downloaded(locked, one), [])
      links.push([locked.name, platformId])
    }
    if (one.content !== undefined) {
      const packed = ask(`content.${one.content}.pack`)
      this.#write(id, one.name, unpackFiles(packed, one.content), links)
      return
    }
    const byHand = this.#installedByHand(one)
    if (byHand === undefined) this.#write(id, one.name, this.#compiled(one), links)
    else this.#link(id, one.name, byHand)
  }

  #compiled(one: PackedPackage): readonly PackageFile[] {
    if (!one.locked) throw this.#refusal(one, one.unlocked ?? 'no lock file of the program names it')
    const files = this.#downloaded(one.locked, one)
    if (!files.some(({ path }) => path.endsWith('.node') || path.endsWith('.wasm')))
      throw this.#refusal(one, 'its code has to be compiled where it is installed')
    return files
  }

  #downloaded(locked: LockedPackage, one: PackedPackage): readonly PackageFile[] {
    const of = locked.name === one.name ? 'it' : `its ${locked.name}`
    if (locked.integrity === undefined)
      throw this.#refusal(one, `the program's lock file has no hash of ${of} to hold a download against`)
    try {
      return this.#options.download(locked)
    } catch (cause) {
      throw this.#refusal(one, `${of} could not be had from the registry: ${(cause as Error).message}`, cause)
    }
  }

  #refusal({ name, version, native }: PackedPackage, why: string, cause?: unknown): PackageMissingError {
    const code = native === undefined ? 'compiled code' : `compiled code (${native})`
    return new PackageMissingError(
      name,
      version,
      `the package ${name}@${version} has ${code}, which is not sent to workers, and ${why}. ` +
        `Install it there: npm install ${name}@${version} in ${this.#options.installed}, the folder that the worker was started in.`,
      cause,
    )
  }

  #installedByHand({ name, version }: PackedPackage): string | undefined {
    const folder = path.join(this.#options.installed, 'node_modules', name)
    try {
      const found = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
        version?: string
      }
      return found.version === version ? folder : undefined
    } catch {
      return undefined
    }
  }

  #write(
    id: string,
    name: string,
    files: readonly PackageFile[],
    links: readonly (readonly [name: string, id: string])[],
  ): void {
    this.#publish(id, (folder) => {
      writeFiles(path.join(folder, 'node_modules', name), files)
      for (const [dependency, to] of links) {
        if (dependency === name) continue
        const link = path.join(folder, 'node_modules', dependency)
        mkdirSync(path.dirname(link), { recursive: true })
        // Relative to where it will be.
        const up = path.relative(path.join(id, 'node_modules', path.dirname(dependency)), to)
        symlinkSync(path.join(up, 'node_modules', dependency), link, 'dir')
      }
    })
  }

  #link(id: string, name: string, target: string): void {
    this.#publish(id, (folder) => {
      const link = path.join(folder, 'node_modules', name)
      mkdirSync(path.dirname(link), { recursive: true })
      symlinkSync(target, link, 'dir')
    })
  }

  /** Other threads and workers may do the same at the same time: the first to be done counts. */
  #publish(id: string, make: (folder: string) => void): void {
    const { folder } = this.#options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const temporary = path.join(folder, `.${id}-${randomBytes(6).toString('hex')}`)
    mkdirSync(temporary)
    try {
      make(temporary)
      renameSync(temporary, path.join(folder, id))
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true })
      if (!existsSync(path.join(folder, id))) throw error
    }
  }
}

function idOfLocked({ name, version, integrity = '' }: LockedPackage): string {
  return createHash('sha256').update(`${name}@${version} ${integrity}`).digest('hex').slice(0, 32)
}
