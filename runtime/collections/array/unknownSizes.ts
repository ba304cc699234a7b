// Lengths that only computing tells: the blocks are computed and kept, and asked for their shapes.

import type { Collection } from '../../graph/collection.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { shapeKernel } from '../../kernels/array/calls.ts'
import { blockCounts } from '../../kernels/array/grid.ts'
import { rowStrides, sizeOf } from '../../kernels/array/shape.ts'
import { callOf, computeAll, persist } from '../compute.ts'
import { type ArrayNode, HeldNode } from './expression.ts'

/** The shapes of held blocks. */
class ShapesOf implements Collection<number[][]> {
  readonly collectionKind = 'array'
  readonly #references: readonly unknown[]

  constructor(references: readonly unknown[]) {
    this.#references = references
  }

  buildTasks(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: shapeKernel, name: 'shape', kind: 'array.shape' })
    return this.#references.map((reference) => graph.addTask(group, [reference]))
  }

  assemble(results: readonly unknown[]): number[][] {
    return results as number[][]
  }

  standingOn(): ShapesOf {
    return this
  }
}

/** A node that stands on the blocks of an array, with all lengths known. */
export async function persistWithShapes(node: ArrayNode, array: Collection): Promise<ArrayNode> {
  let references: readonly unknown[] = []
  const taking: Collection = {
    collectionKind: 'array',
    buildTasks: (graph) => array.buildTasks(graph),
    announce: (graph) => array.announce?.(graph),
    prepare: async () => array.prepare?.(),
    assemble: (results) => array.assemble(results),
    standingOn: (held) => {
      references = held
      return array.standingOn(held)
    },
  }
  await persist(taking)
  const [shapes] = (await computeAll([new ShapesOf(references)], callOf('computeChunkSizes'))) as [number[][]]
  const counts = blockCounts(node.chunks)
  const strides = rowStrides(counts)
  const chunks = node.chunks.map((lengths, axis) =>
    lengths.map((length, i) => (Number.isNaN(length) ? shapes[i * strides[axis]][axis] : length)),
  )
  const shape = chunks.map((lengths) => lengths.reduce((sum, each) => sum + each, 0))
  if (shapes.length !== sizeOf(counts))
    throw new Error('not all blocks told their shape: this is a fault in heddle')
  return new HeldNode(node.dtype, shape, chunks, references)
}
