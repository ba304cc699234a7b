// A worker thread's view of packages and files that the sender has: used in place where they are the same here, else brought.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type FileNote, isFileHere } from './fileNote.ts'
import { isInstalledHere, type PackageNote } from './packageNote.ts'
import { PackageMissingError, type PackageStore } from './packageStore.ts'
import type { Pack } from './packageTree.ts'

export interface CarriedOptions {
  store: PackageStore
  /** What the sender gives under a name, told of by the worker module `of`; waits for it. */
  ask(name: string, of: string): Uint8Array
  /** Where files are written that came. */
  fileFolder: string
  /** False where what lies at the sender's paths must not be looked at. */
  sharedFiles: boolean
}

/** Where a package is in this thread: `undefined` in the place that the sender has it. */
interface Place {
  note: PackageNote
  /** The worker module that holds the note. */
  of: string
  folder: string | undefined
  looked: boolean
}

export class Carried {
  readonly #options: CarriedOptions
  readonly #packages = new Map<string, Place>()
  readonly #byName = new Map<string, Place>()
  /** Packages that came, by their ids in the store, with the worker module that told of them. */
  readonly #came = new Map<string, { name: string; version: string; of: string }>()
  /** The folders of what they import without naming it: null where the sender has none either. */
  readonly #unnamed = new Map<string, string | null>()
  readonly #files = new Map<string, { note: FileNote; of: string }>()
  readonly #movedFiles = new Map<string, string>()

  constructor(options: CarriedOptions) {
    this.#options = options
  }

  knowPackage(note: PackageNote, of: string): void {
    const known = this.#packages.get(note.root)
    if (known?.note.hash === note.hash && known.note.pack === note.pack) return
    const place = { note, of, folder: undefined, looked: false }
    this.#packages.set(note.root, place)
    this.#byName.set(note.name, place)
  }

  knowFile(note: FileNote, of: string): void {
    this.#files.set(note.file, { note, of })
  }

  /** What to import in the place of a specifier that names a file of the sender's; nothing where that file is here. */
  moved(specifier: string): string | undefined {
    if (specifier.startsWith('file:')) {
      const moved = this.movedFile(fileURLToPath(specifier))
      return moved && pathToFileURL(moved).href
    }
    return path.isAbsolute(specifier) ? this.movedFile(specifier) : undefined
  }

  /** The same for a path. */
  movedFile(file: string): string | undefined {
    const known = this.#files.get(file)
    if (known) return this.#broughtFile(known.note, known.of)
    for (const [root, place] of this.#packages) {
      if (!file.startsWith(root + path.sep)) continue
      const folder = this.#placeOf(place)
      return folder && path.join(folder, path.relative(root, file))
    }
    return undefined
  }

  /** From where a package is found by its name, for code of the user's whose own folder is not here. */
  homeOf(specifier: string): string | undefined {
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? ''
    const place = this.#byName.get(name)
    const folder = place && this.#placeOf(place)
    return folder && path.join(folder, 'package.json')
  }

  /**
   * From where a package is found that one which came imports without naming it among its dependencies. Nothing when the
   * importing file is of no such package.
   * @throws {UnnamedImportError} when the sender does not have it either
   */
  homeOfUnnamed(specifier: string, parent: string): string | undefined {
    const id = /[\\/]([0-9a-f]{32})[\\/]node_modules[\\/](?!.*[\\/][0-9a-f]{32}[\\/]node_modules[\\/])/.exec(
      parent,
    )?.[1]
    const importer = id === undefined ? undefined : this.#came.get(id)
    const name = /^(@[\w.~-]+\/)?[\w.~-]+/.exec(specifier)?.[0]
    if (!importer || name === undefined) return undefined
    const key = `unnamed.${id}.${name.replace('/', '+')}.json`
    let folder = this.#unnamed.get(key)
    if (folder === undefined) {
      const pack = JSON.parse(Buffer.from(this.#options.ask(key, importer.of)).toString()) as Pack | null
      folder = pack && this.#bring(pack, importer.of)
      this.#unnamed.set(key, folder)
    }
    if (folder === null) throw new UnnamedImportError(`${importer.name}@${importer.version}`, name)
    return path.join(folder, 'package.json')
  }

  #bring(pack: Pack, of: string): string {
    const { store, ask } = this.#options
    for (const [id, { name, version }] of Object.entries(pack.packages))
      this.#came.set(id, { name, version, of })
    return store.place(pack, (name) => ask(name, of))
  }

  #placeOf(place: Place): string | undefined {
    const { ask, sharedFiles } = this.#options
    if (place.looked) return place.folder
    const { note, of } = place
    if (!sharedFiles || !isInstalledHere(note))
      place.folder = bringing(note, () => {
        const pack = JSON.parse(Buffer.from(ask(note.pack, of)).toString()) as Pack
        return this.#bring(pack, of)
      })
    place.looked = true
    return place.folder
  }

  #broughtFile(note: FileNote, of: string): string | undefined {
    const known = this.#movedFiles.get(note.content)
    if (known !== undefined) return known
    if (this.#options.sharedFiles && isFileHere(note)) return undefined
    const { fileFolder, ask } = this.#options
    const folder = path.join(fileFolder, note.content.slice(5, 21))
    const file = path.join(folder, path.basename(note.file))
    if (!existsSync(file)) {
      mkdirSync(folder, { recursive: true })
      // Other threads may look at the same time: it is there once it is whole.
      const part = `${file}.${randomBytes(6).toString('hex')}`
      writeFileSync(part, ask(note.content, of))
      renameSync(part, file)
    }
    this.#movedFiles.set(note.content, file)
    return file
  }
}

/** A package imports another one that it does not name, and that neither this machine nor the sender has. */
export class UnnamedImportError extends Error {
  override name = 'UnnamedImportError'
  /** As Node's own, so that packages which do without it find what they expect. */
  readonly code = 'MODULE_NOT_FOUND'
  readonly importer: string
  readonly package: string

  constructor(importer: string, name: string) {
    super(
      `Cannot find module '${name}': the package ${importer} imports it without naming it among its dependencies, and neither ` +
        `this worker nor the program has it. Install it beside the program: npm install ${name}`,
    )
    this.importer = importer
    this.package = name
  }
}

/** What hinders bringing a package is told with its name. */
function bringing({ name, version, root }: PackageNote, bring: () => string): string {
  try {
    return bring()
  } catch (cause) {
    if (cause instanceof PackageMissingError) throw cause
    throw new PackageMissingError(
      name,
      version,
      `the package ${name}@${version} is not on this worker (looked for ${root}), and did not come from the program: ${(cause as Error).message}`,
      cause,
    )
  }
}
