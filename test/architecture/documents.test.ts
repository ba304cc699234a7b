// The documents name files that exist, and say nothing of the machine that they were written on.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'node:test'

const root = join(import.meta.dirname, '..', '..')
const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root })]

/** Paths below the checkout that a text names in backticks or links to. */
function namedPaths(text: string): string[] {
  const quoted = [...text.matchAll(/`([\w@./-]+)`/g)].map((match) => match[1])
  const linked = [...text.matchAll(/\]\(([\w@./-]+)\)/g)].map((match) => match[1])
  const isPath = (token: string): boolean =>
    /^(\.ci|client|docs|examples|media|runtime|scripts|server|test)\//.test(token) ||
    /\/[\w.-]+\.(ts|tsx|md|cjs|json|css|svg|png)$/.test(token)
  return [...quoted.filter(isPath), ...linked]
}

const exists = (document: string, path: string): boolean =>
  [root, join(root, 'runtime'), join(root, 'test'), join(root, dirname(document))].some((base) =>
    existsSync(join(base, path)),
  ) || /(^|\/)dist(\/|$)|node_modules/.test(path)

for (const document of DOCUMENTS)
  test(`${document} names only files that exist`, () => {
    const text = readFileSync(join(root, document), 'utf8')
    assert.deepEqual(
      namedPaths(text).filter((path) => !exists(document, path)),
      [],
    )
  })

test('a path that does not exist is found', () => {
  assert.deepEqual(namedPaths('see `runtime/nowhere.ts`, [this](docs/lost.md) and `client.map`'), [
    'runtime/nowhere.ts',
    'docs/lost.md',
  ])
  assert.equal(exists('README.md', 'runtime/nowhere.ts'), false)
})

test('the lock file holds no download address', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; link?: boolean }>
  }
  const addresses = Object.entries(lock.packages).filter(([, entry]) => entry.resolved && !entry.link)
  assert.deepEqual(addresses, [])
})

test('tracked files hold no escape from the type checker', () => {
  // git grep ends with 1 where it finds nothing.
  const pattern = '@ts-(ignore|nocheck)|(:|as|<) ?any *([],;)=>|{}[]|$)'
  const found = spawnSync('git', ['grep', '-nE', pattern, '--', '*.ts', '*.tsx'], {
    cwd: root,
    encoding: 'utf8',
  }).stdout
  const outside = found
    .split('\n')
    .filter((line) => line && !/^test\/(fixtures|functions\/programs|architecture)\//.test(line))
  assert.deepEqual(outside, [])
})
