// Values as panels and lines show them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { displayOf, lineOf } from '../../runtime/session/display.ts'

const limits = { rows: 2, columns: 4, cellChars: 10, nodes: 6, depth: 2, textChars: 5 }

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
        ['JFK', '12n'],
        ['LAX', '9n'],
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
