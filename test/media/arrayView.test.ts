// Which part of an array is looked at, what is asked for to draw it, and what is said of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plane } from '../../media/results/arrayPlane.ts'
import {
  firstView,
  isHere,
  isZoomed,
  lengthOf,
  lineOf,
  moved,
  regionFor,
  wholeOf,
  zoomed,
} from '../../media/results/arrayView.ts'
import { boundsOf, drawnText, figuresText, marksOf, pointedText } from '../../media/results/arrayWords.ts'
import type { ArrayDisplay } from '../../runtime/protocol/runs.ts'

test('looking closer keeps what is pointed at, and ends at a few elements and at all of them', () => {
  assert.deepEqual(zoomed({ from: 0, to: 100 }, 100, 0.5, 0.5), { from: 25, to: 75 })
  assert.deepEqual(zoomed({ from: 0, to: 100 }, 100, 0.5, 1), { from: 50, to: 100 })
  assert.deepEqual(zoomed({ from: 25, to: 75 }, 100, 4, 0.5), { from: 0, to: 100 })
  assert.deepEqual(zoomed({ from: 10, to: 14 }, 100, 0.5, 0.5), { from: 10, to: 14 })
  assert.deepEqual(zoomed({ from: 0, to: 3 }, 3, 0.5, 0.5), { from: 0, to: 3 })
  assert.deepEqual(moved({ from: 90, to: 95 }, 100, 50), { from: 95, to: 100 })
  assert.deepEqual(moved({ from: 2, to: 5 }, 100, -9), { from: 0, to: 3 })
  for (const at of [0, 0.3, 0.5, 1]) {
    let stretch = { from: 0, to: 1_000_003 }
    let steps = 0
    while (lengthOf(stretch) > 4) {
      const closer = zoomed(stretch, 1_000_003, 0.8, at)
      assert.ok(lengthOf(closer) < lengthOf(stretch) && closer.from >= 0 && closer.to <= 1_000_003)
      stretch = closer
      assert.ok(++steps < 100)
    }
    while (lengthOf(stretch) < 1_000_003) stretch = zoomed(stretch, 1_000_003, 1.25, at)
    assert.deepEqual(stretch, { from: 0, to: 1_000_003 })
  }
})

test('a plane is asked for by strides that fit, and finer where less is seen', () => {
  const shape = [7, 20_000, 10_000]
  const whole = { ...firstView(shape), places: [3, 0, 0] }
  const { ranges } = regionFor(whole, true)
  assert.deepEqual(ranges[0], { start: 3, stop: 4, step: 1 })
  const many = ({ start, stop, step }: (typeof ranges)[0]): number => Math.ceil((stop - start) / step)
  assert.ok(many(ranges[1]) * many(ranges[2]) <= 131_072)
  assert.ok(many(ranges[1]) * many(ranges[2]) > 120_000)
  const near = { ...whole, down: { from: 501, to: 601 }, right: { from: 33, to: 233 } }
  const one = (start: number, stop: number) => ({ start, stop, step: 1 })
  assert.deepEqual(regionFor(near, true), { ranges: [one(3, 4), one(501, 601), one(33, 233)] })
  assert.deepEqual([isZoomed(shape, whole), isZoomed(shape, near)], [false, true])
})

test('a long line is asked for by stretches of all its elements, a short one as it is', () => {
  const shape = [5, 1_000_000]
  const line = lineOf({ ...firstView(shape), places: [2, 0] })
  const [row, along] = [
    { start: 2, stop: 3, step: 1 },
    { start: 0, stop: 1_000_000, step: 1000 },
  ]
  assert.deepEqual(regionFor(line, true), { ranges: [row, along], extremes: true })
  assert.deepEqual(regionFor(line, false), { ranges: [row, along] })
  const near = regionFor({ ...line, right: { from: 10, to: 4010 } }, true)
  assert.deepEqual(near, { ranges: [row, { start: 10, stop: 4010, step: 1 }] })
})

