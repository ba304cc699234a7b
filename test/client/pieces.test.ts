// Small pure parts of the extension: anchors, imports, the choice of Node and runtime, links.

import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { chooseRuntime } from '../../client/cluster/runtimeChoice.ts'
import { importsHeddle } from '../../client/languageServer/importsHeddle.ts'
import { chooseNode, NoNodeError } from '../../client/node/nodeChoice.ts'
import { shiftAnchor } from '../../client/runs/anchor.ts'
import { expressionNow } from '../../client/runs/lensExpression.ts'
import { type FolderOccupiedError, linkHeddle, pointLink } from '../../client/setUp/linkHeddle.ts'

function folder(t: TestContext): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-client-')))
  t.after(() => rmSync(made, { recursive: true, force: true }))
  return made
}

test('an anchor follows edits around it', () => {
  const anchor = { start: 10, end: 20 }
  const shifted = (offset: number, length: number, textLength: number) =>
    shiftAnchor(anchor, { offset, length, textLength })
  assert.deepEqual(shifted(0, 0, 5), { start: 15, end: 25 })
  assert.deepEqual(shifted(10, 0, 5), { start: 15, end: 25 }, 'typed right before it')
  assert.deepEqual(shifted(20, 0, 5), anchor, 'typed right behind it')
  assert.deepEqual(shifted(12, 2, 5), { start: 10, end: 23 })
  assert.deepEqual(shifted(8, 4, 0), { start: 8, end: 16 }, 'cut at its beginning')
  assert.deepEqual(shifted(18, 4, 1), { start: 10, end: 18 }, 'cut at its end')
  assert.equal(shifted(8, 20, 3), undefined)
})

test('a lens runs its expression: where the text is newer than the lens, the one that stands there now', async () => {
  const expression = { start: 40, end: 60, label: 'sum' }
  const moved = { start: 44, end: 64, label: 'sum' }
  const asked: number[] = []
  const now = (version: number, there?: typeof moved) =>
    expressionNow({ version: 3, expression }, version, async (offset) => {
      asked.push(offset)
      return there
    })
  assert.deepEqual(await now(3), expression)
  assert.deepEqual(asked, [], 'nobody is asked about a text that is as it was')
  assert.deepEqual(await now(4, moved), moved)
  assert.equal(await now(4), undefined, 'it was deleted')
  assert.deepEqual(asked, [40, 40])
})

test('imports of heddle are seen in every form, and other words are not', () => {
  for (const text of [
    "import { bag } from 'heddle'",
    'import { array } from "heddle/array"',
    "import 'heddle'",
    "const { bag } = await import('heddle')",
    "const { bag } = require('heddle')",
    "import {\n  bag,\n} from 'heddle'",
  ])
    assert.ok(importsHeddle(text), text)
  for (const text of [
    "import x from 'heddle-tools'",
    '// a heddle lifts threads',
    "import x from './heddle'",
  ])
    assert.ok(!importsHeddle(text), text)
})

function fakeNode(at: string, version: string): string {
  mkdirSync(at, { recursive: true })
  const file = join(at, 'node')
  writeFileSync(file, `#!/bin/sh\necho '${version}'\n`)
  chmodSync(file, 0o755)
  return file
}

test('Node is taken from the setting, then PATH, then the cache: the first that is new enough', async (t) => {
  const at = folder(t)
  const old = fakeNode(join(at, 'old'), '20.20.2')
  const fresh = fakeNode(join(at, 'fresh'), '24.1.0')
  const cached = fakeNode(join(at, 'cache', '24.21.0', 'bin'), '24.21.0')
  const places = { cache: join(at, 'cache'), platform: 'linux' as const }
  const pathVariable = `${join(at, 'old')}:${join(at, 'nowhere')}:${join(at, 'fresh')}`
  assert.equal(await chooseNode({ ...places, pathVariable }), fresh)
  assert.equal(await chooseNode({ ...places, pathVariable: join(at, 'old') }), cached)
  assert.equal(await chooseNode({ ...places, pathVariable, setting: cached }), cached)
  await assert.rejects(chooseNode({ ...places, pathVariable, setting: old }), (error: NoNodeError) => {
    assert.ok(error instanceof NoNodeError)
    assert.equal(
      error.message,
      `Heddle needs Node 24 or newer to run a cluster (${old} is version 20.20.2). Install Node 24, or set "heddle.nodePath" to one.`,
    )
    return true
  })
})

