// Blocks of a chunked array: their numbers, where they lie, and which of them a region touches.

import type { Run } from './indexing.ts'
import { ShapeError, UNKNOWN_LENGTH } from './shape.ts'

/** Lengths of the chunks along each axis. A length that is not known before computing is NaN. */
export type Chunks = readonly (readonly number[])[]

/** A part of an array: evenly spaced elements along each axis. */
export type Region = readonly Run[]

/** How many blocks there are along each axis. */
export const blockCounts = (chunks: Chunks): number[] => chunks.map((lengths) => lengths.length)

/** The place of a block along each axis; blocks are numbered row by row. */
export function blockIndex(block: number, chunks: Chunks): number[] {
  const index = new Array<number>(chunks.length)
  let rest = block
  for (let axis = chunks.length - 1; axis >= 0; axis--) {
    const count = chunks[axis].length
    index[axis] = rest % count
    rest = Math.floor(rest / count)
  }
  return index
}

const startsOf = new WeakMap<readonly number[], Float64Array>()

/** Chunks of an axis whose lengths are not known lie this far apart: where one begins says which it is, and nothing else. */
export const APART = 2 ** 40

/**
 * Where each chunk of an axis begins, and where the last one ends. Where a length is not known, none is at 0: a run from there is the
 * whole axis.
 */
export function chunkStarts(lengths: readonly number[]): Float64Array {
  let starts = startsOf.get(lengths)
  if (!starts) {
    starts = new Float64Array(lengths.length + 1)
    if (lengths.some(Number.isNaN)) for (let i = 0; i <= lengths.length; i++) starts[i] = (i + 1) * APART
    else for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i]
    startsOf.set(lengths, starts)
  }
  return starts
}

/** The region of one block. */
export function blockRegion(block: number, chunks: Chunks): Run[] {
  const index = blockIndex(block, chunks)
  return chunks.map((lengths, axis) => ({
    start: chunkStarts(lengths)[index[axis]],
    step: 1,
    count: lengths[index[axis]],
  }))
}

/** The chunk that an element lies in. */
function chunkAt(starts: Float64Array, place: number): number {
  let low = 0
  let high = starts.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle] <= place) low = middle
    else high = middle - 1
  }
  return low
}

/** A piece of a run that lies in one chunk. */
export interface Piece {
  chunk: number
  /** Which elements of the run: the first and how many. */
  first: number
  count: number
  /** Where the first of them lies in the chunk. */
  within: number
}

/**
 * The pieces of a run, in its own order. A chunk of unknown length can only be taken whole.
 * @throws {ShapeError} when several such chunks are asked for as one
 */
export function piecesOf(run: Run, lengths: readonly number[]): Piece[] {
  if (run.count === 0) return []
  const starts = chunkStarts(lengths)
  if (starts[0] === APART) {
    if (run.start < APART && lengths.length > 1)
      throw new ShapeError(`an axis is needed as a whole whose ${UNKNOWN_LENGTH}`)
    const chunk = run.start < APART ? 0 : chunkAt(starts, run.start)
    return [{ chunk, first: 0, count: run.count, within: 0 }]
  }
  const pieces: Piece[] = []
  for (let k = 0; k < run.count; ) {
    const place = run.start + k * run.step
    const chunk = chunkAt(starts, place)
    const left =
      run.step > 0
        ? Math.ceil((starts[chunk + 1] - place) / run.step)
        : run.step < 0
          ? Math.floor((place - starts[chunk]) / -run.step) + 1
          : run.count
    const count = Math.min(left, run.count - k)
    pieces.push({ chunk, first: k, count, within: place - starts[chunk] })
    k += count
  }
  return pieces
}

/** Calls back for each combination of pieces, row by row. */
export function eachCombination(
  pieces: readonly (readonly Piece[])[],
  call: (combination: readonly Piece[]) => void,
): void {
  const chosen = new Array<Piece>(pieces.length)
  const choose = (axis: number): void => {
    if (axis === pieces.length) {
      call(chosen)
      return
    }
    for (const piece of pieces[axis]) {
      chosen[axis] = piece
      choose(axis + 1)
    }
  }
  choose(0)
}

/** The number of the block that a combination lies in. */
export function blockOf(combination: readonly Piece[], chunks: Chunks): number {
  let block = 0
  for (let axis = 0; axis < chunks.length; axis++)
    block = block * chunks[axis].length + combination[axis].chunk
  return block
}
