// The tasks that failed in the runs of this window, the latest first. Pure.

import type { FailedTask } from '../reports/taskReport.ts'
import type { Run, Runs } from './runsModel.ts'

export function failedTasks(runs: Runs): FailedTask[] {
  const failed = [...runs.values()].flatMap((run): FailedTask[] => {
    const task = run.failure?.task
    return task ? [{ task, run }] : []
  })
  return failed.toReversed()
}

/** The runs whose task failed in one of these lines of a file, counted from 0. */
export const failedIn = (runs: Runs, file: string, first: number, last: number): Run[] =>
  [...runs.values()].filter(({ end, failure }) => {
    const place = failure?.task?.place
    return end && place?.file === file && place.line - 1 >= first && place.line - 1 <= last
  })
