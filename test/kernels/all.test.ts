// Every kernel is known to workers: they load `kernels/all.ts` and no collection.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import '../../runtime/kernels/all.ts'
import { kernelNames } from '../../runtime/kernels/kernel.ts'

test('all.ts loads every file that declares a kernel', () => {
  const root = join(import.meta.dirname, '..', '..', 'runtime', 'kernels')
  const declared = globSync('**/*.ts', { cwd: root }).flatMap((file) =>
    Array.from(readFileSync(join(root, file), 'utf8').matchAll(/\bkernel\(\s*'([^']+)'/g), ([, name]) => [
      name,
      file,
    ]),
  )
  assert.ok(declared.length > 100, `${declared.length} kernels`)
  assert.deepEqual(
    declared.filter(([name]) => !name.startsWith('example.') && kernelNames.named(name) === undefined),
    [],
  )
})
