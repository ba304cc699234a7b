// The rows of one block as the trees of a forest find them: drawn with replacement, ordered by class.
//
// A row is drawn as often as a Poisson variable of mean 1 says, which follows from its number, the tree's and a seed: what
// drawing n of n rows comes to for many rows, without anybody having to count them (Oza and Russell, "Online bagging", 2001).

import { kernel } from '../../kernel.ts'
import { type BoostBlock, integers, numbers } from './boostBlock.ts'
import type { TreeRows } from './heldRows.ts'
import { hashedFraction } from './rowHash.ts'

/** What trees are told of their rows. */
export interface ForestPlan {
  seed: number
  /** Numbers of the trees. */
  trees: readonly number[]
  bootstrap: boolean
  /** Classes, whose rows are told apart; 1 where targets are numbers. */
  classes: number
  /** Whether targets are numbers: they are taken from this one. */
  center: number | null
  gradientUnit: number
  hessianUnit: number
  /** What rows of each class weigh in each tree beside their weights, trees × classes; absent where each tree says 1. */
  treeWeights?: Float64Array
}

/** 1 − the chance of more than k draws. */
const POISSON: number[] = []
for (let k = 0, term = Math.exp(-1), sum = 0; k < 13; k++, term /= k) {
  sum += term
  POISSON.push(sum)
}

/** How often a tree draws a row. */
export function drawsOf(seed: number, tree: number, row: number): number {
  const chance = hashedFraction((Math.imul(seed, 1_000_003) + Math.imul(tree + 1, 7919)) | 0, row)
  let draws = 0
  while (draws < POISSON.length && chance >= POISSON[draws]) draws++
  return draws
}

/** The most that a row can be drawn. */
export const MOST_DRAWS = POISSON.length

/** Rows at the root of each tree. */
export const startForest = kernel('ml.forest.start', (plan: ForestPlan, block: BoostBlock): TreeRows[] =>
  plan.trees.map((tree) => rowsAtRoot(plan, tree, block, integers(2 * block.binned.rows), numbers)),
)

/**
 * Rows at the root of one tree, those that it draws: the run of class c is number c.
 * @param derivatives room for two numbers a row of the block, written
 * @param orderOf gives room for an order of so many rows
 */
export function rowsAtRoot(
  { seed, bootstrap, classes, center, gradientUnit, hessianUnit, treeWeights }: ForestPlan,
  tree: number,
  { binned: { rows }, target, weight, start }: BoostBlock,
  derivatives: Int32Array,
  orderOf: (count: number) => Uint32Array,
): TreeRows {
  const counts = new Int32Array(classes + 1)
  for (let row = 0; row < rows; row++) {
    const draws = bootstrap ? drawsOf(seed, tree, start + row) : 1
    let own = (weight ? weight[row] : 1) * draws
    if (treeWeights) own *= treeWeights[tree * classes + target[row]]
    derivatives[2 * row] = center === null ? 0 : Math.round((own * (target[row] - center)) / gradientUnit)
    derivatives[2 * row + 1] = Math.round(own / hessianUnit)
    if (derivatives[2 * row + 1] === 0) continue
    counts[(center === null ? target[row] : 0) + 1]++
  }
  for (let c = 0; c < classes; c++) counts[c + 1] += counts[c]
  const segments: TreeRows['segments'] = {}
  for (let c = 0; c < classes; c++) segments[c] = { start: counts[c], count: counts[c + 1] - counts[c] }
  const order = orderOf(counts[classes])
  for (let row = 0; row < rows; row++)
    if (derivatives[2 * row + 1] > 0) order[counts[center === null ? target[row] : 0]++] = row
  return { order, segments, derivatives }
}

/** Of a block: the largest weight, and the largest size of a target that weighs anything. */
export const forestBounds = kernel(
  'ml.forest.bounds',
  (_: unknown, { target, weight }: BoostBlock): [number, number] => {
    const bounds: [number, number] = [0, 0]
    target.forEach((each, row) => {
      const own = weight ? weight[row] : 1
      bounds[0] = Math.max(bounds[0], own)
      if (own > 0) bounds[1] = Math.max(bounds[1], Math.abs(each))
    })
    return bounds
  },
)
