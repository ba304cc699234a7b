// Lenses of CommonJS: what is required is imported, and what computes in a function or begins a chain of promises runs the file.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { findFacts } from '../../server/facts/findFacts.ts'
import { IncrementalFacts } from '../../server/facts/incrementalFacts.ts'
import { codeLensesOf } from '../../server/lsp/codeLenses.ts'
import { diagnosticsOf } from '../../server/lsp/diagnostics.ts'

const CASES: readonly [what: string, text: string, computed: string[]][] = [
  [
    'names of what is required, in a function',
    "const { bag } = require('heddle')\nasync function main() { return await bag.range(3).sum().compute() }\nmain()",
    ['await bag.range(3).sum().compute()'],
  ],
  [
    'all of it, and a chain of promises',
    "const heddle = require('heddle')\nheddle.bag.range(3).compute().then(console.log).catch(console.error)",
    ['heddle.bag.range(3).compute()'],
  ],
  [
    'a part of it, with strict mode and exports',
    "'use strict'\nconst bag = require('heddle').bag\nconst sum = bag.range(3).sum()\nmodule.exports = async () => { const [all] = await Promise.all([sum.compute()]); return all }",
    ['await Promise.all([sum.compute()])'],
  ],
  [
    'heddle’s own compute under another name, and a client',
    "const { Client, compute: go, bag } = require('heddle')\n;(async () => {\n  const client = await Client.local()\n  await go(bag.range(3))\n  await client.submit(() => 1).result()\n})()",
    ['await go(bag.range(3))', 'await client.submit(() => 1).result()'],
  ],
  [
    'not what another package computes',
    "require('heddle')\nconst { bag } = require('heddle')\nconst { job } = require('other')\n;(async () => { await job.compute() })()",
    [],
  ],
  [
    'what a file of the user’s gives',
    "const heddle = require('heddle')\nconst { table } = require('./table.cjs')\n;(async () => { await table.compute() })()",
    ['await table.compute()'],
  ],
]

for (const [what, text, computed] of CASES)
  for (const file of ['/tmp/a.cjs', '/tmp/a.js', '/tmp/a.cts', '/tmp/a.ts'])
    test(`${what}: ${file}`, () => {
      const facts = findFacts(file, text)
      assert.ok(facts)
      assert.deepEqual(
        facts.computations.map(({ start, end }) => text.slice(start, end)),
        computed,
      )
      // Nothing is awaited at the top of such a file: it runs as a whole.
      assert.ok(facts.computations.every(({ nested }) => nested))
      const document = TextDocument.create('file:///tmp/a.cjs', 'javascript', 1, text)
      const lenses = codeLensesOf(document, facts)
      assert.equal(lenses.length, 1 + 2 * computed.length)
      assert.deepEqual([...new Set(lenses.map(({ command }) => command?.command))].sort(), [
        ...(computed.length > 0 ? ['heddle.debugExpression'] : []),
        'heddle.runFile',
      ])
      const [missing] = diagnosticsOf(document, facts, false)
      assert.match(document.getText(missing.range), /^'heddle'$/)
    })

test('import = require of TypeScript', () => {
  const text = "import heddle = require('heddle')\n;(async () => { await heddle.bag.range(3).compute() })()\n"
  const facts = findFacts('/tmp/a.cts', text)
  assert.deepEqual(
    facts?.computations.map(({ start, end, nested }) => [text.slice(start, end), nested]),
    [['await heddle.bag.range(3).compute()', true]],
  )
})

test('a text that is neither has no lenses', () => {
  for (const text of [
    "const heddle = 'heddle'\nheddle.compute().then()",
    'const x = require(heddle)\nx.compute()',
  ])
    assert.deepEqual(findFacts('/tmp/a.js', text), { imports: [], computations: [] })
})

test('a file that becomes an ES module while it is edited, and CommonJS again', () => {
  const required = "const { bag } = require('heddle')\n"
  const rest =
    'const sum = bag.range(3).sum()\nsum.compute().then(console.log)\nasync () => { await sum.compute() }\n'
  const facts = new IncrementalFacts('/tmp/a.js')
  for (const head of [
    required,
    "import { bag } from 'heddle'\n",
    required,
    `${required}export {}\n`,
    required,
  ])
    assert.deepEqual(facts.of(head + rest), findFacts('/tmp/a.js', head + rest), head)
})
