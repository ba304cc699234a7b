// From a plan and a region to one fused expression, reading the blocks that other tasks gave.

import { dtypeOf } from './dtype.ts'
import { writeInto } from './evaluate.ts'
import { cast, changeLeaves, type Fused, mapped, permuted } from './fused.ts'
import { eachCombination, piecesOf, type Region } from './grid.ts'
import { unsetData } from './memory.ts'
import { NdArray } from './ndArray.ts'
import {
  indexedRegion,
  joinedRegions,
  narrowedRegion,
  type Plan,
  type PlanNode,
  regionKey,
  transposedRegion,
} from './plan.ts'
import { rowStrides, sizeOf } from './shape.ts'

const countsOf = (region: Region): number[] => region.map((run) => run.count)

/** Makes expressions of regions. The blocks are taken one after another, in the order of `eachRead`. */
export class RegionFuser {
  readonly #plan: Plan
  readonly #blocks: readonly unknown[]
  #next = 0
  readonly #seen = new Map<string, Fused>()

  constructor(plan: Plan, blocks: readonly unknown[]) {
    this.#plan = plan
    this.#blocks = blocks
  }

  /** The expression of a node over a region: its iteration space has the region's counts. */
  fuse(root: number, region: Region): Fused {
    if (this.#plan.uses[root] < 2) return this.#make(root, region)
    const key = regionKey(root, region)
    let made = this.#seen.get(key)
    if (!made) {
      made = this.#make(root, region)
      this.#seen.set(key, made)
    }
    return made
  }

  #make(root: number, region: Region): Fused {
    const node = this.#plan.nodes[root]
    const dtype = dtypeOf(node.dtype)
    switch (node.op) {
      case 'input':
        return this.#read(node, region)
      case 'data': {
        const array = node.array.$index(region.map((run) => ({ kind: 'run', ...run }))) as NdArray
        return { kind: 'leaf', dtype, array }
      }
      case 'constant':
        return { kind: 'constant', dtype, value: node.value }
      case 'place':
        return { kind: 'place', dtype, ...placed(node, region) }
      case 'draw':
        return { kind: 'draw', dtype, distribution: node.distribution, ...placed(node, region) }
      case 'map':
        return mapped(
          node.name,
          node.args.map((arg) => this.fuse(arg, region)),
        )
      case 'cast':
        return cast(this.fuse(node.arg, region), dtype)
      case 'index': {
        const own = indexedRegion(node.indices, region)
        const axes: number[] = []
        let axis = 0
        for (const index of node.indices) {
          if (index.kind === 'new') axes.push(-1)
          else if (index.kind === 'place') axis++
          else axes.push(axis++)
        }
        return permuted(this.fuse(node.arg, own), axes, countsOf(region))
      }
      case 'transpose':
        return permuted(this.fuse(node.arg, transposedRegion(node.axes, region)), node.axes, countsOf(region))
      case 'broadcast': {
        const { from, shape } = node
        const more = shape.length - from.length
        const axes = shape.map((length, i) =>
          i < more || (from[i - more] === 1 && length !== 1) ? -1 : i - more,
        )
        return permuted(this.fuse(node.arg, narrowedRegion(from, shape, region)), axes, countsOf(region))
      }
      case 'concatenate':
        return this.#join(node, region)
      default:
        return node satisfies never
    }
  }

  #read(node: PlanNode & { op: 'input' }, region: Region): Fused {
    const pieces = region.map((run, axis) => piecesOf(run, node.chunks[axis]))
    const dtype = dtypeOf(node.dtype)
    const shape = countsOf(region)
    if (pieces.every((list) => list.length === 1)) {
      const block = this.#take()
      const array = block.$index(
        region.map((run, axis) =>
          // Along an axis of unknown length a block is taken as it came.
          Number.isNaN(run.count)
            ? { kind: 'run', start: 0, step: 1, count: block.shape[axis] }
            : { kind: 'run', start: pieces[axis][0].within, step: run.step, count: run.count },
        ),
      ) as NdArray
      return { kind: 'leaf', dtype, array }
    }
    const data = unsetData(dtype, sizeOf(shape))
    const strides = rowStrides(shape)
    eachCombination(pieces, (combination) => {
      const block = this.#take()
      const part = block.$index(
        combination.map((piece, axis) => ({
          kind: 'run',
          start: piece.within,
          step: region[axis].step,
          count: piece.count,
        })),
      ) as NdArray
      const at = combination.reduce((sum, piece, axis) => sum + piece.first * strides[axis], 0)
      writeInto({ kind: 'leaf', dtype, array: part }, part.shape, data, strides, at, dtype)
    })
    return { kind: 'leaf', dtype, array: new NdArray(dtype, shape, data) }
  }

  #take(): NdArray {
    return this.#blocks[this.#next++] as NdArray
  }

  #join(node: PlanNode & { op: 'concatenate' }, region: Region): Fused {
    const dtype = dtypeOf(node.dtype)
    const parts = joinedRegions(node.lengths, node.axis, region)
    if (parts.length === 1) return cast(this.fuse(node.args[parts[0].part], parts[0].region), dtype)
    const shape = countsOf(region)
    const data = unsetData(dtype, sizeOf(shape))
    const strides = rowStrides(shape)
    for (const part of parts) {
      const own = this.fuse(node.args[part.part], part.region)
      writeInto(own, countsOf(part.region), data, strides, part.first * strides[node.axis], dtype)
    }
    return { kind: 'leaf', dtype, array: new NdArray(dtype, shape, data) }
  }
}

/** The number of the region's first element, and its steps. */
function placed(
  node: { base: number; steps: readonly number[] },
  region: Region,
): { base: number; steps: number[] } {
  let { base } = node
  const steps = region.map((run, axis) => {
    base += run.start * node.steps[axis]
    return run.step * node.steps[axis]
  })
  return { base, steps }
}

/** The shape of what blocks of unknown length give: the lengths of the arrays that were read. */
export function shapeOf(root: Fused, region: Region): number[] {
  const shape = countsOf(region)
  if (!shape.some(Number.isNaN)) return shape
  changeLeaves(root, (leaf) => {
    if (leaf.kind === 'leaf')
      leaf.array.shape.forEach((length, axis) => {
        if (Number.isNaN(shape[axis]) && !Number.isNaN(length)) shape[axis] = length
      })
    return leaf
  })
  return shape
}
