// How an array is cut: what a user writes, lengths for each axis, cuts that two arrays share.

import type { Chunks } from '../../kernels/array/grid.ts'
import { axisOf, ShapeError, shapeText, sizeOf, UNKNOWN_LENGTH } from '../../kernels/array/shape.ts'
import { givenText } from '../../kernels/givenText.ts'
import { byteCount } from '../bag/byteCount.ts'

/** Chunks are not what they could be, or do not add up to the shape. */
export class ChunksError extends RangeError {
  override name = 'ChunksError'
}

/** A block of an array is cut to about this many bytes where `'auto'` says so. */
export const AUTO_BYTES = 64 * 1024 * 1024

export type AxisChunks = number | 'auto' | readonly number[]
type Size = `${number}${string}`
/**
 * How to cut: `'auto'`, the size of a block (`'16MB'`), one length for all axes (−1 for the whole axis), or for each axis a
 * length, the list of all lengths, or `'auto'`.
 */
export type ChunkSpec = 'auto' | Size | number | readonly AxisChunks[]

/**
 * Chunks with those of some axes told anew.
 * @throws {ShapeError} when an axis is not there
 */
export function chunksByAxis(given: Readonly<Record<number, AxisChunks>>, chunks: Chunks): AxisChunks[] {
  const all: AxisChunks[] = [...chunks]
  for (const [axis, part] of Object.entries(given)) all[axisOf(Number(axis), chunks.length)] = part
  return all
}

/** Lengths of equal chunks, the last one shorter. */
export function evenChunks(length: number, size: number): number[] {
  if (length === 0) return [0]
  const by = Math.max(1, Math.min(size, length))
  const lengths = new Array<number>(Math.floor(length / by)).fill(by)
  if (length % by > 0) lengths.push(length % by)
  return lengths
}

/**
 * The lengths of all chunks.
 * @param itemBytes of one element, for `'auto'`
 * @throws {ChunksError} when lengths do not add up
 * @example normalChunks(3, [6, 7], 8) // [[3, 3], [3, 3, 1]]
 */
export function normalChunks(
  spec: ChunkSpec | undefined,
  shape: readonly number[],
  itemBytes: number,
): number[][] {
  const given = spec === undefined ? 'auto' : spec
  const bytes = typeof given === 'string' ? bytesOf(given) : AUTO_BYTES
  if (typeof given === 'object' && !Array.isArray(given))
    throw new ChunksError(
      `${givenText(given)} does not say how to cut: chunks are 'auto', a size such as '16MB', a length, or a list of them`,
    )
  const parts: readonly AxisChunks[] =
    typeof given === 'object' && Array.isArray(given)
      ? given
      : shape.map(() => (typeof given === 'string' ? 'auto' : given))
  if (parts.length !== shape.length)
    throw new ChunksError(`chunks for ${parts.length} axes do not cut an array of shape ${shapeText(shape)}`)
  if (shape.some(Number.isNaN))
    throw new ShapeError(`an array cannot be cut anew along axes whose ${UNKNOWN_LENGTH}`)
  const fixed = parts.map((part, axis): number[] | undefined => {
    if (part === 'auto') return undefined
    const length = shape[axis]
    if (typeof part !== 'number' && !Array.isArray(part))
      throw new ChunksError(
        `${givenText(part)} does not cut axis ${axis}: chunks are a length, the list of all lengths, or 'auto'`,
      )
    if (typeof part === 'number') {
      if (part === -1) return [length]
      if (!Number.isInteger(part) || part < 1)
        throw new ChunksError(
          `chunks of ${part} elements along axis ${axis} are none: use a whole number from 1 on, or -1 for the whole axis`,
        )
      return evenChunks(length, part)
    }
    const sum = part.reduce((total, each) => total + each, 0)
    if (sum !== length || part.some((each) => !Number.isInteger(each) || each < 0))
      throw new ChunksError(
        `chunks [${part.join(', ')}] along axis ${axis} add up to ${sum}, not to ${length} (shape ${shapeText(shape)})`,
      )
    return part.length === 0 ? [0] : [...part]
  })
  if (fixed.every((lengths) => lengths !== undefined)) return fixed
  return autoChunks(fixed, shape, itemBytes, bytes)
}

