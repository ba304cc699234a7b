// Models on a real cluster: blocks stay on the workers, coefficients go round, fits of a search run in workers.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..')

test('models learn on a cluster of two workers', { timeout: 240_000 }, () => {
  const output = execFileSync(
    process.execPath,
    [
      join(root, 'runtime/bin/heddle.cjs'),
      'run',
      join(import.meta.dirname, 'programs/fits.ts'),
      '--workers',
      '2',
      '--threads',
      '1',
    ],
    { encoding: 'utf8', cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = output.split('\n').filter((each) => each.startsWith('{'))
  assert.deepEqual(JSON.parse(line), {
    accurate: true,
    same: true,
    best: { model__C: 1 },
    line: [2, -1, 0, 0],
  })
})
