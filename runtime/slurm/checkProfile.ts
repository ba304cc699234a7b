// Checks a profile: everything that can be known to be wrong before Slurm is asked is told, by the name that it was given under.

import { memoryLimitBytes } from '../cluster/memoryLimit.ts'
import { checkedSettings } from '../cluster/schedulerSettings.ts'
import type { JobRequest, SchedulerPlace, SlurmProfile } from './slurmProfile.ts'
import { parseWalltime } from './slurmTime.ts'

/** A profile that cannot be: says which part of it, and what it could be. */
export class ProfileError extends Error {
  override name = 'ProfileError'
  /** The part, as it is written: `pools.gpu.cores`. */
  readonly field: string
  constructor(field: string, text: string) {
    super(`${field} ${text}`)
    this.field = field
  }
}

type Kind =
  | 'text'
  | 'count'
  | 'seconds'
  | 'memory'
  | 'walltime'
  | 'texts'
  | 'record'
  | 'flag'
  | 'gpus'
  | 'folder'
  | 'own'

const JOB_FIELDS: Record<keyof JobRequest, Kind> = {
  partition: 'text',
  account: 'text',
  qos: 'text',
  reservation: 'text',
  constraint: 'text',
  cores: 'count',
  memory: 'memory',
  processes: 'count',
  nodes: 'count',
  walltime: 'walltime',
  gpus: 'gpus',
  gres: 'text',
  directives: 'texts',
  skippedDirectives: 'texts',
  modules: 'texts',
  prologue: 'texts',
  epilogue: 'texts',
  env: 'record',
  scratch: 'text',
  nodePath: 'text',
  workerOptions: 'texts',
  resources: 'own',
}

const PROFILE_FIELDS: Record<keyof SlurmProfile, Kind> = {
  ...JOB_FIELDS,
  host: 'text',
  configFile: 'text',
  scheduler: 'own',
  schedulerSettings: 'own',
  pools: 'own',
  jobName: 'text',
  folder: 'folder',
  logFolder: 'folder',
  interface: 'text',
  deathTimeoutSeconds: 'seconds',
  handoverSeconds: 'seconds',
  arrays: 'flag',
  failuresMax: 'count',
}

const PLACE_FIELDS: Record<keyof SchedulerPlace, Kind> = {
  kind: 'text',
  partition: 'text',
  cores: 'count',
  memory: 'memory',
  walltime: 'walltime',
  nodePath: 'text',
}

/** Threads of a worker are numbered in one byte. */
const THREADS_MAX = 255
/** As `heddle worker` has it. */
const WORKER_BYTES_MIN = 100e6

/**
 * Returns the profile as it was given when nothing is wrong with it.
 * @param name what the profile is called where it stands, for messages
 * @throws {ProfileError}
 * @example checkProfile({ cores: 8, memory: '16GB', partition: 'cpu' })
 */
export function checkProfile(given: unknown, name = 'profile'): SlurmProfile {
  if (!isObject(given))
    throw new ProfileError(name, 'must be an object like { cores: 8, memory: "16GB", partition: "cpu" }')
  checkFields(given, PROFILE_FIELDS, name)
  const profile = given as SlurmProfile
  for (const field of ['cores', 'memory'] as const)
    if (profile[field] === undefined)
      throw new ProfileError(
        `${name}.${field}`,
        `is missing: a job needs it, e.g. ${field === 'cores' ? '8' : '"16GB"'}`,
      )
  checkJob(profile, name)
  checkPlace(profile.scheduler, `${name}.scheduler`)
  if (profile.schedulerSettings) checkedSettings(profile.schedulerSettings)
  if (profile.jobName !== undefined && !/^[A-Za-z][\w.-]{0,31}$/.test(profile.jobName))
    throw new ProfileError(
      `${name}.jobName`,
      `may have letters, digits, ".", "-" and "_", at most 32: not ${JSON.stringify(profile.jobName)}`,
    )
  checkPools(profile, name)
  return profile
}

/** What jobs of a cluster are called by themselves. */
const RESERVED: readonly string[] = ['scheduler', 'workers']

function checkPools(profile: SlurmProfile, name: string): void {
  const { pools } = profile
  if (pools === undefined) return
  if (!isObject(pools))
    throw new ProfileError(`${name}.pools`, 'must be an object of job requests by name: { gpu: { gpus: 2 } }')
  for (const [pool, changes] of Object.entries(pools)) {
    const place = `${name}.pools.${pool}`
    if (!/^[a-z][a-z0-9_]{0,15}$/.test(pool) || RESERVED.includes(pool))
      throw new ProfileError(place, 'is no name for a pool: small letters, digits and "_", at most 16')
    if (!isObject(changes)) throw new ProfileError(place, 'must be an object like { gpus: 2 }')
    checkFields(changes, JOB_FIELDS, place)
    checkJob({ ...profile, ...changes }, place)
  }
}

