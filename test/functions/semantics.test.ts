// The digest of a function is that of what it means: its text and what it needs, not where it stands.

import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { project, runIn } from './kit/project.ts'

const MAIN = `import { Client } from 'heddle'
import { add, other } from './helpers.ts'
import _ from 'lodash'
const factor = await Promise.resolve(3)
const one = (x: number): number => add(x, 1) * factor
const pairs = (xs: number[]): number[][] => _.chunk(xs, 2)
class Model { w = 1; run(x: number): number { return one(x) + this.w } }
const nested = (c: Client): unknown => c.submit(one as never, 1 as never)
function unrelated(): number { return other() }
const client = await Client.local({ workers: 0 })
const hex = (fn: (...args: never[]) => unknown): string => Buffer.from(client.lift(fn).digest).toString('hex')
console.log(JSON.stringify({ one: hex(one), pairs: hex(pairs), model: hex(Model as never), nested: hex(nested), unrelated: hex(unrelated) }))
await client.close()
`
const HELPERS = `import { scale } from './scale.ts'
export const add = (a: number, b: number): number => scale(a) + b
export const other = (): number => 5
`
const SCALE = 'export const scale = (x: number): number => x * 2\nexport const unused = 1\n'

type Digests = Record<'one' | 'pairs' | 'model' | 'nested' | 'unrelated', string>

async function digests(t: TestContext, files: Record<string, string> = {}): Promise<Digests> {
  const folder = project(t, { 'main.ts': MAIN, 'helpers.ts': HELPERS, 'scale.ts': SCALE, ...files })
  const { stdout, stderr } = await runIn(folder, 'main.ts')
  assert.equal(stderr, '')
  return JSON.parse(stdout) as Digests
}

/** Names of the functions whose digests differ. */
const changed = (a: Digests, b: Digests): string[] =>
  Object.keys(a).filter((name) => a[name as 'one'] !== b[name as 'one'])

test('what changes a digest, and what does not', async (t) => {
  const before = await digests(t)
  assert.equal(new Set(Object.values(before)).size, 5)

  await t.test('moving a function, in another folder: nothing', async (t) => {
    const moved = MAIN.replace('class Model', '// moved down\n\n\nclass Model').replace(
      'const factor',
      '\n\nconst factor',
    )
    assert.deepEqual(changed(before, await digests(t, { 'main.ts': moved })), [])
  })
  await t.test('editing an unrelated function of the same file: that one alone', async (t) => {
    const edited = MAIN.replace('return other()', 'return other() + 1')
    assert.deepEqual(changed(before, await digests(t, { 'main.ts': edited })), ['unrelated'])
  })
  await t.test('editing an unrelated export of a helper file: nothing else', async (t) => {
    const edited = HELPERS.replace('=> 5', '=> 6')
    assert.deepEqual(changed(before, await digests(t, { 'helpers.ts': edited })), ['unrelated'])
  })
  await t.test("editing a helper's helper: everything that depends on it", async (t) => {
    const edited = SCALE.replace('x * 2', 'x * 3')
    assert.deepEqual(changed(before, await digests(t, { 'scale.ts': edited })), ['one', 'model', 'nested'])
  })
  await t.test('another captured value: what captures it', async (t) => {
    const edited = MAIN.replace('resolve(3)', 'resolve(4)')
    assert.deepEqual(changed(before, await digests(t, { 'main.ts': edited })), ['one', 'model', 'nested'])
  })
  await t.test('another package: what imports it', async (t) => {
    const edited = MAIN.replace("from 'lodash'", "from 'lodash/lodash.js'")
    assert.deepEqual(changed(before, await digests(t, { 'main.ts': edited })), ['pairs'])
  })
})
