import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { entryPath } from '../../runtime/host/entries.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const PROGRAM =
  "import { getCompileCacheDir } from 'node:module'\nconsole.log(getCompileCacheDir() ?? 'none')\n"

function cacheOf(folder: string, env: Record<string, string>): string {
  const program = join(folder, 'program.ts')
  writeFileSync(program, PROGRAM)
  const { NODE_COMPILE_CACHE: _, NODE_V8_COVERAGE: __, ...rest } = process.env
  return execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', entryPath('register'), program],
    {
      env: { ...rest, XDG_CACHE_HOME: folder, ...env },
      encoding: 'utf8',
    },
  ).trim()
}

test('a program with the loader keeps what V8 compiled, for its next start', (t) => {
  const folder = temporaryFolder(t)
  assert.match(cacheOf(folder, {}), new RegExp(`^${join(folder, 'heddle', 'compile')}`))
  assert.ok(globSync('heddle/compile/*/*', { cwd: folder }).length > 0)
})

test('a cache that is named is taken; while coverage is measured there is none', (t) => {
  const folder = temporaryFolder(t)
  const own = join(folder, 'own')
  assert.match(cacheOf(folder, { NODE_COMPILE_CACHE: own }), new RegExp(`^${own}`))
  assert.equal(cacheOf(folder, { NODE_V8_COVERAGE: join(folder, 'coverage') }), 'none')
})
