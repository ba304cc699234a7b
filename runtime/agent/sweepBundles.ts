// Removes bundles of versions that nobody uses any more from a host, with the files that only they had.

import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const DAY_MS = 24 * 3600_000
/** Whoever connects with a bundle makes it young; what runs on other machines of a shared home is not seen from here. */
export const UNUSED_MS = 30 * DAY_MS
/** So many stay in any case. */
export const KEPT = 4

export interface StoredBundle {
  digest: string
  /** When somebody last connected with it, epoch milliseconds. */
  usedMs: number
}

/**
 * Which bundles may go: neither among the youngest, nor used lately, nor by a process or cluster that is known of.
 * @example staleBundles([{ digest: 'a', usedMs: 0 }], 0, () => false) // []
 */
export function staleBundles(
  bundles: readonly StoredBundle[],
  nowMs: number,
  isUsed: (digest: string) => boolean,
  unusedMs = UNUSED_MS,
): string[] {
  return [...bundles]
    .sort((one, other) => other.usedMs - one.usedMs)
    .slice(KEPT)
    .filter(({ digest, usedMs }) => nowMs - usedMs > unusedMs && !isUsed(digest))
    .map(({ digest }) => digest)
}

/**
 * Sweeps a store. What cannot be looked at or removed stays.
 * @param root the store's folder
 * @param uses texts that name what is in use: command lines and variables of this machine's processes, set-ups of clusters
 * @param unusedMs one that was used within so long stays
 * @returns the digests of bundles that were removed
 */
export function sweepBundles(
  root: string,
  nowMs: number,
  uses: readonly string[] = usesOf(root),
  unusedMs = UNUSED_MS,
): string[] {
  const folder = join(root, 'bundles')
  const bundles = namesIn(folder).flatMap((digest) => {
    const usedMs = timeOf(join(folder, digest))
    return /^[0-9a-f]{24}$/.test(digest) && usedMs !== undefined ? [{ digest, usedMs }] : []
  })
  const stale = staleBundles(bundles, nowMs, (digest) => uses.some((text) => text.includes(digest)), unusedMs)
  for (const digest of stale) remove(folder, digest)
  // A file that no bundle links to any more, and that is not on its way into a new one.
  for (const each of namesIn(join(root, 'files')))
    for (const name of namesIn(join(root, 'files', each)))
      removeOld(join(root, 'files', each, name), nowMs, unusedMs)
  for (const name of namesIn(join(root, 'parts'))) removeOld(join(root, 'parts', name), nowMs, unusedMs)
  return stale
}

function usesOf(root: string): string[] {
  const processes = namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    // Programs of ours give themselves titles, in place of their command line.
    .flatMap((pid) => [textOf(`/proc/${pid}/cmdline`), textOf(`/proc/${pid}/environ`)])
  const slurm = join(root, 'slurm')
  return [...processes, ...namesIn(slurm).map((id) => textOf(join(slurm, id, 'setup.json')))]
}

function removeOld(file: string, nowMs: number, unusedMs: number): void {
  try {
    const { nlink, mtimeMs } = statSync(file)
    if (nlink === 1 && nowMs - mtimeMs > unusedMs) rmSync(file)
  } catch {
    // Somebody else removed it.
  }
}

/** Out of the way at once, so that nobody ever finds half of it. */
function remove(folder: string, digest: string): void {
  const away = join(folder, `.gone-${digest}`)
  try {
    renameSync(join(folder, digest), away)
    rmSync(away, { recursive: true })
  } catch {
    // Somebody else does it, or it cannot be: it stands in nobody's way.
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function timeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
