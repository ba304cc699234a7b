// The tasks of chunked arrays: each computes one block of a plan, a part of a reduction, or a call on regions.

import { keepsNothing, kernel } from '../kernel.ts'
import { giveBack } from '../resultMemory.ts'
import './blockEngine.ts'
import { dtypeOf } from './dtype.ts'
import { evaluate } from './evaluate.ts'
import type { Fused } from './fused.ts'
import { RegionFuser, shapeOf } from './fuseRegion.ts'
import { blockRegion, type Chunks } from './grid.ts'
import type { Run } from './indexing.ts'
import { NdArray } from './ndArray.ts'
import type { Plan } from './plan.ts'
import { type ReduceState, reductionNamed } from './reduction.ts'
import type { ReduceOptions } from './reductionMethods.ts'

/** What all tasks of one node share. */
export interface BlockProgram {
  plan: Plan
  root: number
  chunks: Chunks
}

/** One block of an expression. */
export const blockKernel = keepsNothing(
  kernel(
    'array.block',
    ({ plan, root, chunks }: BlockProgram, block: number, ...blocks: unknown[]): NdArray => {
      const region = blockRegion(block, chunks)
      const expression = new RegionFuser(plan, blocks).fuse(root, region)
      const shape = shapeOf(expression, region)
      // What was only passed on is not copied.
      if (expression.kind === 'leaf' && expression.array.isContiguous) return expression.array
      return evaluate(expression, shape)
    },
  ),
)

/** A reduction's part for all of its tasks. */
export interface PartialProgram extends BlockProgram {
  reduction: string
  axes: readonly number[]
  shape: readonly number[]
  options: ReduceOptions
}

/** What a reduction keeps of one block. */
export const partialKernel = keepsNothing(
  kernel('array.partial', (program: PartialProgram, block: number, ...blocks: unknown[]): ReduceState => {
    const region = blockRegion(block, program.chunks)
    const expression = new RegionFuser(program.plan, blocks).fuse(program.root, region)
    const reduction = reductionNamed(program.reduction)!
    const place = { start: region.map((run) => run.start), shape: program.shape }
    return reduction.partial(expression, shapeOf(expression, region), program.axes, program.options, place)
  }),
)

/** Joins what was kept of several blocks. */
export const joinKernel = keepsNothing(
  kernel(
    'array.join',
    (reduction: string, ...states: ReduceState[]): ReduceState => reductionNamed(reduction)!.join(states),
  ),
)

export interface FinishProgram {
  reduction: string
  axes: readonly number[]
  options: ReduceOptions
  /** The dtype that was reduced. */
  input: Parameters<typeof dtypeOf>[0]
}

/** Joins the last states of a reduction and ends it. */
export const finishKernel = keepsNothing(
  kernel(
    'array.finish',
    (
      { reduction, axes, options, input }: FinishProgram,
      count: number,
      ...states: ReduceState[]
    ): NdArray => {
      const known = reductionNamed(reduction)!
      const state = states.length === 1 ? states[0] : known.join(states)
      const result = known.finish(state, count, options, dtypeOf(input))
      if (options.keepDims) return result
      return result.$reshape(result.shape.filter((_, i) => !axes.includes(i))) as NdArray
    },
  ),
)

/** A function called with regions of arrays. */
export interface CallProgram {
  plan: Plan
  /** The node of each argument. */
  roots: readonly number[]
  ranks: readonly number[]
  fn: (params: unknown, ...arrays: NdArray[]) => unknown
  params: unknown
  /** The function is done with its regions once it gave its result: their memory serves the next task. */
  passing?: boolean
}

/** @param places start and count along each axis of each argument, then what the function gets as its own */
export const callKernel = kernel(
  'array.call',
  async (
    { plan, roots, ranks, fn, params, passing }: CallProgram,
    places: readonly number[],
    own: unknown,
    ...blocks: unknown[]
  ): Promise<unknown> => {
    const fuser = new RegionFuser(plan, blocks)
    let at = 0
    const made: NdArray[] = []
    const arrays = roots.map((root, i) => {
      const region: Run[] = []
      for (let axis = 0; axis < ranks[i]; axis++, at += 2)
        region.push({ start: places[at], step: 1, count: places[at + 1] })
      const expression = fuser.fuse(root, region)
      const array = arrayOf(expression, shapeOf(expression, region))
      if (expression.kind !== 'leaf') made.push(array)
      return array
    })
    const result = await fn(own === undefined ? params : { ...(params as object), own }, ...arrays)
    if (passing) for (const array of made) if (!standsIn(result, array)) giveBack(array.data.buffer)
    return result
  },
)

/** Whether a result may be a view of an array; of what is neither an array nor a list of them nobody knows. */
function standsIn(result: unknown, { data }: NdArray): boolean {
  if (result instanceof NdArray) return result.data.buffer === data.buffer
  return (
    !Array.isArray(result) ||
    result.some((each) => !(each instanceof NdArray) || each.data.buffer === data.buffer)
  )
}

/** An expression as an array: the one that it is, where it is one. */
export const arrayOf = (expression: Fused, shape: readonly number[]): NdArray =>
  expression.kind === 'leaf' ? expression.array : evaluate(expression, shape)

/** Blocks put together, in the order of their grid. */
export const assembleBlocks = (counts: readonly number[], blocks: readonly NdArray[]): NdArray => {
  if (blocks.length === 1) return blocks[0]
  let level = [...blocks]
  for (let axis = counts.length - 1; axis >= 0; axis--) {
    const next: NdArray[] = []
    const width = counts[axis]
    if (width === 1) continue
    for (let i = 0; i < level.length; i += width)
      next.push(level[i].$concatenate(level.slice(i + 1, i + width), axis) as NdArray)
    level = next
  }
  return level[0]
}

/** The whole of an array, as one value: what a task gets that has the array as an argument. */
export const wholeKernel = kernel(
  'array.whole',
  (counts: readonly number[], ...blocks: NdArray[]): unknown => {
    const whole = assembleBlocks(counts, blocks)
    return whole.shape.length === 0 ? whole.item() : whole
  },
)

/** An array that the client sent along. */
export const givenKernel = kernel('array.given', (array: unknown): NdArray => {
  if (!(array instanceof NdArray)) return NdArray.from(array) as NdArray
  return array
})
