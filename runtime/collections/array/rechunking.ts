// Arrays cut otherwise: by tasks that read what they need, or by pieces where these would bring too much.

import type { Chunks } from '../../kernels/array/grid.ts'
import { sameChunks } from './chunks.ts'
import { type ArrayNode, FusedNode, PiecesNode, RechunkNode } from './expression.ts'
import { needsPieces, piecesBetween, rechunkSteps } from './rechunkPlan.ts'

/** The same elements in other chunks. */
export function rechunkNode(node: ArrayNode, chunks: Chunks): ArrayNode {
  if (sameChunks(node.chunks, chunks)) return node
  return bringsTooMuch(node, chunks) ? byPieces(node, chunks) : new RechunkNode(node, chunks)
}

/** An array that is read in other chunks: cut into pieces where its blocks would be brought again and again, as to rows beside columns. */
export const cutToBeRead = (node: ArrayNode, chunks: Chunks): ArrayNode =>
  bringsTooMuch(node, chunks) ? byPieces(node, chunks) : node

const bringsTooMuch = (node: ArrayNode, chunks: Chunks): boolean =>
  needsPieces(node.chunks, chunks) && readsBlocks(node)

function byPieces(node: ArrayNode, chunks: Chunks): ArrayNode {
  let at = node
  const steps = rechunkSteps(node.chunks, chunks)
  steps.forEach((step, i) => {
    if (needsPieces(at.chunks, step)) at = new PiecesNode(at, piecesBetween(at.chunks, step))
    at = i < steps.length - 1 ? new PiecesNode(at, step) : new RechunkNode(at, step)
  })
  return at
}

/** Whether blocks of other tasks are read: what only draws or counts is made anew wherever it is needed. */
function readsBlocks(node: ArrayNode): boolean {
  const seen = new Set<ArrayNode>()
  const open = [node]
  while (open.length > 0) {
    const at = open.pop()!
    if (!(at instanceof FusedNode) || at instanceof PiecesNode) return true
    if (seen.has(at)) continue
    seen.add(at)
    open.push(...at.args)
  }
  return false
}
