// Clusters that were started elsewhere: found by their files, and found again by the same file, until they have ended.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findByFile } from '../../client/cluster/addressCluster.ts'
import { otherClusters } from '../../client/cluster/otherClusters.ts'

const folder = mkdtempSync(join(tmpdir(), 'heddle-address-'))
const before = process.env.XDG_RUNTIME_DIR
process.env.XDG_RUNTIME_DIR = folder
after(() => {
  if (before === undefined) delete process.env.XDG_RUNTIME_DIR
  else process.env.XDG_RUNTIME_DIR = before
  rmSync(folder, { recursive: true })
})

/** As a scheduler writes it. @param pid of a process that runs, or not */
function leave(id: string, pid: number): string {
  const own = join(folder, `heddle-${process.getuid?.() ?? 0}`, id)
  mkdirSync(own, { recursive: true })
  const file = join(own, 'cluster.json')
  writeFileSync(file, JSON.stringify({ id, pid, control: `unix:${own}/control.sock`, token: 't' }))
  return file
}

test('a cluster that runs is found by its file, is told apart by it, and is found again by what is noted', async () => {
  const file = leave('a1b2', process.pid)
  const [other, ...more] = otherClusters(undefined)
  assert.deepEqual([other.id, other.file, more], ['a1b2', file, []])
  assert.deepEqual(otherClusters('a1b2'), [])
  const found = await findByFile(other.file)
  assert.deepEqual([found?.kind, found?.name, found?.note], ['address', 'a1b2', { kind: 'address', file }])
  const again = found?.note.kind === 'address' ? await findByFile(found.note.file) : undefined
  assert.equal(again?.address.control, found?.address.control)
})

test('one that has ended, or a file that is none, is not found again', async () => {
  // No process has this number: it is above what Linux gives.
  const file = leave('dead', 2 ** 30)
  assert.equal(await findByFile(file), undefined)
  assert.equal(await findByFile(join(folder, 'nowhere.json')), undefined)
  assert.equal(await findByFile(''), undefined)
  writeFileSync(join(folder, 'text.json'), 'none of ours')
  assert.equal(await findByFile(join(folder, 'text.json')), undefined)
  rmSync(file)
})
