// When a result is still that of the code as it stands.

import assert from 'node:assert/strict'
import test from 'node:test'
import { neededText } from '../../server/facts/neededText.ts'

const TEXT = `import { bag } from 'heddle'
const factor = 2
const scaled = bag.range(3).map((n) => n * factor)
const first = await scaled.sum().compute()
const other = await bag.range(9).sum().compute()
// the end
`

/** The fingerprint of what \`expression\` needs in a text. */
function needed(text: string, expression = 'await scaled.sum().compute()'): string | undefined {
  const start = text.indexOf(expression)
  assert.ok(start >= 0)
  return neededText('/home/ada/a.ts', text, { start, end: start + expression.length })
}

const SAME: [what: string, text: string][] = [
  ['spaces and blank lines', TEXT.replace('const factor = 2', '\n\nconst factor  =  2\n')],
  [
    'a comment',
    TEXT.replace('const factor', '/* doubled */ const factor').replace('// the end', '// an end'),
  ],
  ['a computation that it does not need', TEXT.replace('range(9)', 'range(99)')],
  ['what comes after it', `${TEXT}console.log(other)\n`],
]
for (const [what, text] of SAME)
  test(`${what} leaves a result as it is`, () => assert.equal(needed(text), needed(TEXT)))

const OTHER: [what: string, text: string][] = [
  ['a captured value', TEXT.replace('factor = 2', 'factor = 3')],
  ['a function that it calls', TEXT.replace('n * factor', 'n + factor')],
]
for (const [what, text] of OTHER)
  test(`${what} makes it one of the past`, () => assert.notEqual(needed(text), needed(TEXT)))

test('spaces inside of texts count', () => {
  const texts = ['  ', ' '].map((spaces) => TEXT.replace('n * factor', `'a${spaces}b'`))
  assert.notEqual(needed(texts[0]), needed(texts[1]))
})

test('half-typed code says nothing', () => {
  assert.equal(needed(TEXT.replace('factor = 2', 'factor =')), undefined)
})
