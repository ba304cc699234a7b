// Whether a file's `import 'heddle'` resolves: looks for the package as an import would, in the folders above it.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Remembers its answers by folder until it is told that folders changed. */
export class HeddlePackages {
  readonly #known = new Map<string, boolean>()

  isFoundFrom(file: string): boolean {
    return this.#inOrAbove(dirname(file))
  }

  forget(): void {
    this.#known.clear()
  }

  #inOrAbove(folder: string): boolean {
    const known = this.#known.get(folder)
    if (known !== undefined) return known
    const parent = dirname(folder)
    const found =
      existsSync(join(folder, 'node_modules', 'heddle', 'package.json')) ||
      (parent !== folder && this.#inOrAbove(parent))
    this.#known.set(folder, found)
    return found
  }
}
