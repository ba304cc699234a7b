// Pairwise summation exactly as NumPy does it: blocks of up to 128 numbers in eight sums, halves above that.

import type { Data, DType } from './dtype.ts'
import type { Strips } from './evaluate.ts'
import { STRIP } from './loop.ts'

const BLOCK = 128
/** Elements of a row that NumPy's iterator hands over at a time: their sums are added one after another. */
const BUFFER = 8192

/** Adds the sum of a row of floats or complex numbers to element `place` of `out`. */
export function pairwiseSum(
  strips: Strips,
  at: readonly number[],
  length: number,
  dtype: DType,
  out: Data,
  place: number,
): void {
  const single = dtype.View === (Float32Array as unknown)
  const o = out as Float64Array
  for (let first = 0; first < length; first += BUFFER) {
    const n = Math.min(BUFFER, length - first)
    if (dtype.lanes === 2) {
      const sums = rowOfComplex(strips, at, first, n, single)
      o[2 * place] += sums[0]
      o[2 * place + 1] += sums[1]
    } else o[place] += single ? rowOfSingles(strips, at, first, n) : rowOfDoubles(strips, at, first, n)
  }
}

/** Where a length is cut in two, in numbers. */
const half = (length: number): number => {
  const n = length >> 1
  return n - (n % 8)
}

function rowOfDoubles(strips: Strips, at: readonly number[], first: number, length: number): number {
  if (length <= STRIP) {
    strips.fill(at, first, length)
    return sumDoubles(strips.buffer as Float64Array, 0, length)
  }
  const n = half(length)
  return rowOfDoubles(strips, at, first, n) + rowOfDoubles(strips, at, first + n, length - n)
}

function sumDoubles(x: Float64Array, from: number, length: number): number {
  if (length < 8) {
    let sum = 0
    for (let i = 0; i < length; i++) sum += x[from + i]
    return sum
  }
  if (length > BLOCK) {
    const n = half(length)
    return sumDoubles(x, from, n) + sumDoubles(x, from + n, length - n)
  }
  let r0 = x[from]
  let r1 = x[from + 1]
  let r2 = x[from + 2]
  let r3 = x[from + 3]
  let r4 = x[from + 4]
  let r5 = x[from + 5]
  let r6 = x[from + 6]
  let r7 = x[from + 7]
  const whole = from + length - (length % 8)
  for (let i = from + 8; i < whole; i += 8) {
    r0 += x[i]
    r1 += x[i + 1]
    r2 += x[i + 2]
    r3 += x[i + 3]
    r4 += x[i + 4]
    r5 += x[i + 5]
    r6 += x[i + 6]
    r7 += x[i + 7]
  }
  let sum = r0 + r1 + (r2 + r3) + (r4 + r5 + (r6 + r7))
  for (let i = whole; i < from + length; i++) sum += x[i]
  return sum
}

function rowOfSingles(strips: Strips, at: readonly number[], first: number, length: number): number {
  if (length <= STRIP) {
    strips.fill(at, first, length)
    return sumSingles(strips.buffer as Float32Array, 0, length)
  }
  const n = half(length)
  return Math.fround(rowOfSingles(strips, at, first, n) + rowOfSingles(strips, at, first + n, length - n))
}

const f = Math.fround
function sumSingles(x: Float32Array, from: number, length: number): number {
  if (length < 8) {
    let sum = f(0)
    for (let i = 0; i < length; i++) sum = f(sum + x[from + i])
    return sum
  }
  if (length > BLOCK) {
    const n = half(length)
    return f(sumSingles(x, from, n) + sumSingles(x, from + n, length - n))
  }
  let r0 = x[from]
  let r1 = x[from + 1]
  let r2 = x[from + 2]
  let r3 = x[from + 3]
  let r4 = x[from + 4]
  let r5 = x[from + 5]
  let r6 = x[from + 6]
  let r7 = x[from + 7]
  const whole = from + length - (length % 8)
  for (let i = from + 8; i < whole; i += 8) {
    r0 = f(r0 + x[i])
    r1 = f(r1 + x[i + 1])
    r2 = f(r2 + x[i + 2])
    r3 = f(r3 + x[i + 3])
    r4 = f(r4 + x[i + 4])
    r5 = f(r5 + x[i + 5])
    r6 = f(r6 + x[i + 6])
    r7 = f(r7 + x[i + 7])
  }
  let sum = f(f(f(r0 + r1) + f(r2 + r3)) + f(f(r4 + r5) + f(r6 + r7)))
  for (let i = whole; i < from + length; i++) sum = f(sum + x[i])
  return sum
}

/** Complex numbers lie as pairs: four sums of each part, as NumPy keeps them. Lengths are in numbers, two an element. */
function rowOfComplex(
  strips: Strips,
  at: readonly number[],
  first: number,
  length: number,
  single: boolean,
): [number, number] {
  if (length <= STRIP) {
    strips.fill(at, first, length)
    return sumComplex(strips.buffer as Float64Array, 0, 2 * length, single ? f : same)
  }
  const n = half(2 * length) / 2
  const a = rowOfComplex(strips, at, first, n, single)
  const b = rowOfComplex(strips, at, first + n, length - n, single)
  const r = single ? f : same
  return [r(a[0] + b[0]), r(a[1] + b[1])]
}

const same = (x: number): number => x
function sumComplex(
  x: Float64Array,
  from: number,
  length: number,
  r: (x: number) => number,
): [number, number] {
  if (length < 8) {
    let [re, im] = [0, 0]
    for (let i = from; i < from + length; i += 2) {
      re = r(re + x[i])
      im = r(im + x[i + 1])
    }
    return [re, im]
  }
  if (length > BLOCK) {
    const n = half(length)
    const a = sumComplex(x, from, n, r)
    const b = sumComplex(x, from + n, length - n, r)
    return [r(a[0] + b[0]), r(a[1] + b[1])]
  }
  const sums = Array.from(x.subarray(from, from + 8))
  const whole = from + length - (length % 8)
  for (let i = from + 8; i < whole; i += 8) for (let k = 0; k < 8; k++) sums[k] = r(sums[k] + x[i + k])
  let re = r(r(sums[0] + sums[2]) + r(sums[4] + sums[6]))
  let im = r(r(sums[1] + sums[3]) + r(sums[5] + sums[7]))
  for (let i = whole; i < from + length; i += 2) {
    re = r(re + x[i])
    im = r(im + x[i + 1])
  }
  return [re, im]
}
