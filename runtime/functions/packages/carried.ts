// A worker thread's view of packages and files that the sender has: used in place where they are the same here, else brought.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
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

  #placeOf(place: Place): string | undefined {
    const { store, ask, sharedFiles } = this.#options
    if (place.looked) return place.folder
    const { note, of } = place
    if (!sharedFiles || !isInstalledHere(note))
      place.folder = bringing(note, () => {
        const pack = JSON.parse(Buffer.from(ask(note.pack, of)).toString()) as Pack
        return store.place(pack, (name) => ask(name, of))
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
      writeFileSync(file, ask(note.content, of))
    }
    this.#movedFiles.set(note.content, file)
    return file
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
