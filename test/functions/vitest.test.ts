// A project's own tests under vitest: its functions run on workers, by the plugin for Vite.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { Workplace } from '../endToEnd/runKit.ts'

const VITEST = join(import.meta.dirname, '..', '..', 'node_modules', 'vitest')

const FILES = {
  'package.json': '{"type":"module"}',
  'vitest.config.ts': `import { heddleVite } from 'heddle/plugins'
import { defineConfig } from 'vitest/config'
export default defineConfig({ plugins: [heddleVite()] })`,
  'box.ts': `export class Box {
  #held: number
  constructor(held: number) {
    this.#held = held
  }
  get twice(): number {
    return this.#held * 2
  }
}
export const scale = (x: number): number => x * 10`,
  'box.test.ts': `import { Client } from 'heddle'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Box, scale } from './box'
let client: Client
beforeAll(async () => {
  client = await Client.local({ workers: 1, threadsPerWorker: 1 })
}, 60_000)
afterAll(() => client.close())
test('closures run on workers', async () => {
  const more = Number('3')
  expect(await client.gather(client.map((x: number) => scale(x) + more, [1, 2]))).toEqual([13, 23])
  expect(await client.submit(() => process.pid).result()).not.toBe(process.pid)
})
test('instances come back as instances of the class of the test', async () => {
  const box = await client.submit((held: number) => new Box(held), 4).result()
  expect(box).toBeInstanceOf(Box)
  expect(await client.submit((given: Box) => given.twice, box).result()).toBe(8)
})
test('an error of a task names its line', async () => {
  const failing = client.submit(() => {
    throw new RangeError('thrown there')
  })
  const error: Error = await failing.result().catch((error) => error)
  expect(error).toBeInstanceOf(RangeError)
  expect(error.stack).toMatch(/box\\.test\\.ts:21:11\\)/)
})
test('what fails here names its line, too', () => {
  expect(scale(1)).toBe(11)
})`,
}

interface Told {
  testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[]
}

test('vitest runs the functions of a project on workers', async (t) => {
  await using place = new Workplace(FILES)
  symlinkSync(VITEST, join(place.folder, 'node_modules', 'vitest'), 'dir')
  mkdirSync(join(place.folder, 'run'), { mode: 0o700 })
  const env = { ...process.env, XDG_RUNTIME_DIR: join(place.folder, 'run'), NODE_TEST_CONTEXT: undefined }
  const args = [
    join(VITEST, 'vitest.mjs'),
    'run',
    '--reporter=json',
    '--outputFile=told.json',
    '--testTimeout=60000',
  ]
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, args, { cwd: place.folder, env }, (_error, stdout, stderr) =>
      resolve({ stdout, stderr }),
    ),
  )
  const told = join(place.folder, 'told.json')
  assert.ok(existsSync(told), stdout + stderr)
  const { testResults } = JSON.parse(readFileSync(told, 'utf8')) as Told
  const [{ assertionResults }] = testResults
  assert.equal(assertionResults.length, 4, stderr)
  for (const { title, status, failureMessages } of assertionResults.slice(0, 3))
    await t.test(title, () => assert.equal(status, 'passed', failureMessages.join('\n')))
  const [{ status, failureMessages }] = assertionResults.slice(3)
  assert.equal(status, 'failed')
  assert.match(failureMessages[0], /box\.test\.ts:28:20/)
})
