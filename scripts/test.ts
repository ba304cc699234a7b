// Every test of the checkout, in phases: checks, pure tests, then (without `--fast`) real processes, browsers and VS Code.

import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

interface Phase {
  title: string
  args: string[]
}

const root = join(import.meta.dirname, '..')
const fast = process.argv.includes('--fast')
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))

/** Folders and files whose tests need real processes, a browser, another machine's login or VS Code. */
const REAL = [
  'endToEnd/',
  'host/',
  'cluster/',
  'cli/',
  'examples/',
  'functions/anywhere.test',
  'functions/breakpoint.test',
  'functions/buildPlugins.test',
  'functions/farWorker.test',
  'functions/lifting.test',
  'functions/oddFiles.test',
  'functions/recompute.test',
  'functions/userCode.test',
  'array/cluster.test',
  'ml/cluster.test',
  'machines/',
  'memory/',
  'mediaBrowser/',
  'editor/',
]

/** How many seeds the simulation of the scheduler plays with `--fast`; without, as many as its test says. */
const FAST_SEEDS = 400
const env = fast ? { HEDDLE_SEEDS: String(FAST_SEEDS), ...process.env } : process.env

const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => !file.includes('fixtures'))
  .sort()
const isReal = (file: string): boolean => REAL.some((start) => file.startsWith(join('test', start)))
const wanted = (file: string): boolean => only.length === 0 || only.some((part) => file.includes(part))

/** A test that takes longer hangs. */
const TEST_MS_MAX = 20 * 60_000
const node = [
  '--disable-warning=ExperimentalWarning',
  '--test',
  '--test-reporter=spec',
  `--test-timeout=${TEST_MS_MAX}`,
]
const phases: Phase[] = [
  { title: 'Checks of format, lint and types', args: ['scripts/check.ts'] },
  { title: 'Build', args: ['scripts/build.ts'] },
  {
    title: 'Pure tests',
    args: [...node, '--test-concurrency=2', ...files.filter((file) => !isReal(file) && wanted(file))],
  },
]
if (!fast) {
  const real = files.filter((file) => isReal(file) && wanted(file))
  if (real.length > 0)
    phases.push({
      title: 'Real processes, browser and VS Code',
      args: [...node, '--test-concurrency=1', ...real],
    })
}

for (const { title, args } of phases) {
  console.log(`\n— ${title}`)
  const begun = performance.now()
  const ended = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' })
  console.log(`— ${title}: ${((performance.now() - begun) / 1000).toFixed(0)} s`)
  if (ended.status !== 0) process.exit(ended.status ?? 1)
}
