// Programs that were bundled or are served by Vite are instrumented by the same transform.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { build } from 'esbuild'
import { heddleEsbuild, heddleVite } from '../../runtime/functions/buildPlugins.ts'
import { project } from './kit/project.ts'
import { PROGRAMS, runProgram } from './kit/runProgram.ts'

test('a bundle runs its functions on workers, and errors name the lines of the sources', async (t) => {
  const folder = project(t, {})
  const outfile = path.join(folder, 'bundled.mjs')
  const entry = path.join(PROGRAMS, 'bundled.ts')
  await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    sourcemap: true,
    outfile,
    logLevel: 'silent',
    plugins: [heddleEsbuild()],
  })
  const { stdout, stderr, code } = await runProgram(outfile, { loader: false })
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const line =
    readFileSync(entry, 'utf8')
      .split('\n')
      .findIndex((text) => /^ +throw /.test(text)) + 1
  assert.deepEqual(stdout.trimEnd().split('\n').slice(0, 3), ["[ 'xsquare:16a' ]", '[ 4, 8 ] true', '5'])
  assert.match(stdout, new RegExp(`Error: from a bundle.*programs/bundled\\.ts:${line}:11`))
})

test('Vite gets the code and its map apart; packages and styles are left alone', () => {
  const plugin = heddleVite()
  const file = path.join(PROGRAMS, 'modules', 'late.ts')
  const result = plugin.transform(readFileSync(file, 'utf8'), `${file}?v=1`)!
  assert.match(result.code, /__heddle_f\(late, \(\) => \[__heddle_m\(\), 0\]\)/)
  assert.doesNotMatch(result.code, /sourceMappingURL/)
  assert.deepEqual((result.map as { sources: string[] }).sources, [file])
  assert.equal(plugin.transform('a {}', '/x/style.css'), undefined)
  assert.equal(plugin.transform('export {}', '/x/node_modules/p/index.js'), undefined)
})
