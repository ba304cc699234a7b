// A file that was edited and is run again on the same cluster: only what changed is computed, counted by what tasks did.

import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { Workplace } from '../endToEnd/runKit.ts'

const MAIN = `
import { Client } from 'heddle'
import { a, b, c } from './work.ts'
const client = await Client.local()
const list = [1, 2, 3]
const futures = [...client.map(a, list), ...client.map(b, list), ...client.map(c, list)]
console.log(JSON.stringify(await client.gather(futures)))
if (process.argv.includes('hold')) {
  console.log('held')
  setInterval(() => futures.length, 1000)
} else await client.close()
`
const HELPERS = `
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
export function ran(name: string): void {
  appendFileSync(join(import.meta.dirname, 'ran.txt'), name + '\\n')
}
export const twice = (x: number): number => x * 2
export const thrice = (x: number): number => x * 3
`
const A = "export function a(x: number): number {\n  ran('a')\n  return twice(x)\n}\n"
const B = "export function b(x: number): number {\n  ran('b')\n  return thrice(x)\n}\n"
const C = "export function c(x: number): string {\n  ran('c')\n  return tag(x)\n}\n"
const HEAD = "import { tag } from 'tagger'\nimport { ran, thrice, twice } from './helpers.ts'\n"
const TAGGER = (version: string): string => JSON.stringify({ name: 'tagger', version, main: 'index.js' })

test('an edited file run again computes only what changed', async (t) => {
  await using place = new Workplace({
    'package.json': '{"type":"module"}',
    'main.ts': MAIN,
    'helpers.ts': HELPERS,
    'work.ts': HEAD + A + B + C,
    'node_modules/tagger/package.json': TAGGER('1.0.0'),
    'node_modules/tagger/index.js': "exports.tag = (x) => 'v' + x",
  })
  const scheduler = place.start('scheduler', '--port', '0', '--workers', '1', '--threads', '1')
  await scheduler.said('dashboard')
  const cluster = place.clusterFile()
  const tasksRun = (): Record<string, number> => {
    const file = join(place.folder, 'ran.txt')
    const counts: Record<string, number> = {}
    try {
      for (const name of readFileSync(file, 'utf8').trim().split('\n')) counts[name] = (counts[name] ?? 0) + 1
    } catch {
      return counts // Nothing ran.
    }
    rmSync(file)
    return counts
  }
  const again = async (): Promise<Record<string, number>> => {
    const { code, stderr } = await place.heddle('run', 'main.ts', '--connect', cluster, '--quiet')
    assert.equal(code, 0, stderr)
    return tasksRun()
  }
  const holder = place.start('run', 'main.ts', '--connect', cluster, '--quiet', '--', 'hold')
  await holder.said('held')
  assert.deepEqual(tasksRun(), { a: 3, b: 3, c: 3 })
  const step = (name: string, edit: () => void, expected: Record<string, number>): Promise<void> =>
    t.test(name, async () => {
      edit()
      assert.deepEqual(await again(), expected)
    })
  await step('nothing was edited', () => {}, {})
  await step(
    'functions were moved, and one was added',
    () =>
      place.write('work.ts', `// New.\n${HEAD}${C}\nexport const unrelated = (): number => 1\n\n${B}${A}`),
    {},
  )
  await step(
    'one function was edited',
    () => place.write('work.ts', HEAD + A.replace('twice(x)', 'twice(x) + 1') + B + C),
    { a: 3 },
  )
  await step(
    'a helper of one was edited',
    () => place.write('helpers.ts', HELPERS.replace('x * 3', 'x * 30')),
    { a: 3, b: 3 },
  )
  await step(
    "a package's version changed",
    () => {
      place.write('work.ts', HEAD + A + B + C)
      place.write('helpers.ts', HELPERS)
      place.write('node_modules/tagger/package.json', TAGGER('1.0.1'))
    },
    { c: 3 },
  )
  for (const one of [holder, scheduler]) {
    one.child.kill('SIGINT')
    await one.ended
  }
})
