// What is drawn of an array, and what is saved of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  elementsOf,
  heatColour,
  heatPixels,
  lineParts,
  planeCsv,
  planeOf,
  planeOfRegion,
} from '../../media/results/arrayPlane.ts'
import { firstView, lineOf, wholeOf } from '../../media/results/arrayView.ts'
import { shortNumber } from '../../media/results/elementText.ts'
import { asCsv } from '../../media/results/tableRows.ts'
import type { ArrayDisplay } from '../../runtime/protocol/runs.ts'

/** An array of 2 × 3 × 4 whose elements are their own places. */
const CUBE: ArrayDisplay = {
  kind: 'array',
  dtype: 'float64',
  shape: [2, 3, 4],
  steps: [1, 1, 1],
  values: new Uint8Array(
    Float64Array.from(
      { length: 24 },
      (_, i) => 100 * Math.floor(i / 12) + 10 * (Math.floor(i / 4) % 3) + (i % 4),
    ).buffer,
  ),
  text: '',
}

test('a plane of any two axes, at a place along the others', () => {
  const cube = elementsOf(CUBE)
  const { shape } = CUBE
  const plane = planeOf(cube, { ...firstView(shape), places: [1, 0, 0] })
  assert.deepEqual([plane.height, plane.width, plane.min, plane.max], [3, 4, 100, 123])
  assert.deepEqual([...plane.values], [100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, 123])
  const turned = planeOf(cube, wholeOf(shape, { rows: 2, columns: 0, places: [0, 2, 0] }))
  assert.deepEqual([...turned.values], [20, 120, 21, 121, 22, 122, 23, 123])
  const line = planeOf(cube, lineOf(wholeOf(shape, { rows: 0, columns: 1, places: [1, 0, 3] })))
  assert.deepEqual([line.height, ...line.values], [1, 103, 113, 123])
  assert.equal(planeCsv(turned), '20,120\r\n21,121\r\n22,122\r\n23,123\r\n')
})

test('of what is in view the elements that are here are drawn where they belong', () => {
  const cube = elementsOf(CUBE)
  const near = planeOf(cube, {
    ...firstView(CUBE.shape),
    down: { from: 1, to: 3 },
    right: { from: 2, to: 4 },
  })
  assert.deepEqual(
    [[...near.values], near.from, near.step],
    [[12, 13, 22, 23], { row: 1, column: 2 }, { row: 1, column: 1 }],
  )
  const thin = elementsOf({ ...CUBE, shape: [2, 6, 8], steps: [1, 2, 2] })
  const part = planeOf(thin, { ...firstView([2, 6, 8]), down: { from: 3, to: 6 }, right: { from: 0, to: 3 } })
  assert.deepEqual(
    [[...part.values], part.from, part.step],
    [[10, 11, 20, 21], { row: 2, column: 0 }, { row: 2, column: 2 }],
  )
})

const bytesOf = (...numbers: number[]): Uint8Array => new Uint8Array(Float64Array.from(numbers).buffer)

test('a part that was asked for comes in the order of the axes, and is drawn as the view has them', () => {
  const range = (start: number, stop: number, step: number) => ({ start, stop, step })
  const request = { ranges: [range(4, 8, 2), range(7, 8, 1), range(10, 13, 1)] }
  const region = { values: bytesOf(1, 2, 3, 4, 5, 6) }
  const view = wholeOf([9, 9, 99], { rows: 0, columns: 2, places: [0, 7, 0] })
  const plane = planeOfRegion(region, request, view, 'float64')
  assert.deepEqual([plane.height, plane.width, [...plane.values]], [2, 3, [1, 2, 3, 4, 5, 6]])
  assert.deepEqual(
    [plane.from, plane.step],
    [
      { row: 4, column: 10 },
      { row: 2, column: 1 },
    ],
  )
  const turned = planeOfRegion(region, request, { ...view, rows: 2, columns: 0 }, 'float64')
  assert.deepEqual([turned.height, turned.width, [...turned.values]], [3, 2, [1, 4, 2, 5, 3, 6]])
  assert.deepEqual([turned.textAt(1), turned.from], ['4', { row: 10, column: 4 }])
})

