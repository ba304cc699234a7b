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
  const groups: number[][] = []
  let left = reads.length
  for (const fits of fitsByRead(reads))
    for (let at = 0; at < fits.length; ) {
      const size = Math.max(1, Math.min(FITS_MAX, Math.floor(left / (SHARES * threads))))
      const group = fits.slice(at, at + size)
      groups.push(group)
      at += group.length
      left -= group.length
    }
  return groups
}

/** Fits of one task that learn together, at most: beyond that they gain little, and nobody sees how far they are. */
const TOGETHER_MAX = 12
/** Tasks for each thread at least: so many that end at about the same time. */
const TASKS_OF_THREAD = 5

/**
 * Fits that read the same rows and learn together, many in one task. Neighbours differ little in what they take, and so go to
 * different tasks: all of those that read the same take about as long.
 * @param reads what each fit reads, by name
 * @param threads how many run at a time; Infinity where that is not known: one fit a task
 * @returns numbers of fits, a list a task: of `['a', 'b', 'a', 'b', 'a', 'b']` and one thread `[[0, 4], [2], [1, 5], [3]]`
 */
export function evenFitGroups(reads: readonly string[], threads: number): number[][] {
  const byRead = fitsByRead(reads)
  return byRead.flatMap((fits) => {
    const wanted = Math.max(fits.length / TOGETHER_MAX, (TASKS_OF_THREAD * threads) / byRead.length)
    const tasks = Math.min(fits.length, Math.ceil(wanted))
    return Array.from({ length: tasks }, (_, task) => fits.filter((_, i) => i % tasks === task))
  })
}

function fitsByRead(reads: readonly string[]): number[][] {
  const ofRead = new Map<string, number[]>()
  reads.forEach((read, fit) => {
    const own = ofRead.get(read)
    if (own) own.push(fit)
    else ofRead.set(read, [fit])
  })
  return [...ofRead.values()]
}
