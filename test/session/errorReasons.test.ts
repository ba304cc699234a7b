// What led to an error, as lines: chains, lists, circles, and what is no error.

import assert from 'node:assert/strict'
import test from 'node:test'
import { errorReasons } from '../../runtime/session/errorReasons.ts'

const chain = new Error('outer', { cause: new TypeError('inner\nand more', { cause: 'deep' }) })
const circle = new Error('round')
circle.cause = circle
const many = new AggregateError(
  [new Error('first', { cause: new RangeError('why') }), 'text', undefined],
  'all',
)

for (const [what, error, expected] of [
  ['nothing', undefined, []],
  ['text', 'no', []],
  ['an error alone', new Error('no'), []],
  ['causes from the outermost in, a line each', chain, ['caused by TypeError: inner', 'caused by deep']],
  ['a circle is walked once', circle, ['caused by Error: round']],
  [
    'what an AggregateError holds, with their causes',
    many,
    ['- Error: first', '  caused by RangeError: why', '- text', '- undefined'],
  ],
] as const)
  test(what, () => assert.deepEqual(errorReasons(error), expected))

test('many are cut short, and their number is told', () => {
  const lines = errorReasons(
    new AggregateError(
      Array.from({ length: 100 }, (_, i) => new Error(`${i}`)),
      'all',
    ),
  )
  assert.equal(lines.length, 9)
  assert.equal(lines[8], '… and 92 more')
})

test('a long line is cut', () => {
  const [line] = errorReasons(new Error('no', { cause: new Error('x'.repeat(1000)) }))
  assert.ok(line.length < 350 && line.endsWith('…'))
})
