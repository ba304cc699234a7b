// Blocks that begin where queries begin: rows of one query stand in one block, where their derivatives are made.

import { currentExecutor } from '../../graph/collection.ts'
import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { sumBlocks } from '../../kernels/ml/steps.ts'
import type { BoostBlock } from '../../kernels/ml/trees/boostBlock.ts'
import { joinBoostBlocks } from '../../kernels/ml/trees/joinBlocks.ts'
import { cutBoostBlock, type QueryRows } from '../../kernels/ml/trees/queryRows.ts'
import { Blocks } from '../contract/blocks.ts'
import { blocksForThreads } from './joinedForThreads.ts'

/** What a ranker's rows are cut into. */
export interface QueryBlocks {
  blocks: Blocks<BoostBlock>
  queries: Blocks<QueryRows>
}

/** A part of an old block: rows from `from` until `to`, all of them where it is `whole`. */
interface Piece {
  block: number
  from: number
  to: number
  whole: boolean
}

/**
 * Cuts blocks anew, as many as threads have use for.
 * @param lengths rows of each block
 * @param starts where queries begin among all rows, and behind the last one how many rows there are
 */
export async function cutByQueries(
  blocks: Blocks<BoostBlock>,
  lengths: readonly number[],
  starts: readonly number[],
): Promise<QueryBlocks> {
  if (blocks.isHere) {
    const [all] = queriesOf(starts, [0, starts.length - 1])
    return { blocks: Blocks.here([joinBoostBlocks(blocks.values)]), queries: Blocks.here([all]) }
  }
  const rows = starts[starts.length - 1]
  const info = await (await currentExecutor()).info?.()
  const bounds = boundsOf(starts, info ? blocksForThreads(info, rows) : lengths.length)
  const pieces = piecesOf(
    lengths,
    bounds.map((query) => starts[query]),
  )
  const count = pieces.length
  const queries = Blocks.lazy<QueryRows>(Blocks.here(queriesOf(starts, bounds)).node, count)
  return {
    blocks: Blocks.lazy<BoostBlock>(new CutNode(blocks.node, pieces), count),
    queries: await queries.persist(),
  }
}

/** The first query of each of so many even parts, each of one query at least; behind them how many queries there are. */
export function boundsOf(starts: readonly number[], count: number): number[] {
  const queries = starts.length - 1
  const rows = starts[queries]
  const bounds = [0]
  for (let query = 1; query < queries; query++)
    if (starts[query] * count >= bounds.length * rows) bounds.push(query)
  bounds.push(queries)
  return bounds
}

/** @param bounds queries at which blocks begin, and how many there are */
function queriesOf(starts: readonly number[], bounds: readonly number[]): QueryRows[] {
  return bounds.slice(0, -1).map((first, i) => ({
    first,
    starts: starts.slice(first, bounds[i + 1] + 1).map((start) => start - starts[first]),
  }))
}

/**
 * Which parts of old blocks each new one is made of.
 * @param lengths rows of old blocks
 * @param bounds rows at which new blocks begin, and how many rows there are
 */
export function piecesOf(lengths: readonly number[], bounds: readonly number[]): Piece[][] {
  const made: Piece[][] = bounds.slice(1).map(() => [])
  let start = 0
  lengths.forEach((length, block) => {
    made.forEach((pieces, i) => {
      const from = Math.max(0, bounds[i] - start)
      const to = Math.min(length, bounds[i + 1] - start)
      if (from < to) pieces.push({ block, from, to, whole: to - from === length })
    })
    start += length
  })
  return made
}

/** New blocks out of parts of old ones. */
class CutNode implements GraphNode {
  readonly #blocks: GraphNode
  readonly #pieces: readonly (readonly Piece[])[]

  constructor(blocks: GraphNode, pieces: readonly (readonly Piece[])[]) {
    this.#blocks = blocks
    this.#pieces = pieces
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const blocks = graph.built(this.#blocks)!
    const cuts = graph.addGroup({ fn: cutBoostBlock, name: 'cutByQuery', kind: 'ml.cut' })
    const joins = graph.addGroup({ fn: sumBlocks, bound: [joinBoostBlocks], name: 'join', kind: 'ml.join' })
    return this.#pieces.map((pieces) => {
      const parts = pieces.map(({ block, from, to, whole }) =>
        whole ? blocks[block] : graph.addTask(cuts, [from, to, blocks[block]]),
      )
      return parts.length === 1 ? parts[0] : graph.addTask(joins, parts)
    })
  }
}
