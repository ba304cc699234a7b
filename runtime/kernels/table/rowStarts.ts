// Where the rows of each partition begin among all rows, so that those that were moved find back.

import { kernel } from '../kernel.ts'

/**
 * The number of the first row of each partition.
 * @example rowStarts([3, 0, 2]) // [0n, 3n, 3n]
 */
export const rowStarts = kernel('table.rowStarts', (counts: readonly number[]): bigint[] => {
  let next = 0n
  return counts.map((count) => {
    const start = next
    next += BigInt(count)
    return start
  })
})

/**
 * The numbers at which a new partition begins, as bounds of a range split: each partition's but the first.
 * @example rowBounds([3, 0, 2]) // [3n, 3n]
 */
export const rowBounds = kernel('table.rowBounds', (counts: readonly number[]): bigint[] =>
  rowStarts(counts).slice(1),
)
