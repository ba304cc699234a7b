// What panels are fed: a snapshot, then what changed since the last look. Costs nothing while nobody looks.

import type { ClusterInfo } from '../protocol/cluster.ts'
import type { FeedMessage } from '../protocol/feed.ts'
import { listDatasets } from './datasets.ts'
import { GROUP_STRIDE } from './groups.ts'
import { PHASE_NAMES, RUNNING, STORED, WAITING } from './phases.ts'
import { seatedAt } from './seat.ts'
import { isAboveTarget } from './sources.ts'
import { eachDependency, keyOf, type State } from './state.ts'

/** What the feed has told already: shared by all panels, since each gets a snapshot first. */
export class FeedPosition {
  groups = 0
  edges = 0
  joined = 0
  finishedRuns = 0
  atMs = 0
}

const STATES = 6

export function feedSnapshot(state: State, cluster: ClusterInfo): FeedMessage {
  const { groups } = state
  const counts = new Uint32Array(groups.infos.length * STATES)
  for (let g = 0; g < groups.infos.length; g++) copyCounts(state, g, counts, g * STATES)
  return {
    type: 'snapshot',
    cluster: { ...cluster, workers: state.present.map(({ info }) => info) },
    groups: groups.infos.slice(),
    counts,
    edges: Uint32Array.from(groups.edges),
    atMs: state.nowMs,
  }
}

export function feedDelta(state: State, position: FeedPosition): FeedMessage[] {
  const messages: FeedMessage[] = []
  const { groups } = state
  const changed = groups.takeChanged()
  const added = groups.infos.slice(position.groups)
  if (added.length > 0 || changed.length > 0 || groups.edges.length > position.edges) {
    const counts = new Uint32Array(changed.length * STATES)
    for (let i = 0; i < changed.length; i++) copyCounts(state, changed[i], counts, i * STATES)
    const edges = Uint32Array.from(groups.edges.slice(position.edges))
    messages.push({ type: 'groups', added, edges, changed: Uint32Array.from(changed), counts })
  }
  position.groups = groups.infos.length
  position.edges = groups.edges.length
  const stream = state.stream?.take()
  if (stream) messages.push(stream)
  const workers = workersDelta(state, position)
  if (workers) messages.push(workers)
  position.atMs = state.nowMs
  return messages
}

function copyCounts(state: State, group: number, target: Uint32Array, at: number): void {
  const from = group * GROUP_STRIDE + WAITING
  for (let i = 0; i < STATES; i++) target[at + i] = state.groups.counts[from + i]
}

function workersDelta(state: State, position: FeedPosition): FeedMessage | undefined {
  const joined = state.present.filter((worker) => worker.id >= position.joined).map(({ info }) => info)
  position.joined = state.workers.length
  const left = state.left.splice(0)
  const readers = [...state.readings].filter((worker) => state.workers[worker.id] === worker)
  state.readings.clear()
  if (joined.length === 0 && left.length === 0 && readers.length === 0) return undefined
  const beats = readers.map((worker) => worker.heartbeat!)
  const offsets = [0]
  const runningGroup: number[] = []
  const runningSince: number[] = []
  for (const worker of readers) {
    runningGroup.push(...worker.runningGroups)
    runningSince.push(...worker.heartbeat!.runningSince)
    offsets.push(runningGroup.length)
  }
  const gpus = readers.flatMap((worker) =>
    worker.heartbeat?.gpus ? [{ worker: worker.id, readings: worker.heartbeat.gpus }] : [],
  )
  return {
    type: 'workers',
    joined,
    left,
    worker: Uint16Array.from(readers, ({ id }) => id),
    cpuPercent: Float64Array.from(beats, (beat) => beat.cpuPercent),
    managedBytes: Float64Array.from(beats, (beat) => beat.managedBytes),
    rssBytes: Float64Array.from(beats, (beat) => beat.rssBytes),
    spilledBytes: Float64Array.from(beats, (beat) => beat.spilledBytes),
    heldTasks: Uint32Array.from(beats, (beat) => beat.heldTasks),
    waiting: Uint32Array.from(beats, (beat) => beat.waiting),
    paused: Uint8Array.from(beats, (beat) => (beat.paused ? 1 : 0)),
    movingBytes: Float64Array.from(beats, (beat) => beat.movingBytes ?? 0),
    holdsSources: Uint8Array.from(readers, (worker) => Number(state.sourcesHeld && isAboveTarget(worker))),
    runningOffsets: Uint32Array.from(offsets),
    runningGroup: Int32Array.from(runningGroup),
    runningSince: Float64Array.from(runningSince),
    ...(gpus.length > 0 ? { gpus } : {}),
  }
}

