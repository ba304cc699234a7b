// `heddle slurm up|status|scale|adapt|logs|down`: clusters whose workers are jobs of Slurm.

import { readFileSync } from 'node:fs'
import type { AdaptOptions } from '../cluster/adapt.ts'
import { askJobs, type JobsRequest } from '../session/jobs.ts'
import { connectCore } from '../session/openCluster.ts'
import { checkProfile } from '../slurm/checkProfile.ts'
import { readTail } from '../slurm/clusterFolder.ts'
import { logFileOf } from '../slurm/jobScript.ts'
import type { JobsReport } from '../slurm/jobsReport.ts'
import { openLoginNode } from '../slurm/loginNode.ts'
import {
  endSlurmCluster,
  joinSlurmCluster,
  planCluster,
  scriptsOf,
  slurmClusters,
  startSlurmCluster,
} from '../slurm/slurmCluster.ts'
import type { SlurmProfile } from '../slurm/slurmProfile.ts'
import type { ScaleTarget } from '../slurm/wishes.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitCodes.ts'
import { UsageError } from './usageError.ts'

const OPTIONS = {
  profile: { type: 'string' },
  cluster: { type: 'string' },
  jobs: { type: 'string' },
  workers: { type: 'string' },
  cores: { type: 'string' },
  memory: { type: 'string' },
  pool: { type: 'string' },
  minimum: { type: 'string' },
  maximum: { type: 'string' },
  'target-duration': { type: 'string' },
  'wait-count': { type: 'string' },
  job: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'keep-logs': { type: 'boolean' },
} as const

type Values = ReturnType<typeof parseCommandLine<typeof OPTIONS>>['values']

const say = (text: string): void => void process.stderr.write(`heddle: ${text}\n`)

export async function slurmCommand(args: readonly string[]): Promise<number> {
  // An editor's: it has a profile for every question.
  if (args[0] === 'desk') return (await import('./slurmDesk.ts')).slurmDesk()
  const { values, positionals } = parseCommandLine(args, OPTIONS, true)
  const [what] = positionals
  const profile = readProfile(values.profile)
  switch (what) {
    case 'up':
      return up(profile, values)
    case 'status':
      return ask(profile, values, {})
    case 'scale':
      return ask(profile, values, { scale: scaleTarget(values) })
    case 'adapt':
      return ask(profile, values, { adapt: adaptOptions(values) })
    case 'logs':
      return logs(profile, values)
    case 'down':
      return down(profile, values)
    default:
      throw new UsageError(
        `heddle slurm takes up, status, scale, adapt, logs or down, not ${JSON.stringify(what)}`,
      )
  }
}

function scaleTarget(values: Values): ScaleTarget {
  const { memory, pool } = values
  return {
    ...counts(values, { jobs: 'jobs', workers: 'workers', cores: 'cores' }),
    ...(memory !== undefined && { memory }),
    ...(pool !== undefined && { pool }),
  }
}

function adaptOptions(values: Values): AdaptOptions {
  const { maximum: _maximum, ...others } = values
  return {
    maximum: count('--maximum', values.maximum),
    ...counts(others, {
      minimum: 'minimum',
      'target-duration': 'targetDurationMs',
      'wait-count': 'waitCount',
    }),
  }
}

/** Options that were given, under the names that they have in a request. */
function counts<K extends keyof Values, N extends string>(
  values: Partial<Values>,
  names: Readonly<Record<K, N>>,
): Partial<Record<N, number>> {
  const found: Partial<Record<N, number>> = {}
  for (const [option, name] of Object.entries(names) as [K, N][]) {
    const given = values[option]
    if (typeof given === 'string') found[name] = count(`--${option}`, given)
  }
  return found
}

