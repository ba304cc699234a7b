// What is drawn of an array, and what is saved of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  elementsOf,
  firstView,
  heatColour,
  heatPixels,
  planeCsv,
  planeOf,
  shortNumber,
  stretches,
} from '../../media/results/arrayPlane.ts'
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
  const view = firstView(cube)
  assert.deepEqual(view, { rows: 1, columns: 2, places: [0, 0, 0] })
  const plane = planeOf(cube, { ...view, places: [1, 0, 0] })
  assert.deepEqual([plane.height, plane.width, plane.min, plane.max], [3, 4, 100, 123])
  assert.deepEqual([...plane.values], [100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, 123])
  const turned = planeOf(cube, { rows: 2, columns: 0, places: [0, 2, 0] })
  assert.deepEqual([...turned.values], [20, 120, 21, 121, 22, 122, 23, 123])
  const line = planeOf(cube, { rows: 1, columns: 1, places: [1, 0, 3] })
  assert.deepEqual([line.height, ...line.values], [1, 103, 113, 123])
  assert.equal(planeCsv(turned), '20,120\r\n21,121\r\n22,122\r\n23,123\r\n')
})

test('elements lie anywhere in the bytes of a message, and of a thinned axis fewer are here', () => {
  const bytes = new Uint8Array(8 * 3 + 3)
  bytes.set(new Uint8Array(Float64Array.of(1, 2, 3).buffer), 3)
  const { values, shape } = elementsOf({ ...CUBE, shape: [5], steps: [2], values: bytes.subarray(3) })
  assert.deepEqual([[...values], shape], [[1, 2, 3], [3]])
})

test('colours go from dark to light, what is no finite number is clear, and equal numbers have one colour', () => {
  assert.deepEqual(
    [heatColour(0), heatColour(1)],
    [
      [68, 1, 84],
      [253, 231, 37],
    ],
  )
  const plane = { height: 1, width: 3, values: Float64Array.of(2, Number.NaN, 4), min: 2, max: 4 }
  assert.deepEqual([...heatPixels(plane)], [68, 1, 84, 255, 0, 0, 0, 0, 253, 231, 37, 255])
  const flat = heatPixels({ height: 1, width: 2, values: Float64Array.of(7, 7), min: 7, max: 7 })
  assert.deepEqual([...flat.subarray(0, 4)], [...flat.subarray(4)])
})

test('a line of many numbers keeps its extremes, and its gaps', () => {
  assert.deepEqual(stretches([1, 5, 2, 3], 2), [
    [1, 5],
    [2, 3],
  ])
  assert.deepEqual(stretches([1, Number.NaN], 10), [[1, 1], undefined])
  const many = Float64Array.from({ length: 100_000 }, (_, i) => (i === 77_777 ? 9 : 0))
  assert.equal(stretches(many, 300).filter((each) => each?.[1] === 9).length, 1)
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
