// Facts that follow edits are those that a fresh look at the text finds.

import assert from 'node:assert/strict'
import test from 'node:test'
import { IncrementalFacts } from '../../server/facts/incrementalFacts.ts'
import { Random } from '../simulation/random.ts'

const FILE = '/home/ada/analysis.ts'

/** Applies texts one after the other; each time the facts have to be those of a fresh look. */
function follows(...texts: string[]): void {
  const facts = new IncrementalFacts(FILE)
  for (const text of texts) assert.deepEqual(facts.of(text), new IncrementalFacts(FILE).of(text), text)
}

const HEAD = "import { bag } from 'heddle'\n"

test('a name that becomes or ceases to be of heddle changes the statements that use it', () => {
  const rest = 'const other = 1\nconst b = a.map(f)\nawait b.gather()\n'
  follows(
    `${HEAD}const a = bag.range(3)\n${rest}`,
    `${HEAD}const a = bug.range(3)\n${rest}`,
    `${HEAD}const a = bag.range(3)\n${rest}`,
  )
})

test('an edit that joins statements, or cuts one in two, is seen', () => {
  follows(
    `${HEAD}const f = bag\nawait f.compute()\nconst z = 1\n`,
    `${HEAD}const f = bag\n(await f.compute())\nconst z = 1\n`,
    `${HEAD}const f = bag;\n(await f.compute())\nconst z = 1\n`,
    `${HEAD}const f = bag /*;\n(await f.compute())\nconst z = 1\n`,
    `${HEAD}const f = bag /*;\n(await f.compute())*/\nconst z = 1\n`,
    `${HEAD}const f = bag /*;\n*/(await f.compute())*/\nconst z = 1\n`,
    `${HEAD}\`\nconst f = bag\n\`\nawait f.compute()\n`,
    `${HEAD}const f = () =>\n{ await f.compute() }\n`,
    '',
    `// heddle`,
    `${HEAD}await bag.compute()`,
    `\ufeff${HEAD}await bag.compute()`,
    `import { bag } from 'elsewhere'\nawait bag.compute()`,
  )
})

/** What a person may type or paste anywhere. */
const PIECES = [
  'await b.sum().compute()\n',
  'const b = bag.range(3)\n',
  "import { bag, compute as go } from 'heddle'\n",
  'const c = b.map((n) => n * 2)\n',
  'async function f() { return await c.compute() }\n',
  'for (const x of [1]) await go(b)\n',
  'const p = c.compute()\n',
  'await p\n',
  '{',
  '}',
  '(',
  ')',
  '`',
  '/*',
  '*/',
  '// ',
  '\n',
  ';',
  'a',
  ' ',
]

for (const seed of [1, 2, 3, 4, 5, 6])
  test(`three hundred edits at random leave the facts of a fresh look (seed ${seed})`, () => {
    const random = new Random(seed)
    const facts = new IncrementalFacts(FILE)
    let text = `${HEAD}const b = bag.range(3)\nawait b.compute()\n`
    let parsed = 0
    for (let edit = 0; edit < 300; edit++) {
      const before = text
      const at = random.below(text.length + 1)
      const length = random.chance(0.4) ? random.below(Math.min(30, text.length - at + 1)) : 0
      const piece = random.chance(0.7) ? random.pick(PIECES) : ''
      text = text.slice(0, at) + piece + text.slice(at + length)
      const fresh = new IncrementalFacts(FILE).of(text)
      assert.deepEqual(facts.of(text), fresh, JSON.stringify([before, text]))
      if (fresh) parsed++
      // Text that stays broken shows nothing: most edits begin from one that parses.
      else if (random.chance(0.8)) text = before
      if (text.length > 1500) text = `${HEAD}${text.slice(-200).replace(/^.*\n/, '')}`
    }
    assert.ok(parsed > 60, `${parsed} texts parsed`)
  })
