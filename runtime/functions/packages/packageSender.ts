// The sender's side: gives packages and files to workers that have none of them, by the names that they ask under.

import { readFileSync } from 'node:fs'
import { textHash } from '../textHash.ts'
import { packageFiles, packFiles } from './packageContent.ts'
import type { PackageNote } from './packageNote.ts'
import { PackageTree } from './packageTree.ts'

export class PackageSender {
  readonly #tree = new PackageTree()
  /** Folders of packages by the name of their pack, and files by the name of their content. */
  readonly #roots = new Map<string, string>()
  readonly #files = new Map<string, string>()

  knowPackage({ pack, root }: PackageNote): void {
    this.#roots.set(pack, root)
  }

  knowFile(name: string, file: string): void {
    this.#files.set(name, file)
  }

  /**
   * What is asked for by name: a pack, the files of a package, what a package imports without naming it, a file beside the sources. Nothing for other names.
   * @throws {Error} when it is not there any more as it was
   */
  content(name: string): Uint8Array | undefined {
    const root = this.#roots.get(name)
    if (root !== undefined) return Buffer.from(JSON.stringify(this.#tree.pack(root)))
    const [, id, packed] = /^unnamed\.([0-9a-f]{32})\.(.+)\.json$/.exec(name) ?? []
    const pack = id === undefined ? undefined : this.#tree.unnamed(id, packed.replace('+', '/'))
    if (pack !== undefined) return Buffer.from(JSON.stringify(pack))
    const hash = /^content\.([0-9a-f]{32})\.pack$/.exec(name)?.[1]
    const folder = hash === undefined ? undefined : this.#tree.rootOf(hash)
    if (folder !== undefined) return packFiles(packageFiles(folder))
    const file = this.#files.get(name)
    if (file === undefined) return undefined
    const bytes = readFileSync(file)
    if (!name.startsWith(`file.${textHash(bytes.toString('latin1'))}.`))
      throw new Error(`${file} has changed since the program was started: run the program again`)
    return bytes
  }
}