function checkJob(job: JobRequest, name: string): void {
  const { cores, processes = 1, resources, env } = job
  if (processes > cores)
    throw new ProfileError(`${name}.processes`, `is ${processes}, and a node has ${cores} cores for them`)
  if (Math.floor(cores / processes) > THREADS_MAX)
    throw new ProfileError(
      `${name}.processes`,
      `leaves ${Math.floor(cores / processes)} threads to a worker, which may have ${THREADS_MAX}: use more processes`,
    )
  const bytes = Math.floor(memoryLimitBytes(job.memory, Number.NaN) / processes)
  if (bytes < WORKER_BYTES_MIN)
    throw new ProfileError(
      `${name}.memory`,
      `leaves ${Math.floor(bytes / 1e6)} MB to each of ${processes} workers, which need ${WORKER_BYTES_MIN / 1e6} MB: ask for more or use fewer processes`,
    )
  if (resources !== undefined)
    for (const [resource, amount] of Object.entries(resources))
      if (!/^[A-Za-z_][\w-]*$/.test(resource) || typeof amount !== 'number' || !(amount > 0))
        throw new ProfileError(`${name}.resources.${resource}`, 'must be an amount above 0')
  for (const variable of Object.keys(env ?? {}))
    if (!/^[A-Za-z_]\w*$/.test(variable))
      throw new ProfileError(`${name}.env.${variable}`, 'is no name of a variable')
}

function checkPlace(place: SlurmProfile['scheduler'], name: string): void {
  if (place === undefined || place === 'login' || place === 'job') return
  if (typeof place === 'object' && place !== null && (place.kind === 'login' || place.kind === 'job')) {
    checkFields(place, PLACE_FIELDS, name)
    return
  }
  throw new ProfileError(
    name,
    `must be "login", "job" or an object like { kind: "job", walltime: "1-00:00:00" }, not ${JSON.stringify(place)}`,
  )
}

function checkFields(given: object, fields: Readonly<Record<string, Kind>>, name: string): void {
  for (const [field, value] of Object.entries(given)) {
    const place = `${name}.${field}`
    if (!Object.hasOwn(fields, field)) throw new ProfileError(place, unknownText(field, Object.keys(fields)))
    if (value !== undefined) checkValue(value, fields[field], place)
  }
}

function checkValue(value: unknown, kind: Kind, place: string): void {
  const no = (what: string): ProfileError =>
    new ProfileError(place, `must be ${what}, not ${JSON.stringify(value)}`)
  switch (kind) {
    case 'text':
      if (typeof value !== 'string' || value.trim() === '' || /[\n\r\0]/.test(value))
        throw no('a text of one line')
      return
    case 'folder':
      checkValue(value, 'text', place)
      // sbatch fills in `%` and takes words apart.
      if (/[\s%\\]/.test(value as string))
        throw new ProfileError(
          place,
          `may have no space, "%" or "\\": Slurm reads them in its own way, not ${JSON.stringify(value)}`,
        )
      return
    case 'count':
      if (!Number.isInteger(value) || (value as number) < 1) throw no('a whole number ≥ 1')
      return
    case 'seconds':
      if (typeof value !== 'number' || !(value >= 0) || value === Infinity) throw no('seconds, ≥ 0')
      return
    case 'memory':
      try {
        memoryLimitBytes(value as string | number, Number.NaN)
      } catch {
        throw no('an amount of memory like "16GB"')
      }
      return
    case 'walltime':
      if (typeof value !== 'string' || parseWalltime(value) === undefined)
        throw no('a time as Slurm writes it: "30" (minutes), "01:00:00", "2-12:00:00"')
      return
    case 'texts':
      if (!Array.isArray(value) || value.some((one) => typeof one !== 'string' || /[\n\r\0]/.test(one)))
        throw no('a list of texts of one line each')
      return
    case 'record':
      if (!isObject(value) || Object.values(value).some((one) => typeof one !== 'string'))
        throw no('an object of texts like { OMP_NUM_THREADS: "1" }')
      return
    case 'flag':
      if (typeof value !== 'boolean') throw no('true or false')
      return
    case 'gpus':
      if (typeof value === 'number' ? !(Number.isInteger(value) && value >= 0) : !isGpus(value))
        throw no('a number of GPUs, or a kind and a number like "a100:2"')
      return
    case 'own':
      if (!isObject(value) && typeof value !== 'string') throw no('an object')
      return
    default:
      kind satisfies never
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isGpus = (value: unknown): boolean => typeof value === 'string' && /^([\w.-]+:)?\d+$/.test(value)

function unknownText(field: string, fields: readonly string[]): string {
  const near = fields.find(
    (one) => one.toLowerCase() === field.toLowerCase().replaceAll('_', '') || NAMES_ELSEWHERE[field] === one,
  )
  return near ? `is no part of a profile: write ${near}` : `is no part of a profile: ${fields.join(', ')}`
}

/** What dask-jobqueue and Slurm call the same. */
const NAMES_ELSEWHERE: Readonly<Record<string, string>> = {
  queue: 'partition',
  project: 'account',
  job_cpu: 'cores',
  'cpus-per-task': 'cores',
  mem: 'memory',
  job_mem: 'memory',
  time: 'walltime',
  python: 'nodePath',
  job_extra: 'directives',
  job_extra_directives: 'directives',
  job_directives_skip: 'skippedDirectives',
  header_skip: 'skippedDirectives',
  job_script_prologue: 'prologue',
  env_extra: 'prologue',
  local_directory: 'scratch',
  shared_temp_directory: 'folder',
  log_directory: 'logFolder',
  death_timeout: 'deathTimeoutSeconds',
  extra: 'workerOptions',
  worker_extra_args: 'workerOptions',
}