test('a Node that is Electron, or no program at all, is refused with its reason', async (t) => {
  const at = folder(t)
  const electron = fakeNode(at, 'electron')
  const places = { cache: join(at, 'none'), pathVariable: '', platform: 'linux' as const }
  await assert.rejects(chooseNode({ ...places, setting: electron }), /is Electron, which cannot run workers/)
  await assert.rejects(chooseNode({ ...places, setting: join(at, 'gone') }), /gone is not there/)
  await assert.rejects(chooseNode(places), /and there is none on PATH/)
})

function fakeRuntime(at: string, version: string, built = true): string {
  mkdirSync(join(at, 'dist'), { recursive: true })
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name: 'heddle', version }))
  if (built) writeFileSync(join(at, 'dist', 'scheduler.js'), '')
  return at
}

test("the workspace's heddle wins over the extension's, when it can run", async (t) => {
  const at = folder(t)
  const bundled = fakeRuntime(join(at, 'extension'), '0.1.0')
  const file = join(at, 'project', 'deep', 'analysis.ts')
  mkdirSync(join(at, 'project', 'node_modules'), { recursive: true })
  assert.deepEqual(await chooseRuntime(file, bundled), { folder: bundled, version: '0.1.0', own: false })
  const own = join(at, 'project', 'node_modules', 'heddle')
  fakeRuntime(own, '0.2.0', false)
  assert.deepEqual(await chooseRuntime(file, bundled), { folder: bundled, version: '0.1.0', own: false })
  fakeRuntime(own, '0.2.0')
  assert.deepEqual(await chooseRuntime(file, bundled), { folder: own, version: '0.2.0', own: true })
})

test("a folder that was set up uses the extension's heddle, which is none of its own", async (t) => {
  const at = folder(t)
  const bundled = fakeRuntime(join(at, 'extension'), '0.1.0')
  const project = join(at, 'project')
  assert.equal(await linkHeddle(project, join(at, 'stable'), bundled), 'linked')
  assert.equal(await linkHeddle(project, join(at, 'stable'), bundled), 'already there')
  assert.equal((await chooseRuntime(join(project, 'a.ts'), bundled)).own, false)
  const manifest = readFileSync(join(project, 'node_modules', 'heddle', 'package.json'), 'utf8')
  assert.equal(manifest, '{"name":"heddle","version":"0.1.0"}')
})

test('an update of the extension turns the link; what a folder installed itself is left alone', async (t) => {
  const at = folder(t)
  const project = join(at, 'project')
  await linkHeddle(project, join(at, 'stable'), fakeRuntime(join(at, 'old'), '0.1.0'))
  await linkHeddle(project, join(at, 'stable'), fakeRuntime(join(at, 'new'), '0.2.0'))
  assert.equal(realpathSync(join(project, 'node_modules', 'heddle')), join(at, 'new'))
  const other = join(at, 'other')
  const own = fakeRuntime(join(other, 'node_modules', 'heddle'), '9.0.0')
  await assert.rejects(
    linkHeddle(other, join(at, 'stable'), join(at, 'new')),
    (error: FolderOccupiedError) => {
      assert.equal(error.path, own)
      return true
    },
  )
})

test('windows that turn the link at once all find it turned, and it is never away', async (t) => {
  const at = folder(t)
  const link = join(at, 'stable')
  const runtimes = ['old', 'new'].map((name) => fakeRuntime(join(at, name), '0.1.0'))
  await pointLink(link, runtimes[0])
  let turning = true
  let looks = 0
  const look = async (): Promise<void> => {
    for (; turning; looks++) assert.ok(runtimes.includes(await realpath(link)))
  }
  const turn = async (): Promise<void> => {
    for (let i = 1; i <= 25; i++)
      await Promise.all(Array.from({ length: 8 }, () => pointLink(link, runtimes[i % 2])))
    turning = false
  }
  await Promise.all([look(), turn()])
  assert.ok(looks > 0)
  assert.equal(realpathSync(link), runtimes[1])
  assert.deepEqual(readdirSync(at).sort(), ['new', 'old', 'stable'])
})
