// Which groups a progress summary shows, in which order: what runs first, then what waits, then what is done.

import { type Groups, type Tally, tallyOf } from '../cluster/groups.ts'

export interface ProgressRow {
  place: number
  name: string
  kind: string
  tally: Tally
}

/** The computations that are not done yet; when all are, the latest. Empty before the first. */
export function currentComputations(groups: Groups): Set<number> {
  const current = new Set<number>()
  let latest = -1
  groups.list.forEach(({ computation }, place) => {
    if (computation > latest) latest = computation
    const { total, done, erred } = tallyOf(groups, place)
    if (done + erred < total) current.add(computation)
  })
  if (current.size === 0 && latest >= 0) current.add(latest)
  return current
}

/**
 * The groups of some computations in the order of their coming, which is that of their dependencies.
 * @param computations their serials, or nothing for all
 */
export function progressRows(groups: Groups, computations?: ReadonlySet<number>): ProgressRow[] {
  const rows: ProgressRow[] = []
  groups.list.forEach((group, place) => {
    if (computations && !computations.has(group.computation)) return
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
