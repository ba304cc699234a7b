// Workers that have neither the program's sources nor its packages: code, packages and files come to them, each once.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { Workplace } from '../endToEnd/runKit.ts'
import { casesOf } from './kit/anywhere.ts'
import { FarCluster, run } from './kit/farWorker.ts'

const CHECK = readFileSync(join(import.meta.dirname, 'anywhere', 'check.ts'), 'utf8')
/** `(module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))` */
const ADD_WASM = 'AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags='

const packageOf = (name: string, more: object, files: Record<string, string>): Record<string, string> => {
  const folder = `node_modules/${name}`
  const placed = Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text])
  const config = JSON.stringify({ name, version: '1.0.0', main: 'index.js', ...more })
  return { [`${folder}/package.json`]: config, ...Object.fromEntries(placed) }
}

const PACKAGES = {
  ...packageOf(
    'shared-state',
    {},
    { 'index.js': 'exports.made = []\nexports.make = (n) => exports.made.push(n)' },
  ),
  ...packageOf(
    'left-side',
    { dependencies: { 'shared-state': '1.0.0' } },
    { 'index.js': "module.exports = () => require('shared-state').make('left')" },
  ),
  ...packageOf(
    'right-side',
    { type: 'module', exports: './main.mjs', dependencies: { 'shared-state': '1.0.0' } },
    {
      'main.mjs':
        "import { make, made } from 'shared-state'\nexport default () => { make('right'); return [...made] }",
    },
  ),
  ...packageOf(
    'reads-itself',
    { dependencies: { 'old-dep': '1.0.0' } },
    {
      'index.js':
        "const fs = require('fs'), path = require('path')\n" +
        "exports.text = () => fs.readFileSync(path.join(__dirname, 'data', 'words.txt'), 'utf8')\n" +
        "exports.old = require('old-dep')",
      'data/words.txt': 'warp and weft',
      'node_modules/old-dep/package.json': '{"name":"old-dep","version":"0.1.0","main":"i.js"}',
      'node_modules/old-dep/i.js': "module.exports = 'nested'",
    },
  ),
  ...packageOf('old-dep', { version: '2.0.0' }, { 'index.js': "module.exports = 'outer'" }),
  ...packageOf(
    '@scope/kit',
    { exports: { '.': { import: './esm.mjs', require: './cjs.cjs' }, './deep': './deep.mjs' } },
    {
      'esm.mjs':
        "export const kind = 'esm'; export class Box { constructor(v) { this.v = v } get twice() { return this.v * 2 } }",
      'cjs.cjs': "exports.kind = 'cjs'",
      'deep.mjs': 'export const deep = (x) => x + 100',
    },
  ),
}

const PROGRAM = `
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Client } from 'heddle'
import { Box, kind } from '@scope/kit'
import { deep } from '@scope/kit/deep'
import left from 'left-side'
import { old, text } from 'reads-itself'
import right from 'right-side'
import { check } from './check.ts'
import { own } from './lib/own.ts'
import { add } from './lib/add.wasm'

await using client = await Client.local()
const onWorker = (): string => \`\${process.cwd()} \${process.env.HOME}\`
await check('it runs elsewhere', async () => {
  assert.notEqual(await client.submit(onWorker).result(), onWorker())
  console.log(await client.submit(() => {
    try { return process.getBuiltinModule('node:fs').readFileSync(import.meta.filename, 'utf8').length } catch (error) { return (error as NodeJS.ErrnoException).code }
  }).result())
})
await check('modules, JSON and helpers of the user', async () => assert.equal(await client.submit((x: number) => own(x), 2).result(), 'two: 2'))
await check('packages of both kinds, and one instance of what they share', async () => {
  assert.deepEqual(await client.submit(() => { left(); return right().slice(-2) }).result(), ['left', 'right'])
})
await check('a package that reads its own files, and finds its own version of another', async () => {
  assert.deepEqual(await client.submit(() => [text(), old]).result(), ['warp and weft', 'nested'])
})
await check('scoped packages, their conditions and subpaths', async () => {
  assert.deepEqual(await client.submit((x: number) => [kind, deep(x)], 1).result(), ['esm', 101])
})
await check('a package function passed by itself, and an instance of its class', async () => {
  assert.equal(await client.submit(deep, 5).result(), 105)
  assert.equal(await client.submit((box: Box) => box.twice, new Box(21)).result(), 42)
  assert.ok(await client.submit((v: number) => new Box(v), 3).result() instanceof Box)
})
await check('dynamic import and require in a task', async () => {
  const f = async (): Promise<unknown> => [(await import('@scope/kit')).kind, createRequire(import.meta.url)('@scope/kit').kind]
  assert.deepEqual(await client.submit(f).result(), ['esm', 'cjs'])
})
await check('WebAssembly by import and by URL, a data file beside the source', async () => {
  assert.equal(await client.submit((a: number) => add(a, 4), 3).result(), 7)
  const byUrl = async (): Promise<unknown> => {
    const bytes = readFileSync(new URL('./lib/add.wasm', import.meta.url))
    const { instance } = await WebAssembly.instantiate(bytes)
    return [(instance.exports.add as (a: number, b: number) => number)(1, 2), readFileSync(new URL('./lib/note.txt', import.meta.url), 'utf8')]
  }
  assert.deepEqual(await client.submit(byUrl).result(), [3, 'a note'])
})
await check('a closure that a task made is run there too', async () => {
  const made = client.submit((k: number) => (x: number) => deep(x) * k, 2)
  assert.equal(await client.submit((f: (x: number) => number) => f(1), made as never).result(), 202)
})
await check('an error names the line here', async () => {
  await assert.rejects(client.submit(() => own(-1)).result(), (error: Error) => /own\\.ts:4:\\d+/.test(error.stack!))
})
`