function readProfile(file: string | undefined): SlurmProfile {
  if (file === undefined)
    throw new UsageError(
      'say what the cluster is: --profile FILE, a JSON file like {"cores": 8, "memory": "16GB"}',
    )
  try {
    return checkProfile(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`)
  }
}

async function up(profile: SlurmProfile, values: Values): Promise<number> {
  const login = await openLoginNode(profile, { notice: say, interactive: process.stdin.isTTY === true })
  const setup = await planCluster(profile, login, {
    jobs: values.jobs === undefined ? 1 : count('--jobs', values.jobs),
  })
  if (values['dry-run']) {
    for (const { name, script } of scriptsOf(setup)) process.stdout.write(`# ${name}\n${script}\n`)
    login.close()
    return EXIT.ok
  }
  const cluster = await startSlurmCluster(login, setup, say)
  process.stderr.write(
    `heddle cluster ${cluster.id} is running on ${login.name}\n` +
      `  dashboard    ${cluster.address.dashboardUrl}\n` +
      `  use it       heddle run FILE --connect ${cluster.file}\n` +
      `  end it       heddle slurm down --profile ${values.profile}\n`,
  )
  // The way there ends with this process; the cluster does not.
  if (cluster.isLinked) await untilInterrupted()
  cluster.close()
  return EXIT.ok
}

function untilInterrupted(): Promise<void> {
  const stay = setInterval(() => {}, 1 << 30)
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const)
      process.once(signal, () => {
        clearInterval(stay)
        resolve()
      })
  })
}

async function chosen(profile: SlurmProfile, { cluster }: Values) {
  const login = await openLoginNode(profile, { notice: say, interactive: process.stdin.isTTY === true })
  const all = await slurmClusters(login, profile)
  const found = cluster === undefined ? all.at(-1) : all.find(({ setup }) => setup.place.id === cluster)
  if (found) return { login, found }
  login.close()
  throw new UsageError(`no cluster${cluster ? ` ${cluster}` : ''} of this profile runs on ${login.name}`)
}

async function ask(profile: SlurmProfile, values: Values, request: JobsRequest): Promise<number> {
  const { login, found } = await chosen(profile, values)
  const cluster = await joinSlurmCluster(login, found.setup)
  try {
    const { core, close } = await connectCore(cluster.file, { name: 'heddle slurm' })
    process.stdout.write(reportText(cluster.id, await askJobs(core, request)))
    await close()
  } finally {
    cluster.close()
  }
  return EXIT.ok
}

function reportText(id: string, { jobs, wanted, adapting, stopped, unanswered }: JobsReport): string {
  const counts = Object.entries(wanted).map(([pool, number]) => `${number} of ${pool}`)
  const lines = [`cluster ${id}: ${counts.join(', ')} wanted${adapting ? ', following the load' : ''}`]
  for (const job of jobs)
    lines.push(`  job ${job.id} ${job.pool}: ${job.text}, ${job.workers.length} workers`)
  if (stopped !== undefined) lines.push(`  ${stopped}`)
  if (unanswered !== undefined) lines.push(`  ${unanswered}`)
  return `${lines.join('\n')}\n`
}

async function logs(profile: SlurmProfile, values: Values): Promise<number> {
  if (values.job === undefined)
    throw new UsageError('say whose log: --job ID, as `heddle slurm status` shows it')
  const { login, found } = await chosen(profile, values)
  process.stdout.write(await readTail(login, logFileOf(found.setup.place.logFolder, values.job), 200))
  login.close()
  return EXIT.ok
}

async function down(profile: SlurmProfile, values: Values): Promise<number> {
  const { login, found } = await chosen(profile, values)
  await endSlurmCluster(login, found, values['keep-logs'] === true)
  login.close()
  say(`cluster ${found.setup.place.id} has ended`)
  return EXIT.ok
}

function count(option: string, given: string | undefined): number {
  if (given === undefined || !/^\d{1,6}$/.test(given))
    throw new UsageError(`${option} must be a whole number ≥ 0, not ${JSON.stringify(given)}`)
  return Number(given)
}
