// Runs fused expressions: into a new array, or strip by strip into a reduction.

import type { Data, DType } from './dtype.ts'
import type { Fused } from './fused.ts'
import { loopFor, operandData, type Parts, partsOf, type RunLoop, STRIP } from './loop.ts'
import { unsetData } from './memory.ts'
import { NdArray } from './ndArray.ts'
import { rowStrides, sizeOf } from './shape.ts'

/** Where the operands of a loop stand, axis by axis: the result is the last of them. */
export interface Space {
  shape: number[]
  /** Per axis, the strides of all operands. */
  strides: number[][]
  at: number[]
}

/** The iteration space of an expression; `own` are the strides of the result. */
export function spaceOf(
  parts: Parts,
  shape: readonly number[],
  own: readonly number[],
  ownAt: number,
): Space {
  const operands = parts.operands.map((operand) =>
    operand.kind === 'leaf' ? operand.array.strides : operand.steps,
  )
  return {
    shape: [...shape],
    strides: shape.map((_, axis) => [...operands.map((strides) => strides[axis]), own[axis]]),
    at: [
      ...parts.operands.map((operand) => (operand.kind === 'leaf' ? operand.array.offset : operand.base)),
      ownAt,
    ],
  }
}

/** Joins axes along which all operands go on evenly, and drops those of length 1; `mayJoin` says of two neighbours. */
export function coalesce(
  space: Space,
  mayJoin: (outer: number, inner: number) => boolean = () => true,
): number[] {
  const kept: number[] = []
  const shape: number[] = []
  const strides: number[][] = []
  for (let axis = 0; axis < space.shape.length; axis++) {
    const length = space.shape[axis]
    if (length === 1) continue
    const own = space.strides[axis]
    const last = shape.length - 1
    if (
      last >= 0 &&
      mayJoin(kept[last], axis) &&
      strides[last].every((stride, i) => stride === own[i] * length)
    ) {
      shape[last] *= length
      strides[last] = own
    } else {
      shape.push(length)
      strides.push(own)
    }
    kept[shape.length - 1] = axis
  }
  space.shape = shape
  space.strides = strides
  return kept
}

/** Calls back for every place of the outer axes, with where each operand then begins. */
export function eachOuter(space: Space, inner: number, call: (at: readonly number[]) => void): void {
  const rank = space.shape.length - inner
  const at = [...space.at]
  const index = new Array<number>(Math.max(rank, 0)).fill(0)
  while (true) {
    call(at)
    let axis = rank - 1
    for (; axis >= 0; axis--) {
      const strides = space.strides[axis]
      if (++index[axis] < space.shape[axis]) {
        for (let i = 0; i < at.length; i++) at[i] += strides[i]
        break
      }
      for (let i = 0; i < at.length; i++) at[i] -= strides[i] * (space.shape[axis] - 1)
      index[axis] = 0
    }
    if (axis < 0) return
  }
}

/** Blocks of this side keep the lines of a transposed operand in the cache. */
const TILE = 64

/**
 * The values of an expression as an array without gaps.
 * @param shape of the iteration space
 * @param dtype that values are cast to; the expression's own by default
 */
export function evaluate(root: Fused, shape: readonly number[], dtype: DType = root.dtype): NdArray {
  const size = sizeOf(shape)
  const data = unsetData(dtype, size)
  const result = new NdArray(dtype, shape, data)
  if (size > 0) writeInto(root, shape, data, rowStrides(shape), 0, dtype)
  return result
}

/** Writes an expression's values to where strides say. */
export function writeInto(
  root: Fused,
  shape: readonly number[],
  data: Data,
  strides: readonly number[],
  offset: number,
  dtype: DType,
): void {
  if (sizeOf(shape) === 0) return
  const parts = partsOf(root)
  const space = spaceOf(parts, shape, strides, offset)
  coalesce(space)
  const all = [...operandData(parts), data]
  const rank = space.shape.length
  const s0 = space.strides[rank - 1] ?? space.at.map(() => 0)
  const { run } = loopFor(parts, dtype, s0)
  const n0 = space.shape[rank - 1] ?? 1
  const s1 = space.strides[rank - 2] ?? space.at.map(() => 0)
  const n1 = space.shape[rank - 2] ?? 1
  const tiled =
    rank > 1 &&
    n0 > TILE &&
    n1 > TILE &&
    s0.some((stride, i) => Math.abs(stride) > 8 && Math.abs(s1[i]) === 1)
  const width = tiled ? TILE : parts.hasDraws ? STRIP : n0
  const height = tiled ? TILE : n1
  const moved = new Array<number>(space.at.length)
  eachOuter(space, 2, (at) => {
    if (width >= n0 && height >= n1) {
      run(all, at, s0, s1, n0, n1, parts.constants)
      return
    }
    for (let j = 0; j < n1; j += height)
      for (let i = 0; i < n0; i += width) {
        for (let k = 0; k < moved.length; k++) moved[k] = at[k] + i * s0[k] + j * s1[k]
        run(all, moved, s0, s1, Math.min(width, n0 - i), Math.min(height, n1 - j), parts.constants)
      }
  })
}

/** Computes strips of an expression into a small buffer that stays in the cache. */
export class Strips {
  readonly buffer: Data
  readonly space: Space
  /** Which axis of the shape each axis of the space ends at. */
  readonly axes: number[]
  readonly #run: RunLoop
  readonly #all: unknown[]
  readonly #s0: readonly number[]
  readonly #s1: readonly number[]
  readonly #moved: number[]
  readonly #constants: unknown[]

  /**
   * @param own strides of what the strips are folded into, 0 along the axes that are reduced
   * @param mayJoin whether two neighbouring axes may be gone through as one
   */
  constructor(
    root: Fused,
    shape: readonly number[],
    own: readonly number[],
    dtype: DType,
    mayJoin: (outer: number, inner: number) => boolean,
    inner?: (space: Space) => void,
  ) {
    const parts = partsOf(root)
    this.space = spaceOf(parts, shape, own, 0)
    this.axes = coalesce(this.space, mayJoin)
    inner?.(this.space)
    this.buffer = new dtype.View(STRIP * dtype.lanes)
    this.#all = [...operandData(parts), this.buffer]
    const s0 = this.space.strides.at(-1) ?? this.space.at.map(() => 0)
    this.#s0 = [...s0.slice(0, -1), 1]
    this.#s1 = s0.map(() => 0)
    this.#run = loopFor(parts, dtype, this.#s0).run
    this.#moved = new Array<number>(s0.length).fill(0)
    this.#constants = parts.constants
  }

  /** Computes `count` values (at most `STRIP`) from the one at `first` of the row that begins at `at`. */
  fill(at: readonly number[], first: number, count: number): void {
    const moved = this.#moved
    const s0 = this.#s0
    for (let i = 0; i < moved.length - 1; i++) moved[i] = at[i] + first * s0[i]
    this.#run(this.#all, moved, s0, this.#s1, count, 1, this.#constants)
  }
}
