// Sources, tasks without dependencies that give much, as reads do: held back while what was read before is still being used up.

import type { State } from './state.ts'
import type { Worker } from './worker.ts'

/** Smaller results do not fill a memory before others are used up. */
const SOURCE_BYTES_MIN = 64 * 1024

/** Does the task stand on others, so that its end lets go of something? */
export function isConsumer({ tasks, segments }: State, task: number): boolean {
  const { dependencyOffsets } = segments[tasks.segment[task]]!
  if (dependencyOffsets.length === 0) return false
  const place = tasks.place[task]
  return dependencyOffsets[place] !== dependencyOffsets[place + 1]
}

/** The mean size of a source's results so far; 0 for a task that is none, or of which nothing is known. */
export function sourceBytes(state: State, task: number): number {
  if (isConsumer(state, task)) return 0
  const { runs, runBytes } = state.groups
  const group = state.tasks.group[task]
  return runs[group] === 0 ? 0 : runBytes[group] / runs[group]
}

/** Bytes of values that a worker is expected to have in memory: what it said last, and what came and went since. */
export function inMemoryBytes({ heartbeat, heldBytes, heldBytesThen }: Worker): number {
  return Math.max(0, heartbeat ? heartbeat.managedBytes + heldBytes - heldBytesThen : heldBytes)
}

export const isAboveTarget = (worker: Worker): boolean => inMemoryBytes(worker) > worker.targetBytes

/** Tasks that use data and occupy a thread or will; those that wait for tasks of their own may wait for sources. */
export const consuming = (state: State): number =>
  state.present.reduce((sum, worker) => sum + worker.consuming, 0)

/**
 * Must a task that could run on a worker wait for memory? Only while tasks that use data are under way, and end: where
 * nothing else runs, or nothing ends, sources do.
 */
export function isHeldBack(state: State, worker: Worker, task: number): boolean {
  if (!isAboveTarget(worker) || sourceBytes(state, task) < SOURCE_BYTES_MIN) return false
  return state.nowMs - state.consumedMs < state.limits.sourcesHeldMs && consuming(state) > 0
}

/** For people: which workers are above target, and by how much. */
export function aboveTarget(state: State): string {
  return state.present
    .filter(isAboveTarget)
    .map((worker) => {
      const share = inMemoryBytes(worker) / Math.max(1, worker.info.memoryLimitBytes)
      const target = worker.targetBytes / Math.max(1, worker.info.memoryLimitBytes)
      return `${worker.info.name} holds ${Math.round(100 * share)} % of its memory, the target is ${Math.round(100 * target)} %`
    })
    .join('; ')
}