const SOURCES = {
  'package.json': '{"type":"module","dependencies":{}}',
  'check.ts': CHECK,
  'main.ts': PROGRAM,
  'lib/own.ts':
    "import names from './names.json'\nimport { helper } from './helper.ts'\nexport function own(x: number): string {\n  if (x < 0) throw new RangeError('below zero')\n  return helper(names[x], x)\n}\n",
  'lib/names.json': '["zero","one","two"]',
  'lib/helper.ts': "export const helper = (name: string, x: number): string => [name, x].join(': ')\n",
  'lib/note.txt': 'a note',
}

test('a worker without the sources and packages of a program runs all of its functions', async (t) => {
  await using place = new Workplace({ ...SOURCES, ...PACKAGES })
  place.write('lib/add.wasm', Buffer.from(ADD_WASM, 'base64'))
  await using far = await FarCluster.start(place)
  await far.join()
  const first = await run(place, far)
  for (const { case: name, error } of casesOf(first.text))
    await t.test(name, () => assert.equal(error, undefined))
  assert.equal(casesOf(first.text).length, 10)
  const kept = (): string[] => readdirSync(join(far.home, '.cache', 'heddle', 'packages')).sort()
  const before = kept()
  assert.equal(before.length, 6, 'each package that is needed lies there once')
  await t.test('a second program finds them there', async () => {
    const again = await run(place, far)
    assert.ok(casesOf(again.text).every(({ error }) => error === undefined))
    assert.deepEqual(kept(), before)
  })
})

const UNNAMED = {
  ...packageOf(
    'named-by-none',
    {},
    { 'index.js': "exports.who = () => 'found'", 'deep.js': "module.exports = require('further').value" },
  ),
  ...packageOf(
    'further',
    { type: 'module', exports: './f.js' },
    { 'f.js': "export const value = 'further'" },
  ),
  ...packageOf(
    'forgets',
    {},
    {
      'index.js':
        "exports.both = () => require('named-by-none').who() + require('named-by-none/deep')\n" +
        "exports.without = () => { try { return require('not-anywhere') } catch (error) { return error.code } }\n" +
        "exports.lacks = () => require('@not/anywhere/deep')",
    },
  ),
  ...packageOf(
    'forgets-too',
    { type: 'module', exports: './main.mjs' },
    {
      'main.mjs':
        "import { who } from 'named-by-none'\nexport const again = () => who()\nexport const later = async () => (await import('further')).value",
    },
  ),
  'main.ts': `
import { Client } from 'heddle'
import { both, lacks, without } from 'forgets'
import { again, later } from 'forgets-too'
await using client = await Client.local()
const told = await client.submit(async () => [both(), again(), await later(), without()]).result()
const error = await client.submit(() => lacks()).result().catch((error: Error) => \`\${error.name}: \${error.message}\`)
console.log(JSON.stringify([told, error]))
`,
}

test('what a package imports without naming it is brought too, or both names are told with the way out', async () => {
  await using place = new Workplace({ 'package.json': '{"type":"module"}', ...UNNAMED })
  await using far = await FarCluster.start(place)
  await far.join()
  const { text } = await run(place, far)
  assert.deepEqual(JSON.parse(text), [
    ['foundfurther', 'found', 'further', 'MODULE_NOT_FOUND'],
    "UnnamedImportError: Cannot find module '@not/anywhere': the package forgets@1.0.0 imports it without naming it among its dependencies, and neither this worker nor the program has it. Install it beside the program: npm install @not/anywhere",
  ])
})
