// Reads a line of `scontrol show job -o`: names and values, where a value may hold spaces.

import { parseMoment } from './slurmTime.ts'

export interface JobDetails {
  id: string
  state: string
  reason: string
  /** Of the batch script. */
  exitCode?: number
  /** The signal that ended it; 0 for none. */
  signal?: number
  /** How often it was started again. */
  restarts: number
  nodes: string
  /** Where it writes what it prints. */
  outputFile: string
  startMs?: number
  endMs?: number
}

/**
 * @returns nothing for a line that tells of no job
 * @example parseJob('JobId=7 JobState=FAILED Reason=NonZeroExitCode ExitCode=3:0')?.exitCode // 3
 */
export function parseJob(line: string): JobDetails | undefined {
  const fields = parseFields(line)
  const raw = fields.get('JobId')
  if (raw === undefined) return undefined
  const array = fields.get('ArrayJobId')
  const element = fields.get('ArrayTaskId')
  const exit = /^(\d+):(\d+)$/.exec(fields.get('ExitCode') ?? '')
  const startMs = parseMoment(fields.get('StartTime') ?? '')
  const endMs = parseMoment(fields.get('EndTime') ?? '')
  const reason = fields.get('Reason') ?? ''
  return {
    id: array !== undefined && element !== undefined ? `${array}_${element}` : raw,
    state: fields.get('JobState') ?? '',
    reason: reason === 'None' ? '' : reason,
    ...(exit && { exitCode: Number(exit[1]), signal: Number(exit[2]) }),
    restarts: Number(fields.get('Restarts') ?? 0),
    nodes: fields.get('NodeList') === '(null)' ? '' : (fields.get('NodeList') ?? ''),
    outputFile: fields.get('StdOut') ?? '',
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
  }
}

const OUT_OF_MEMORY = 125

/**
 * Why a job failed, as its script ended; nothing where that says no more than the state.
 * @example failureOf({ ...job, exitCode: 3 }) // 'exit code 3'
 */
export function failureOf({
  exitCode = 0,
  signal = 0,
}: Pick<JobDetails, 'exitCode' | 'signal'>): string | undefined {
  // No signal of the system's: Slurm's own word for it.
  if (signal === OUT_OF_MEMORY) return 'out of memory'
  if (signal > 0) return `ended by signal ${signal}`
  // A shell says so of a program that a signal ended.
  if (exitCode > 128) return `exit code ${exitCode}, as after signal ${exitCode - 128}`
  return exitCode > 0 ? `exit code ${exitCode}` : undefined
}

/** Names that begin a field: a capital letter after a space, up to the first `=`. */
const FIELD = /(?:^| )([A-Z][A-Za-z:/_]*)=/g

/** Names and values of a line; the first of a name counts. */
export function parseFields(line: string): Map<string, string> {
  const fields = new Map<string, string>()
  const starts = [...line.matchAll(FIELD)]
  starts.forEach((start, i) => {
    const from = start.index + start[0].length
    const value = line.slice(from, starts[i + 1]?.index ?? line.length).trim()
    // A job's name or comment may look like a field: the first of a name is Slurm's own.
    if (!fields.has(start[1])) fields.set(start[1], value)
  })
  return fields
}
