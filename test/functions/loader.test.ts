// The loader takes user code as people write it, and says clearly what is wrong with the rest.

import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { project, runIn } from './kit/project.ts'

/** What a program prints, and nothing on the other stream. */
async function printed(folder: string, main: string): Promise<string[]> {
  const { code, stdout, stderr } = await runIn(folder, main)
  assert.equal(stderr, '')
  assert.equal(code, 0)
  return stdout.trimEnd().split('\n')
}

const SUBMIT = `
const client = await Client.local({ workers: 1 })
try { console.log(JSON.stringify(await client.submit(task, 2))) } catch (error) { console.log(error.stack) }
await client.close()
`

test('a syntax error is one error with file:line:column and the lines around it', async (t) => {
  const folder = project(t, { 'main.ts': "const a = 1\nlet b = = 2\nconsole.log('ran')\n" })
  const { code, stdout, stderr } = await runIn(folder, 'main.ts')
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(
    stderr,
    new RegExp(
      `SyntaxError: ${folder}/main\\.ts:2:9: Unexpected token\n\n  1 \\| const a = 1\n> 2 \\| let b = = 2\n    \\|         \\^\n  3 \\| console\\.log\\('ran'\\)`,
    ),
  )
})

test('a syntax error in an imported file names that file', async (t) => {
  const folder = project(t, {
    'main.ts': "import './lib/broken.ts'\n",
    'lib/broken.ts': 'export const x = {\n',
  })
  const { code, stderr } = await runIn(folder, 'main.ts')
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`SyntaxError: ${folder}/lib/broken\\.ts:\\d+:\\d+: `))
})

test('an import of a file that is not there names the importing line and what was looked for', async (t) => {
  const folder = project(t, {
    'main.ts': "import fs from 'node:fs'\nimport { x } from './helperz'\nconsole.log(fs, x)\n",
  })
  const { code, stderr } = await runIn(folder, 'main.ts')
  assert.equal(code, 1)
  assert.ok(
    stderr.includes(
      `MissingImportError: ${folder}/main.ts:2:19 imports "./helperz", and there is no such file: looked for ${folder}/helperz, ` +
        'also with .ts, .js, .json and as a folder with an index. Correct the path or create the file.',
    ),
    stderr,
  )
  assert.match(stderr, /> 2 \| import \{ x \} from '\.\/helperz'/)
})

test('an import of a package that is not installed says how to install it', async (t) => {
  const folder = project(t, { 'main.ts': "import x from '@scope/nowhere/sub'\nconsole.log(x)\n" })
  const { code, stderr } = await runIn(folder, 'main.ts')
  assert.equal(code, 1)
  assert.ok(stderr.includes(`${folder}/main.ts:1:15 imports "@scope/nowhere/sub", and no package`), stderr)
  assert.ok(stderr.includes('Install it: npm install @scope/nowhere'), stderr)
})

test('byte-order mark, CRLF, hashbang and unicode names: it runs, and stacks name the right line', async (t) => {
  const lines = [
    '#!/usr/bin/env node',
    "import { Client } from 'heddle'",
    'const größe = await Promise.resolve(3)',
    'const 数える = (x: number): number => {',
    "  if (x > 1) throw new Error('ü' + größe)",
    '  return x',
    '}',
    'const task = 数える',
  ]
  const text = [...lines, ...SUBMIT.split('\n')].join('\r\n')
  const folder = project(t, { 'main.ts': text, 'marked.ts': `\ufeff${text.replace(/^.*\r\n/, '')}` })
  const [heading, first] = await printed(folder, 'main.ts')
  assert.equal(heading, 'Error: ü3')
  assert.ok(first.includes(`数える (${folder}/main.ts:5:20)`), first)
  const [, marked] = await printed(folder, 'marked.ts')
  assert.ok(marked.includes(`数える (${folder}/marked.ts:4:20)`), marked)
})

test('tsconfig paths through extends, folders with an index, .js for .ts, no extension, JSON', async (t) => {
  const folder = project(t, {
    'tsconfig.base.json':
      '{ "compilerOptions": { "paths": { "@lib/*": ["./src/lib/*"], "config": ["./src/config.ts"] } } }',
    'tsconfig.json': '{ // a comment\n "extends": "./tsconfig.base.json", }',
    'src/lib/add.ts': 'export const add = (a: number, b: number): number => a + b\n',
    'src/lib/deep/index.ts': "export { ten } from '../numbers.js'\n",
    'src/lib/numbers.ts': 'export const ten = Number("10")\n',
    'src/config.ts': "import data from './data.json'\nexport const config: { n: number } = data\n",
    'src/data.json': '{ "n": 100 }',
    'main.ts': `import { Client } from 'heddle'
import { add } from '@lib/add'
import { ten } from './src/lib/deep'
import { config } from 'config'
const task = (x: number): number => add(x, ten) + config.n
${SUBMIT}`,
  })
  assert.deepEqual(await printed(folder, 'main.ts'), ['112'])
})

test("a linked package of a monorepo is the user's own code", async (t) => {
  const folder = project(t, {
    'packages/tools/package.json': '{ "name": "@mono/tools", "type": "module", "exports": "./src/index.ts" }',
    'packages/tools/src/index.ts': 'export const scale = (k: number) => (x: number): number => x * k\n',
    'app/package.json': '{ "type": "module" }',
    'app/main.ts': `import { Client } from 'heddle'\nimport { scale } from '@mono/tools'\nconst task = scale(21)\n${SUBMIT}`,
  })
  mkdirSync(path.join(folder, 'app/node_modules/@mono'), { recursive: true })
  symlinkSync(path.join(folder, 'packages/tools'), path.join(folder, 'app/node_modules/@mono/tools'))
  assert.deepEqual(await printed(folder, 'app/main.ts'), ['42'])
})

