// The files of a run on another machine: laid out as here, sent once, and not at all where they are there already.

import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test, { type TestContext } from 'node:test'
import { BundleStore } from '../../runtime/agent/bundleStore.ts'
import { calls } from '../../runtime/agent/calls.ts'
import { receiveFiles } from '../../runtime/agent/receiveFiles.ts'
import { Mirror, type MirrorHost } from '../../runtime/remote/mirror.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

/** A host with a store of its own; `has`: whether it has the laptop's files at their own paths. */
function hostOf(t: TestContext, has: boolean) {
  const folder = temporaryFolder(t)
  const sent: string[][] = []
  const notices: string[] = []
  const host: MirrorHost = {
    folder,
    notice: (text) => notices.push(text),
    call: async (method, params) => {
      if (method === 'hasFiles' && !has) return { has: false } as never
      return calls[method](params as never, { owns: () => {} }) as never
    },
    putBundle: async (root, { manifest, fileOf }) => {
      const store = new BundleStore(root)
      const missing = store.missing(manifest)
      sent.push(missing.map(({ sha256 }) => fileOf(sha256)))
      async function* upload() {
        for (const { sha256 } of missing) {
          const bytes = readFileSync(fileOf(sha256))
          yield Buffer.from(`${JSON.stringify({ sha256, sizeBytes: bytes.length, offset: 0 })}\n`)
          yield bytes
        }
      }
      await receiveFiles(Readable.from(upload()), store)
      const { folder } = await calls.commit({ root, manifest }, { owns: () => {} })
      return { folder, sentBytes: 0 }
    },
  }
  return { host, sent, notices }
}

function project(t: TestContext): string {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'main.ts'), "import { own } from 'own'\nread('data.csv')\n")
  writeFileSync(join(folder, 'data.csv'), 'a\n1\n')
  mkdirSync(join(folder, 'own'))
  mkdirSync(join(folder, 'node_modules'))
  writeFileSync(join(folder, 'own', 'package.json'), '{"name":"own","type":"module","exports":"./index.ts"}')
  writeFileSync(join(folder, 'own', 'index.ts'), 'export const own = 1\n')
  symlinkSync(join(folder, 'own'), join(folder, 'node_modules', 'own'))
  return folder
}

test('below one folder each file is at its own path, links too, and nobody writes into them', async (t) => {
  const folder = project(t)
  const { host } = hostOf(t, false)
  const root = (await new Mirror(host).put({ file: join(folder, 'main.ts'), cwd: folder }, 0)) ?? ''
  assert.ok(root.startsWith(join(host.folder, 'mirrors', 'bundles')))
  const there = (name: string): string => join(root, folder, name)
  assert.equal(readFileSync(there('data.csv'), 'utf8'), 'a\n1\n')
  assert.equal(readFileSync(there('node_modules/own/index.ts'), 'utf8'), 'export const own = 1\n')
  assert.ok(lstatSync(there('node_modules/own')).isSymbolicLink())
  assert.equal(lstatSync(there('main.ts')).mode & 0o777, 0o400)
})

test('the second time nothing is asked, after an edit one file is sent, and another connection sends nothing', async (t) => {
  const folder = project(t)
  const { host, sent } = hostOf(t, false)
  const run = { file: join(folder, 'main.ts'), cwd: folder }
  const mirror = new Mirror(host)
  const first = await mirror.put(run, 0)
  assert.equal(await mirror.put(run, 1000), first)
  assert.equal(sent.length, 1)
  writeFileSync(join(folder, 'own', 'index.ts'), 'export const own = 22\n')
  assert.notEqual(await mirror.put(run, 2000), first)
  assert.deepEqual(sent[1], [join(folder, 'own', 'index.ts')])
  await new Mirror(host).put(run, 3000)
  assert.deepEqual(sent[2], [])
  // Long after, it may have been swept.
  await mirror.put(run, 2 * 3600_000)
  assert.equal(sent.length, 4)
})

test('where the modules lie at their own paths with this content, nothing is mirrored', async (t) => {
  const folder = project(t)
  const { host, sent } = hostOf(t, true)
  const run = { file: join(folder, 'main.ts'), cwd: folder }
  assert.equal(await new Mirror(host).put(run, 0), undefined)
  assert.deepEqual(sent, [])
})