/** Tasks of a group, at most `limit`, those that run first: what a panel shows when a group is unfolded. */
export function unfold(state: State, group: number, limit: number): FeedMessage {
  const { tasks } = state
  const running: number[] = []
  const others: number[] = []
  let total = 0
  for (let row = 0; row < tasks.top; row++) {
    if (tasks.phase[row] === 0 || tasks.group[row] !== group) continue
    total++
    if (tasks.phase[row] === RUNNING) running.push(row)
    else if (others.length < limit) others.push(row)
  }
  const shown = [...running, ...others].slice(0, Math.max(0, limit))
  const edges: number[] = []
  for (const row of shown) eachDependency(state, row, (dependency) => edges.push(dependency, row))
  const hasRun = (row: number): boolean => tasks.phase[row] >= STORED
  return {
    type: 'tasks',
    group,
    total,
    tasks: Int32Array.from(shown),
    states: Uint8Array.from(shown, (row) => tasks.phase[row] - WAITING),
    workers: Int32Array.from(shown, (row) =>
      tasks.worker[row] >= 0 ? tasks.worker[row] : state.replicas.pick(tasks.holders[row], 0),
    ),
    durationsMs: Float64Array.from(shown, (row) =>
      hasRun(row) ? state.groups.expectedMs(group) : Number.NaN,
    ),
    keys: shown.map((row) => keyOf(state, row)),
    edges: Uint32Array.from(edges),
  }
}

/** Everything in short, for `dump`: enough to see what a cluster is stuck on. */
export function dump(state: State): unknown {
  const phases: Record<string, number> = {}
  for (let phase = 1; phase < PHASE_NAMES.length; phase++) phases[PHASE_NAMES[phase]] = state.counts[phase]
  return {
    cluster: state.cluster,
    atMs: state.nowMs,
    tasks: { rows: state.tasks.used, ...phases },
    keys: state.keys.size,
    graphs: state.segments.filter((segment) => segment !== undefined).length,
    wants: state.wants.size,
    replicas: state.replicas.size,
    callables: state.callables.byNumber.size,
    modules: state.callables.modules.size,
    clients: [...state.clients.values()].map(({ id, name, handles }) => ({ id, name, wants: handles.size })),
    datasets: listDatasets(state),
    workers: state.present.map((worker) => ({
      ...worker.info,
      status: worker.status,
      assigned: seatedAt(state, worker)
        .slice(0, 100)
        .map((task) => keyOf(state, task)),
      assignedCount: worker.assigned,
      occupancyMs: worker.occupancyMs,
      heldCount: worker.heldCount,
      heldBytes: worker.heldBytes,
      quarantined: worker.quarantined,
      freeResources: Object.fromEntries([...worker.free].map(([name, amount]) => [name, amount / 1e6])),
    })),
    groups: state.groups.infos.slice(-200).map((info) => ({
      ...info,
      counts: [...state.groups.counts.subarray(info.group * GROUP_STRIDE + 1, info.group * GROUP_STRIDE + 7)],
      expectedMs: state.groups.expectedMs(info.group),
    })),
    failures: [...state.failures]
      .slice(0, 100)
      .map(([task, failure]) => ({ key: keyOf(state, task), failure })),
  }
}
