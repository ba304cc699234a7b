// Every test of the checkout, in phases: checks and build, pure tests, then (without `--fast`) the engines on whole
// tables and estimators, and real processes, browsers and VS Code.

import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

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
  'collections/fileLayer.test',
  'examples/',
  'functions/anywhere.test',
  'functions/breakpoint.test',
  'functions/buildPlugins.test',
  'functions/compileCache.test',
  'functions/farWorker.test',
  'functions/lifting.test',
  'functions/loader.test',
  'functions/oddFiles.test',
  'functions/recompute.test',
  'functions/userCode.test',
  'functions/vitest.test',
  'array/cluster.test',
  'ml/cluster.test',
  'machines/',
  'memory/',
  'mediaBrowser/',
  'editor/',
]

/** Folders whose tests run native engines on tables, or train models on whole data sets: minutes of computing. */
const ENGINES = ['ml/', 'table/']

/** How many seeds the simulation of the scheduler plays with `--fast`; without, as many as its test says. */
const FAST_SEEDS = 200
const env = fast ? { HEDDLE_SEEDS: String(FAST_SEEDS), ...process.env } : process.env

const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => !file.includes('fixtures'))
  .sort()
const isIn = (starts: string[], file: string): boolean =>
  starts.some((start) => file.startsWith(join('test', start)))
const wanted = files.filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
const real = wanted.filter((file) => isIn(REAL, file))
const engines = wanted.filter((file) => isIn(ENGINES, file) && !isIn(REAL, file))
const pure = wanted.filter((file) => !isIn(ENGINES, file) && !isIn(REAL, file))

/** Where more files fail than these, it is not by chance. */
const UNSTEADY_MAX = 4
/** A test that takes longer hangs. */
const TEST_MS_MAX = 20 * 60_000
const node = [
  '--disable-warning=ExperimentalWarning',
  '--test',
  '--test-reporter=spec',
  `--test-timeout=${TEST_MS_MAX}`,
]
/** A process for each file. */
const apart = (title: string, paths: string[], { atOnce = 1, reporters = [] as string[] } = {}): Phase[] =>
  paths.length === 0
    ? []
    : [{ title, args: [...node, ...reporters, `--test-concurrency=${atOnce}`, ...paths] }]
/** Folders whose files put an executor of their own in the place of the cluster's: two of them cannot share a process. */
const OWN_EXECUTOR = ['array', 'collections', 'ml', 'table']
/** Of few files, but long: begun last, it would keep one core busy alone. */
const FEW_AND_LONG = 'simulation'
/** Files that have a process each weigh more. */
const weight = (folder: string, files: readonly string[] = []): number =>
  folder === FEW_AND_LONG ? 1000 : files.length * (OWN_EXECUTOR.includes(folder) ? 10 : 1)
/** A process for all files of a folder, which load their common modules once. Those that take longest go first. */
const byFolder = (title: string, paths: string[]): Phase[] =>
  Object.entries(Object.groupBy(paths, (path) => path.split(sep)[1]))
    .sort(([one, its], [other, others]) => weight(other, others) - weight(one, its))
    .flatMap(([folder, inIt = []]) =>
      OWN_EXECUTOR.includes(folder)
        ? apart(`${title}: ${folder}`, inIt)
        : { title: `${title}: ${folder}`, args: [...node, '--test-isolation=none', ...inIt] },
    )

/** Phases that stand together run at the same time, two at once. */
const AT_ONCE = 2
const steps: Phase[][] = [
  [
    { title: 'Checks of format, lint and types', args: ['scripts/check.ts'] },
    { title: 'Build', args: ['scripts/build.ts'] },
  ],
  byFolder('Pure tests', pure),
]
if (!fast) steps.push(apart('Engines on tables and estimators', engines, { atOnce: AT_ONCE }))

for (const step of steps) {
  const waiting = [...step]
  const codes: number[] = []
  const works = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      codes.push(await run(next, step.length > 1))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, works))
  const failed = codes.find((code) => code !== 0)
  if (failed === undefined) continue
  process.exitCode = failed
  break
}
if (!fast && process.exitCode === undefined) process.exitCode = await runReal(real)

/**
 * What real processes, browsers and VS Code do depends on a machine that others may share. The files of a few tests that
 * fail are run once more by themselves: what fails again has failed, and what passes then is named at the end, as
 * unsteady, so that it is mended. Many that fail are no chance, and are not tried again.
 */
async function runReal(paths: string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-test-'))
  try {
    const list = join(folder, 'failed')
    const reporters = [
      '--test-reporter-destination=stdout',
      `--test-reporter=${pathToFileURL(join(root, 'scripts', 'failedFiles.ts')).href}`,
      `--test-reporter-destination=${list}`,
    ]
    const [first] = apart('Real processes, browser and VS Code', paths, { reporters })
    if (first === undefined) return 0
    const code = await run(first, false)
    if (code === 0) return 0
    const failed = readFileSync(list, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
    if (failed.length === 0 || failed.length > UNSTEADY_MAX) return code
    const [second] = apart('Once more: the files of tests that failed', failed)
    const again = await run(second, false)
    if (again === 0) console.log(`\nUnsteady, passed the second time:\n${failed.join('\n')}`)
    return again
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Resolves to the exit code. One of several keeps what it prints until it has ended. */
async function run({ title, args }: Phase, isOneOfSeveral: boolean): Promise<number> {
  console.log(`\n— ${title}`)
  const begun = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['inherit', isOneOfSeveral ? 'pipe' : 'inherit', isOneOfSeveral ? 'pipe' : 'inherit'],
  })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => said.push(data))
  const code = await new Promise<number>((resolve) => {
    child.on('close', (status) => resolve(status ?? 1))
  })
  process.stdout.write(Buffer.concat(said))
  console.log(`— ${title}: ${((performance.now() - begun) / 1000).toFixed(0)} s`)
  return code
}