test('names with # are looked up in paths of tsconfig.json first, then in imports of package.json', async (t) => {
  const folder = project(t, {
    'package.json':
      '{"type":"module","imports":{"#own/*":"./own/*.ts","#lib/only":"./own/only.ts","#lib/both":"./own/both.ts","#js/*":"./own/*.js","#package":"lodash","#when":{"heddle-test":"./own/z.ts","default":"./own/only.ts"}}}',
    'tsconfig.json': '{"compilerOptions":{"paths":{"#lib/*":["./lib/*"],"#both":["./lib/both.ts"]}}}',
    ...Object.fromEntries(
      ['lib/a', 'lib/both', 'own/both', 'own/only', 'own/z'].map((name) => [
        `${name}.ts`,
        `export const where = (): string => '${name}'`,
      ]),
    ),
    'main.ts': `import { Client } from 'heddle'
import { where as a } from '#lib/a'
import { where as b } from '#lib/both'
import { where as c } from '#lib/only'
import { where as d } from '#own/z'
import { where as e } from '#both'
import { where as f } from '#js/z'
import { where as when } from '#when'
import lodash from '#package'
const pick = lodash.last
const task = async (n: number) => [a(), b(), c(), d(), e(), f(), (await import('#lib/a')).where(), lodash.chunk([1, 2, n], 2), pick([1, n])]
console.log(JSON.stringify(await task(2)), when())
${SUBMIT}`,
    'wrong.ts': "import '#none/x'\n",
  })
  const expected = JSON.stringify([
    'lib/a',
    'lib/both',
    'own/only',
    'own/z',
    'lib/both',
    'own/z',
    'lib/a',
    [[1, 2], [2]],
    2,
  ])
  assert.deepEqual(await printed(folder, 'main.ts'), [`${expected} own/only`, expected])
  const under = await runIn(folder, 'main.ts', { nodeArgs: ['--conditions=heddle-test'] })
  assert.match(under.stdout, /^.* own\/z\n/)
  const { stderr } = await runIn(folder, 'wrong.ts')
  assert.match(
    stderr,
    /wrong\.ts:1:8 imports "#none\/x", and neither `paths` of a tsconfig\.json nor `imports`/,
  )
})

test('a CommonJS project: functions and classes of its files run as tasks', async (t) => {
  const folder = project(t, {
    'package.json': '{ "name": "old" }',
    'lib.js': `'use strict'
const _ = require('lodash')
const { sep } = require('path')
const half = require('./half')
class Pair { constructor(a, b) { this.a = a; this.b = b } sum() { return half(this.a + this.b) } }
const chunk = (list) => _.chunk(list, 2).length + sep
exports.Pair = Pair
exports.chunk = chunk
`,
    'half.js': 'module.exports = function half(x) { return x / 2 }\n',
    'main.js': `const { Client } = require('heddle')
const { Pair, chunk } = require('./lib')
const offset = Number(process.argv[2] ?? 5)
async function main() {
  const client = await Client.local({ workers: 1 })
  const pair = new Pair(3, 5)
  console.log(await client.submit((x) => x + offset, 1))
  console.log(await client.submit(() => pair.sum() + offset))
  console.log(await client.submit(chunk, [1, 2, 3]))
  const back = await client.submit((a) => new Pair(a, 1), 7)
  console.log(back instanceof Pair, back.sum())
  await client.close()
}
main()
`,
  })
  assert.deepEqual(await printed(folder, 'main.js'), ['6', '9', '2/', 'true 4'])
})

test('a file that changes after it was loaded is sent as it was', async (t) => {
  const folder = project(t, {
    'main.ts': `import { Client } from 'heddle'
import fs from 'node:fs'
import { k } from './lib.ts'
const task = (x: number): number => x + k
fs.writeFileSync(import.meta.filename, 'this is no program')
fs.writeFileSync(new URL('./lib.ts', import.meta.url), 'export const k = 1000')
${SUBMIT}`,
    'lib.ts': 'export const k = Number("40")\n',
  })
  assert.deepEqual(await printed(folder, 'main.ts'), ['42'])
})

test('a tsconfig.json that cannot be read is as none', async (t) => {
  const folder = project(t, {
    'tsconfig.json': '{ "extends": "./gone.json" }',
    'main.ts': `import { Client } from 'heddle'
import { k } from './lib.ts'
const task = (x: number): number => x + k
${SUBMIT}`,
    'lib.ts': 'export const k = Number("40")\n',
  })
  assert.deepEqual(await printed(folder, 'main.ts'), ['42'])
})

test('a function of a file that uses `with` is refused', async (t) => {
  const folder = project(t, {
    'package.json': '{}',
    'main.js': `const { Client } = require('heddle')
with ({ y: 1 }) { var task = (x) => x + y }
async function main() { const client = await Client.local({ workers: 1 }); try { await client.submit(task, 1) } catch (e) { console.log(e.message) } await client.close() }
main()
`,
  })
  const [message] = await printed(folder, 'main.js')
  assert.match(message, /stands in a file that uses `with`, where no name has one meaning\./)
})

test("an unhandled rejection of a task that nobody awaits ends the program with the task's error", async (t) => {
  const folder = project(t, {
    'main.ts': `import { Client } from 'heddle'
const client = await Client.local({ workers: 1 })
process.on('exit', () => void client.close())
void client.submit(() => { throw new RangeError('nobody saw') })
`,
  })
  const { code, stderr } = await runIn(folder, 'main.ts')
  assert.equal(code, 1)
  assert.match(stderr, /RangeError: nobody saw\n\s+at .*main\.ts:4:34/)
})
