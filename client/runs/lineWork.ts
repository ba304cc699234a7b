// What a run cost, line by line: the text of a lens, and how hot the line is. Pure.

import type { LineFigures } from '../../runtime/protocol/runs.ts'
import { bytesText } from '../cluster/quantity.ts'
import { hottest } from './lineTimes.ts'
import type { Run } from './runsModel.ts'
import { grouped, seconds } from './runText.ts'

/** What stands above one line of a file. */
export interface LineWork {
  figures: LineFigures
  run: Run
  /** The line's part of its run's work, 0 to 1. */
  share: number
}

/** The work of the lines of one run that did any. */
export function workOf(run: Run): LineWork[] {
  const total = run.lines.reduce((sum, { workMs }) => sum + workMs, 0)
  return run.lines
    .filter(({ tasks, failed, skipped }) => tasks + failed + skipped > 0)
    .map((figures) => ({ figures, run, share: total > 0 ? figures.workMs / total : 0 }))
}

/** @example workText({ tasks: 1204, workMs: 3100, bytes: 412e6, … }) // '1,204 tasks · 3.10 s · 412 MB' */
export function workText({ tasks, failed, skipped, workMs, bytes, spilledBytes }: LineFigures): string {
  // What failed has run, too.
  const parts = [tasksText(tasks + failed), seconds(workMs)]
  if (bytes >= 1000) parts.push(bytesText(bytes))
  if (spilledBytes >= 1000) parts.push(`${bytesText(spilledBytes)} spilled`)
  if (failed > 0) parts.push(`${grouped(failed)} failed`)
  if (skipped > 0) parts.push(`${grouped(skipped)} not run`)
  return parts.join(' · ')
}

/**
 * What the lines of a collection cost together in the last run that worked on any of them, as Markdown.
 * @example 'last run, at 19:50:54: 1,204 tasks · 3.10 s · 412 MB'
 */
export function lastRunText(work: readonly LineWork[]): string | undefined {
  const startedMs = Math.max(...work.map(({ run }) => run.startedMs))
  const figures = work.filter(({ run }) => run.startedMs === startedMs).map((each) => each.figures)
  if (figures.length === 0) return undefined
  const sum = (of: 'tasks' | 'failed' | 'skipped' | 'workMs' | 'bytes' | 'spilledBytes'): number =>
    figures.reduce((all, each) => all + each[of], 0)
  const together: LineFigures = {
    ...figures[0],
    tasks: sum('tasks'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    workMs: sum('workMs'),
    bytes: sum('bytes'),
    spilledBytes: sum('spilledBytes'),
  }
  return `last run, at ${timeText(startedMs)}: ${workText(together)}`
}

const timeText = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB')

const tasksText = (count: number): string => `${grouped(count)} ${count === 1 ? 'task' : 'tasks'}`

/** Lines of the tooltip. */
export function workTooltip({ figures, run, share }: LineWork): string {
  const { name, tasks, failed, skipped, workMs, bytes, spilledBytes } = figures
  const most = hottest(run)
  const each = tasks > 0 ? `, ${seconds(workMs / tasks)} each on average` : ''
  return [
    `${name}: ${tasksText(tasks)} ran for ${seconds(workMs)} on all threads together${each}.`,
    `Their results took up ${bytesText(bytes)}.`,
    ...(spilledBytes > 0
      ? [`Of them workers wrote ${bytesText(spilledBytes)} to disk, since their memory was full.`]
      : []),
    ...(most ? [most] : []),
    ...(failed > 0 ? [`${tasksText(failed)} failed.`] : []),
    ...(skipped > 0 ? [`${tasksText(skipped)} did not run, since what they need failed.`] : []),
    `${Math.round(100 * share)} % of the work of ${run.label}, run at ${timeText(run.startedMs)}. Results that were still held were not computed again and are not counted.`,
  ].join('\n')
}

/** Steps of a gutter mark. */
export const HEAT_LEVELS = 5

/**
 * How hot a line is, from 1; 0 for lines whose share is not worth a mark.
 * @example heatOf(0.5) // 4
 */
export function heatOf(share: number): number {
  if (share < 0.02) return 0
  return Math.min(HEAT_LEVELS, 1 + Math.floor(Math.sqrt(share) * HEAT_LEVELS))
}
