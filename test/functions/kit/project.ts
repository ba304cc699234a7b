// Throw-away projects: files written into a temporary folder, removed when the test ends.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { type Outcome, runProgram } from './runProgram.ts'

const PACKAGES = path.join(import.meta.dirname, '..', '..', '..', 'node_modules')

/** Writes a project, with this repository's packages; returns its folder. */
export function project(t: TestContext, files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-project-')))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  symlinkSync(PACKAGES, path.join(folder, 'node_modules'))
  return folder
}

/** Runs `main` of a project under the loader. */
export function runIn(
  folder: string,
  main: string,
  options: Parameters<typeof runProgram>[1] = {},
): Promise<Outcome> {
  return runProgram(path.join(folder, main), { cwd: folder, ...options })
}
