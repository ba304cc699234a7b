// The groups of tasks, their counts and their edges: what the feed's `snapshot` and `groups` messages say.

import { type FeedGroup, type FeedMessage, TASK_STATES } from '../../runtime/protocol/feed.ts'

/** How many counts each group has. */
export const STATES = TASK_STATES.length
const [WAITING, READY, RUNNING, STORED, ERRED, RELEASED] = [0, 1, 2, 3, 4, 5]

/** Changed in place: counts are columns, by a group's place in `list`. */
export interface Groups {
  list: FeedGroup[]
  /** From a group's number to its place in `list`. */
  placeOf: Map<number, number>
  /** `STATES` counts a place. */
  counts: Uint32Array
  /** Pairs of places, from dependency to dependent, each pair once. */
  edges: number[]
  /** Raised when groups or edges come, so that a layout knows that it is old. */
  shape: number
}

export const noGroups = (): Groups => ({
  list: [],
  placeOf: new Map(),
  counts: new Uint32Array(16 * STATES),
  edges: [],
  shape: 0,
})

/** Takes one message in; says whether it changed anything. */
export function applyToGroups(groups: Groups, message: FeedMessage): boolean {
  switch (message.type) {
    case 'snapshot': {
      groups.list = []
      groups.placeOf.clear()
      groups.counts.fill(0)
      groups.edges = []
      addGroups(groups, message.groups, message.edges)
      groups.counts.set(message.counts.subarray(0, groups.list.length * STATES))
      return true
    }
    case 'groups': {
      addGroups(groups, message.added, message.edges)
      const { changed, counts } = message
      for (let i = 0; i < changed.length; i++) {
        const place = groups.placeOf.get(changed[i])
        if (place === undefined) continue
        for (let state = 0; state < STATES; state++)
          groups.counts[place * STATES + state] = counts[i * STATES + state]
      }
      return true
    }
    default:
      return false
  }
}

function addGroups(groups: Groups, added: readonly FeedGroup[], edges: Uint32Array): void {
  for (const group of added) {
    if (groups.placeOf.has(group.group)) continue
    groups.placeOf.set(group.group, groups.list.length)
    groups.list.push(group)
  }
  const needed = groups.list.length * STATES
  if (groups.counts.length < needed) {
    const grown = new Uint32Array(Math.max(needed, groups.counts.length * 2))
    grown.set(groups.counts)
    groups.counts = grown
  }
  const known = new Set<number>()
  const pair = (from: number, to: number): number => from * 0x4000000 + to
  for (let i = 0; i < groups.edges.length; i += 2) known.add(pair(groups.edges[i], groups.edges[i + 1]))
  for (let i = 0; i + 1 < edges.length; i += 2) {
    const from = groups.placeOf.get(edges[i])
    const to = groups.placeOf.get(edges[i + 1])
    if (from === undefined || to === undefined || known.has(pair(from, to))) continue
    known.add(pair(from, to))
    groups.edges.push(from, to)
  }
  if (added.length > 0 || edges.length > 0) groups.shape++
}

/** A group's counts, summed up as people ask for them. */
export interface Tally {
  total: number
  /** Finished, whether the result is still held or not. */
  done: number
  running: number
  erred: number
  ready: number
  waiting: number
}

export function tallyOf(groups: Groups, place: number): Tally {
  const at = place * STATES
  const { counts } = groups
  const done = counts[at + STORED] + counts[at + RELEASED]
  const [waiting, ready] = [counts[at + WAITING], counts[at + READY]]
  const [running, erred] = [counts[at + RUNNING], counts[at + ERRED]]
  return { total: waiting + ready + running + done + erred, done, running, erred, ready, waiting }
}

/** The sum over all groups, or over those of some computations. */
export function tallyOfAll(groups: Groups, computations?: ReadonlySet<number>): Tally {
  const sum: Tally = { total: 0, done: 0, running: 0, erred: 0, ready: 0, waiting: 0 }
  for (let place = 0; place < groups.list.length; place++) {
    if (computations && !computations.has(groups.list[place].computation)) continue
    const tally = tallyOf(groups, place)
    for (const name of Object.keys(sum) as (keyof Tally)[]) sum[name] += tally[name]
  }
  return sum
}
