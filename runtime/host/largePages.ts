// Large pages for the scheduler's memory, where glibc can ask for them: it touches gigabytes of columns for millions of tasks.

const VARIABLE = 'GLIBC_TUNABLES'
/**
 * glibc ≥ 2.35 then marks large allocations with madvise(MADV_HUGEPAGE): a page of 2 MiB is entered at the cost of one of
 * 4 KiB. Entering a gigabyte took 3.0 s of CPU without and 0.1 s with them on a virtual machine whose host had the memory
 * at hand. Older ones and other C libraries ignore it.
 */
const LARGE_PAGES = 'glibc.malloc.hugetlb=1'

/** The environment for a scheduler's process; what the user set himself wins. */
export function schedulerEnvironment(given: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const set = given[VARIABLE]
  if (process.platform !== 'linux' || set?.includes('glibc.malloc.hugetlb')) return { ...given }
  return { ...given, [VARIABLE]: set ? `${set}:${LARGE_PAGES}` : LARGE_PAGES }
}

/** What this process starts shall have small pages again: a worker's size must follow what it holds. */
export function handOnSmallPages(): void {
  const set = process.env[VARIABLE]
  if (set === LARGE_PAGES) delete process.env[VARIABLE]
  else if (set?.endsWith(`:${LARGE_PAGES}`)) process.env[VARIABLE] = set.slice(0, -LARGE_PAGES.length - 1)
}
