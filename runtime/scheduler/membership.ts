// Workers that come and go, and what they say of themselves.

import { workerInfo } from '../protocol/cluster.ts'
import type { HeartbeatMessage, WorkerMessage } from '../protocol/messages.ts'
import { adopt } from './adopt.ts'
import { explainDeath } from './deaths.ts'
import { discard } from './hold.ts'
import { lineWorkerJoined, lineWorkerLeft } from './lineTimes.ts'
import { workerGone } from './lose.ts'
import { RUNNING } from './phases.ts'
import { countThreads, recallAll } from './recall.ts'
import { startWaitingScatters } from './scatter.ts'
import { dirtyClient, dirtyWorker, type State } from './state.ts'
import { createWorker, occupying, type Worker } from './worker.ts'

export type WorkerHello = Extract<WorkerMessage, { type: 'hello' }>

export function workerJoined(state: State, hello: WorkerHello): Worker {
  const id = state.workers.length
  const worker = createWorker(workerInfo(id, hello), state.nowMs, hello.targetBytes)
  state.workers.push(worker)
  state.workerNames.push(hello.name)
  state.present.push(worker)
  countThreads(state)
  if (state.memoryWatched) worker.outbox.watchMemory = true
  if (hello.startedAgain !== undefined) explainDeath(state, hello.name, hello.startedAgain)
  lineWorkerJoined(state, worker)
  dirtyWorker(state, worker)
  // A worker that lost its connection may bring its values back: numbers of another cluster mean nothing here.
  const ours = hello.cluster === undefined || hello.cluster === state.cluster
  for (let i = 0; i < hello.heldTasks.length; i++) {
    const task = hello.heldTasks[i]
    const run = hello.heldRuns[i]
    if (!ours || !adopt(state, worker, task, run, hello.heldSizes[i])) discard(state, worker, task, run)
  }
  startWaitingScatters(state)
  state.queuedMore = true
  state.membershipChanged = true
  tellClients(state, { joined: [worker.info], left: [] })
  return worker
}

/** @param ended it was ended from outside: no run of its can have been the reason */
export function workerLeft(state: State, worker: Worker, reason: string, ended = false): void {
  const charged = worker.status !== 'leaving' && !ended
  worker.status = 'leaving'
  state.present.splice(state.present.indexOf(worker), 1)
  countThreads(state)
  for (const other of state.present) {
    if (!other.knowsPeer.has(worker.id)) continue
    other.knowsPeer.delete(worker.id)
    other.outbox.peersLeft.push(worker.id)
    dirtyWorker(state, other)
  }
  workerGone(state, worker, reason, charged)
  state.workers[worker.id] = undefined
  lineWorkerLeft(state, worker)
  state.queuedMore = true
  state.membershipChanged = true
  state.left.push({ worker: worker.id, reason })
  tellClients(state, { joined: [], left: [{ worker: worker.id, reason }] })
}

export function heartbeat(state: State, worker: Worker, message: HeartbeatMessage): void {
  // Columns are views on the received bytes; these are a few numbers a thread.
  worker.heartbeat = {
    ...message,
    runningTasks: message.runningTasks.slice(),
    runningSince: message.runningSince.slice(),
    spilledTasks: state.memoryWatched ? message.spilledTasks?.slice() : undefined,
    movingTasks: state.memoryWatched ? message.movingTasks?.slice() : undefined,
  }
  worker.heartbeatMs = state.nowMs
  worker.heldBytesThen = worker.heldBytes
  // Told as it was then: by the time a panel hears of it, a short task has ended, and its thread runs the next one.
  const groups = Array.from(message.runningTasks, (task) => runningGroup(state, task))
  fillGaps(state, worker, groups)
  worker.runningGroups = groups
  state.readings.add(worker)
  if (worker.status === 'leaving' || worker.status === 'silent') return
  const status = message.paused ? 'paused' : 'running'
  if (status === worker.status) return
  worker.status = status
  countThreads(state)
  if (status === 'paused') recallAll(state, worker)
  else {
    state.queuedMore = true
    startWaitingScatters(state)
  }
}

/**
 * A thread that is between two tasks just then is busy: it ran one a moment ago, and the worker has more tasks than those
 * that run. Otherwise a busy machine would seem idle now and then.
 */
function fillGaps(state: State, worker: Worker, groups: number[]): void {
  const { ranMs, ranGroup } = worker
  let spare = occupying(worker) - groups.filter((group) => group >= 0).length
  for (let thread = 0; thread < groups.length; thread++) {
    if (groups[thread] >= 0) {
      ranMs[thread] = state.nowMs
      ranGroup[thread] = groups[thread]
    } else if (spare > 0 && state.nowMs - (ranMs[thread] ?? Number.NEGATIVE_INFINITY) <= BETWEEN_TASKS_MS) {
      spare--
      groups[thread] = ranGroup[thread]
      worker.heartbeat!.runningSince[thread] = state.nowMs
    }
  }
}

/** Three heartbeats: a thread that is seen at rest so often has nothing to do, or waits for its data. */
const BETWEEN_TASKS_MS = 1500

function runningGroup({ tasks }: State, task: number): number {
  return task >= 0 && task < tasks.top && tasks.phase[task] === RUNNING ? tasks.group[task] : -1
}

/** Its connection broke, and whether it is gone is being asked: it gets nothing new. */
export function workerSilent(state: State, worker: Worker): void {
  if (worker.status !== 'leaving') worker.status = 'silent'
  countThreads(state)
}

/** The worker will leave: it gets nothing new, and gives back what it has not begun. */
export function workerLeaving(state: State, worker: Worker): void {
  worker.status = 'leaving'
  countThreads(state)
  recallAll(state, worker)
}

function tellClients(
  state: State,
  change: { joined: Worker['info'][]; left: { worker: number; reason: string }[] },
): void {
  for (const client of state.clients.values()) {
    client.outbox.sealed.push({ type: 'workers', ...change })
    dirtyClient(state, client)
  }
}
