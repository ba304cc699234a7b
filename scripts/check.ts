// Format, lint and types of the whole checkout: fails on the first that finds something.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bin = (...parts: string[]): string => join(root, 'node_modules', ...parts)
/** What is known of the types is kept beside the packages: an edit costs seconds. */
const types = (project: string): string[] => [
  '-p',
  join(root, project),
  '--incremental',
  '--tsBuildInfoFile',
  bin('.cache', `types-${project === '.' ? 'all' : project}.tsbuildinfo`),
]

const steps: [title: string, script: string, args: string[]][] = [
  ['format and lint', bin('@biomejs', 'biome', 'bin', 'biome'), ['check', '--error-on-warnings']],
  ['types', bin('typescript', 'bin', 'tsc'), types('.')],
]
if (existsSync(join(root, 'media', 'tsconfig.json')))
  steps.push(['types of the panels', bin('typescript', 'bin', 'tsc'), types('media')])

for (const [title, script, args] of steps) {
  const ended = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' })
  if (ended.status !== 0) {
    console.error(`The check of ${title} failed.`)
    process.exit(1)
  }
}
