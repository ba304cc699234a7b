// The folder that a user chose for spilled values: each owner has its own inside, and those of the dead are removed.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { closeScratch, openScratch } from '../../runtime/host/scratchFolder.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

/** The number of a process that is over. */
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid

test('folders of dead processes of this host go, those of the living and of others stay', (t) => {
  const parent = join(temporaryFolder(t), 'not there yet')
  const own = openScratch(parent)
  assert.ok(existsSync(own))
  const dead = join(parent, `heddle-${hostname()}-${deadPid()}`)
  const others = ['notes', `heddle-elsewhere-${deadPid()}`, `heddle-${hostname()}-${process.ppid}`]
  for (const folder of [dead, ...others.map((name) => join(parent, name))]) mkdirSync(folder)
  writeFileSync(join(dead, '0'), 'spilled')
  assert.equal(openScratch(parent), own)
  assert.equal(existsSync(dead), false)
  closeScratch(own)
  assert.deepEqual(readdirSync(parent).toSorted(), ['.heddle-made', ...others].toSorted())
})

test('a folder that was made is removed by the last who leaves, with what was made around it; one that was there stays', (t) => {
  const there = temporaryFolder(t)
  const parent = join(there, 'of', 'job 7')
  const own = openScratch(parent)
  const other = join(parent, `heddle-elsewhere-${process.pid}`)
  mkdirSync(other)
  // The maker leaves first.
  closeScratch(own)
  assert.ok(existsSync(other))
  closeScratch(other)
  assert.deepEqual(readdirSync(there), [])
  closeScratch(openScratch(there))
  assert.deepEqual(readdirSync(there), [])
})

test('a folder that was made stays for as long as somebody else has something there', (t) => {
  const there = temporaryFolder(t)
  const parent = join(there, 'made')
  const own = openScratch(parent)
  writeFileSync(join(parent, 'notes'), '')
  closeScratch(own)
  assert.deepEqual(readdirSync(parent).toSorted(), ['.heddle-made', 'notes'])
  const beside = join(there, 'deep', 'made')
  const second = openScratch(beside)
  writeFileSync(join(there, 'deep', 'notes'), '')
  closeScratch(second)
  assert.deepEqual(readdirSync(join(there, 'deep')), ['notes'])
})

test('a folder that cannot be one is an error that names it', (t) => {
  const file = join(temporaryFolder(t), 'file')
  writeFileSync(file, '')
  assert.throws(() => openScratch(file), {
    name: 'ScratchFolderError',
    folder: file,
    message: /spill folder .*file cannot be used: .*Choose another/,
  })
})
