// The rows of a forest's nodes stand by class: node n has the runs n · classes to n · classes + classes − 1.

import type { NodeSplit } from './growth.ts'

/** The runs of a node's rows, one a class. */
export const runsOfNode = (classes: number, node: number): number[] =>
  Array.from({ length: classes }, (_, c) => node * classes + c)

/** Each class's rows follow the split of their node. */
export const byClass = (splits: readonly NodeSplit[], classes: number): NodeSplit[] =>
  splits.flatMap((split) =>
    Array.from({ length: classes }, (_, c) => ({
      ...split,
      node: split.node * classes + c,
      left: split.left * classes + c,
      right: split.right * classes + c,
    })),
  )