test('what is here as finely as it is drawn is not asked for', () => {
  const request = regionFor(firstView([3, 1000, 1000]), true)
  assert.deepEqual(
    request.ranges.map(({ step }) => step),
    [1, 3, 3],
  )
  assert.ok(isHere(request, [1, 3, 3]) && isHere(request, [1, 1, 1]))
  assert.ok(!isHere(request, [1, 9, 9]))
  const between = regionFor({ ...firstView([3, 100, 100]), places: [1, 0, 0] }, true)
  assert.ok(isHere(between, [1, 1, 1]) && !isHere(between, [2, 1, 1]))
  assert.ok(!isHere({ ranges: [{ start: 0, stop: 9000, step: 9 }], extremes: true }, [1]))
})

const DISPLAY: ArrayDisplay = {
  kind: 'array',
  dtype: 'float64',
  shape: [10],
  steps: [1],
  values: new Uint8Array(),
  figures: { min: -1, max: 0.5, mean: 0.25, missing: 6, infinite: { positive: 2, negative: 1 }, counts: [] },
  text: '',
}

test('figures say how many are NaN and how many infinite, truth values how many are true', () => {
  assert.equal(figuresText(DISPLAY), 'from -1 to 0.5, 0.25 on average · 3 NaN · 2 ∞ · 1 −∞')
  assert.deepEqual(
    marksOf(DISPLAY.figures).map(({ text }) => text),
    ['NaN', '∞', '−∞'],
  )
  const { figures: _, ...nothing } = DISPLAY
  assert.equal(figuresText(nothing), 'no element is a finite number')
  const counts = { min: 0, max: 1, mean: 0.3, missing: 0, counts: [7, 3] }
  assert.equal(figuresText({ ...DISPLAY, dtype: 'bool', figures: counts }), '3 of 10 true')
  assert.deepEqual([boundsOf('bool', counts), marksOf(counts)], [{ min: 'false', max: 'true' }, []])
  const exact = { min: '9007199254740993', max: '9007199254740995' }
  const large = { ...counts, min: 2 ** 53, max: 2 ** 53 + 2, mean: 2 ** 53, exact }
  assert.match(
    figuresText({ ...DISPLAY, dtype: 'int64', figures: large }),
    /^from 9007199254740993 to 9007199254740995,/,
  )
  assert.match(figuresText({ ...DISPLAY, dtype: 'complex64' }), /^absolute values from -1/)
})

test('what is in view, how finely it is drawn and what is pointed at is said by places of the whole', () => {
  const shape = [4, 500, 800]
  const plane: Plane = {
    ...{ height: 2, width: 3, min: 0, max: 5, values: Float64Array.of(0, 1, 2, 3, 4, Infinity) },
    ...{ from: { row: 100, column: 40 }, step: { row: 2, column: 5 } },
    textAt: (index) => String(plane.values[index]),
  }
  const whole = wholeOf(shape, { rows: 1, columns: 2, places: [3, 0, 0] })
  const view = { ...whole, down: { from: 100, to: 104 }, right: { from: 40, to: 55 } }
  assert.equal(drawnText(shape, whole, { ...plane, step: { row: 1, column: 1 } }), '')
  assert.equal(
    drawnText(shape, view, plane),
    '100 to 103 along axis 1, 40 to 54 along axis 2 · drawn is one in 2 along axis 1, one in 5 along axis 2',
  )
  assert.equal(pointedText(view, plane, { row: 103, column: 46 }), '[3, 102, 45] = 4')
  assert.equal(pointedText(view, plane, { row: 103, column: 52 }), '[3, 102, 50] = ∞')
  assert.equal(pointedText(view, plane, { row: 99, column: 52 }), '')
  const line = { ...lineOf(view), places: [3, 7, 0] }
  const values = Float64Array.of(1, Number.NaN, 3)
  const stretches = { ...plane, height: 1, values, most: Float64Array.of(9, Number.NaN, 4) }
  assert.equal(
    drawnText(shape, line, stretches),
    '40 to 54 along axis 2 · the least and the most of each 5 elements',
  )
  assert.equal(pointedText(line, stretches, { row: 0, column: 53 }), '[3, 7, 50:55] = 3 to 4')
  assert.equal(pointedText(line, stretches, { row: 0, column: 47 }), '[3, 7, 45:50] = no finite number')
})
