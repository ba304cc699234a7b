// What a scheduler process is started with, as options of its command line: written by who starts it, read by it.

import { parseArgs } from 'node:util'
import {
  type SchedulerSettings,
  SETTING_OPTIONS,
  settingArguments,
  settingsOfValues,
} from './schedulerSettings.ts'
import { type WorkerCounts, workerCounts } from './workerCounts.ts'
import { WORKER_MEMORY_OPTIONS, workerMemoryArguments, workerMemoryOptions } from './workerMemory.ts'

export interface SchedulerOptions {
  /** The cluster's id; a new one when absent. */
  id?: string
  /** TCP port on the loopback; 0 for a free one. */
  port: number
  /** Workers that the scheduler keeps on its own machine; none when absent. */
  local?: WorkerCounts
  /** What tasks print goes to clients alone, and not to the workers' output as well. */
  quietTasks?: boolean
  /** Listens for other machines too, with a certificate of its own. */
  network?: boolean
  /** The network interface that other machines are told of, as `ib0`; all of them when absent. */
  interface?: string
  /** The folder of a Slurm cluster whose jobs it keeps. */
  slurm?: string
  settings?: SchedulerSettings
}

/** An option that a scheduler does not know or cannot use: says which, and what it could be. */
export class SchedulerOptionError extends Error {
  override name = 'SchedulerOptionError'
}

/** The options of `node:util`'s `parseArgs` that a scheduler takes. */
export const SCHEDULER_OPTIONS = {
  id: { type: 'string' },
  port: { type: 'string' },
  'local-workers': { type: 'string' },
  threads: { type: 'string' },
  'memory-limit': { type: 'string' },
  ...WORKER_MEMORY_OPTIONS,
  'quiet-tasks': { type: 'boolean' },
  network: { type: 'boolean' },
  interface: { type: 'string' },
  slurm: { type: 'string' },
  ...SETTING_OPTIONS,
} as const

/**
 * Reads a scheduler's command line.
 * @throws {SchedulerOptionError} {@link WorkerCountError} {@link MemoryLimitError}
 */
export function schedulerOptions(args: readonly string[]): SchedulerOptions {
  let values: ReturnType<typeof parse>
  try {
    values = parse(args)
  } catch (cause) {
    throw new SchedulerOptionError((cause as Error).message, { cause })
  }
  const { id, port, threads } = values
  if (id !== undefined && !/^[\w-]{1,8}$/.test(id))
    throw new SchedulerOptionError(`--id must be 1 to 8 letters, digits, - or _, not ${JSON.stringify(id)}`)
  const workers = values['local-workers']
  const memoryLimit = values['memory-limit']
  if (workers === undefined && (threads !== undefined || memoryLimit !== undefined))
    throw new SchedulerOptionError(
      '--threads and --memory-limit are of workers: give --local-workers too, or give them to `heddle worker`',
    )
  return {
    ...(id !== undefined && { id }),
    port: portNumber(port ?? '0'),
    ...(values['quiet-tasks'] && { quietTasks: true }),
    ...(values.network && { network: true }),
    ...(values.interface !== undefined && { interface: values.interface }),
    ...(values.slurm !== undefined && { slurm: values.slurm }),
    settings: settingsOfValues(values),
    ...(workers !== undefined && {
      local: workerCounts(
        { workers, threads, memoryLimit, ...workerMemoryOptions(values) },
        { workers: '--local-workers', threads: '--threads' },
      ),
    }),
  }
}

/** The same options as a command line. */
export function schedulerArguments(options: SchedulerOptions): string[] {
  const { id, port, local, network, slurm, settings = {} } = options
  const args = ['--port', String(port), ...settingArguments(settings)]
  if (options.quietTasks) args.push('--quiet-tasks')
  if (network) args.push('--network')
  if (options.interface !== undefined) args.push('--interface', options.interface)
  if (slurm !== undefined) args.push('--slurm', slurm)
  if (id !== undefined) args.push('--id', id)
  if (local)
    args.push(
      '--local-workers',
      String(local.workers),
      '--threads',
      String(local.threads),
      '--memory-limit',
      `${local.memoryLimitBytes}B`,
      ...workerMemoryArguments(local.memory ?? {}),
    )
  return args
}

/** @throws {SchedulerOptionError} */
export function portNumber(given: string): number {
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN
  if (!(port <= 65535))
    throw new SchedulerOptionError(
      `--port must be a number from 0 (any free port) to 65535, not ${JSON.stringify(given)}`,
    )
  return port
}

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: SCHEDULER_OPTIONS, strict: true, allowPositionals: false }).values
