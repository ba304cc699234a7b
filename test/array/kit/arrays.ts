// Random arrays for tests, and how two of them are compared.

import assert from 'node:assert/strict'
import type { DTypeName } from '../../../runtime/kernels/array/dtype.ts'
import { dtypeOf, integerRange, NAT } from '../../../runtime/kernels/array/dtype.ts'
import { NdArray } from '../../../runtime/kernels/array/ndArray.ts'
import { sizeOf } from '../../../runtime/kernels/array/shape.ts'
import { randomFrom } from '../../../runtime/kernels/bag/random.ts'

export type Random = () => number
export { randomFrom }

export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]
export const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1))

const FLOAT_EDGES = [0, -0, 1, -1, 0.5, Number.NaN, Infinity, -Infinity, 1e300, 1e-300, 2.5, 3.5, -2.5]

function element(random: Random, name: DTypeName, edges: boolean): unknown {
  const dtype = dtypeOf(name)
  if (dtype.kind === 'b') return random() < 0.5
  if (dtype.kind === 'c') return { re: real(random, edges), im: real(random, edges) }
  if (dtype.kind === 'f') return real(random, edges)
  if (dtype.unit) return edges && random() < 0.1 ? NAT : BigInt(Math.floor(random() * 2e9 - 1e9))
  const [low, high] = integerRange(dtype)
  if (edges && random() < 0.15) return pick(random, [low, high, 0n, 1n])
  const small = BigInt(Math.floor(random() * 40)) - (dtype.kind === 'u' ? 0n : 20n)
  return dtype.big ? small : Number(small)
}

const real = (random: Random, edges: boolean): number =>
  edges && random() < 0.2 ? pick(random, FLOAT_EDGES) : Math.round((random() - 0.5) * 4000) / 64

/** An array of random elements, lying in memory in one of several ways. */
export function randomArray(
  random: Random,
  dtype: DTypeName,
  shape: readonly number[],
  { edges = true, views = true }: { edges?: boolean; views?: boolean } = {},
): NdArray {
  const make = (of: readonly number[]): NdArray =>
    NdArray.from(
      Array.from({ length: sizeOf(of) }, () => element(random, dtype, edges)),
      { dtype, shape: of },
    ) as NdArray
  if (!views || shape.length === 0) return make(shape)
  switch (upTo(random, 3)) {
    case 0:
      return make([...shape].reverse()).transpose() as NdArray
    case 1: {
      // Every second element of something larger, backwards along the first axis.
      const wide = make(shape.map((length) => 2 * length + 1))
      return wide.slice(
        ...shape.map((length, i) => (i === 0 && length > 0 ? `${2 * length}:0:-2` : `1:${2 * length + 1}:2`)),
      ) as NdArray
    }
    default:
      return make(shape)
  }
}

export const randomShape = (random: Random, rank: number, most = 5): number[] =>
  Array.from({ length: rank }, () => (random() < 0.06 ? 0 : 1 + upTo(random, most - 1)))

/** A shape that broadcasts with another: some axes have length 1, some in front are missing. */
export function broadcastMate(random: Random, shape: readonly number[]): number[] {
  const mate = shape.map((length) => (random() < 0.25 ? 1 : length))
  // NumPy before 2 lets arrays without axes yield to others as scalars do, so that at least one axis is kept.
  return random() < 0.3 ? mate.slice(upTo(random, mate.length - 1)) : mate
}

/** How far two results may be apart: 0 demands the same bits (all NaNs are one, and so are both zeros with `zeros`). */
export interface Tolerance {
  relative?: number
  absolute?: number
}

/** Fails unless two arrays have one dtype, one shape and equal elements. */
export function assertSame(
  actual: NdArray,
  expected: NdArray,
  what: string,
  tolerance: Tolerance = {},
): void {
  assert.equal(actual.dtype, expected.dtype, `${what}: dtype`)
  assert.deepEqual([...actual.shape], [...expected.shape], `${what}: shape`)
  const [a, b] = [actual.toTypedArray(), expected.toTypedArray()]
  const { relative = 0, absolute = 0 } = tolerance
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]]
    if (Object.is(x, y) || (Number.isNaN(x) && Number.isNaN(y)) || (x === 0 && y === 0)) continue
    const off = Math.abs(Number(x) - Number(y))
    if (typeof x === 'number' && off <= absolute + relative * Math.abs(Number(y))) continue
    assert.fail(
      `${what.slice(0, 800)}: element ${i} is ${x}, in NumPy ${y}\nours\n${String(actual).slice(0, 800)}\nNumPy's\n${String(expected).slice(0, 800)}`,
    )
  }
}
