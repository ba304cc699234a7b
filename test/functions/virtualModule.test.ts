// One expression of a file, alone, with every position as it was.

import assert from 'node:assert/strict'
import test from 'node:test'
import { findComputations } from '../../runtime/functions/computations.ts'
import { virtualModule } from '../../runtime/functions/virtualModule.ts'
import { project, runIn } from './kit/project.ts'

const at = (source: string, part: string): { start: number; end: number } => {
  const start = source.indexOf(part)
  assert.ok(start >= 0, part)
  return { start, end: start + part.length }
}

/** The lines that are left of a source when one part of it is run. */
function linesFor(source: string, part: string): string[] {
  const { text } = virtualModule(source, at(source, part))
  const lines = text.split('\n').slice(0, -1)
  const original = source.split('\n')
  // Whatever is left stands where it stood.
  for (const [i, line] of lines.entries()) assert.ok(line.trim() === '' || line === original[i], line)
  return lines.map((line) => line.trim()).filter((line) => line !== '')
}

const SOURCE = `import { bag } from 'heddle'
import fs from 'node:fs'
const data = [1, 2]
const a = bag.from(data)
const total = await a.sum().compute()
console.log('total', total)
fs.writeFileSync('/dev/null', 'x')
data.push(3)
const scaled = a.map((x) => x * total)
const mean = await a.mean().compute()
function late() { return data }
interface Row { n: number }
const after = await a.max().compute()
export { after }`

test('statements through the expression stay; computations it does not need are skipped with what uses them', () => {
  assert.deepEqual(linesFor(SOURCE, 'await a.mean().compute()'), [
    "import { bag } from 'heddle'",
    "import fs from 'node:fs'",
    'const data = [1, 2]',
    'const a = bag.from(data)',
    "fs.writeFileSync('/dev/null', 'x')",
    'data.push(3)',
    'const mean = await a.mean().compute()',
    'function late() { return data }',
    'interface Row { n: number }',
  ])
})

test('a computation stays when the expression needs what it gave', () => {
  const source = SOURCE.replace('await a.mean()', 'await scaled.mean()')
  const lines = linesFor(source, 'await scaled.mean().compute()')
  assert.ok(lines.includes('const total = await a.sum().compute()'))
  assert.ok(lines.includes("console.log('total', total)"))
})

test('a computation stays when it changes something that the expression needs', () => {
  const source = `import { bag } from 'heddle'
const seen = []
seen.push(await bag.range(3).compute())
await bag.range(4).compute()
await bag.from(seen).compute()`
  const lines = linesFor(source, 'await bag.from(seen).compute()')
  assert.ok(lines.includes('seen.push(await bag.range(3).compute())'))
  assert.ok(!lines.includes('await bag.range(4).compute()'))
})

test('what is skipped is told by its places', () => {
  const { skipped } = virtualModule(SOURCE, at(SOURCE, 'await a.mean().compute()'))
  assert.deepEqual(
    skipped.map(({ start, end }) => SOURCE.slice(start, end).split(' ')[0]),
    ['const', "console.log('total',", 'const'],
  )
})

test('an expression inside a function or a loop is run with the whole file', () => {
  const source =
    "import { bag } from 'heddle'\nfor (const n of [1, 2]) {\n  await bag.range(n).compute()\n}\n"
  assert.deepEqual(virtualModule(source, at(source, 'await bag.range(n).compute()')), {
    text: source,
    skipped: [],
    whole: true,
  })
})

test('the value of the expression is exported, and errors keep their places', async (t) => {
  const source = `import assert from 'node:assert'
const k = await Promise.resolve(20)
throw_(); const value = 1 + (await Promise.resolve(k)), other = new Error('here').stack
await Promise.resolve(value + 1)
assert.fail('not reached')
function throw_() {}
`
  const folder = project(t, {
    'page.ts': source,
    'main.ts': `import { readFileSync } from 'node:fs'
const { textOverrides } = await import(process.argv[2] + '/loaderHooks.ts')
const { virtualModule } = await import(process.argv[2] + '/virtualModule.ts')
const file = new URL('./page.ts', import.meta.url)
const source = readFileSync(file, 'utf8')
const expression = '(await Promise.resolve(k)), other = new Error(\\'here\\').stack'
const start = source.indexOf(expression) + 1
for (const part of ["await Promise.resolve(k)", "await Promise.resolve(value + 1)", "new Error('here').stack"]) {
  const start = source.indexOf(part)
  textOverrides.set(file.pathname, virtualModule(source, { start, end: start + part.length }).text)
  console.log((await import('./page.ts?' + start)).__heddleResult)
}
`,
  })
  const functions = new URL('../../runtime/functions', import.meta.url).pathname
  const { stdout, stderr } = await runIn(folder, 'main.ts', { args: [functions] })
  assert.equal(stderr, '')
  // The second begins a statement, and the line before it ends without a semicolon.
  const [value, statement, heading, frame] = stdout.split('\n')
  assert.deepEqual([value, statement, heading], ['20', '22', 'Error: here'])
  assert.match(
    frame,
    new RegExp(`${folder}/page\\.ts(\\?\\d+)?:3:${source.split('\n')[2].indexOf('new Error') + 1}`),
  )
})

test('computations are found where they are awaited, through variables, chains and Promise.all', () => {
  const source = `import { bag, Client } from 'heddle'
import { load } from './load.ts'
import { other } from 'elsewhere'
const client = await Client.local()
const a = bag.range(3)
const pending = a.sum().compute()
await pending
await (await a.persist()).mean().compute()
await Promise.all([a.compute(), a.count().compute()])
await client.gather(client.map((x) => x, [1]))
const f = client.submit(load)
await f.result()
await load('x').compute()
await other.result()
for (const x of [1]) await bag.from([x]).compute()
async function inner() { return await a.compute() }
`
  const found = findComputations('a.ts', source)!
  assert.deepEqual(
    found.computations.map(({ method, label, nested }) => [method, label, nested]),
    [
      ['compute', 'pending', false],
      ['compute', '(await a.persist()).mean().compute()', false],
      ['persist', 'a.persist()', false],
      ['compute', 'Promise.all([a.compute(), a.count().compute()])', false],
      ['gather', 'client.gather(client.map((x) => x, [1]))', false],
      ['result', 'f.result()', false],
      ['compute', "load('x').compute()", false],
      ['compute', 'bag.from([x]).compute()', true],
      ['compute', 'a.compute()', true],
    ],
  )
  for (const { start, end } of found.computations) assert.ok(source.slice(start, end).startsWith('await '))
  assert.deepEqual(
    found.imports.map(({ start, end }) => source.slice(start, end)),
    ["'heddle'"],
  )
})

test('half-typed code has no facts; code without heddle has no computations', () => {
  assert.equal(findComputations('a.ts', "import { bag } from 'heddle'\nawait bag."), undefined)
  assert.deepEqual(findComputations('a.ts', 'await x.compute()'), { imports: [], computations: [] })
})
