// Nodes that are tasks of their own: reductions by tree, calls of functions on regions, arrays from the client.

import type { GraphNode } from '../../graph/node.ts'
import { type TaskGraph, TaskRef } from '../../graph/taskGraph.ts'
import {
  type CallProgram,
  callKernel,
  type FinishProgram,
  finishKernel,
  givenKernel,
  joinKernel,
  type PartialProgram,
  partialKernel,
} from '../../kernels/array/blockTask.ts'
import { type DType, dtypeOf } from '../../kernels/array/dtype.ts'
import { blockCounts, blockRegion, type Chunks, type Region } from '../../kernels/array/grid.ts'
import type { NdArray } from '../../kernels/array/ndArray.ts'
import { reductionNamed } from '../../kernels/array/reduction.ts'
import type { ReduceOptions } from '../../kernels/array/reductionMethods.ts'
import { rowStrides, sizeOf } from '../../kernels/array/shape.ts'
import { pickOf } from '../../kernels/array/statistics.ts'
import { ArrayNode } from './expression.ts'
import { compiledOf, groupFields, inputsOf, planName, Reads } from './planning.ts'

/** Steps of a tree join about this many blocks. */
const SPLIT_EVERY = 8

/** A reduction: a state of each block, joined step by step. */
export class ReduceNode extends ArrayNode {
  readonly #input: ArrayNode
  readonly #reduction: string
  readonly #axes: readonly number[]
  readonly #options: ReduceOptions

  constructor(input: ArrayNode, reduction: string, axes: readonly number[], options: ReduceOptions) {
    const known = reductionNamed(reduction)!
    const keep = options.keepDims === true
    const kept = input.chunks.flatMap((lengths, axis) =>
      axes.includes(axis) ? (keep ? [[1]] : []) : [lengths],
    )
    const shape = input.shape.flatMap((length, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [length]))
    super(reduction, known.output(input.dtype, options), shape, kept)
    this.#input = input
    this.#reduction = reduction
    this.#axes = axes
    this.#options = options
  }

