// Slurm's commands, wherever they are run: here, or on a login node through its agent.

import type { Executed, Execution } from '../agent/requests.ts'
import { type Machine, parseMachines } from './machineKinds.ts'
import { ASSOCIATION_FORMAT, parseAssociations } from './parseAssociations.ts'
import { type JobDetails, parseJob } from './parseJob.ts'
import { PARTITION_FORMAT, type Partition, parsePartitions } from './parsePartitions.ts'
import { parseQueue, QUEUE_FORMAT, type QueueRow } from './parseQueue.ts'
import { readEstimate, readSubmitted, refusalOf } from './readSbatch.ts'

/** Runs a program to its end. Throws only when it cannot be started. */
export type RunCommand = (execution: Execution) => Promise<Executed>

/** Slurm does not do what it is asked: the text is its own. */
export class SlurmError extends Error {
  override name = 'SlurmError'
  /** `'sbatch'`, `'squeue'`, … */
  readonly command: string
  /** Whether the same may work later: the controller did not answer. */
  readonly again: boolean
  constructor(command: string, text: string, again: boolean, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.command = command
    this.again = again
  }
}

/** A controller that is busy takes its time; one that is away is found to be so by Slurm's own patience, 10 s and more. */
const COMMAND_MS_MAX = 30_000
/** So many ids fit on a command line. */
const IDS_MAX = 500

export class SlurmCommands {
  readonly #run: RunCommand

  constructor(run: RunCommand) {
    this.#run = run
  }

  /**
   * Submits a script.
   * @param elements how many jobs it is: more than one are an array
   * @returns the ids, one for each
   * @throws {SlurmError} with Slurm's reason
   */
  async submit(script: string, elements = 1): Promise<string[]> {
    const { stdout } = await this.#command('sbatch', ['--parsable'], script)
    const id = readSubmitted(stdout)
    if (id === undefined)
      throw new SlurmError('sbatch', `sbatch printed no number of a job: ${JSON.stringify(stdout)}`, false)
    return elements === 1 ? [id] : Array.from({ length: elements }, (_, i) => `${id}_${i}`)
  }

  /**
   * When Slurm would start a script now, in its own words' numbers; nothing is submitted.
   * @returns epoch milliseconds; nothing where it does not say
   * @throws {SlurmError} when it would refuse it
   */
  async estimate(script: string): Promise<number | undefined> {
    // It says so on standard error, whether it would take the script or not.
    const { stderr, stdout } = await this.#command('sbatch', ['--test-only'], script)
    return readEstimate(`${stderr}\n${stdout}`)
  }

  /** Jobs of these names, those that ended lately included. @throws {SlurmError} */
  async jobs(names: readonly string[]): Promise<QueueRow[]> {
    const args = ['-h', '-r', '-t', 'all', `--name=${names.join(',')}`, '-o', QUEUE_FORMAT]
    const { stdout } = await this.#command('squeue', args)
    // Some versions take no heed of a filter.
    return parseQueue(stdout).filter(({ name }) => names.includes(name))
  }

  /** What Slurm knows of one job; nothing when it has forgotten it. @throws {SlurmError} when Slurm does not answer */
  async job(id: string): Promise<JobDetails | undefined> {
    try {
      const { stdout } = await this.#command('scontrol', ['show', 'job', '-o', id])
      return parseJob(stdout.split('\n').find((line) => line.includes('JobId=')) ?? '')
    } catch (error) {
      if (error instanceof SlurmError && !error.again) return undefined
      throw error
    }
  }

  /** Ids that Slurm does not know do no harm. @throws {SlurmError} */
  async cancel(ids: readonly string[]): Promise<void> {
    for (let first = 0; first < ids.length; first += IDS_MAX)
      await this.#command('scancel', [...ids.slice(first, first + IDS_MAX)])
  }

  /** @throws {SlurmError} */
  async partitions(): Promise<Partition[]> {
    return parsePartitions((await this.#command('sinfo', ['-h', '-o', PARTITION_FORMAT])).stdout)
  }

  /** Every compute node's kind. @throws {SlurmError} */
  async machines(): Promise<Machine[]> {
    return parseMachines((await this.#command('scontrol', ['show', 'node', '-o'])).stdout)
  }

  /** What this user may name; nothing is known where there is no accounting. @throws {SlurmError} */
  async associations(): Promise<{ accounts: string[]; qos: string[] }> {
    // Without a name it would tell of everybody.
    const { stdout: user } = await this.#command('id', ['-un'])
    const args = ['-nP', 'show', 'associations', `user=${user.trim()}`, `format=${ASSOCIATION_FORMAT}`]
    return parseAssociations((await this.#command('sacctmgr', args)).stdout)
  }

  async #command(command: string, args: string[], input?: string): Promise<Executed> {
    let done: Executed
    try {
      done = await this.#run({
        command,
        args,
        ...(input !== undefined && { input }),
        env: { SLURM_TIME_FORMAT: '%s', LC_ALL: 'C' },
        timeoutMs: COMMAND_MS_MAX,
      })
    } catch (cause) {
      const missing = /ENOENT/.test((cause as Error).message)
      const text = missing
        ? `there is no ${command}: Slurm's commands are not on PATH. Run this on a login node, or name one with "host" in the profile.`
        : `${command} cannot be run: ${(cause as Error).message}`
      throw new SlurmError(command, text, !missing, cause)
    }
    if (done.exitCode === 0) return done
    const { text, again } = refusalOf(command, done)
    throw new SlurmError(command, text, again)
  }
}
