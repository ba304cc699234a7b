// Both sides of a split, from one of them.

import type { NodeSums } from './splitSearch.ts'

/** @param sums of the node that is split; the numbers are those of its left side */
export function sidesOf(
  sums: NodeSums,
  gradient: number,
  hessian: number,
  count: number,
): { left: NodeSums; right: NodeSums } {
  return {
    left: { gradient, hessian, count },
    right: {
      gradient: sums.gradient - gradient,
      hessian: sums.hessian - hessian,
      count: sums.count - count,
    },
  }
}
