// Nodes of few rows: their rows are brought together, and one task grows all that is below. Histograms would be mostly empty.

import { kernel } from '../../kernel.ts'
import { mulberry } from '../seeded.ts'
import { type BinnedBlock, GROUP, groupsOf } from './binnedBlock.ts'
import type { BoostBlock } from './boostBlock.ts'
import { runsOfNode } from './forestNodes.ts'
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
  /** Bins of one row behind those of the other: as many bytes each as whole groups of features have. */
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
  ({ classes, wanted }: NodesWanted, { binned }: BoostBlock, trees: TreeRows[]): NodeRows[][] =>
    trees.map((tree, i) => wanted[i].map((node) => rowsOfNode(binned, classes, tree, node))),
)

/** The rows of one node, brought together. */
export function rowsOfNode(binned: BinnedBlock, classes: number, tree: TreeRows, node: number): NodeRows {
  const runs = runsOfNode(classes, node).map((run) => tree.segments[run])
  const rows = runs.reduce((sum, { count }) => sum + count, 0)
  const groups = groupsOf(binned.features)
  const words = new Uint32Array(rows * groups)
  const made: NodeRows = {
    rows,
    bins: new Uint8Array(words.buffer),
    classes: new Uint16Array(rows),
    gradients: new Int32Array(rows),
    hessians: new Int32Array(rows),
  }
  const from = wordsOf(binned)
  let to = 0
  runs.forEach(({ start, count }, c) => {
    for (let at = start; at < start + count; at++, to++) {
      const row = tree.order[at]
      made.classes[to] = c
      made.gradients[to] = tree.derivatives[2 * row]
      made.hessians[to] = tree.derivatives[2 * row + 1]
      for (let group = 0; group < groups; group++)
        words[to * groups + group] = from[group * binned.rows + row]
    }
  })
  return made
}

/** The bins of four features as one number. */
function wordsOf({ bytes, rows, features }: BinnedBlock): Uint32Array {
  const aligned = bytes.byteOffset % GROUP === 0 ? bytes : bytes.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, groupsOf(features) * rows)
}

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

/** The nodes below one node, whose rows are at hand; the first is the node itself. */
export function finishSubtree(
  rules: ForestRules,
  { tree, node, depth, rows }: SubtreeJob,
  runs: Runs,
): ForestNode[] {
  const stride = GROUP * groupsOf(rules.offsets.length - 1)
  const order = Int32Array.from({ length: rows.rows }, (_, row) => row)
  const aside = new Int32Array(rows.rows)
  const nodes: ForestNode[] = [{ depth, sums: sumsOf(rules, rows), split: null, left: -1, right: -1 }]
  const starts = [0]
  for (let own = 0; own < nodes.length; own++) {
    if (!mayGrow(rules, nodes[own])) continue
    const from = starts[own]
    const to = from + nodes[own].sums.count
    const runsOf = (feature: number, into: Runs): void =>
      runsOfRows(rules, rows, order, from, to, feature, stride, into)
    const split = forestSplit(rules, nodes[own].sums, featureOrder(rules, tree, node, own), runsOf, runs)
    if (!split) continue
    const { feature, bin: last, missingLeft } = split
    const missing = rules.offsets[feature + 1] - rules.offsets[feature] - 1
    let left = from
    let right = 0
    for (let at = from; at < to; at++) {
      const row = order[at]
      const bin = rows.bins[row * stride + feature]
      if (bin === missing ? missingLeft : bin <= last) order[left++] = row
      else aside[right++] = row
    }
    for (let i = 0; i < right; i++) order[left + i] = aside[i]
    nodes[own] = { ...nodes[own], split, left: nodes.length, right: nodes.length + 1 }
    for (const sums of [split.left, split.right])
      nodes.push({ depth: nodes[own].depth + 1, sums, split: null, left: -1, right: -1 })
    starts.push(from, left)
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

/** So few rows are sorted; more are counted bin by bin, whichever bins they are in. */
const SORTED_ROWS = 24
const keys = new Uint32Array(SORTED_ROWS)

/** The runs of a feature among some rows: those at the places `from` to `to` of an order. */
function runsOfRows(
  { offsets, classes, isRegression }: ForestRules,
  { bins, classes: classOf, gradients, hessians }: NodeRows,
  order: Int32Array,
  from: number,
  to: number,
  feature: number,
  stride: number,
  runs: Runs,
): void {
  const { counts, weights, sums } = runs
  if (to - from > SORTED_ROWS) {
    const all = offsets[feature + 1] - offsets[feature]
    counts.fill(0, 0, all)
    weights.fill(0, 0, all)
    sums.fill(0, 0, all * classes)
    for (let at = from; at < to; at++) {
      const row = order[at]
      const bin = bins[row * stride + feature]
      counts[bin]++
      weights[bin] += hessians[row]
      if (isRegression) sums[bin] += gradients[row]
      else sums[bin * classes + classOf[row]] += hessians[row]
    }
    keepFull(runs, all, classes)
    return
  }
  for (let at = from; at < to; at++) {
    const key = (bins[order[at] * stride + feature] << 16) | (at - from)
    let place = at - from
    for (; place > 0 && keys[place - 1] > key; place--) keys[place] = keys[place - 1]
    keys[place] = key
  }
  let run = -1
  for (let i = 0; i < to - from; i++) {
    const bin = keys[i] >>> 16
    if (run < 0 || bin !== runs.bins[run]) {
      run++
      runs.bins[run] = bin
      counts[run] = 0
      weights[run] = 0
      for (let c = 0; c < classes; c++) sums[run * classes + c] = 0
    }
    const row = order[from + (keys[i] & 0xffff)]
    counts[run]++
    weights[run] += hessians[row]
    if (isRegression) sums[run] += gradients[row]
    else sums[run * classes + classOf[row]] += hessians[row]
  }
  runs.length = run + 1
}

/** Bins that have rows, one behind the other. */
function keepFull(runs: Runs, all: number, classes: number): void {
  const { bins, counts, weights, sums } = runs
  let run = 0
  for (let bin = 0; bin < all; bin++) {
    if (counts[bin] === 0) continue
    bins[run] = bin
    if (run < bin) {
      counts[run] = counts[bin]
      weights[run] = weights[bin]
      for (let c = 0; c < classes; c++) sums[run * classes + c] = sums[bin * classes + c]
    }
    run++
  }
  runs.length = run
}

/** Features in an order that follows from the node's number; asked for place after place. */
export function featureOrder(
  { seed, offsets }: Pick<ForestRules, 'seed' | 'offsets'>,
  tree: number,
  node: number,
  /** The node's number within a finished part. */
  below = 0,
): (place: number) => number {
  const start = Math.imul(seed, 31) + Math.imul(tree + 1, 104_729) + Math.imul(node + 1, 1_299_709)
  const next = mulberry((start + Math.imul(below, 15_485_863)) | 0)
  const features = offsets.length - 1
  const order = new Uint32Array(features)
  for (let i = 0; i < features; i++) order[i] = i
  // Fisher and Yates from the beginning: places that nobody asks for are not drawn.
  return (place) => {
    const other = place + Math.floor(next() * (features - place))
    const own = order[other]
    order[other] = order[place]
    order[place] = own
    return own
  }
}
