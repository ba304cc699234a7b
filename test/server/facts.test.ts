// Text → facts: what is a computation, and what half-typed code leaves of it.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { diagnose } from '../../server/diagnose/diagnose.ts'
import type { Code } from '../../server/diagnose/finding.ts'
import { findFacts } from '../../server/facts/findFacts.ts'
import { shiftFacts } from '../../server/facts/shiftFacts.ts'
import { codeLensesOf } from '../../server/lsp/codeLenses.ts'
import { computationAt } from '../../server/lsp/computationAt.ts'
import { diagnosticsOf, quickFixesOf } from '../../server/lsp/diagnostics.ts'
import { OpenDocument } from '../../server/lsp/openDocument.ts'
import { pagesIn } from '../../server/lsp/pages.ts'

const FILE = '/home/ada/analysis.ts'
const URI = 'file:///home/ada/analysis.ts'

/** The expressions found in a text, as they are written there. */
function found(text: string): string[] {
  const facts = findFacts(FILE, text)
  assert.ok(facts, 'the text parses')
  return facts.computations.map(
    ({ start, end, nested }) => `${nested ? 'nested: ' : ''}${text.slice(start, end)}`,
  )
}

test('an awaited compute is a computation, through variables and chains', () => {
  const text = `import { bag } from 'heddle'
const lines = bag.readText('*.gz')
const counts = lines.frequencies()
const top = await counts.topK(10).compute()
await lines.persist()`
  assert.deepEqual(found(text), ['await counts.topK(10).compute()', 'await lines.persist()'])
})

test('gather and result of a client and its futures are computations', () => {
  const text = `import { Client } from 'heddle'
const client = await Client.local()
const futures = client.map((n: number) => n * n, [1, 2])
const one = client.submit(() => 1)
console.log(await client.gather(futures), await one.result())`
  assert.deepEqual(found(text), ['await client.gather(futures)', 'await one.result()'])
})

test('delayed functions, and a computation that is awaited later', () => {
  const text = `import { delayed } from 'heddle'
const add = delayed((a: number, b: number) => a + b)
const pending = add(1, 2).compute()
console.log(await pending)
const both = await Promise.all([add(1, 1).compute(), add(2, 2).compute()])`
  const inside = found(text)
  assert.ok(inside.includes('await pending'), inside.join('\n'))
  assert.ok(
    inside.some((each) => each.startsWith('await Promise.all(')),
    inside.join('\n'),
  )
})

test('the functions compute and persist are computations', () => {
  const text = `import { bag, compute, persist } from 'heddle'
const a = bag.fromSequence([1])
const [sum] = await compute(a.sum())
await persist(a)`
  assert.deepEqual(found(text), ['await compute(a.sum())', 'await persist(a)'])
})

test('the functions are found by the names that a file gave them', () => {
  const text = `import { bag, compute as go } from 'heddle'
import * as heddle from 'heddle'
import { persist } from 'elsewhere'
const a = bag.fromSequence([1])
await go(a.sum())
await heddle.persist(a)
await persist(a)`
  assert.deepEqual(found(text), ['await go(a.sum())', 'await heddle.persist(a)'])
})

test('a computation in a function or a loop is nested', () => {
  const text = `import { bag } from 'heddle'
async function work() {
  return await bag.fromSequence([1]).sum().compute()
}
for (const n of [1, 2]) await bag.fromSequence([n]).sum().compute()`
  assert.deepEqual(found(text), [
    'nested: await bag.fromSequence([1]).sum().compute()',
    'nested: await bag.fromSequence([n]).sum().compute()',
  ])
})

test('what is not of heddle is no computation', () => {
  assert.deepEqual(
    found(`import { stats } from './stats'\nawait stats.compute()\nawait heddle.compute()`),
    [],
  )
  assert.deepEqual(
    found(
      `import { bag } from 'heddle'\nimport { db } from './db'\nawait db.query().result()\nbag.fromSequence([1])`,
    ),
    [],
  )
})

