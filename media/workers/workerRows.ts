// What the workers panel says of each worker, ready to be shown.

import type { Cluster } from '../cluster/cluster.ts'
import type { WorkerState } from '../cluster/workers.ts'

export interface ThreadCell {
  /** The number of the group that it runs, −1 when idle. */
  group: number
  name: string
  /** How long it has run it. */
  forMs: number
}

export interface WorkerRow {
  worker: number
  name: string
  host: string
  pid: number
  threads: ThreadCell[]
  busy: number
  /** Of all its threads, 0 to 1. */
  cpuShare: number
  cpuPercent: number
  managedBytes: number
  /** What the process holds beyond the values it keeps: the program itself, temporary data. */
  unmanagedBytes: number
  spilledBytes: number
  movingBytes: number
  limitBytes: number
  heldTasks: number
  waiting: number
  paused: boolean
  holdsSources: boolean
  /** Whether it has reported yet. */
  known: boolean
  /** What it runs, most first, e.g. `parse × 3, join`. */
  doing: string
}

export type SortColumn = 'name' | 'cpu' | 'memory' | 'tasks'

export function workerRows(cluster: Cluster, sort: SortColumn = 'name'): WorkerRow[] {
  const rows = [...cluster.workers.byNumber.values()].map((state) => workerRow(cluster, state))
  const by: Record<SortColumn, (a: WorkerRow, b: WorkerRow) => number> = {
    name: (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }),
    cpu: (a, b) => b.cpuPercent - a.cpuPercent,
    memory: (a, b) => b.managedBytes + b.unmanagedBytes - a.managedBytes - a.unmanagedBytes,
    tasks: (a, b) => b.busy + b.waiting - a.busy - a.waiting,
  }
  return rows.sort((a, b) => by[sort](a, b) || a.worker - b.worker)
}

function workerRow(cluster: Cluster, { info, reading }: WorkerState): WorkerRow {
  const threads = Array.from({ length: info.threads }, (_, thread): ThreadCell => {
    const group = reading?.runningGroup[thread] ?? -1
    const since = reading?.runningSince[thread] ?? 0
    return {
      group,
      name: group < 0 ? '' : groupName(cluster, group),
      forMs: group < 0 ? 0 : Math.max(0, cluster.nowMs - since),
    }
  })
  const managedBytes = reading?.managedBytes ?? 0
  return {
    worker: info.worker,
    name: info.name,
    host: info.host,
    pid: info.pid,
    threads,
    busy: threads.filter(({ group }) => group >= 0).length,
    cpuShare: Math.min(1, (reading?.cpuPercent ?? 0) / (100 * Math.max(1, info.threads))),
    cpuPercent: reading?.cpuPercent ?? 0,
    managedBytes,
    unmanagedBytes: Math.max(0, (reading?.rssBytes ?? 0) - managedBytes),
    spilledBytes: reading?.spilledBytes ?? 0,
    movingBytes: reading?.movingBytes ?? 0,
    limitBytes: info.memoryLimitBytes,
    heldTasks: reading?.heldTasks ?? 0,
    waiting: reading?.waiting ?? 0,
    paused: reading?.paused ?? false,
    holdsSources: reading?.holdsSources ?? false,
    known: reading !== undefined,
    doing: doingOf(threads),
  }
}

function groupName(cluster: Cluster, group: number): string {
  const place = cluster.groups.placeOf.get(group)
  return place === undefined ? `group ${group}` : cluster.groups.list[place].name
}

function doingOf(threads: readonly ThreadCell[]): string {
  const times = new Map<string, number>()
  for (const { group, name } of threads) if (group >= 0) times.set(name, (times.get(name) ?? 0) + 1)
  return [...times]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([name, n]) => (n > 1 ? `${name} × ${n}` : name))
    .join(', ')
}
