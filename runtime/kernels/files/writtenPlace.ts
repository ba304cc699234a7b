// The place that many files are written to: which files of it are those of a write, and their names before all are there.

import { sep } from 'node:path'
import type { StorageOptions } from './fileSystem.ts'

/**
 * What a write does where files of an earlier one are: refuses (`error`), puts its own in their place (`overwrite`), or adds
 * to them (`append`).
 */
export type WriteMode = 'error' | 'overwrite' | 'append'
export const WRITE_MODES: readonly WriteMode[] = ['error', 'overwrite', 'append']

export interface WrittenPlace {
  /** What the paths of all its files begin with. */
  readonly folder: string
  /** A regular expression for the rest of them. */
  readonly rest: string
  /** In how many levels of folders below they are, whatever those are called; folders of values (`name=value`) do not count. */
  readonly depth: number
  readonly mode: WriteMode
  readonly storage?: StorageOptions | undefined
}

/**
 * The place of a pattern with `*`: that of `/out/a-*.csv` begins with the folder `/out/`.
 * @param pattern where partitions go, local ones absolute, e.g. `/data/out/part-*.csv`
 * @param whole whether files of any name with that ending belong to it: what a folder is read back as
 */
export function placeOf(
  pattern: string,
  options: { mode: WriteMode; whole?: boolean; storage?: StorageOptions | undefined },
): WrittenPlace {
  const { mode, whole = false, storage } = options
  const path = slashed(pattern)
  const star = path.indexOf('*')
  const folder = path.slice(0, path.lastIndexOf('/', star < 0 ? path.length : star) + 1)
  const rest = path.slice(folder.length)
  const cut = rest.lastIndexOf('/') + 1
  const name = rest.slice(cut)
  const files = whole
    ? `[^/.][^/]*${escaped(name.slice(name.lastIndexOf('*') + 1).replace(PACKED, ''))}(?:\\.[a-z0-9]+)?`
    : starred(name)
  return {
    folder,
    rest: `${starred(rest.slice(0, cut))}(?:[^/=]+=[^/]*/)*${files}`,
    depth: rest.slice(0, cut).split('/').length - 1,
    mode,
    ...(storage && { storage }),
  }
}

const PACKED = /\.(?:gz|zst|br)$/
const slashed = (path: string): string => (sep === '\\' ? path.replaceAll('\\', '/') : path)
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
const starred = (text: string): string => text.split('*').map(escaped).join('[^/]*')

/** Whether a file is one of a write to that place. */
export function isAt(place: WrittenPlace, path: string): boolean {
  const own = slashed(path)
  return (
    own.startsWith(place.folder) && new RegExp(`^${place.rest}$`, 's').test(own.slice(place.folder.length))
  )
}

/** What a file is called until all of its write are there: hidden, and nothing that a glob for its ending finds. */
export function stagedPath(path: string, token: string): string {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1
  return `${path.slice(0, cut)}.${path.slice(cut)}.${token}${STAGED}`
}
const STAGED = '.staged.tmp'

/** Whether a path is one that `stagedPath` made, of one write or of any. */
export const isStaged = (path: string, token = ''): boolean => path.endsWith(`${token}${STAGED}`)

/** The path that a staged one stands for. */
export function unstagedPath(path: string): string {
  const [, before, name] = /^(.*[\\/])?\.(.*)\.[^.]+\.staged\.tmp$/s.exec(path) ?? []
  return `${before ?? ''}${name}`
}

/** The number behind the highest one that files of a pattern have, and how many digits that has; 0 and 0 where there is none. */
export function numbersAfter(pattern: string, paths: readonly string[]): { next: number; digits: number } {
  const name = slashed(pattern).slice(slashed(pattern).lastIndexOf('/') + 1)
  const numbered = new RegExp(`(?:^|/)${name.split('*').map(escaped).join('(\\d+)')}$`)
  let next = 0
  let digits = 0
  for (const path of paths) {
    const [, found] = numbered.exec(slashed(path)) ?? []
    if (found === undefined) continue
    next = Math.max(next, Number(found) + 1)
    digits = Math.max(digits, found.length)
  }
  return { next, digits }
}
