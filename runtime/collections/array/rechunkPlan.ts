// By which steps an array is cut otherwise, where its blocks are made or kept by other tasks.
//
// A task that reads a block has all of it brought. From rows to columns every new block would bring the whole array; so
// each block is cut into the pieces that go to different places first, and pieces alone are brought. Of too many pieces
// none is worth its task: then the way leads over blocks of a size between, as in Dask (`dask/array/rechunk.py`).

import type { Chunks } from '../../kernels/array/grid.ts'
import { sizeOf } from '../../kernels/array/shape.ts'
import { commonCuts, sameChunks } from './chunks.ts'

/** Blocks may be brought whole where that is at most so many times what is read of them. */
const BROUGHT_MAX = 3
/** A step has at most so many pieces for each block of either side, unless there are few anyway. */
const PIECES_A_BLOCK = 8
const PIECES_FEW = 4096

/** The pieces that belong to one block of both cuts. */
export const piecesBetween = (from: Chunks, to: Chunks): Chunks =>
  from.map((lengths, axis) => commonCuts([lengths, to[axis]]))

const countOf = (chunks: Chunks): number => sizeOf(chunks.map((lengths) => lengths.length))

/** How often all of an array is brought when each new block brings the old ones that it reads whole. */
export function timesBrought(from: Chunks, to: Chunks): number {
  return from.reduce((times, lengths, axis) => times * timesAlong(lengths, to[axis]), 1)
}

function timesAlong(from: readonly number[], to: readonly number[]): number {
  let total = 0
  let brought = 0
  let first = 0
  let firstAt = 0
  for (const length of to) {
    const end = total + length
    while (first < from.length && firstAt + from[first] <= total) firstAt += from[first++]
    for (let i = first, at = firstAt; i < from.length && at < end; at += from[i++]) brought += from[i]
    total = end
  }
  return total === 0 ? 1 : brought / total
}

/** Whether blocks are better cut into pieces before they are brought anywhere. */
export const needsPieces = (from: Chunks, to: Chunks): boolean => timesBrought(from, to) > BROUGHT_MAX

/** The cuts on the way from one to another, the last one included: one step is the rule. */
export function rechunkSteps(from: Chunks, to: Chunks): Chunks[] {
  const pieces = countOf(piecesBetween(from, to))
  if (pieces <= Math.max(PIECES_FEW, PIECES_A_BLOCK * (countOf(from) + countOf(to)))) return [to]
  const between = from.map((lengths, axis) => middleCuts(lengths, to[axis]))
  if (sameChunks(between, from) || sameChunks(between, to)) return [to]
  return [...rechunkSteps(from, between), ...rechunkSteps(between, to)]
}

/** As many chunks as lie between two counts by ratio, with ends that the finer of the two has as well. */
function middleCuts(from: readonly number[], to: readonly number[]): readonly number[] {
  const fine = from.length > to.length ? from : to
  const wanted = Math.round(Math.sqrt(from.length * to.length))
  if (wanted >= fine.length) return fine
  return Array.from({ length: wanted }, (_, i) => {
    const own = fine.slice(
      Math.floor((i * fine.length) / wanted),
      Math.floor(((i + 1) * fine.length) / wanted),
    )
    return own.reduce((sum, length) => sum + length, 0)
  })
}