/** @throws {ChunksError} when a text is no size */
function bytesOf(spec: string): number {
  if (spec === 'auto') return AUTO_BYTES
  try {
    return byteCount('chunks', spec)
  } catch {
    throw new ChunksError(
      `${givenText(spec)} does not say how to cut: chunks are 'auto', a size such as '16MB', a length, or a list of them`,
    )
  }
}

/** Cuts the open axes alike, so that a block has at most so many bytes. */
function autoChunks(
  fixed: readonly (number[] | undefined)[],
  shape: readonly number[],
  itemBytes: number,
  bytes: number,
): number[][] {
  const taken = fixed.reduce((product, lengths) => product * (lengths ? Math.max(1, ...lengths) : 1), 1)
  let left = bytes / itemBytes / taken
  const sizes = new Map<number, number>()
  let open = shape.map((_, axis) => axis).filter((axis) => !fixed[axis])
  // An axis shorter than its share leaves more for the others.
  while (open.length > 0) {
    const share = Math.max(1, Math.floor(left ** (1 / open.length)))
    const short = open.filter((axis) => shape[axis] <= share)
    if (short.length === 0) {
      for (const axis of open) sizes.set(axis, share)
      break
    }
    for (const axis of short) {
      sizes.set(axis, shape[axis])
      left /= Math.max(1, shape[axis])
    }
    open = open.filter((axis) => shape[axis] > share)
  }
  return fixed.map((lengths, axis) => lengths ?? balanced(shape[axis], sizes.get(axis)!))
}

/** As many chunks as that size asks for, but of equal length. */
function balanced(length: number, size: number): number[] {
  if (length === 0) return [0]
  const count = Math.ceil(length / Math.max(1, size))
  return evenChunks(length, Math.ceil(length / count))
}

/** Whether two lists of lengths are the same. */
export const sameLengths = (a: readonly number[], b: readonly number[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((length, i) => length === b[i] || (Number.isNaN(length) && Number.isNaN(b[i]))))

export const sameChunks = (a: Chunks, b: Chunks): boolean =>
  a.length === b.length && a.every((lengths, axis) => sameLengths(lengths, b[axis]))

/** The cuts of all lists together: each chunk of the result lies in one chunk of every list. */
export function commonCuts(lists: readonly (readonly number[])[]): readonly number[] {
  const distinct = lists.filter((list, i) => lists.findIndex((other) => sameLengths(other, list)) === i)
  if (distinct.length === 1) return distinct[0]
  if (distinct.some((list) => list.some(Number.isNaN)))
    throw new ChunksError(
      'arrays of unknown lengths that are cut differently cannot be joined: call computeChunkSizes() first',
    )
  const ends = new Set<number>()
  for (const list of distinct) {
    let end = 0
    for (const length of list) {
      end += length
      ends.add(end)
    }
  }
  const sorted = [...ends].sort((a, b) => a - b)
  const lengths = sorted.map((end, i) => end - (sorted[i - 1] ?? 0))
  return lengths.filter((length) => length > 0).length > 0 ? lengths.filter((length) => length > 0) : [0]
}

/** The chunks of arrays broadcast to one shape. */
export function broadcastChunks(chunks: readonly Chunks[], shape: readonly number[]): Chunks {
  return shape.map((length, axis) => {
    const lists = chunks.flatMap((own) => {
      const at = axis - (shape.length - own.length)
      if (at < 0) return []
      const total = own[at].reduce((sum, each) => sum + each, 0)
      return total === 1 && length !== 1 ? [] : [own[at]]
    })
    return lists.length === 0 ? [length] : commonCuts(lists)
  })
}

/** How many bytes the largest block has. */
export const blockBytes = (chunks: Chunks, itemBytes: number): number =>
  sizeOf(chunks.map((lengths) => Math.max(...lengths))) * itemBytes
