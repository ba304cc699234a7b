// Which fits of a search are one task: many small tasks cost the threads beside them more than they are worth.

/** Fits of one task at most. */
const FITS_MAX = 8
/** A task has at most this part of what is left for each thread, so that all end at about the same time. */
const SHARES = 4

/**
 * Fits that read the same rows, some in one task: many at first, one at the end, when threads must not wait for each other.
 * @param reads what each fit reads, by name
 * @param threads how many run at a time; Infinity where that is not known: one fit a task
 * @returns numbers of fits, a list a task: of `['a', 'b', 'a', 'b']` and one thread `[[0], [2], [1], [3]]`
 */
export function fitGroups(reads: readonly string[], threads: number): number[][] {
  const ofRead = new Map<string, number[]>()
  reads.forEach((read, fit) => {
    const own = ofRead.get(read)
    if (own) own.push(fit)
    else ofRead.set(read, [fit])
  })
  const groups: number[][] = []
  let left = reads.length
  for (const fits of ofRead.values())
    for (let at = 0; at < fits.length; ) {
      const size = Math.max(1, Math.min(FITS_MAX, Math.floor(left / (SHARES * threads))))
      const group = fits.slice(at, at + size)
      groups.push(group)
      at += group.length
      left -= group.length
    }
  return groups
}
