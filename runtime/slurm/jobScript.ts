// The scripts that sbatch gets: what is asked of Slurm, what is set up, and one program of ours. Pure.

import { memoryLimitBytes } from '../cluster/memoryLimit.ts'
import { FOLDER_WAY_OUT, NODE_WAY_OUT, RUNTIME_WAY_OUT, SITE_EXIT } from './siteTrouble.ts'
import type { JobRequest, SchedulerPlace, SlurmProfile } from './slurmProfile.ts'

/** Where things are on the cluster's machines. */
export interface ClusterPlace {
  /** The cluster's id. */
  id: string
  /** The cluster's own folder, which all its machines see. */
  folder: string
  logFolder: string
  /** Node's program, of the login node. */
  node: string
  /** Programs of Node for machines of other kinds, by what `uname -m` says there. */
  nodes?: Readonly<Record<string, string>>
  /** The runtime's folder: `dist` stands in it. */
  runtime: string
}

/** The pool of a profile's own request. */
export const MAIN_POOL = 'workers'

const MIB = 2 ** 20

/** The address of the cluster, for its workers: only its owner can read it. */
export const addressFileOf = (folder: string): string => `${folder}/cluster.json`

/** The job's name: by it all jobs of a cluster are found, whoever submitted them. @example jobNameOf({}, 'a1b2', 'gpu') // 'heddle-a1b2-gpu' */
export const jobNameOf = (
  { jobName = 'heddle' }: Pick<SlurmProfile, 'jobName'>,
  id: string,
  pool: string,
): string => `${jobName}-${id}-${pool}`

/** All names that jobs of a profile's cluster may have. */
export const jobNamesOf = (profile: SlurmProfile, id: string): string[] =>
  ['scheduler', MAIN_POOL, ...Object.keys(profile.pools ?? {})].map((pool) => jobNameOf(profile, id, pool))

/** Where the scheduler of a profile runs. */
export const schedulerKind = ({ scheduler = 'job' }: SlurmProfile): 'login' | 'job' =>
  typeof scheduler === 'string' ? scheduler : scheduler.kind

/** What a pool's jobs ask for. */
export function requestOf(profile: SlurmProfile, pool: string): JobRequest {
  return pool === MAIN_POOL ? profile : { ...profile, ...profile.pools?.[pool] }
}

/** What Slurm calls the file that a job prints into. */
const outputName = (isArray: boolean): string => (isArray ? 'job-%A_%a.log' : 'job-%j.log')

/** Where a job's output is. @example logFileOf('/home/me/logs', '11_2') // '/home/me/logs/job-11_2.log' */
export const logFileOf = (logFolder: string, job: string): string => `${logFolder}/job-${job}.log`

/** Threads of each worker of a job. */
export const threadsOf = ({ cores, processes = 1 }: JobRequest): number => Math.floor(cores / processes)

/** Workers of each job. */
export const workersOf = ({ nodes = 1, processes = 1 }: JobRequest): number => nodes * processes

/**
 * The script of a job with workers.
 * @param jobs how many at once: more than one are an array
 * @example workerScript({ cores: 4, memory: '8GB' }, 'workers', place, 1) // '#!/bin/bash\n#SBATCH --job-name=…'
 */
export function workerScript(profile: SlurmProfile, pool: string, place: ClusterPlace, jobs: number): string {
  const request = requestOf(profile, pool)
  const { nodes = 1, processes = 1, scratch, resources = {}, workerOptions = [] } = request
  const bytes = memoryLimitBytes(request.memory, Number.NaN)
  const given = Object.entries(resources).map(([name, amount]) => `${name}=${amount}`)
  const args = [
    '--disable-warning=ExperimentalWarning',
    quoted(`${place.runtime}/dist/cli.js`),
    'worker --slurm',
    `--join ${quoted(addressFileOf(place.folder))}`,
    `--threads ${threadsOf(request)}`,
    `--memory-limit ${Math.floor(bytes / processes)}B`,
    `--reconnect ${profile.deathTimeoutSeconds ?? 60}`,
    // In double quotes, so that the job's own variables are filled in.
    ...(scratch === undefined ? [] : [`--spill-folder ${filledIn(scratch)}`]),
    ...(given.length === 0 ? [] : [`--resources ${quoted(given.join(','))}`]),
    ...workerOptions.map(quoted),
  ].join(' ')
  const launch: Launch =
    workersOf(request) === 1
      ? { args }
      : // Since 22.05 a step does not ask for its job's CPUs by itself. One worker's end is no reason to end the others.
        {
          args,
          srun: `srun --ntasks=${workersOf(request)} --cpus-per-task=${threadsOf(request)} --kill-on-bad-exit=0 --wait=0`,
        }
  return script(request, place, launch, [
    `--job-name=${jobNameOf(profile, place.id, pool)}`,
    `--output=${place.logFolder}/${outputName(jobs > 1)}`,
    ...(jobs > 1 ? [`--array=0-${jobs - 1}`] : []),
    `--nodes=${nodes}`,
    `--ntasks-per-node=${processes}`,
    `--cpus-per-task=${threadsOf(request)}`,
    `--mem=${Math.ceil(bytes / MIB)}M`,
    ...gresOf(request),
  ])
}

/** What the scheduler's own job asks for. */
export function schedulerRequest(profile: SlurmProfile): JobRequest {
  const { scheduler } = profile
  const place: Partial<SchedulerPlace> = typeof scheduler === 'object' ? scheduler : {}
  const { gpus: _gpus, gres: _gres, nodes: _nodes, processes: _processes, ...shared } = profile
  return {
    ...shared,
    cores: place.cores ?? 1,
    memory: place.memory ?? '2GB',
    ...(place.partition !== undefined && { partition: place.partition }),
    ...(place.walltime !== undefined && { walltime: place.walltime }),
    ...(place.nodePath !== undefined && { nodePath: place.nodePath }),
  }
}

