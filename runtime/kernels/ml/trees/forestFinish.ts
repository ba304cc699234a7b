// Nodes of few rows: their rows are brought together, and one task grows all that is below. Histograms would be mostly empty.

import { kernel } from '../../kernel.ts'
import { mulberry } from '../seeded.ts'
import { GROUP, placeOfFeature } from './binnedBlock.ts'
import type { BoostBlock } from './boostBlock.ts'
import {
  type ForestNode,
  type ForestRules,
  type ForestSums,
  forestSplit,
  mayGrow,
  type Runs,
  roomForRuns,
} from './forestSplit.ts'
import type { TreeRows } from './heldRows.ts'

/** Rows of one node. */
export interface NodeRows {
  rows: number
  /** rows × features. */
  bins: Uint8Array
  /** The class of each row; all 0 where targets are numbers. */
  classes: Uint16Array
  gradients: Int32Array
  hessians: Int32Array
}

/** Nodes whose rows are wanted, of each tree. */
export interface NodesWanted {
  classes: number
  wanted: readonly (readonly number[])[]
}

/** The rows of some nodes, one block's part. */
export const rowsOfNodes = kernel(
  'ml.forest.rowsOfNodes',
  ({ classes, wanted }: NodesWanted, { binned }: BoostBlock, trees: TreeRows[]): NodeRows[][] => {
    const { features } = binned
    return trees.map((tree, i) =>
      wanted[i].map((node) => {
        const runs = Array.from({ length: classes }, (_, c) => tree.segments[node * classes + c])
        const rows = runs.reduce((sum, { count }) => sum + count, 0)
        const made: NodeRows = {
          rows,
          bins: new Uint8Array(rows * features),
          classes: new Uint16Array(rows),
          gradients: new Int32Array(rows),
          hessians: new Int32Array(rows),
        }
        let to = 0
        runs.forEach(({ start, count }, c) => {
          for (let at = start; at < start + count; at++, to++) {
            const row = tree.order[at]
            made.classes[to] = c
            made.gradients[to] = tree.derivatives[2 * row]
            made.hessians[to] = tree.derivatives[2 * row + 1]
            for (let f = 0; f < features; f++)
              made.bins[to * features + f] = binned.bytes[placeOfFeature(binned.rows, f) + GROUP * row]
          }
        })
        return made
      }),
    )
  },
)

const joined = <T extends Uint8Array | Uint16Array | Int32Array>(a: T, b: T): T => {
  const made = new (a.constructor as new (length: number) => T)(a.length + b.length)
  made.set(a)
  made.set(b, a.length)
  return made
}

export const mergeNodeRows = kernel(
  'ml.forest.mergeNodeRows',
  (a: NodeRows[][], b: NodeRows[][]): NodeRows[][] =>
    a.map((nodes, tree) =>
      nodes.map((own, i) => {
        const other = b[tree][i]
        return {
          rows: own.rows + other.rows,
          bins: joined(own.bins, other.bins),
          classes: joined(own.classes, other.classes),
          gradients: joined(own.gradients, other.gradients),
          hessians: joined(own.hessians, other.hessians),
        }
      }),
    ),
)

/** A node whose rows are all here. */
export interface SubtreeJob {
  tree: number
  node: number
  depth: number
  rows: NodeRows
}

/** Grows what is below some nodes: a list of nodes each, whose first is the node itself. */
export const finishSubtrees = kernel(
  'ml.forest.finish',
  (rules: ForestRules, jobs: readonly SubtreeJob[]): ForestNode[][] => {
    const runs = roomForRuns(rules)
    return jobs.map((job) => finishSubtree(rules, job, runs))
  },
)

