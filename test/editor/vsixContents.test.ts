// What the packed extension holds: listed, licensed, and nothing that only development needs; with Node where that was asked.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { zipEntries, zipText } from './zipEntries.ts'

const root = join(import.meta.dirname, '..', '..')
const SIZE_MB_MAX = 80

/** Everything that the extension may hold, by where it stands. */
const KNOWN: readonly RegExp[] = [
  /^extension\.vsixmanifest$/,
  /^\[Content_Types\]\.xml$/,
  /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE(\.txt)?|THIRD_PARTY_LICENSES\.md)$/i,
  /^extension\/media\/icons\/[\w-]+\.(svg|png)$/,
  /^extension\/dist\/(extension|languageServer|server|typeThread|ws)\.cjs$/,
  /^extension\/dist\/keeper\.mjs$/,
  /^extension\/dist\/runtime\/(package\.json|README\.md|LICENSE|bin\/heddle\.cjs)$/,
  /^extension\/dist\/runtime\/dist\/[\w-]+\.js$/,
  /^extension\/dist\/runtime\/dist\/(chunks|media|types)\//,
  // What diagnostics lead to.
  /^extension\/dist\/docs\/[\w-]+\.md$/,
  /^extension\/dist\/walkthrough\/[\w-]+\.(md|png)$/,
  /^extension\/dist\/node_modules\//,
  /^extension\/dist\/node\/(LICENSE|bin\/node(\.exe)?)$/,
]

describe('the extension that carries Node', () => {
  let made: string
  let vsix: string
  before(() => {
    made = mkdtempSync(join(tmpdir(), 'heddle-vsix-contents-'))
    vsix = join(made, 'heddle.vsix')
    const script = join(root, 'scripts', 'package.ts')
    execFileSync(process.execPath, [script, '--no-build', '--with-node', '--out', vsix], { stdio: 'pipe' })
  })
  after(() => rmSync(made, { recursive: true, force: true }))

  test('holds what is listed and nothing else, and no more than it may', (t) => {
    const paths = zipEntries(vsix).map(({ path }) => path)
    assert.deepEqual(
      paths.filter((path) => !KNOWN.some((known) => known.test(path))),
      [],
    )
    // The runtime's own declarations stay: the editor completes by them.
    const needless = /\.map$|\.tsx?$|node_modules\/.*\/(test|tests|docs|examples?)\//
    assert.deepEqual(
      paths.filter((path) => needless.test(path) && !path.startsWith('extension/dist/runtime/dist/types/')),
      [],
    )
    for (const path of [
      'extension/dist/extension.cjs',
      'extension/dist/runtime/dist/agent.js',
      'extension/dist/runtime/dist/certificate.js',
      'extension/dist/node/bin/node',
      'extension/dist/node/LICENSE',
    ])
      assert.ok(paths.includes(path), `${path} is missing`)
    const megabytes = statSync(vsix).size / 1e6
    t.diagnostic(`with Node the .vsix is ${megabytes.toFixed(1)} MB`)
    assert.ok(megabytes <= SIZE_MB_MAX)
  })

  test('names the licence of every package that is inside, bundled ones too', () => {
    const text = zipText(vsix, 'extension/THIRD_PARTY_LICENSES.md')
    const packages = new Set(
      zipEntries(vsix)
        .map(({ path }) => /dist\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
        .filter((name) => name !== undefined),
    )
    assert.ok(packages.size > 5)
    for (const name of [...packages, 'preact', 'uplot', '@peculiar/x509', 'vscode-languageclient'])
      assert.match(
        text,
        new RegExp(`^## ${name.replace(/[/.]/g, '\\$&')} \\d`, 'm'),
        `${name} has no licence`,
      )
  })
})
