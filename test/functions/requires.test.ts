// `import x = require()` that is only exported again, and CommonJS modules in cycles, as a small client and its workers see them.

import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { project, runIn } from './kit/project.ts'

async function told(t: TestContext, files: Record<string, string>, main = 'main.ts'): Promise<unknown> {
  const { code, stdout, stderr } = await runIn(project(t, files), main)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

test('an `import x = require()` of which nothing is used but its export stays a value', async (t) => {
  const files = {
    'main.ts': `import { Client } from 'heddle'
import { kept, made } from './again.ts'
import * as others from './others.ts'
import { plain } from './plain.ts'
const client = await Client.local()
const f = (n: number) => [kept.twice(n), made(n), others.direct.twice(n), others.Inner.name, others.inside(), plain.twice(n), 'typed' in others]
console.log(JSON.stringify([f(3), await client.submit(f, 3)]))
await client.close()`,
    'tool.cts': 'export = { twice: (n: number): number => n * 2 }',
    'maker.cts': "function maker(n: number): string { return 'made ' + n }\nexport = maker",
    'types.ts': 'export interface Only { a: number }',
    'again.ts':
      "import tool = require('./tool.cts')\nimport made = require('./maker.cts')\nexport { made, tool as kept }",
    'others.ts': `export import direct = require('./tool.cts')
import typed = require('./types.ts')
export type { typed }
namespace Outer { export namespace Inner { export const name = 'inner' } export type Kind = string }
export import Inner = Outer.Inner
import Alias = Outer.Inner
import Kind = Outer.Kind
declare namespace Types { type Text = string }
import Text = Types.Text
export const inside = (text: Text = Alias.name): Kind => text
globalThis.evaluated = (globalThis.evaluated ?? 0) + 1
declare global { var evaluated: number | undefined }`,
    'plain.ts': "import plain = require('./tool.cts')\nexport { plain }\nexport default plain",
  }
  const expected = [6, 'made 3', 6, 'inner', 'inner', 6, false]
  assert.deepEqual(await told(t, files), [expected, expected])
})

test('in a CommonJS project: `export =` of an import, and `export { x }` beside it', async (t) => {
  const files = {
    'package.json': '{}',
    'main.cts': `import heddle = require('heddle')
import tool = require('./again.cts')
import beside = require('./beside.cts')
const f = (n: number) => [tool(n), beside.tool(n), beside.more]
async function main(): Promise<void> {
  const client = await heddle.Client.local()
  console.log(JSON.stringify([f(3), await client.submit(f, 3)]))
  await client.close()
}
void main()`,
    'tool.cts': 'export = (n: number): number => n * 2',
    'again.cts': "import tool = require('./tool.cts')\nexport = tool",
    'beside.cts': "import tool = require('./tool.cts')\nexport { tool }\nexport const more = 1",
  }
  assert.deepEqual(await told(t, files, 'main.cts'), [
    [6, 6, 1],
    [6, 6, 1],
  ])
})

test('a cycle of require that replaces module.exports is entered where the program entered it', async (t) => {
  const files = {
    'package.json': '{}',
    'main.cjs': `const { Client } = require('heddle')
const make = require('./make.cjs')
const { seen, kind } = require('./inner.cjs')
const deep = require('./deep.cjs')
const f = () => [kind(), deep.kinds()]
const g = () => [make().kind, seen === make, Object.keys(seen)]
async function main() {
  const client = await Client.local({ workers: 1 })
  const other = await Client.local({ workers: 1 })
  const there = [await client.submit(kind), await client.submit(f), await client.submit(g), await other.submit(g), await other.submit(deep.kinds)]
  console.log(JSON.stringify([[kind(), f(), g(), g(), deep.kinds()], there]))
  await client.close()
  await other.close()
}
main()`,
    'make.cjs': `exports.early = true
const inner = require('./inner.cjs')
module.exports = function make() { return { kind: inner.kind() } }`,
    'inner.cjs': `const make = require('./make.cjs')
exports.seen = make
exports.kind = () => typeof make + Object.keys(make)
exports.deep = require('./deep.cjs')`,
    'deep.cjs': `const make = require('./make.cjs')
const inner = require('./inner.cjs')
exports.kinds = () => [typeof make, Object.keys(inner)]`,
  }
  const [here, there] = (await told(t, files, 'main.cjs')) as [unknown, unknown]
  assert.deepEqual(there, here)
  assert.match(JSON.stringify(here), /objectearly/)
})

test('a function of a cycle of ES modules is loaded by way of the module that the program entered first', async (t) => {
  const files = {
    'main.ts': `import { Client } from 'heddle'
import { Sub } from './sub.ts'
import standard, { viaBase } from './base.ts'
const client = await Client.local({ workers: 1 })
const other = await Client.local({ workers: 1 })
console.log(JSON.stringify([viaBase(), await client.submit(viaBase), await other.submit(standard), new Sub().label]))
await client.close()
await other.close()`,
    'base.ts': `import { Sub } from './sub.ts'
const make = <T,>(value: T): T => value
export const Base = make(class { label = 'made' })
export let viaBase = (): string => new Sub().label + new Sub().own
export default (): string => 'default ' + viaBase()`,
    'sub.ts':
      "import { Base } from './base.ts'\nexport class Sub extends Base { own = make() }\nlet count = 0\nfunction make(): number { return count }\ncount = 7",
  }
  assert.deepEqual(await told(t, files), ['made7', 'made7', 'default made7', 'made'])
})
