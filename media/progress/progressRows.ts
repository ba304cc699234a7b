// Which groups a progress summary shows, in which order: what runs first, then what waits, then what is done.

import { type Groups, type Tally, tallyOf } from '../cluster/groups.ts'

export interface ProgressRow {
  place: number
  name: string
  kind: string
  tally: Tally
}

/** The number of the latest computation, −1 when there is none. */
export function latestComputation(groups: Groups): number {
  let latest = -1
  for (const { computation } of groups.list) if (computation > latest) latest = computation
  return latest
}

/**
 * The groups of one computation in the order of their coming, which is that of their dependencies.
 * @param computation its serial, or nothing for all
 */
export function progressRows(groups: Groups, computation?: number): ProgressRow[] {
  const rows: ProgressRow[] = []
  groups.list.forEach((group, place) => {
    if (computation !== undefined && group.computation !== computation) return
    rows.push({ place, name: group.name, kind: group.kind ?? '', tally: tallyOf(groups, place) })
  })
  return rows
}

/** At most `max` rows, those that run or wait before those that are done, otherwise in their own order. */
export function mostActive(rows: readonly ProgressRow[], max: number): ProgressRow[] {
  if (rows.length <= max) return [...rows]
  const rank = ({ tally }: ProgressRow): number =>
    tally.running > 0 || tally.erred > 0 ? 0 : tally.done < tally.total ? 1 : 2
  const kept = new Set(rows.toSorted((a, b) => rank(a) - rank(b) || b.place - a.place).slice(0, max))
  return rows.filter((row) => kept.has(row))
}

/** One state's stretch of a bar. */
export interface BarPart {
  state: 'stored' | 'erred' | 'running' | 'ready' | 'waiting'
  tasks: number
  /** From 0 to 1, of the whole bar. */
  share: number
}

/** A tally as the stretches of one bar, finished first; states without tasks are left out. */
export function barParts(tally: Tally): BarPart[] {
  const parts: [BarPart['state'], number][] = [
    ['stored', tally.done],
    ['erred', tally.erred],
    ['running', tally.running],
    ['ready', tally.ready],
    ['waiting', tally.waiting],
  ]
  return parts
    .filter(([, tasks]) => tasks > 0)
    .map(([state, tasks]) => ({ state, tasks, share: tasks / tally.total }))
}

/** @example tallyText({ total: 10, done: 4, running: 2, erred: 1, ready: 0, waiting: 3 }) // '4 done, 1 erred, 2 running, 3 waiting' */
export function tallyText(tally: Tally): string {
  const words = { stored: 'done', erred: 'erred', running: 'running', ready: 'ready', waiting: 'waiting' }
  return (
    barParts(tally)
      .map(({ state, tasks }) => `${tasks.toLocaleString('en')} ${words[state]}`)
      .join(', ') || 'no tasks'
  )
}