function finishSubtree(
  rules: ForestRules,
  { tree, node, depth, rows }: SubtreeJob,
  runs: Runs,
): ForestNode[] {
  const features = rules.offsets.length - 1
  const order = Int32Array.from({ length: rows.rows }, (_, row) => row)
  const aside = new Int32Array(rows.rows)
  const keys = new Uint32Array(rows.rows)
  const nodes: ForestNode[] = [{ depth, sums: sumsOf(rules, rows), split: null, left: -1, right: -1 }]
  const ranges = [{ from: 0, to: rows.rows }]
  for (let own = 0; own < nodes.length; own++) {
    if (!mayGrow(rules, nodes[own])) continue
    const { from, to } = ranges[own]
    const looked = shuffledFeatures(rules, tree, node, own)
    const split = forestSplit(
      rules,
      nodes[own].sums,
      looked,
      (feature, into) => {
        runsOfRows(rules, rows, order.subarray(from, to), feature, keys, into)
      },
      runs,
    )
    if (!split) continue
    const missing = rules.offsets[split.feature + 1] - rules.offsets[split.feature] - 1
    let left = from
    let right = 0
    for (let at = from; at < to; at++) {
      const bin = rows.bins[order[at] * features + split.feature]
      if (bin === missing ? split.missingLeft : bin <= split.bin) order[left++] = order[at]
      else aside[right++] = order[at]
    }
    order.set(aside.subarray(0, right), left)
    nodes[own] = { ...nodes[own], split, left: nodes.length, right: nodes.length + 1 }
    for (const sums of [split.left, split.right])
      nodes.push({ depth: nodes[own].depth + 1, sums, split: null, left: -1, right: -1 })
    ranges.push({ from, to: left }, { from: left, to })
  }
  return nodes
}

function sumsOf({ classes, isRegression }: ForestRules, rows: NodeRows): ForestSums {
  const made: ForestSums = { sums: new Float64Array(classes), weight: 0, count: rows.rows }
  for (let row = 0; row < rows.rows; row++) {
    made.weight += rows.hessians[row]
    if (isRegression) made.sums[0] += rows.gradients[row]
    else made.sums[rows.classes[row]] += rows.hessians[row]
  }
  return made
}

/** The runs of a feature among some rows, by sorting them: keys are the bin above the row's place. */
function runsOfRows(
  { offsets, classes, isRegression }: ForestRules,
  rows: NodeRows,
  order: Int32Array,
  feature: number,
  keys: Uint32Array,
  runs: Runs,
): void {
  const features = offsets.length - 1
  const count = order.length
  for (let i = 0; i < count; i++) keys[i] = (rows.bins[order[i] * features + feature] << 16) | i
  const sorted = keys.subarray(0, count)
  if (count > 24) sorted.sort()
  else
    for (let i = 1; i < count; i++) {
      const key = sorted[i]
      let at = i
      for (; at > 0 && sorted[at - 1] > key; at--) sorted[at] = sorted[at - 1]
      sorted[at] = key
    }
  let run = -1
  let bin = -1
  for (let i = 0; i < count; i++) {
    const own = sorted[i] >>> 16
    if (own !== bin) {
      bin = own
      run++
      runs.bins[run] = own
      runs.counts[run] = 0
      runs.weights[run] = 0
      for (let c = 0; c < classes; c++) runs.sums[run * classes + c] = 0
    }
    const row = order[sorted[i] & 0xffff]
    runs.counts[run]++
    runs.weights[run] += rows.hessians[row]
    if (isRegression) runs.sums[run] += rows.gradients[row]
    else runs.sums[run * classes + rows.classes[row]] += rows.hessians[row]
  }
  runs.length = run + 1
}

/** Features in an order that follows from the node's number; `below` is its number within a finished part. */
export function shuffledFeatures(
  { seed, offsets }: Pick<ForestRules, 'seed' | 'offsets'>,
  tree: number,
  node: number,
  below = 0,
): number[] {
  const start = Math.imul(seed, 31) + Math.imul(tree + 1, 104_729) + Math.imul(node + 1, 1_299_709)
  const next = mulberry((start + Math.imul(below, 15_485_863)) | 0)
  const order = Array.from({ length: offsets.length - 1 }, (_, i) => i)
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    const own = order[i]
    order[i] = order[j]
    order[j] = own
  }
  return order
}