test('text that does not parse has no facts', () => {
  assert.equal(findFacts(FILE, `import { bag } from 'heddle'\nconst a = await bag.`), undefined)
})

const TEXT = `import { bag } from 'heddle'

const total = await bag.fromSequence([1, 2]).sum().compute()
`

function open(text: string): OpenDocument {
  return new OpenDocument(TextDocument.create(URI, 'typescript', 1, text), FILE)
}

test('the lenses: Run File at the top, Run and Debug above each computation, with what they run', () => {
  const document = open(TEXT)
  const start = TEXT.indexOf('await')
  const end = TEXT.length - 1
  const what = [
    { uri: URI, version: 1, expression: { start, end, label: 'bag.fromSequence([1, 2]).sum().compute()' } },
  ]
  assert.deepEqual(
    codeLensesOf(document.text, document.facts).map(({ range, command }) => [
      range.start.line,
      command?.title,
      command?.command,
      command?.arguments,
    ]),
    [
      [0, '▷ Run File', 'heddle.runFile', [{ uri: URI, version: 1 }]],
      [2, '▷ Run', 'heddle.runExpression', what],
      [2, 'Debug', 'heddle.debugExpression', what],
    ],
  )
  const plain = open('const a = 1')
  assert.deepEqual(codeLensesOf(plain.text, plain.facts), [])
})

test('half-typed code keeps the last good lenses, at the places where their text now stands', () => {
  const document = open(TEXT)
  assert.equal(document.facts.computations.length, 1)
  const at = { line: 1, character: 0 }
  document.change([{ range: { start: at, end: at }, text: 'const half = bag.\n' }], 2)
  const [computation] = document.facts.computations
  assert.equal(
    document.text.getText().slice(computation.start, computation.end),
    'await bag.fromSequence([1, 2]).sum().compute()',
  )
  const typed = { line: 1, character: 17 }
  document.change([{ range: { start: typed, end: typed }, text: 'fromSequence([3])' }], 3)
  assert.equal(document.facts.computations.length, 1)
  assert.equal(document.facts.computations[0].start, computation.start + 17)
})

test('typing inside a computation keeps its lens, taking it away takes the lens', () => {
  const facts = {
    imports: [],
    computations: [{ start: 10, end: 30, method: 'compute', label: 'x', nested: false }],
  }
  const after = (offset: number, length: number, textLength: number) =>
    shiftFacts(facts, [{ offset, length, textLength }]).computations.map(({ start, end }) => [start, end])
  assert.deepEqual(after(15, 0, 4), [[10, 34]])
  assert.deepEqual(after(0, 5, 0), [[5, 25]])
  assert.deepEqual(after(30, 0, 4), [[10, 30]])
  assert.deepEqual(after(5, 40, 0), [])
  assert.deepEqual(after(5, 10, 0), [])
})

test('a cursor means the innermost computation around it, else the first that begins on its line', () => {
  const text = `import { bag } from 'heddle'\nconst a = await bag.fromSequence([await bag.fromSequence([1]).sum().compute()]).compute()\n`
  const facts = findFacts(FILE, text)!
  const lineStart = text.indexOf('const')
  const line = { start: lineStart, end: text.length }
  const labelAt = (offset: number) => computationAt(facts, offset, line)?.label
  assert.equal(labelAt(text.indexOf('[1]')), 'bag.fromSequence([1]).sum().compute()')
  assert.equal(labelAt(lineStart), labelAt(text.indexOf('await')))
  assert.equal(computationAt(facts, 0, { start: 0, end: 5 }), undefined)
})

