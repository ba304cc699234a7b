// Values as panels and lines show them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NdArray } from '../../runtime/index.ts'
import { stepsFor } from '../../runtime/session/arrayDisplay.ts'
import { displayOf, lineOf } from '../../runtime/session/display.ts'

const limits = { rows: 2, columns: 4, cellChars: 10, nodes: 6, depth: 2, textChars: 5, elements: 100 }

test('records become a table: all their columns, numbers told apart, rows counted', () => {
  assert.deepEqual(displayOf([{ a: 1, b: 'x' }, { a: 2, c: null }, { a: 3 }], limits), {
    kind: 'table',
    columns: ['a', 'b', 'c'],
    numeric: [true, false, false],
    rows: [
      ['1', 'x', ''],
      ['2', '', 'null'],
    ],
    totalRows: 3,
  })
})

test('pairs become a table without names', () => {
  assert.deepEqual(
    displayOf([
      ['JFK', 12n],
      ['LAX', 9n],
    ]),
    {
      kind: 'table',
      columns: ['0', '1'],
      numeric: [false, true],
      rows: [
        ['JFK', '12'],
        ['LAX', '9'],
      ],
      totalRows: 2,
    },
  )
})

test('other data becomes a tree', () => {
  assert.deepEqual(displayOf({ n: 1, list: [true, null] }), {
    kind: 'tree',
    cut: false,
    value: {
      text: '{ n: 1, list: Array(2) }',
      type: 'object',
      children: [
        { label: 'n', text: '1', type: 'number' },
        {
          label: 'list',
          text: '[true, null]',
          type: 'array',
          children: [
            { label: '0', text: 'true', type: 'boolean' },
            { label: '1', text: 'null', type: 'null' },
          ],
        },
      ],
    },
  })
})

test('a tree is cut by depth and by size, and says so', () => {
  const deep = displayOf({ a: { b: { c: { d: 1 } } } }, limits)
  assert.equal(deep.kind === 'tree' && deep.cut, true)
  const wide = displayOf({ list: Array.from({ length: 100 }, (_, i) => i) }, limits)
  assert.ok(wide.kind === 'tree' && wide.cut)
  assert.ok(JSON.stringify(wide).length < 1000)
})

test('a value that holds itself is shown once', () => {
  const value: { self?: unknown } = {}
  value.self = value
  const display = displayOf(value)
  assert.ok(display.kind === 'tree' && display.value.children)
  assert.match(display.value.children[0].text, /\(again\)$/)
})

test('leaves and texts are text, cut to length', () => {
  assert.deepEqual(displayOf(42), { kind: 'text', text: '42', cut: false })
  assert.deepEqual(displayOf(undefined), { kind: 'text', text: 'undefined', cut: false })
  assert.deepEqual(displayOf('abcdefgh', limits), { kind: 'text', text: 'abcde', cut: true })
  assert.deepEqual(displayOf(new Date(0)), { kind: 'text', text: '1970-01-01T00:00:00.000Z', cut: false })
})

test('lines are short and say what a value is', () => {
  assert.equal(lineOf([1, 4, 9]), '[1, 4, 9]')
  assert.equal(lineOf({ mean: 1.5, name: 'x' }), '{ mean: 1.5, name: "x" }')
  assert.equal(lineOf(new Map([[1, 2]])), 'Map(1)')
  assert.equal(lineOf(Float64Array.of(1, 2)), 'Float64Array [1, 2]')
  assert.equal(lineOf(new Array(1000).fill(0)), 'Array(1000)')
  assert.equal(lineOf(-0), '-0')
  assert.equal(lineOf('x'.repeat(1000)).length, 80)
})

const numbersOf = (display: ReturnType<typeof displayOf>): number[] => {
  assert.ok(display.kind === 'array')
  return [...new Float64Array(display.values.slice().buffer)]
}

test('arrays keep their numbers and figures: a view by its own shape, what is not finite told apart', () => {
  const array = NdArray.from([
    [0, 1, 2],
    [3, Number.NaN, 6],
  ])
  const display = displayOf(array.transpose())
  assert.ok(display.kind === 'array')
  const { values: _, figures, text, ...rest } = display
  assert.deepEqual(rest, { kind: 'array', dtype: 'float64', shape: [3, 2], steps: [1, 1] })
  assert.deepEqual(numbersOf(display), [0, 3, 1, Number.NaN, 2, 6])
  assert.deepEqual(
    [figures?.min, figures?.max, figures?.missing, figures?.counts.reduce((a, b) => a + b)],
    [0, 6, 1, 5],
  )
  assert.ok(Math.abs(figures!.mean - 12 / 5) < 1e-12)
  assert.match(text, /3/)
})

test('typed arrays, complex, whole and truth values are drawn as numbers; dates and single values are not', () => {
  assert.deepEqual(numbersOf(displayOf(Int32Array.of(3, -4))), [3, -4])
  assert.deepEqual(numbersOf(displayOf(BigInt64Array.of(3n, -4n))), [3, -4])
  assert.deepEqual(numbersOf(displayOf(NdArray.from([true, false]))), [1, 0])
  const complex = NdArray.from([3, 0], { dtype: 'complex128' })
  assert.deepEqual(numbersOf(displayOf(complex)), [3, 0])
  assert.equal(displayOf(NdArray.from([new Date(0), new Date(1)])).kind, 'text')
  assert.equal(displayOf(NdArray.from([1])).kind, 'text')
  assert.equal(displayOf(NdArray.from([Number.NaN, Number.NaN])).kind, 'array')
})

test('of a large array elements are left out evenly, its figures are of all', () => {
  assert.deepEqual(stepsFor([1000, 3], 1500), [2, 1])
  assert.deepEqual(stepsFor([10, 10], 100), [1, 1])
  const all = { ...limits, elements: 10 }
  const display = displayOf(
    Float64Array.from({ length: 95 }, (_, i) => i),
    all,
  )
  assert.ok(display.kind === 'array')
  assert.deepEqual(display.steps, [10])
  assert.deepEqual(numbersOf(display), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
  assert.deepEqual([display.figures!.max, display.figures!.mean], [94, 47])
})
