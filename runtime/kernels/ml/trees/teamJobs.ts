// What the threads of a team do for one another in a round: jobs, and the nodes that they are about.

import type { FinishedTree, LeafTree } from './boostLevel.ts'
import { type GrowingTree, type GrowthRules, maySplit, type NodeSplit, siblingOf } from './growth.ts'
import type { NodeSums } from './splitSearch.ts'

/** A node that is looked at: built of its rows, and its sibling, which is what is left of the parent. */
export interface Wanted {
  tree: number
  node: number
  place: number
  sums: NodeSums
  maySplit: boolean
  sibling: { node: number; place: number; sums: NodeSums; maySplit: boolean } | null
}

/** What the leader has done, as helpers are told. */
export type Job = { round: number } & (
  | { kind: 'sum'; history: NodeSplit[][] | null; wanted: { tree: number; node: number }[] }
  | { kind: 'search'; wanted: Wanted[] }
  | { kind: 'finish'; grown: LeafTree[] }
)

/** Some rounds that a team does in one go. */
export interface TeamRun {
  /** Counts from 1. */
  run: number
  /** Its first round; rounds count from 1 through all runs. */
  first: number
  rounds: number
}

/** Sums of the numbers from `from` to `to` of all parts, in their order. */
export function addUp(into: Float64Array, parts: readonly Float64Array[], from: number, to: number): void {
  if (parts.length === 1) {
    into.set(parts[0].subarray(from, to), from)
    return
  }
  const [a, b, ...rest] = parts
  for (let i = from; i < to; i++) into[i] = a[i] + b[i]
  for (const part of rest) for (let i = from; i < to; i++) into[i] += part[i]
}

/** Places of histograms that no node needs any more; those after the last are −1. */
export function* freePlaces(places: number, trees: readonly GrowingTree<number>[]): Generator<number, never> {
  const used = new Set(trees.flatMap(({ histograms }) => Object.values(histograms)))
  for (let place = 0; place < places; place++) if (!used.has(place)) yield place
  for (;;) yield -1
}

/** The nodes of a tree that are looked at next, with places for their histograms. */
export function wantedOf(
  rules: GrowthRules,
  { nodes, splits, histograms }: GrowingTree<number>,
  tree: number,
  free: Iterator<number, never>,
): Wanted[] {
  return splits.flatMap((split): Wanted[] => {
    const { build } = split
    if (build === null) return []
    const sibling = siblingOf(split)
    const at = (node: number) => ({ node, sums: nodes[node].sums, maySplit: maySplit(rules, nodes[node]) })
    return [
      {
        tree,
        ...at(build),
        place: free.next().value,
        sibling: { ...at(sibling), place: histograms[split.node] },
      },
    ]
  })
}

/** What rows need to know of a tree to find their leaves, in words that JSON has. */
export const leavesOf = ({ splits, leafOf, tree }: FinishedTree): LeafTree => ({
  splits,
  leafOf: Array.from(leafOf),
  tree: { value: Array.from(tree.value) },
})
