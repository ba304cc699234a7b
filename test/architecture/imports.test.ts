// Holds every source file to the import table, and shows that each of its rules can fail.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { parseSync } from 'oxc-parser'
import { ROOMS, roomOf, type Violation, violationsOf } from './rooms.ts'

const root = join(import.meta.dirname, '..', '..')

/** What a file imports or re-exports, dynamic imports of literals included; types count like values. */
function importsOf(file: string, text: string): string[] {
  const { module } = parseSync(file, text)
  const found = module.staticImports.map((entry) => entry.moduleRequest.value)
  for (const entry of module.staticExports)
    for (const each of entry.entries) if (each.moduleRequest) found.push(each.moduleRequest.value)
  for (const entry of module.dynamicImports) {
    const source = text.slice(entry.moduleRequest.start, entry.moduleRequest.end)
    if (/^(['"]).*\1$/.test(source)) found.push(source.slice(1, -1))
  }
  return [...new Set(found)]
}

test('every file keeps to the import table', () => {
  const files = globSync('{runtime,server,client,media}/**/*.{ts,tsx}', { cwd: root }).filter(
    (file) => !/(^|\/)(node_modules|dist)\//.test(file),
  )
  assert.ok(files.length > 50, `only ${files.length} files were found`)
  const found: Violation[] = []
  for (const file of files)
    found.push(...violationsOf(file, importsOf(file, readFileSync(join(root, file), 'utf8'))))
  assert.deepEqual(
    found.map(({ file, specifier, rule }) => `${file}: '${specifier}' (${rule})`),
    [],
  )
})

test('every source folder is a room of the table', () => {
  const files = globSync('{runtime,server,client,media}/**/*.{ts,tsx}', { cwd: root }).filter(
    (file) => !/(^|\/)(node_modules|dist)\//.test(file),
  )
  assert.deepEqual(
    files.filter((file) => !roomOf(file)),
    [],
  )
})

for (const room of ROOMS) {
  const file = room.folder.endsWith('.ts') ? room.folder : `${room.folder}/planted.ts`
  const up =
    file
      .split('/')
      .slice(1)
      .map(() => '..')
      .join('/') || '.'
  for (const other of ROOMS) {
    if (other === room || other.folder.endsWith('.ts')) continue
    if (
      room.rooms.includes(other.folder) ||
      (room.rooms.includes('runtime/*') && other.folder.startsWith('runtime/'))
    )
      continue
    test(`planted: ${room.folder} importing ${other.folder} is refused`, () => {
      const specifier = `${up}/${other.folder}/anything.ts`
      assert.deepEqual(
        violationsOf(file, importsOf(file, `import { x } from '${specifier}'\nexport const y = x`)),
        [{ file, specifier, rule: `${room.folder} may not import ${other.folder}` }],
      )
    })
  }
  test(`planted: ${room.folder} importing a package that it may not is refused`, () => {
    const found = violationsOf(
      file,
      importsOf(file, `export * from 'left-pad'\nconst a = await import('vscode-nls')`),
    )
    assert.deepEqual(
      found.map(({ specifier }) => specifier),
      ['left-pad', 'vscode-nls'],
    )
  })
  if (!room.packages.includes('node'))
    test(`planted: ${room.folder} importing a module of Node is refused`, () => {
      const rule = `${room.folder} may not import the package node`
      assert.deepEqual(
        violationsOf(file, importsOf(file, `import { readFileSync } from 'node:fs'\nreadFileSync('x')`)),
        [{ file, specifier: 'node:fs', rule }],
      )
    })
}
