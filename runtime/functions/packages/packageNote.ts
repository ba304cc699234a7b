// What a worker is told of a package that code imports: where the sender has it, and how to tell whether it is here too.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { textHash } from '../textHash.ts'

export interface PackageNote {
  name: string
  version: string
  /** The package's folder where the sender runs. */
  root: string
  /** The file that is imported, below `root`. */
  entry: string
  /** Of `package.json` and of the entry: what is installed at the same place elsewhere may be something else. */
  hash: string
  /** What the package and all that it needs are asked for under. */
  pack: string
}

const LOCK_FILES = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock']
const notes = new Map<string, PackageNote>()

/** Whether a worker module is the note of a package. */
export function isPackageNote(name: string): boolean {
  return /\.package\.[0-9a-f]{16}\.json$/.test(name)
}

/** The folder of the package that a file belongs to, and the package's name. */
export function packageRoot(file: string): { root: string; name: string } | undefined {
  const match = /^(.*[\\/]node_modules[\\/])((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file)
  return match ? { root: match[1] + match[2], name: match[2].replace('\\', '/') } : undefined
}

/** The note of the package that holds `file`. */
export function packageNote(file: string): PackageNote | undefined {
  const known = notes.get(file)
  if (known) return known
  const found = packageRoot(file)
  if (!found) return undefined
  const { root, name } = found
  const config = readFileSync(path.join(root, 'package.json'), 'utf8')
  const hash = textHash(config + readFileSync(file, 'latin1'))
  const lock = lockFileOf(root)
  const pack = `pack.${textHash(`${root}\n${config}\n${lock === undefined ? '' : readFileSync(lock, 'utf8')}`)}.json`
  const { version = '' } = JSON.parse(config) as { version?: string }
  const note = { name, version, root, entry: path.relative(root, file), hash, pack }
  notes.set(file, note)
  return note
}

/** Whether the package is installed here as the sender has it. */
export function isInstalledHere({ root, entry, hash }: PackageNote): boolean {
  try {
    const config = readFileSync(path.join(root, 'package.json'), 'utf8')
    return textHash(config + readFileSync(path.join(root, entry), 'latin1')) === hash
  } catch {
    return false
  }
}

/** The lock file above the outermost `node_modules` that holds a package. */
export function lockFileOf(root: string): string | undefined {
  let folder = root.slice(0, root.search(/[\\/]node_modules[\\/]/))
  for (;;) {
    const found = LOCK_FILES.map((name) => path.join(folder, name)).find((file) => existsSync(file))
    const parent = path.dirname(folder)
    if (found !== undefined || parent === folder) return found
    folder = parent
  }
}
