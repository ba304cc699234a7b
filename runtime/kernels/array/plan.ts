// Plans: what a task computes of its block, as data that travels once for all blocks.
//
// A plan is a list of nodes, arguments before what uses them. The client and the worker both walk it for a region: the
// client to know which blocks of other tasks the region needs, the worker to take them in the same order.

import type { DTypeName, Scalar } from './dtype.ts'
import { APART, blockOf, type Chunks, eachCombination, piecesOf, type Region } from './grid.ts'
import type { AxisIndex, Run } from './indexing.ts'
import type { NdArray } from './ndArray.ts'
import type { Distribution } from './randomBits.ts'

export type PlanNode =
  /** Blocks that other tasks give; `input` says whose. */
  | { op: 'input'; input: number; dtype: DTypeName; chunks: Chunks }
  /** A small array that travels with the plan. */
  | { op: 'data'; dtype: DTypeName; array: NdArray }
  | { op: 'constant'; dtype: DTypeName; value: Scalar; rank: number }
  /** The number `base + Σ steps·place`. */
  | { op: 'place'; dtype: DTypeName; base: number; steps: readonly number[] }
  | { op: 'draw'; dtype: DTypeName; distribution: Distribution; base: number; steps: readonly number[] }
  | { op: 'map'; name: string; dtype: DTypeName; args: readonly number[] }
  | { op: 'cast'; dtype: DTypeName; arg: number }
  | { op: 'index'; dtype: DTypeName; arg: number; indices: readonly AxisIndex[] }
  | { op: 'transpose'; dtype: DTypeName; arg: number; axes: readonly number[] }
  /** `from` is the argument's shape, `shape` the one it is repeated to. */
  | { op: 'broadcast'; dtype: DTypeName; arg: number; from: readonly number[]; shape: readonly number[] }
  | { op: 'concatenate'; dtype: DTypeName; args: readonly number[]; axis: number; lengths: readonly number[] }

export interface Plan {
  nodes: readonly PlanNode[]
  /** How often each node is used: what is used once need not be remembered. */
  uses: readonly number[]
}

/** The arguments of a node. */
export function argsOf(node: PlanNode): readonly number[] {
  switch (node.op) {
    case 'map':
    case 'concatenate':
      return node.args
    case 'cast':
    case 'index':
    case 'transpose':
    case 'broadcast':
      return [node.arg]
    case 'input':
    case 'data':
    case 'constant':
    case 'place':
    case 'draw':
      return []
    default:
      return node satisfies never
  }
}

/** The region of the argument that gives a region of an index. */
export function indexedRegion(indices: readonly AxisIndex[], region: Region): Run[] {
  const own: Run[] = []
  let axis = 0
  for (const index of indices) {
    if (index.kind === 'place') own.push({ start: index.place, step: 1, count: 1 })
    else {
      const run = region[axis++]
      if (index.kind === 'run' && index.start >= APART)
        // One chunk of unknown length: it is the only one here.
        own.push({ start: index.start, step: 1, count: run.count })
      else if (index.kind === 'run')
        own.push({
          start: index.start + index.step * run.start,
          step: index.step * run.step,
          count: run.count,
        })
    }
  }
  return own
}

export function transposedRegion(axes: readonly number[], region: Region): Run[] {
  const own = new Array<Run>(axes.length)
  axes.forEach((axis, i) => {
    own[axis] = region[i]
  })
  return own
}

const ONE: Run = { start: 0, step: 1, count: 1 }

export function narrowedRegion(from: readonly number[], shape: readonly number[], region: Region): Run[] {
  const more = shape.length - from.length
  return from.map((length, i) => (length === 1 && shape[i + more] !== 1 ? ONE : region[i + more]))
}

/** The parts of a region that each of several joined arrays gives; one without elements gives none. */
export function joinedRegions(
  lengths: readonly number[],
  axis: number,
  region: Region,
): { part: number; region: Run[]; first: number }[] {
  if (region[axis].count === 0)
    return [{ part: 0, region: region.map((run, i) => (i === axis ? { ...ONE, count: 0 } : run)), first: 0 }]
  return piecesOf(region[axis], lengths).map(({ chunk, first, count, within }) => ({
    part: chunk,
    first,
    region: region.map((run, i) => (i === axis ? { start: within, step: run.step, count } : run)),
  }))
}

/** A region as a key: what a plan gives for it is the same wherever it is asked for. */
export const regionKey = (node: number, region: Region): string => {
  let key = String(node)
  for (const { start, step, count } of region) key += `,${start}:${step}:${count}`
  return key
}

/** Calls back for each block that a region of a node needs, in the order in which the worker takes them. */
export function eachRead(
  plan: Plan,
  root: number,
  region: Region,
  visit: (input: number, block: number) => void,
  seen: Set<string> = new Set(),
): void {
  const node = plan.nodes[root]
  if (plan.uses[root] > 1) {
    const key = regionKey(root, region)
    if (seen.has(key)) return
    seen.add(key)
  }
  switch (node.op) {
    case 'input':
      eachCombination(
        region.map((run, axis) => piecesOf(run, node.chunks[axis])),
        (combination) => visit(node.input, blockOf(combination, node.chunks)),
      )
      return
    case 'map':
      for (const arg of node.args) eachRead(plan, arg, region, visit, seen)
      return
    case 'cast':
      eachRead(plan, node.arg, region, visit, seen)
      return
    case 'index':
      eachRead(plan, node.arg, indexedRegion(node.indices, region), visit, seen)
      return
    case 'transpose':
      eachRead(plan, node.arg, transposedRegion(node.axes, region), visit, seen)
      return
    case 'broadcast':
      eachRead(plan, node.arg, narrowedRegion(node.from, node.shape, region), visit, seen)
      return
    case 'concatenate':
      for (const piece of joinedRegions(node.lengths, node.axis, region))
        eachRead(plan, node.args[piece.part], piece.region, visit, seen)
      return
    case 'data':
    case 'constant':
    case 'place':
    case 'draw':
      return
    default:
      node satisfies never
  }
}
