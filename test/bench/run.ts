// `npm run bench [NAME…] [--only TEXT] [--json FILE] [--no-peer] [--save-baseline]`: runs the benches, each beside Dask where it is installed.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ComparedFigure, compare, type Figure, type PeerFigure, tableOf } from './figure.ts'

const here = import.meta.dirname
const baselineFile = join(here, 'baseline.json')
const python = process.env.HEDDLE_BENCH_PYTHON ?? '/usr/bin/python3'

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    'no-peer': { type: 'boolean', default: false },
    only: { type: 'string' },
    'save-baseline': { type: 'boolean', default: false },
  },
})

// For benches of many parts: those whose name holds this text. Programs and the peer read it too.
if (options.only !== undefined) process.env.HEDDLE_BENCH_ONLY = options.only

const benches = globSync('*.bench.ts', { cwd: here }).sort()
const chosen = benches.filter((file) => names.length === 0 || names.includes(basename(file, '.bench.ts')))
if (chosen.length === 0) {
  const known = benches.map((file) => basename(file, '.bench.ts')).join(', ')
  console.error(`No bench is named ${names.join(' or ')}. There are: ${known}`)
  process.exit(2)
}

execFileSync(process.execPath, [join(here, '..', '..', 'scripts', 'build.ts'), '--quick'], {
  stdio: 'inherit',
})
const peerHere = !options['no-peer'] && spawnSync(python, ['-c', 'import distributed']).status === 0
if (!peerHere && !options['no-peer'])
  console.error(
    'Dask is not installed here, so nothing stands beside the figures. On Debian: apt-get install python3-distributed',
  )

const baseline: ComparedFigure[] = existsSync(baselineFile)
  ? JSON.parse(readFileSync(baselineFile, 'utf8'))
  : []
const compared: ComparedFigure[] = []
for (const file of chosen) {
  const name = basename(file, '.bench.ts')
  console.error(`Measuring ${name}…`)
  const { figures } = (await import(join(here, file))) as { figures(): Promise<Figure[]> }
  const ours = await figures()
  compared.push(...compare(ours, peerHere ? peerFigures(name) : [], baseline))
}

console.log(tableOf(compared))
if (options.json) writeFileSync(options.json, `${JSON.stringify(compared, null, 2)}\n`)
if (options['save-baseline']) saveBaseline(compared)

/** Dask's figures for a bench, measured now; none where the peer has no twin of it. */
function peerFigures(name: string): PeerFigure[] {
  console.error(`Measuring ${name} with Dask…`)
  const env = {
    ...process.env,
    DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION: 'inf',
    OPENBLAS_NUM_THREADS: '1',
  }
  const ended = spawnSync(python, ['-W', 'ignore', join(here, 'peer', 'dask_peer.py'), name], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 900_000,
  })
  if (ended.status !== 0) {
    console.error(
      `Dask's part of ${name} ended with ${ended.status ?? ended.signal}: its column stays empty.`,
    )
    return []
  }
  const lines = ended.stdout.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => ({ bench: name, ...(JSON.parse(line) as Omit<PeerFigure, 'bench'>) }))
}

/** Keeps these figures as what later runs are compared with; figures that were not measured now stay. */
function saveBaseline(figures: readonly ComparedFigure[]): void {
  const kept = baseline.filter(
    (old) => !figures.some((each) => each.bench === old.bench && each.figure === old.figure),
  )
  const all = [...kept, ...figures.map((each) => ({ ...each, againstBaseline: null }))]
  all.sort((a, b) => `${a.bench} ${a.figure}`.localeCompare(`${b.bench} ${b.figure}`))
  writeFileSync(baselineFile, `${JSON.stringify(all, null, 2)}\n`)
}
