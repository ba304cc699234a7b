// Which run the results show: the latest, unless another was chosen since. Pure.

import type { ShownRun } from './reducer.ts'

/** A run that somebody wants to see: runs of clusters one after the other have the same names, so its start tells it. */
export interface WantedRun {
  run: string
  startedMs: number
  /** When it was asked for: what begins later is shown in its place. */
  askedMs: number
}

/**
 * The run to show of some, the latest first.
 * @returns `gone`: the one that is wanted is not among them
 */
export function chosenRun(
  runs: readonly ShownRun[],
  wanted: WantedRun | undefined,
): { shown: ShownRun | undefined; gone: boolean } {
  const [latest] = runs
  if (!wanted || (latest && latest.startedMs > wanted.askedMs)) return { shown: latest, gone: false }
  const found = runs.find(({ run, startedMs }) => run === wanted.run && startedMs === wanted.startedMs)
  return { shown: found ?? latest, gone: found === undefined }
}
