// How much memory the keys of one name take on each worker: in memory, on disk, on their way. Costs nothing while nobody looks.

import type { FeedMessage } from '../protocol/feed.ts'
import { STORED } from './phases.ts'
import { dirtyWorker, type State } from './state.ts'

/** Somebody looks, or nobody does any more: workers say which values are where, or do not. */
export function watchMemory(state: State, on: boolean): void {
  if (state.memoryWatched === on) return
  state.memoryWatched = on
  for (const worker of state.present) {
    worker.outbox.watchMemory = on
    dirtyWorker(state, worker)
    if (!on && worker.heartbeat) {
      worker.heartbeat.spilledTasks = undefined
      worker.heartbeat.movingTasks = undefined
    }
  }
}

interface Sums {
  worker: number
  prefix: number
  results: number
  managedBytes: number
  spilledBytes: number
  movingBytes: number
}

/** Goes through all values: for panels, about once a second. */
export function memoryByPrefix(state: State): Extract<FeedMessage, { type: 'memory' }> {
  const { tasks, replicas, groups } = state
  const prefixes: string[] = []
  const numbers = new Map<string, number>()
  const prefixOf = groups.infos.map(({ name }) => {
    let number = numbers.get(name)
    if (number === undefined) {
      number = prefixes.push(name) - 1
      numbers.set(name, number)
    }
    return number
  })
  const all = new Map<number, Sums>()
  const sumsOf = (worker: number, task: number): Sums => {
    const prefix = prefixOf[tasks.group[task]]
    const id = worker * prefixes.length + prefix
    let sums = all.get(id)
    if (!sums) {
      sums = { worker, prefix, results: 0, managedBytes: 0, spilledBytes: 0, movingBytes: 0 }
      all.set(id, sums)
    }
    return sums
  }
  for (let task = 0; task < tasks.top; task++) {
    if (tasks.phase[task] !== STORED) continue
    for (let entry = tasks.holders[task]; entry >= 0; entry = replicas.next[entry]) {
      const sums = sumsOf(replicas.worker[entry], task)
      sums.results++
      sums.managedBytes += tasks.weight[task]
    }
  }
  for (const { id, heartbeat } of state.present) {
    const isStored = (task: number): boolean => task >= 0 && task < tasks.top && tasks.phase[task] === STORED
    // What it said may be half a second old: a value may be gone since.
    for (const task of heartbeat?.spilledTasks ?? []) {
      if (!isStored(task) || !replicas.has(id, tasks.holders[task])) continue
      const sums = sumsOf(id, task)
      sums.managedBytes -= tasks.weight[task]
      sums.spilledBytes += tasks.weight[task]
    }
    for (const task of heartbeat?.movingTasks ?? []) {
      if (!isStored(task) || replicas.has(id, tasks.holders[task])) continue
      sumsOf(id, task).movingBytes += tasks.weight[task]
    }
  }
  const list = [...all.values()].sort((one, other) => one.worker - other.worker || one.prefix - other.prefix)
  return {
    type: 'memory',
    prefixes,
    worker: Uint16Array.from(list, ({ worker }) => worker),
    prefix: Uint32Array.from(list, ({ prefix }) => prefix),
    results: Uint32Array.from(list, ({ results }) => results),
    managedBytes: Float64Array.from(list, ({ managedBytes }) => managedBytes),
    spilledBytes: Float64Array.from(list, ({ spilledBytes }) => spilledBytes),
    movingBytes: Float64Array.from(list, ({ movingBytes }) => movingBytes),
  }
}
