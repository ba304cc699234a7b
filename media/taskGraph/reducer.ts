// The task graph's model: which groups are unfolded into tasks, those tasks, and the story last asked for.

import type { FeedMessage, FeedRequest } from '../../runtime/protocol/feed.ts'
import { withLocalTime } from '../../runtime/protocol/localTime.ts'

/** The tasks of one group, as columns. */
export interface UnfoldedGroup {
  group: number
  /** Tasks that the group has; `tasks` may hold fewer. */
  total: number
  tasks: Int32Array
  states: Uint8Array
  workers: Int32Array
  durationsMs: Float64Array
  keys: string[]
  /** Pairs of task numbers, from dependency to dependent. */
  edges: Uint32Array
}

/** How a group that should be unfolded stands. */
interface Wish {
  limit: number
  /** Whether its counts changed since its tasks were last asked for. */
  stale: boolean
  asked: boolean
  askedMs: number
}

/** Changed in place. */
export interface TaskGraph {
  wishes: Map<number, Wish>
  unfolded: Map<number, UnfoldedGroup>
  /** Raised when tasks come or go; not when only their states change. */
  shape: number
  story?: { key: string; lines: string[] }
  clusterId: string
}

/** Tasks of a group that are asked for at first, and at most. */
export const UNFOLD_FIRST = 2000
export const UNFOLD_MAX = 100_000

export const noTaskGraph = (): TaskGraph => ({
  wishes: new Map(),
  unfolded: new Map(),
  shape: 0,
  clusterId: '',
})

/** Takes one message in; says whether it changed anything. */
export function applyToTaskGraph(graph: TaskGraph, message: FeedMessage): boolean {
  switch (message.type) {
    case 'snapshot':
      if (graph.clusterId !== message.cluster.id) {
        graph.wishes.clear()
        graph.unfolded.clear()
        graph.story = undefined
        graph.clusterId = message.cluster.id
        graph.shape++
      }
      // Answers may have been lost with the connection: what is unfolded is asked for anew.
      for (const wish of graph.wishes.values()) Object.assign(wish, { stale: true, asked: false })
      return true
    case 'groups':
      for (const group of message.changed) {
        const wish = graph.wishes.get(group)
        if (wish) wish.stale = true
      }
      return false
    case 'tasks': {
      const wish = graph.wishes.get(message.group)
      if (!wish) return false
      wish.asked = false
      const before = graph.unfolded.get(message.group)
      const tasks = inOrder(message)
      graph.unfolded.set(message.group, tasks)
      if (!before || !sameNumbers(before.tasks, tasks.tasks) || !sameNumbers(before.edges, tasks.edges))
        graph.shape++
      return true
    }
    case 'story':
      graph.story = { key: message.key, lines: message.lines.map((line) => withLocalTime(line)) }
      return true
    default:
      return false
  }
}

/** The tasks in the order of their numbers: whichever the answer begins with, a task keeps its place on the screen. */
function inOrder(message: Extract<FeedMessage, { type: 'tasks' }>): UnfoldedGroup {
  const { group, total, tasks, states, workers, durationsMs, keys, edges } = message
  const order = Uint32Array.from(tasks, (_, i) => i).sort((a, b) => tasks[a] - tasks[b])
  return {
    group,
    total,
    tasks: Int32Array.from(order, (i) => tasks[i]),
    states: Uint8Array.from(order, (i) => states[i]),
    workers: Int32Array.from(order, (i) => workers[i]),
    durationsMs: Float64Array.from(order, (i) => durationsMs[i]),
    keys: Array.from(order, (i) => keys[i]),
    edges,
  }
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The user wants a group's tasks, at most `limit`. */
export function unfold(graph: TaskGraph, group: number, limit = UNFOLD_FIRST): void {
  graph.wishes.set(group, { limit, stale: true, asked: false, askedMs: Number.NEGATIVE_INFINITY })
}

export function fold(graph: TaskGraph, group: number): void {
  graph.wishes.delete(group)
  if (graph.unfolded.delete(group)) graph.shape++
}

/** What should be asked for now: each unfolded group whose counts changed, at most once a second, never twice at a time. */
export function requestsDue(graph: TaskGraph, nowMs: number): FeedRequest[] {
  const requests: FeedRequest[] = []
  for (const [group, wish] of graph.wishes) {
    if (!wish.stale || wish.asked || nowMs - wish.askedMs < 1000) continue
    Object.assign(wish, { stale: false, asked: true, askedMs: nowMs })
    requests.push({ type: 'unfold', group, limit: wish.limit })
  }
  return requests
}
