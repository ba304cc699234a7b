// The memory of the language server's process, started as the extension starts it, with many files of a project open.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { projectFigures } from '../bench/editor/projectOpen.ts'

const MEMORY_MB_MAX = 400

test('300 open files and their types take less than 400 MB of the language server', {
  skip: process.platform !== 'linux' && 'memory is read from /proc',
}, async () => {
  const { memoryMb } = await projectFigures(join(import.meta.dirname, '..', '..'))
  assert.ok(memoryMb < MEMORY_MB_MAX, `${memoryMb.toFixed(0)} MB`)
})
