// Workers that come and go, and what they say of themselves.

import type { HeartbeatMessage, WorkerMessage } from '../protocol/messages.ts'
import { adopt } from './adopt.ts'
import { discard } from './hold.ts'
import { workerGone } from './lose.ts'
import { RUNNING } from './phases.ts'
import { countThreads, recallAll } from './recall.ts'
import { startWaitingScatters } from './scatter.ts'
import { dirtyClient, dirtyWorker, type State } from './state.ts'
import { createWorker, type Worker } from './worker.ts'

export type WorkerHello = Extract<WorkerMessage, { type: 'hello' }>

export function workerJoined(state: State, hello: WorkerHello): Worker {
  const { name, host, pid, threads, memoryLimitBytes, dataAddress, resources } = hello
  const id = state.workers.length
  const worker = createWorker(
    { worker: id, name, host, pid, threads, memoryLimitBytes, dataAddress, resources },
    state.nowMs,
  )
  state.workers.push(worker)
  state.present.push(worker)
  countThreads(state)
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

export function workerLeft(state: State, worker: Worker, reason: string): void {
  const charged = worker.status !== 'leaving'
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
  }
  worker.heartbeatMs = state.nowMs
  // Told as it was then: by the time a panel hears of it, a short task has ended, and its thread runs the next one.
  worker.runningGroups = Array.from(message.runningTasks, (task) => runningGroup(state, task))
  state.readings.add(worker)
  if (worker.status === 'leaving') return
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

function runningGroup({ tasks }: State, task: number): number {
  return task >= 0 && task < tasks.top && tasks.phase[task] === RUNNING ? tasks.group[task] : -1
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
