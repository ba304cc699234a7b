// Where threads were seen while a run went on: which lines are worth a mark, and what it says. Pure.

import path from 'node:path'
import type { LineTime } from '../../runtime/protocol/runs.ts'
import type { Run } from './runsModel.ts'
import { seconds } from './runText.ts'

/** A line at which threads were seen. */
export interface SeenLine {
  time: LineTime
  run: Run
  ms: number
  /** The line's part of all that was seen in the run, 0 to 1. */
  share: number
}

/** Fewer samples than these say little, and so small a part is not worth a look. */
const MS_MIN = 20
const SHARE_MIN = 0.02
/** Lines that the tooltip of a computation names. */
const NAMED_MAX = 3

const msOf = ({ selfMs, calledMs }: LineTime): number => selfMs + calledMs

/** The lines of a run that are worth a mark, the hottest first. */
export function seenLines(run: Run): SeenLine[] {
  const total = run.times.reduce((sum, time) => sum + msOf(time), 0)
  return run.times
    .map((time) => ({ time, run, ms: msOf(time), share: msOf(time) / total }))
    .filter(({ ms, share }) => ms >= MS_MIN && share >= SHARE_MIN)
    .sort((one, other) => other.ms - one.ms)
}

/**
 * What stands beside the line.
 * @param changed the file is not what the run was of
 * @example seenText({ ms: 3100, share: 0.74, … }, false) // '3.10 s · 74 %'
 */
export function seenText({ ms, share }: SeenLine, changed: boolean): string {
  return [seconds(ms), `${Math.round(100 * share)} %`, ...(changed ? ['before the change'] : [])].join(' · ')
}

/** Lines of the tooltip. */
export function seenTooltip({ time: { selfMs, calledMs }, run, share }: SeenLine, changed: boolean): string {
  const when = new Date(run.startedMs).toLocaleTimeString('en-GB')
  const called =
    calledMs >= MS_MIN ? `, ${seconds(calledMs)} in what its function calls of Node and of packages` : ''
  return [
    `${seconds(selfMs)} in this line${called}: ${Math.round(100 * share)} % of the time in your code.`,
    `Sampled in all threads while ${run.label} ran at ${when}.`,
    ...(changed ? ['The file has changed since.'] : []),
  ].join('\n')
}

/** @example hottest(run) // 'Most time: lib.ts:7 65 %, main.ts:6 12 %.' */
export function hottest(run: Run): string | undefined {
  const named = seenLines(run)
    .slice(0, NAMED_MAX)
    .map(({ time, share }) => `${path.basename(time.file)}:${time.line} ${Math.round(100 * share)} %`)
  return named.length > 0 ? `Most time: ${named.join(', ')}.` : undefined
}
