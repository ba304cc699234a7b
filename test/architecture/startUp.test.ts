// What the programs of a cluster load before their first task: each package and module more is time in every process.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { build, type Metafile } from 'esbuild'
import { withoutImports } from '../../scripts/builtinModules.ts'
import { RUNTIME_BUNDLE } from '../../scripts/runtimeBundle.ts'

const root = join(import.meta.dirname, '..', '..')

/** Programs that stand alone, and start once. */
const SINGLES = ['agent.js', 'certificate.js', 'fetchNode.js']

/** The packages and modules of Node that are imported, not only named for later, by `entry` and all that it imports. */
async function importedAtStart(entry: string): Promise<Set<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'unwritten',
    write: false,
    ...RUNTIME_BUNDLE,
    logLevel: 'silent',
  })
  const packages = new Set<string>()
  const visit = ([name, output]: [string, Metafile['outputs'][string]]): void => {
    for (const { path, kind, external } of output.imports)
      if (external && kind === 'import-statement') packages.add(path)
      else if (kind === 'import-statement' && path !== name) visit([path, metafile.outputs[path]])
  }
  for (const entered of Object.entries(metafile.outputs)) if (entered[1].entryPoint === entry) visit(entered)
  return packages
}

for (const [entry, expected] of [
  ['runtime/host/laneRunner.ts', []],
  ['runtime/host/workerProcess.ts', ['msgpackr/pack']],
  ['runtime/host/schedulerProcess.ts', ['msgpackr/pack', 'ws']],
] as const)
  test(`${entry} loads ${expected.length > 0 ? expected.join(' and ') : 'no package'} at its start`, async () => {
    assert.deepEqual([...(await importedAtStart(entry))].sort(), expected)
  })

test('imports of Node’s modules are taken as they are, types left out, lines kept', () => {
  const written = withoutImports(
    [
      "import path from 'node:path'",
      "import * as fs from 'node:fs'",
      "import type { Socket } from 'node:net'",
      'import {',
      '  type IncomingMessage,',
      '  request as ask,',
      "} from 'node:http'",
      "import { type Duplex } from 'node:stream'",
      "import { join } from './paths.ts'",
    ].join('\n'),
  )
  assert.deepEqual(written.split('\n'), [
    "const path = process.getBuiltinModule('node:path')",
    "const fs = process.getBuiltinModule('node:fs')",
    "import type { Socket } from 'node:net'",
    "const { request: ask } = process.getBuiltinModule('node:http')",
    '',
    '',
    '',
    '',
    "import { join } from './paths.ts'",
  ])
})

test('no bundle of ours imports a module of Node', () => {
  const dist = join(root, 'runtime', 'dist')
  const files = globSync('{*,chunks/*}.js', { cwd: dist }).filter((file) => !SINGLES.includes(file))
  assert.ok(files.length > 20, 'the runtime is built')
  const importing = files.filter((file) => /from\s*"node:/.test(readFileSync(join(dist, file), 'utf8')))
  assert.deepEqual(importing, [])
})
