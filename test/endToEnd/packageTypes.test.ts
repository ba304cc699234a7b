// The package's declarations as a user's TypeScript sees them: the examples, and what computes several collections at once, have the types they should.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')

const PROGRAM = `import { array, bag, compute, dataframe, delayed, persist } from 'heddle'

const rows = bag.range(3).map((n) => ({ n }))
const [all, sum, zeros, table, later] = await compute(
  rows,
  bag.range(3).sum(),
  array.zeros([3]),
  dataframe.fromRecords([{ a: 1 }]),
  delayed((x: number) => x + 1)(2),
)
export const items: { n: number }[] = all
export const total: number = sum
export const zero: unknown = zeros.toList()
export const record: { a: number } = table.toRecords()[0]
export const three: number = later
const [kept] = await persist(rows)
export const again: { n: number }[] = await kept.compute()
// @ts-expect-error what is no collection is not computed
await compute(7)
`

test('examples and programs of several collections are right by the types of the package', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-types-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(root, 'runtime'), join(folder, 'node_modules', 'heddle'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'program.ts'), PROGRAM)
  cpSync(join(root, 'examples'), folder, { recursive: true })
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  assert.ok(files.length > 3, 'the examples are there')
  const options = ['--noEmit', '--strict', '--target', 'es2024', '--module', 'nodenext', '--skipLibCheck']
  const types = ['--typeRoots', join(root, 'node_modules', '@types')]
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, ...options, ...types, ...files], {
    cwd: folder,
  }).catch((error: { stdout: string }) => error)
  assert.equal(stdout, '')
})
