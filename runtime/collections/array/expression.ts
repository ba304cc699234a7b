// The expression nodes of chunked arrays: those that fuse into one task a block, and those that are tasks of their own.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import type { DType, Scalar } from '../../kernels/array/dtype.ts'
import { type Chunks, piecesOf } from '../../kernels/array/grid.ts'
import type { AxisIndex } from '../../kernels/array/indexing.ts'
import type { NdArray } from '../../kernels/array/ndArray.ts'
import type { Distribution } from '../../kernels/array/randomBits.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import type { TaskOptions } from '../../protocol/taskOptions.ts'
import { buildBlocks, inputsOf } from './planning.ts'

/** Options of an array's tasks. */
export interface StepOptions extends TaskOptions {
  /** Impure steps run again whenever they are asked for. */
  pure?: boolean
}

/** An array to come: its shape and kind are known, and how it is cut. */
export abstract class ArrayNode implements GraphNode {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly chunks: Chunks
  /** What made it, e.g. `add`. */
  readonly label: string
  place: SourcePlace | undefined
  options: StepOptions = {}

  constructor(label: string, dtype: DType, shape: readonly number[], chunks: Chunks) {
    this.label = label
    this.dtype = dtype
    this.shape = shape
    this.chunks = chunks
  }

  abstract inputs(): Iterable<GraphNode>
  abstract needs(graph: TaskGraph): readonly GraphNode[]
  abstract build(graph: TaskGraph): readonly unknown[]
}

/** What a fused node does; its arguments are the node's own. */
export type FusedOp =
  | { op: 'data'; array: NdArray }
  | { op: 'constant'; value: Scalar }
  | { op: 'place'; base: number; steps: readonly number[] }
  | { op: 'draw'; distribution: Distribution; base: number; steps: readonly number[] }
  | { op: 'map'; name: string }
  | { op: 'cast' }
  | { op: 'index'; indices: readonly AxisIndex[] }
  | { op: 'transpose'; axes: readonly number[] }
  | { op: 'broadcast' }
  | { op: 'concatenate'; axis: number }

/** A node that needs no task of its own: whoever uses it computes it for the region that is needed. */
export class FusedNode extends ArrayNode {
  readonly what: FusedOp
  readonly args: readonly ArrayNode[]

  constructor(
    label: string,
    what: FusedOp,
    args: readonly ArrayNode[],
    dtype: DType,
    shape: readonly number[],
    chunks: Chunks,
  ) {
    super(label, dtype, shape, chunks)
    this.what = what
    this.args = args
  }

  inputs(): Iterable<GraphNode> {
    return this.args
  }

  needs(graph: TaskGraph): readonly GraphNode[] {
    return inputsOf(graph, [this])
  }

  build(graph: TaskGraph): readonly unknown[] {
    return buildBlocks(graph, this)
  }
}

/** The same elements cut otherwise. */
export class RechunkNode extends FusedNode {
  constructor(arg: ArrayNode, chunks: Chunks) {
    super(
      'rechunk',
      {
        op: 'index',
        indices: arg.shape.map((count): AxisIndex => ({ kind: 'run', start: 0, step: 1, count })),
      },
      [arg],
      arg.dtype,
      arg.shape,
      chunks,
    )
  }
}

/** Pieces of blocks are cut off as soon as the block is there, before anything else: it need not be kept for them. */
const PIECES_PRIORITY = 1

/** The same elements cut otherwise, in blocks that are kept: each is a task of its own, whoever uses it. */
export class PiecesNode extends RechunkNode {
  constructor(arg: ArrayNode, chunks: Chunks) {
    super(arg, chunks)
    this.options = { priority: PIECES_PRIORITY }
  }
}

/** Blocks that are held already: what `persist` gives, or what other tasks gave. */
export class HeldNode extends ArrayNode {
  readonly #references: readonly unknown[]

  constructor(dtype: DType, shape: readonly number[], chunks: Chunks, references: readonly unknown[]) {
    super('persist', dtype, shape, chunks)
    this.#references = references
  }

  inputs(): readonly GraphNode[] {
    return []
  }

  needs(): readonly GraphNode[] {
    return []
  }

  build(): readonly unknown[] {
    return this.#references
  }
}

/** The chunks of an index: a run keeps the cuts that fall into it. */
export function indexedChunks(indices: readonly AxisIndex[], chunks: Chunks): Chunks {
  const made: number[][] = []
  let axis = 0
  for (const index of indices) {
    if (index.kind === 'new') made.push([1])
    else if (index.kind === 'run') {
      const lengths = chunks[axis++]
      const whole = index.step === 1 && index.start === 0 && lengths.length > 0
      if (whole && (Number.isNaN(index.count) || index.count === lengths.reduce((a, b) => a + b, 0)))
        made.push([...lengths])
      else {
        const pieces = piecesOf(index, lengths)
        made.push(pieces.length === 0 ? [0] : pieces.map((piece) => piece.count))
      }
    } else axis++
  }
  return made
}
