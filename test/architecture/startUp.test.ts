// What the programs of a cluster load before their first task: each package and module more is time in every process.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { build, type Metafile } from 'esbuild'
import { builtinModules } from '../../scripts/builtinModules.ts'

const root = join(import.meta.dirname, '..', '..')

/** The packages and modules of Node that are imported, not only named for later, by `entry` and all that it imports. */
async function importedAtStart(entry: string): Promise<Set<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'unwritten',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    plugins: [builtinModules],
    metafile: true,
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
  ['runtime/host/supervisorMain.ts', []],
] as const)
  test(`${entry} loads ${expected.length > 0 ? expected.join(' and ') : 'no package'} at its start`, async () => {
    assert.deepEqual([...(await importedAtStart(entry))].sort(), expected)
  })

test('a bundle names no property of Node’s modules that costs something to read', async () => {
  const { outputFiles } = await build({
    stdin: { contents: "import { request } from 'node:http'; console.log(request)", resolveDir: root },
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    plugins: [builtinModules],
  })
  assert.doesNotMatch(outputFiles[0].text, /from ?['"]node:/)
  assert.match(outputFiles[0].text, /getBuiltinModule\("node:http"\)/)
})
