// Parts of an array as panels ask for them: by strides, exact where numbers are not enough, and lines by stretches.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import '../../runtime/kernels/array/blockEngine.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { endPlaces, printEnds } from '../../runtime/kernels/array/print.ts'
import type { AxisRange } from '../../runtime/protocol/regions.ts'
import { figuresOf, partsBetween } from '../../runtime/session/arrayFigures.ts'
import { arrayOfNumbers } from '../../runtime/session/arrayNumbers.ts'
import { RegionError, regionOf } from '../../runtime/session/arrayRegion.ts'

const range = (start: number, stop: number, step = 1): AxisRange => ({ start, stop, step })
const doubles = (bytes: Uint8Array | undefined): number[] => [...new Float64Array(bytes!.slice().buffer)]
const GRID = NdArray.from([
  [0, 1, 2, 3],
  [10, 11, 12, 13],
  [20, 21, 22, 23],
])

test('a part by strides, of an array that is turned too', () => {
  assert.deepEqual(
    doubles(regionOf(GRID, { ranges: [range(0, 3, 2), range(1, 4, 2)] }).values),
    [1, 3, 21, 23],
  )
  const turned = GRID.transpose() as NdArray
  assert.deepEqual(doubles(regionOf(turned, { ranges: [range(1, 3), range(0, 2)] }).values), [1, 11, 2, 12])
})

test('integers of 64 bits and complex numbers come exactly', () => {
  const large = NdArray.from([2n ** 53n + 1n, -(2n ** 62n) + 3n], { dtype: 'int64' })
  const { exact } = regionOf(large, { ranges: [range(0, 2)] })
  assert.deepEqual([...new BigInt64Array(exact!.slice().buffer)], [2n ** 53n + 1n, -(2n ** 62n) + 3n])
  assert.deepEqual(figuresOf(large)?.exact, { min: '-4611686018427387901', max: '9007199254740993' })
  const complex = NdArray.from(
    [
      { re: 3, im: 4 },
      { re: 0, im: -2 },
    ],
    { dtype: 'complex64' },
  )
  const region = regionOf(complex, { ranges: [range(0, 2)] })
  assert.deepEqual(
    [doubles(region.values), doubles(region.exact)],
    [
      [5, 2],
      [3, 4, 0, -2],
    ],
  )
})

test('a line by stretches: the least and the most of all elements, and how many are not finite', () => {
  const line = NdArray.from([4, -9, 2, Number.NaN, 7, Infinity, Number.NaN, Number.NaN, 1])
  const { values, most, missing } = regionOf(line, { ranges: [range(0, 9, 3)], extremes: true })
  assert.deepEqual(
    [doubles(values), doubles(most), doubles(missing)],
    [
      [-9, 7, 1],
      [4, 7, 1],
      [0, 2, 2],
    ],
  )
  const none = regionOf(line, { ranges: [range(5, 8, 2)], extremes: true })
  assert.deepEqual(
    [doubles(none.values), doubles(none.missing)],
    [
      [Number.NaN, Number.NaN],
      [2, 1],
    ],
  )
  const row = regionOf(GRID, { ranges: [range(1, 2), range(0, 4, 2)], extremes: true })
  assert.deepEqual(
    [doubles(row.values), doubles(row.most)],
    [
      [10, 12],
      [11, 13],
    ],
  )
})

test('what an array does not have, or is too much, is refused', () => {
  const refused = (ranges: AxisRange[], text: RegExp, extremes = false): void =>
    assert.throws(
      () => regionOf(GRID, { ranges, extremes }),
      (error: Error) => {
        assert.ok(error instanceof RegionError)
        assert.match(error.message, text)
        return true
      },
    )
  refused([range(0, 3)], /\[0:3:1\] is no part of an array of 3 × 4/)
  for (const bad of [range(0, 4), range(-1, 2), range(2, 2), range(0, 2, 0), range(0, 1.5)])
    refused([bad, range(0, 4)], /is no part of an array of 3 × 4/)
  refused([range(0, 3), range(0, 4)], /is no line: one axis alone/, true)
  assert.throws(
    () => regionOf(NdArray.from(new Float64Array(300_000)), { ranges: [range(0, 300_000)] }),
    /has 300000 elements: at most 262144 are given at once/,
  )
})

test('few whole numbers have a part of the distribution each, infinities are counted by their signs', () => {
  assert.deepEqual(
    [partsBetween('bool', 0, 1), partsBetween('uint8', 3, 9), partsBetween('int32', 0, 60)],
    [2, 7, 60],
  )
  assert.equal(partsBetween('float64', 0, 3), 60)
  assert.deepEqual(figuresOf(NdArray.from([true, false, true]))?.counts, [1, 2])
  assert.deepEqual(figuresOf(NdArray.from([1, 4, 2, 4], { dtype: 'int16' }))?.counts, [1, 1, 0, 2])
  const figures = figuresOf(NdArray.from([1, Infinity, -Infinity, Infinity, Number.NaN]))
  assert.deepEqual([figures?.missing, figures?.infinite], [4, { positive: 2, negative: 1 }])
})

test('typed arrays are arrays by their own elements; bytes and other views are none', () => {
  const shared = new Float64Array([0, 1, 2, 3]).subarray(1, 3)
  assert.deepEqual(arrayOfNumbers(shared)?.toList(), [1, 2])
  assert.equal(arrayOfNumbers(Uint8ClampedArray.of(7))?.dtype, 'uint8')
  assert.equal(arrayOfNumbers(Buffer.from([1, 2])), undefined)
  assert.equal(arrayOfNumbers(new DataView(new ArrayBuffer(8))), undefined)
})

test('a long array prints by its ends alone as it prints whole', () => {
  for (const shape of [[2000], [40, 50], [3, 400], [500, 5]]) {
    const size = shape.reduce((a, b) => a * b)
    const whole = NdArray.from(Float64Array.from({ length: size }, (_, i) => i / 8)).reshape(shape) as NdArray
    let ends = whole
    shape.forEach((length, axis) => {
      ends = ends.slice(...new Array(axis).fill(':'), endPlaces(length)) as NdArray
    })
    assert.equal(printEnds(ends, 6, ', '), printWhole(whole))
  }
})

/** As `inspect` has it, without what stands around it. */
const printWhole = (array: NdArray): string => /^array\((.*), shape=/s.exec(inspect(array))![1]
