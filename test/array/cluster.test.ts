// Arrays on a real cluster: blocks in shared memory, functions with what they capture, what stays and what comes back.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..')

test('arrays are computed, kept and come back on a cluster of two workers', { timeout: 240_000 }, () => {
  const output = execFileSync(
    process.execPath,
    [
      join(root, 'runtime/bin/heddle.cjs'),
      'run',
      join(import.meta.dirname, 'programs/arrays.ts'),
      '--workers',
      '2',
      '--threads',
      '1',
    ],
    { encoding: 'utf8', cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = output.split('\n').filter((each) => each.startsWith('{'))
  assert.deepEqual(JSON.parse(line), {
    mean: true,
    captured: [10, 20, 30, 40],
    kept: 2_000_000,
    shape: [500, 2],
    dtype: 'int64',
    product: 300,
    error: 'add: shapes (3,) and (2,) do not broadcast together',
    same: true,
  })
})
