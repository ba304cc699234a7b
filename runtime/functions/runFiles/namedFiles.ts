// Data that modules name in their text by a relative path: files, patterns, and folders of data files.

import { globSync, readdirSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'

/** More than this of data is put where it is used by hand: by and by it would be sent with each change. */
export const DATA_BYTES_MAX = 256e6
const MATCHES_MAX = 10_000
const NAME_LENGTH_MAX = 300
const DATA_FILE =
  /\.(csv|tsv|txt|json|jsonl|ndjson|parquet|arrow|feather|avro|npy|npz|gz|zst|bz2|xz|zarr|bin|dat|log|xml|ya?ml)$/i

/** A file that is named and stays behind. */
export interface LeftFile {
  path: string
  bytes: number
}

/**
 * @param cwd names are looked up from here and from beside the module that has them; what lies outside of both stays
 * @param bytesMax of all of them together, the smallest first
 */
export function namedFiles(
  modules: readonly { file: string; text: string }[],
  cwd: string,
  bytesMax = DATA_BYTES_MAX,
): { found: string[]; left: LeftFile[] } {
  const found = new Map<string, number>()
  for (const { file, text } of modules)
    for (const name of namesIn(text))
      for (const from of new Set([cwd, path.dirname(file)]))
        for (const each of lookUp(name, from)) found.set(each.path, each.bytes)
  const bySize = [...found].sort(([, one], [, other]) => one - other)
  let total = 0
  const first = bySize.findIndex(([, bytes]) => {
    total += bytes
    return total > bytesMax
  })
  const fits = first < 0 ? bySize : bySize.slice(0, first)
  const left = bySize.slice(fits.length).map(([path, bytes]) => ({ path, bytes }))
  return { found: fits.map(([path]) => path), left }
}

/** Texts of a module that may name a file: relative ones, with a dot or a slash in them. */
export function namesIn(text: string): Set<string> {
  const names = new Set<string>()
  for (const [, , name] of text.matchAll(/(['"`])((?:(?!\1)[^\\\n$])+)\1/g))
    if (
      name.length <= NAME_LENGTH_MAX &&
      /[./]/.test(name) &&
      !/^[/\\~#]|^[a-z][a-z\d+.-]*:|^[./]+$/i.test(name)
    )
      names.add(name)
  return names
}

function lookUp(name: string, from: string): LeftFile[] {
  const inside = (file: string): boolean => file.startsWith(from + path.sep) && !file.includes('node_modules')
  if (/[*?[{]/.test(name)) {
    const matches = matchesOf(name, from)
    return matches
      .map((match) => path.resolve(from, match))
      .filter(inside)
      .flatMap(fileAt)
  }
  const at = path.resolve(from, name)
  if (!inside(at)) return []
  return statOf(at)?.isDirectory() ? dataIn(at) : fileAt(at)
}

function matchesOf(pattern: string, cwd: string): string[] {
  try {
    return globSync(pattern, { cwd }).slice(0, MATCHES_MAX)
  } catch {
    return []
  }
}

/** A folder of a data set: what in it is data. */
const dataIn = (folder: string): LeftFile[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => DATA_FILE.test(name) && !name.includes('node_modules'))
    .slice(0, MATCHES_MAX)
    .flatMap((name) => fileAt(path.join(folder, name)))

function fileAt(file: string): LeftFile[] {
  const stat = statOf(file)
  return stat?.isFile() ? [{ path: file, bytes: stat.size }] : []
}

const statOf = (file: string): Stats | undefined => {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch {
    return undefined // A name longer than the system takes, or a part of it that is no folder.
  }
}
