// Packages with all that they need, as folders and links of this machine: laid out elsewhere in the same way, Node finds them in the same way.

import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../packages/packageNote.ts'

/** Nothing of these is needed to run. */
const NOT_RUN = /\.(d\.[cm]?ts|map|tsbuildinfo|flow)$/

interface Config {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

export class PackageFolders {
  readonly #folders = new Set<string>()
  readonly #links = new Map<string, string>()

  /** The package that `from` imports by `specifier`, found as the file of `url`. */
  add(from: string, specifier: string, url: string): void {
    this.link(from, specifier)
    const found = packageRoot(fileURLToPath(url))
    if (found) this.#addFolder(found.root)
  }

  /** The package of a specifier as it is installed above a file. */
  addFolder(from: string, specifier: string): void {
    const folder = this.#installed(path.dirname(from), nameOf(specifier))
    if (folder !== undefined) this.#addFolder(folder)
  }

  /** Notes the link in `node_modules`, where there is one, through which a specifier leads from a file: a workspace's own package, say. */
  link(from: string, specifier: string): void {
    if (!/^[./#]|^[a-z]+:/.test(specifier)) this.#installed(path.dirname(from), nameOf(specifier))
  }

  /** Where a path really is, with every link on the way noted. */
  realPath(given: string): string {
    let at = path.parse(given).root
    for (const part of path.relative(at, given).split(path.sep)) {
      const next = path.join(at, part)
      const isLink = lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink() === true
      at = isLink ? realpathSync(next) : next
      if (isLink) this.#links.set(next, at)
    }
    return at
  }

  links(): { path: string; target: string }[] {
    return [...this.#links].map(([path, target]) => ({ path, target }))
  }

  files(): string[] {
    return [...this.#folders].flatMap((folder) => filesIn(folder))
  }

  #addFolder(root: string): void {
    // heddle is the host's own.
    if (this.#folders.has(root) || /[\\/]node_modules[\\/]heddle$/.test(root)) return
    this.#folders.add(root)
    const { dependencies, optionalDependencies, peerDependencies } = configOf(root)
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const folder = this.#installed(root, name)
      if (folder !== undefined) this.#addFolder(folder)
    }
  }

  /** Where Node finds a package from a folder: its real place, with the link to it noted. */
  #installed(from: string, name: string): string | undefined {
    for (let folder = from; ; folder = path.dirname(folder)) {
      const candidate = path.join(folder, 'node_modules', name)
      if (existsSync(path.join(candidate, 'package.json'))) {
        const real = this.realPath(candidate)
        // A link to a folder of the user's own: its modules are found by what they import.
        return /[\\/]node_modules[\\/]/.test(real) ? real : undefined
      }
      if (path.dirname(folder) === folder) return undefined
    }
  }
}

/** @example nameOf('@scope/name/deep/file.js') // '@scope/name' */
const nameOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

function configOf(root: string): Config {
  try {
    return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Config
  } catch {
    return {}
  }
}

/** Which files a package has changes with its package.json; what is in them is looked at each time. */
const listed = new Map<string, { mtimeMs: number; files: string[] }>()

function filesIn(root: string): string[] {
  const mtimeMs = statSync(path.join(root, 'package.json'), { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN
  const known = listed.get(root)
  if (known?.mtimeMs === mtimeMs) return known.files
  const files = list(root)
  listed.set(root, { mtimeMs, files })
  return files
}

/** Without packages inside: those that are needed are found by themselves. */
function list(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/(^|[\\/])(node_modules|\.git)([\\/]|$)/.test(name) && !NOT_RUN.test(name))
    .map((name) => path.join(root, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
}
