// Reads what sbatch prints: the number of a job, an estimate, or why it refuses; and which refusals may pass. Pure.

import type { Executed } from '../agent/requests.ts'

/** The id that `--parsable` prints: a login shell may print before it, and a federation puts the cluster's name behind it. */
export function readSubmitted(stdout: string): string | undefined {
  const line = stdout.split('\n').findLast((each) => /^\d+(;[\w.-]+)?$/.test(each.trim()))
  return line?.trim().split(';')[0]
}

/** The moment that `--test-only` names, in epoch milliseconds. @example readEstimate('sbatch: Job 23 to start at 1795950147 using …') // 1795950147000 */
export function readEstimate(said: string): number | undefined {
  const at = /to start at (\S+)/.exec(said)?.[1]
  if (at === undefined) return undefined
  const ms = /^\d+$/.test(at) ? Number(at) * 1000 : new Date(at).getTime()
  return Number.isNaN(ms) ? undefined : ms
}

/** What Slurm says when its controller is away or busy. */
const AWAY =
  /unable to contact slurm controller|socket timed out|connection refused|unexpected message received|zero bytes were transmitted|connect failure|temporarily una|in standby mode|communication connection failure|unable to establish/i

/** What Munge says of machines whose clocks are more than its five minutes apart. */
const CLOCKS = /(rewound|expired) credential/i

/** @returns what went wrong on one line, and whether the same may work later */
export function refusalOf(
  command: string,
  { exitCode, signal, stderr, stdout }: Executed,
): { text: string; again: boolean } {
  if (signal !== null) return { text: `${command} did not answer in time and was ended`, again: true }
  const lines = (stderr.trim() || stdout.trim())
    .split('\n')
    .map((line) => line.replace(/^(\w+: )?(error: )?/, '').trim())
    .filter((line) => line !== '' && !/^Try ".*--help"/.test(line))
  const said = [...new Set(lines)].join('; ') || `exit code ${exitCode}`
  const wayOut = CLOCKS.test(said) ? ': the clocks of this machine and of Slurm differ by minutes' : ''
  return { text: `${command}: ${said}${wayOut}`, again: AWAY.test(said) }
}