  inputs(): readonly GraphNode[] {
    return [this.#input]
  }

  needs(graph: TaskGraph): readonly GraphNode[] {
    return inputsOf(graph, [this.#input])
  }

  build(graph: TaskGraph): readonly unknown[] {
    const input = this.#input
    const compiled = compiledOf(graph, [input])
    const { splitEvery, ...options } = this.#options
    const program: PartialProgram = {
      plan: compiled.plan,
      root: compiled.roots[0],
      chunks: input.chunks,
      reduction: this.#reduction,
      axes: this.#axes,
      shape: input.shape,
      options,
    }
    const name = `${planName(input, compiled)}-${this.#reduction}`
    const group = graph.addGroup({ fn: partialKernel, bound: [program], ...groupFields(this, `${name}`) })
    const reads = new Reads(graph, compiled, input.chunks)
    let counts = blockCounts(input.chunks)
    let states = numberedTasks(
      graph,
      group,
      sizeOf(counts),
      reads.isEmpty ? undefined : (block) => reads.ofBlock(block, input.chunks),
    )
    const every = Math.max(
      2,
      Math.round(
        (splitEvery ?? SPLIT_EVERY) **
          (1 / Math.max(1, this.#axes.filter((axis) => counts[axis] > 1).length)),
      ),
    )
    const last = (now: readonly number[]): boolean => this.#axes.every((axis) => now[axis] <= every)
    let join: number | undefined
    while (!last(counts)) {
      join ??= graph.addGroup({
        fn: joinKernel,
        bound: [this.#reduction],
        ...groupFields(this, `${this.#reduction}-join`),
      })
      const step = join
      const next = counts.map((count, axis) => (this.#axes.includes(axis) ? Math.ceil(count / every) : count))
      states = grouped(states, counts, next, every, this.#axes, (members) =>
        graph.addReferences(step, members),
      )
      counts = next
    }
    const finish: FinishProgram = {
      reduction: this.#reduction,
      axes: this.#axes,
      options,
      input: input.dtype.name,
    }
    const ended = graph.addGroup({ fn: finishKernel, bound: [finish], ...groupFields(this, this.#reduction) })
    const count = this.#axes.reduce((product, axis) => product * input.shape[axis], 1)
    const single = counts.map((each, axis) => (this.#axes.includes(axis) ? 1 : each))
    const results = grouped(states, counts, single, every, this.#axes, (members) =>
      graph.addReferences(ended, members, count),
    )
    return results.map((index) => new TaskRef(graph, index))
  }
}

/** Adds a task for each block, which gets the block's number and what it reads; gives their indices. */
export function numberedTasks(
  graph: TaskGraph,
  group: number,
  count: number,
  reads: ((block: number) => readonly unknown[]) | undefined,
): number[] {
  const indices = new Array<number>(count)
  if (!reads) {
    const first = graph.addNumbered(group, count)
    for (let block = 0; block < count; block++) indices[block] = first + block
  } else
    for (let block = 0; block < count; block++)
      indices[block] = graph.addTask(group, [block, ...reads(block)]).index
  return indices
}

/** Puts blocks that lie together along the axes into groups. */
function grouped<T>(
  states: readonly T[],
  counts: readonly number[],
  next: readonly number[],
  every: number,
  axes: readonly number[],
  make: (members: T[]) => T,
): T[] {
  const strides = rowStrides(counts)
  const rank = counts.length
  const isReduced = counts.map((_, axis) => axes.includes(axis))
  const groups = sizeOf(next)
  const made = new Array<T>(groups)
  const index = next.map(() => 0)
  let members: T[] = []
  const collect = (axis: number, at: number): void => {
    if (axis === rank) {
      members.push(states[at])
      return
    }
    const from = isReduced[axis] ? index[axis] * every : index[axis]
    const to = isReduced[axis] ? Math.min(from + every, counts[axis]) : from + 1
    for (let i = from; i < to; i++) collect(axis + 1, at + i * strides[axis])
  }
  for (let group = 0; group < groups; group++) {
    members = []
    collect(0, 0)
    made[group] = make(members)
    for (let axis = rank - 1; axis >= 0; axis--) {
      if (++index[axis] < next[axis]) break
      index[axis] = 0
    }
  }
  return made
}

/** How a task of a call is told what to do. */
export interface CallRequest {
  label: string
  inputs: readonly ArrayNode[]
  dtype: DType
  shape: readonly number[]
  chunks: Chunks
  /** Called on the worker with the parameters and the regions as arrays; a kernel or a function of the user's. */
  fn: CallProgram['fn']
  params: unknown
  /** A kernel that keeps nothing of the regions. */
  passing?: boolean
  /** Per block: the region of each input, and what the function gets for this block alone. */
  regions: (block: number, region: Region) => { regions: readonly Region[]; own?: unknown }
  name?: string
}

/** A function called once a block, with regions of other arrays. */
export class CallNode extends ArrayNode {
  readonly #request: CallRequest

  constructor(request: CallRequest) {
    super(request.label, request.dtype, request.shape, request.chunks)
    this.#request = request
  }

  inputs(): readonly GraphNode[] {
    return this.#request.inputs
  }

  needs(graph: TaskGraph): readonly GraphNode[] {
    return inputsOf(graph, this.#request.inputs)
  }

  build(graph: TaskGraph): readonly unknown[] {
    const { inputs, fn, params, passing, regions, label, name } = this.#request
    const compiled = compiledOf(graph, inputs)
    const program: CallProgram = {
      plan: compiled.plan,
      roots: compiled.roots,
      ranks: inputs.map((input) => input.shape.length),
      fn,
      params,
      ...(passing && { passing }),
    }
    const group = graph.addGroup({ fn: callKernel, bound: [program], ...groupFields(this, name ?? label) })
    const reads = new Reads(graph, compiled)
    const count = sizeOf(this.chunks.map((lengths) => lengths.length))
    return Array.from({ length: count }, (_, block) => {
      const asked = regions(block, blockRegion(block, this.chunks))
      const places = asked.regions.flatMap((region) => region.flatMap((run) => [run.start, run.count]))
      return graph.addTask(group, [places, asked.own, ...reads.ofRegions(asked.regions)])
    })
  }
}

/** Blocks that are put together, in several steps, from blocks of others. */
export class TreeNode extends ArrayNode {
  readonly #input: ArrayNode
  readonly #axes: readonly number[]
  readonly #join: (...blocks: never[]) => unknown
  readonly #bound: readonly unknown[]

  /**
   * @param join a kernel: joins blocks, given in order after what is bound
   * @param shape of the result, whose blocks are those of the input with one along each of `axes`
   */
  constructor(request: {
    label: string
    input: ArrayNode
    axes: readonly number[]
    join: (...blocks: never[]) => unknown
    bound?: readonly unknown[]
    dtype: DType
    shape: readonly number[]
    chunks: Chunks
  }) {
    super(request.label, request.dtype, request.shape, request.chunks)
    this.#input = request.input
    this.#axes = request.axes
    this.#join = request.join
    this.#bound = request.bound ?? []
  }

  inputs(): readonly GraphNode[] {
    return [this.#input]
  }

  needs(): readonly GraphNode[] {
    return [this.#input]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({
      fn: this.#join,
      bound: this.#bound,
      ...groupFields(this, `${this.label}-join`),
    })
    let counts = blockCounts(this.#input.chunks)
    let blocks: unknown[] = [...graph.built(this.#input)!]
    const every = Math.max(2, Math.round(SPLIT_EVERY ** (1 / Math.max(1, this.#axes.length))))
    do {
      const next = counts.map((count, axis) => (this.#axes.includes(axis) ? Math.ceil(count / every) : count))
      blocks = grouped(blocks, counts, next, every, this.#axes, (members) => graph.addTask(group, members))
      counts = next
    } while (this.#axes.some((axis) => counts[axis] > 1))
    return blocks
  }
}

/** An array of the client's own: its blocks travel with the graph. */
export class GivenNode extends ArrayNode {
  readonly #array: NdArray

  constructor(array: NdArray, chunks: Chunks) {
    super('fromArray', dtypeOf(array.dtype), array.shape, chunks)
    this.#array = array
  }

  inputs(): readonly GraphNode[] {
    return []
  }

  needs(): readonly GraphNode[] {
    return []
  }

  build(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: givenKernel, ...groupFields(this, 'fromArray') })
    const count = sizeOf(blockCounts(this.chunks))
    return Array.from({ length: count }, (_, block) => {
      const region = blockRegion(block, this.chunks)
      return graph.addTask(group, [this.#array.$index(region.map((run) => ({ kind: 'run', ...run })))])
    })
  }
}

/** One of the arrays that each task of another node gave as a list. */
export class PickNode extends ArrayNode {
  readonly #from: ArrayNode
  readonly #which: number

  constructor(
    label: string,
    from: ArrayNode,
    which: number,
    facts: { dtype: DType; shape: readonly number[]; chunks: Chunks },
  ) {
    super(label, facts.dtype, facts.shape, facts.chunks)
    this.#from = from
    this.#which = which
  }
  inputs(): readonly GraphNode[] {
    return [this.#from]
  }
  needs(): readonly GraphNode[] {
    return [this.#from]
  }
  build(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: pickOf, bound: [this.#which], ...groupFields(this, this.label) })
    return graph.built(this.#from)!.map((part) => graph.addTask(group, [part]))
  }
}