test('an import that does not resolve is told of, with its quick fix; one that does is not', () => {
  const document = open(TEXT)
  assert.deepEqual(diagnosticsOf(document.text, document.facts, true), [])
  const [diagnostic, ...more] = diagnosticsOf(document.text, document.facts, false)
  assert.deepEqual(more, [])
  assert.deepEqual(diagnostic.range, { start: { line: 0, character: 20 }, end: { line: 0, character: 28 } })
  const [fix] = quickFixesOf(URI, [diagnostic])
  assert.deepEqual(
    [fix.title, fix.command?.command, fix.command?.arguments],
    ['Set Up This Folder for Heddle', 'heddle.setUpFolder', [URI]],
  )
  const ofTypescript = {
    ...diagnostic,
    source: 'ts',
    code: 2307,
    message: "Cannot find module 'heddle' or its …",
  }
  assert.equal(quickFixesOf(URI, [ofTypescript]).length, 1)
  assert.deepEqual(quickFixesOf(URI, [{ ...ofTypescript, message: "Cannot find module 'lodash'" }]), [])
})

test('lenses of a thousand lines follow a change', (t) => {
  const lines = ["import { bag } from 'heddle'"]
  for (let i = 1; i < 1000; i++)
    lines.push(
      i % 10 === 0
        ? `const t${i} = await v${i - 1}.sum().compute()`
        : `const v${i} = bag.fromSequence([1, 2]).map((n) => n + ${i})`,
    )
  const document = open(lines.join('\n'))
  const times: number[] = []
  for (let version = 2; version < 22; version++) {
    const begun = performance.now()
    const at = { line: 1, character: 0 }
    document.change([{ range: { start: at, end: at }, text: '// a note\n' }], version)
    const lenses = codeLensesOf(document.text, document.facts)
    times.push(performance.now() - begun)
    // ▷ Run File, then two above each computation.
    assert.equal(lenses.length, 1 + 2 * 99)
    assert.equal(lenses[1].range.start.line, 10 + version - 1)
  }
  times.sort((a, b) => a - b)
  // A figure, not a test: other programs share this machine.
  t.diagnostic(`lenses of 1,000 lines after a change: ${times[10].toFixed(1)} ms (median of 20)`)
})

test('findings become diagnostics with code, page, fix and related places; a fix of an older text is not offered', () => {
  const text = `import { bag } from 'heddle'\nlet n = 0\nbag.range(3).map(() => {\n  n++\n})\nbag.range(3).compute()`
  const document = open(text)
  const pages = (code: string): string => `file:///docs#${code}`
  const found = diagnosticsOf(document.text, document.facts, true, diagnose(FILE, text), pages)
  assert.deepEqual(
    found.map(({ code, codeDescription, severity, range, relatedInformation }) => [
      code,
      codeDescription?.href,
      severity,
      range.start.line,
      relatedInformation?.map(({ location }) => location.range.start.line),
    ]),
    [
      ['assigns-capture', 'file:///docs#assigns-capture', 2, 3, [1, 2]],
      ['missing-await', 'file:///docs#missing-await', 2, 5, undefined],
    ],
  )
  const [fix] = quickFixesOf(URI, found, 1)
  assert.deepEqual(
    fix.edit?.changes?.[URI].map(({ newText, range }) => [newText, range.start]),
    [['await ', { line: 5, character: 0 }]],
  )
  assert.deepEqual(quickFixesOf(URI, found, 2), [])
})

test('every code has its page', () => {
  const page = pagesIn(join(import.meta.dirname, '../../docs/diagnostics.md'))
  const codes: Code[] = [
    ...([
      'cannot-travel',
      'assigns-capture',
      'mutates-capture',
      'large-capture',
      'mutates-argument',
    ] as const),
    ...(['compute-in-loop', 'collection-as-value', 'awaits-in-sequence', 'set-index-twice'] as const),
    ...(['missing-await', 'unknown-column'] as const),
  ]
  for (const code of [...codes, 'heddle-not-installed'])
    assert.match(page(code) ?? '', /diagnostics\.md#L\d+$/, code)
  assert.equal(page('nonsense'), undefined)
})