test('elements are written by name, to the last digit and by both parts; parts of complex numbers are drawn', () => {
  const whole = new Uint8Array(BigInt64Array.of(2n ** 53n + 1n, -7n).buffer)
  const large = elementsOf({
    ...CUBE,
    dtype: 'int64',
    shape: [2],
    steps: [1],
    values: bytesOf(2 ** 53, -7),
    exact: whole,
  })
  assert.deepEqual([large.textAt(0), large.textAt(1)], ['9007199254740993', '-7'])
  const truths = elementsOf({ ...CUBE, dtype: 'bool', shape: [2], steps: [1], values: bytesOf(1, 0) })
  assert.deepEqual([truths.textAt(0), truths.textAt(1)], ['true', 'false'])
  const given = {
    ...CUBE,
    dtype: 'complex128',
    shape: [2],
    steps: [1],
    values: bytesOf(5, 2),
    exact: bytesOf(3, 4, 0, -2),
  }
  const drawn = (part: Parameters<typeof elementsOf>[1]): number[] => [...elementsOf(given, part).values]
  assert.deepEqual(
    [drawn('absolute'), drawn('real'), drawn('imaginary'), drawn('phase')[1]],
    [[5, 2], [3, 0], [4, -2], -Math.PI / 2],
  )
  assert.deepEqual([elementsOf(given).textAt(0), elementsOf(given).textAt(1)], ['3+4i', '0-2i'])
  const line = planeOf(elementsOf(given), firstView([2]))
  assert.equal(planeCsv(line), '3+4i,0-2i\r\n')
})

test('elements lie anywhere in the bytes of a message, and of a thinned axis fewer are here', () => {
  const bytes = new Uint8Array(8 * 3 + 3)
  bytes.set(new Uint8Array(Float64Array.of(1, 2, 3).buffer), 3)
  const { values, shape } = elementsOf({ ...CUBE, shape: [5], steps: [2], values: bytes.subarray(3) })
  assert.deepEqual([[...values], shape], [[1, 2, 3], [3]])
})

test('colours go from dark to light, NaN and infinities have their own, and equal numbers have one colour', () => {
  assert.deepEqual(
    [heatColour(0), heatColour(1)],
    [
      [68, 1, 84],
      [253, 231, 37],
    ],
  )
  const values = Float64Array.of(2, Number.NaN, 4, Infinity, -Infinity)
  const pixels = [68, 1, 84, 255, 128, 128, 128, 255, 253, 231, 37, 255, 235, 60, 60, 255, 70, 150, 255, 255]
  assert.deepEqual([...heatPixels({ values, min: 2, max: 4 })], pixels)
  const flat = heatPixels({ values: Float64Array.of(7, 7), min: 7, max: 7 })
  assert.deepEqual([...flat.subarray(0, 4)], [...flat.subarray(4)])
})

test('a line of many numbers keeps its extremes, and its gaps', () => {
  const parts = (values: number[], width: number) =>
    lineParts({ values }, width).map(({ finite, missing }) => [finite, missing])
  assert.deepEqual(parts([1, 5, 2, 3], 2), [
    [[1, 5], 0],
    [[2, 3], 0],
  ])
  assert.deepEqual(parts([1, Number.NaN, Infinity], 10), [
    [[1, 1], 0],
    [undefined, 1],
    [undefined, 1],
  ])
  const many = Float64Array.from({ length: 100_000 }, (_, i) => (i === 77_777 ? 9 : 0))
  assert.equal(lineParts({ values: many }, 300).filter((each) => each.finite?.[1] === 9).length, 1)
  const told = lineParts({ values: [1, Number.NaN, 0], most: [4, Number.NaN, 2], missing: [0, 5, 1] }, 2)
  assert.deepEqual(told, [
    { finite: [1, 4], missing: 0 },
    { finite: [0, 2], missing: 6 },
  ])
})

test('numbers are short, and whole ones stay', () => {
  assert.deepEqual([0.1 + 0.2, 1234567, 1 / 3, Number.NaN].map(shortNumber), [
    '0.3',
    '1234567',
    '0.3333333',
    'NaN',
  ])
})

test('cells of CSV are quoted where they must be, and numbers are plain', () => {
  assert.equal(
    asCsv(
      ['a,b', 'n'],
      [
        ['he said "no"', '1,234,567.5'],
        ['1,000', ''],
        ['two\nlines', '-3'],
      ],
      [false, true],
    ),
    '"a,b",n\r\n"he said ""no""",1234567.5\r\n"1,000",\r\n"two\nlines",-3\r\n',
  )
})
