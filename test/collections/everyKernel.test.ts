// A worker knows every kernel: what is not reached from `kernels/all.ts` runs in the program alone.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { kernelNames } from '../../runtime/kernels/all.ts'

const NAMED = /\bkernel\(\s*'([^']+)'/g

const withoutDocstrings = (file: string): string =>
  readFileSync(file, 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')

test('every kernel of arrays, bags, tables and files is known where all are imported', () => {
  const folder = join(import.meta.dirname, '../../runtime/kernels')
  const names = globSync('**/*.ts', { cwd: folder }).flatMap((file) =>
    Array.from(withoutDocstrings(join(folder, file)).matchAll(NAMED), ([, name]) => name),
  )
  assert.ok(names.includes('array.zarrRead') && names.includes('array.tally'))
  assert.deepEqual(
    names.filter((name) => !kernelNames.named(name)),
    [],
  )
})
