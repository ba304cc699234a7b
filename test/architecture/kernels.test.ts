// Every kernel is one that workers know: it is registered in `runtime/kernels`, in a file that `kernels/all.ts` comes to import.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, 'runtime', 'kernels')

/** Names of the kernels that a text registers. */
const registered = (text: string): string[] =>
  [...text.matchAll(/\bkernel\(\s*'([^']+)'/g)].map(([, name]) => name)

/** The files that a file imports as it is run, over others too. */
function reached(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known
  known.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, clause, path] of text.matchAll(
    /^(?:import|export)\s+((?:[\w\s{},*]*\sfrom\s+)?)'(\.\.?\/[^']+\.ts)'/gm,
  ))
    if (!clause.startsWith('type ')) reached(join(dirname(file), path), known)
  return known
}

test('a worker that imports kernels/all.ts knows every kernel', () => {
  const known = reached(join(folder, 'all.ts'))
  const lost: string[] = []
  let count = 0
  for (const path of globSync('runtime/**/*.ts', { cwd: root, exclude: ['**/dist/**'] })) {
    const file = join(root, path)
    const names = registered(readFileSync(file, 'utf8').replace(/^\s*(\*|\/\/).*$/gm, ''))
    count += names.length
    if (!known.has(file)) lost.push(...names.map((name) => `${name} in ${relative(root, file)}`))
  }
  assert.ok(count > 300, `${count} kernels were found`)
  assert.deepEqual(lost, [], 'add these files to an all.ts of kernels')
})

test('the search for kernels finds what is lost', () => {
  assert.deepEqual(registered("export const a = keepsNothing(\n  kernel(\n    'ml.a', f))\nkernel('b', g)"), [
    'ml.a',
    'b',
  ])
  assert.ok(!reached(join(folder, 'ml', 'trees', 'all.ts')).has(join(folder, 'ml', 'fitTask.ts')))
})