/** The script of the job that the scheduler runs in. @param args options of the scheduler's program */
export function schedulerScript(profile: SlurmProfile, place: ClusterPlace, args: readonly string[]): string {
  const request = schedulerRequest(profile)
  const program = [
    '--disable-warning=ExperimentalWarning',
    quoted(`${place.runtime}/dist/scheduler.js`),
    ...args.map(quoted),
  ].join(' ')
  return script(request, place, { args: program }, [
    `--job-name=${jobNameOf(profile, place.id, 'scheduler')}`,
    `--output=${place.logFolder}/${outputName(false)}`,
    // A second start would be another cluster, which nobody knows.
    '--no-requeue',
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${request.cores}`,
    `--mem=${Math.ceil(memoryLimitBytes(request.memory, Number.NaN) / MIB)}M`,
  ])
}

function gresOf({ gpus, gres }: JobRequest): string[] {
  const parts: string[] = []
  if (gpus !== undefined && gpus !== 0 && gpus !== '0') parts.push(`gpu:${gpus}`)
  if (gres !== undefined) parts.push(gres)
  return parts.length === 0 ? [] : [`--gres=${parts.join(',')}`]
}

/** What a job starts: options of Node's, and `srun` with its own where that starts several. */
interface Launch {
  args: string
  srun?: string
}

/** A shared file system may show a file late; looked for twice a second, and for less time than who starts a scheduler waits for it. */
const SEEN_LOOKS = 20

/**
 * A function of the shell that becomes Node, on whichever node it is called: the one for machines of this kind. What is
 * missing there ends it with a code and a line that name it.
 */
function startFunction({ nodePath }: JobRequest, place: ClusterPlace): string[] {
  const others = nodePath === undefined ? Object.entries(place.nodes ?? {}) : []
  const setup = quoted(`${place.folder}/setup.json`)
  const ends = (text: string, code: number): string =>
    `{ echo "heddle: $at ${text.replace(/[\\"`$]/g, '\\$&')}" >&2; exit ${code}; }`
  return [
    'heddle_start() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's.
    '  local at="${SLURMD_NODENAME:-$(uname -n)}" kind="$(uname -m)" node look',
    '  case $kind in',
    ...others.map(([kind, node]) => `    ${quoted(kind)}) node=${quoted(node)} ;;`),
    `    *) node=${quoted(nodePath ?? place.node)} ;;`,
    '  esac',
    `  for ((look = 0; look < ${SEEN_LOOKS}; look++)); do [ -r ${setup} ] && break; sleep 0.5; done`,
    `  [ -r ${setup} ] || ${ends(`does not see ${place.folder}: ${FOLDER_WAY_OUT}`, SITE_EXIT.noFolder)}`,
    `  [ -r ${quoted(`${place.runtime}/dist/cli.js`)} ] || ${ends(`does not see ${place.runtime}, where heddle is: ${RUNTIME_WAY_OUT}`, SITE_EXIT.noRuntime)}`,
    '  shopt -s execfail',
    '  exec "$node" "$@"',
    '  look="on which $node does not run"',
    '  [ -e "$node" ] || look="which does not see $node"',
    `  echo "heddle: $at is a machine of the kind $kind, $look: ${NODE_WAY_OUT.replaceAll('"', '\\"')}" >&2`,
    `  exit ${SITE_EXIT.noNode}`,
    '}',
  ]
}

function script(request: JobRequest, place: ClusterPlace, launch: Launch, own: readonly string[]): string {
  const { partition, account, qos, reservation, constraint, walltime } = request
  const {
    modules = [],
    prologue = [],
    epilogue = [],
    env = {},
    directives = [],
    skippedDirectives = [],
  } = request
  const options = [
    ...own,
    // What a job prints when Slurm starts it again comes after what it printed before.
    '--open-mode=append',
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(qos === undefined ? [] : [`--qos=${qos}`]),
    ...(reservation === undefined ? [] : [`--reservation=${reservation}`]),
    ...(constraint === undefined ? [] : [`--constraint=${constraint}`]),
    ...(walltime === undefined ? [] : [`--time=${walltime}`]),
  ].filter((option) => !skippedDirectives.includes(option.split('=')[0]))
  const lines = [
    '#!/bin/bash',
    ...[...options, ...directives].map((option) => `#SBATCH ${option}`),
    '',
    ...modules.map((name) => `module load ${quoted(name)}`),
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`),
    ...prologue,
  ]
  const { srun, args } = launch
  lines.push(...startFunction(request, place))
  // Each node of a job chooses for itself, by the function's text: variables do not always reach a step.
  const program =
    srun === undefined
      ? `heddle_start ${args}`
      : `${srun} bash -c "$(declare -f heddle_start); heddle_start \\"\\$@\\"" heddle ${args}`
  // Slurm signals every process of a job; with `exec` there is no shell that could end before the program does.
  if (epilogue.length === 0) lines.push(srun === undefined ? program : `exec ${program}`)
  else lines.push('trap : TERM', `( ${program} )`, 'heddle_exit=$?', ...epilogue, 'exit $heddle_exit')
  return `${lines.join('\n')}\n`
}

/** For a shell, as it is. @example quoted("it's") // "'it'\\''s'" */
export const quoted = (text: string): string =>
  /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** For a shell, with variables filled in. */
const filledIn = (text: string): string => `"${text.replace(/[\\"`]/g, '\\$&')}"`
