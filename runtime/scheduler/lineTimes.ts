// At which of the user's lines threads spend their time: asked of all workers while any client wants to know.
//
// Workers tell what they see of all that runs: clients that watch at the same time are told of each other's lines too, and
// keep those of files that are theirs.

import type { WorkerMessage } from '../protocol/messages.ts'
import type { LineTime } from '../protocol/runs.ts'
import type { Client } from './client.ts'
import { dirtyWorker, type State } from './state.ts'
import { reply } from './tell.ts'
import type { Worker } from './worker.ts'

/** A client asked for the times: it is answered once no worker is left that owes its part. */
interface Asked {
  client: number
  request: number
  owing: Set<number>
}

export class LineWatch {
  /** By client and line: what was seen since the client began to watch. */
  readonly watchers = new Map<number, Map<string, LineTime>>()
  readonly asked = new Map<number, Asked>()
  next = 1
  /** Workers were told to sample. */
  on = false
}

/** The client's lines are watched from now on. */
export function watchLines(state: State, client: Client): void {
  const { watchers } = state.lineWatch
  if (watchers.has(client.id)) return
  watchers.set(client.id, new Map())
  if (!state.lineWatch.on) instruct(state, 0)
}

/** Answers with one entry a line, and watches no more for this client. */
export function answerLineTimes(state: State, client: Client, request: number): void {
  const { lineWatch } = state
  const owing = new Set(lineWatch.watchers.has(client.id) ? state.present.map(({ id }) => id) : [])
  const number = lineWatch.next++
  lineWatch.asked.set(number, { client: client.id, request, owing })
  if (owing.size === 0) answerWhole(state, number)
  else instruct(state, number, lineWatch.watchers.size > 1)
}

/** What a worker saw. */
export function lineTimes(
  state: State,
  worker: Worker,
  { lines, told }: Extract<WorkerMessage, { type: 'line-times' }>,
): void {
  const { watchers, asked } = state.lineWatch
  for (const sums of watchers.values())
    for (const { file, line, selfMs, calledMs } of lines) {
      const id = `${line}:${file}`
      const known = sums.get(id)
      if (!known) sums.set(id, { file, line, selfMs, calledMs })
      else {
        known.selfMs += selfMs
        known.calledMs += calledMs
      }
    }
  if (asked.get(told)?.owing.delete(worker.id)) answerWhole(state, told)
}

export function lineWorkerJoined(state: State, worker: Worker): void {
  if (state.lineWatch.on) worker.outbox.watchLines.push({ on: true, tell: 0 })
}

/** What it saw since it last told is lost with it. */
export function lineWorkerLeft(state: State, worker: Worker): void {
  for (const [number, { owing }] of state.lineWatch.asked)
    if (owing.delete(worker.id)) answerWhole(state, number)
}

export function lineClientLeft(state: State, client: Client): void {
  const { watchers, asked } = state.lineWatch
  for (const [number, { client: asker }] of asked) if (asker === client.id) asked.delete(number)
  watchers.delete(client.id)
  restWhereNobodyWatches(state)
}

/** Tells all workers whether to sample, and under which number to tell what they saw (0: not now). */
function instruct(state: State, tell: number, on = state.lineWatch.watchers.size > 0): void {
  state.lineWatch.on = on
  for (const worker of state.present) {
    worker.outbox.watchLines.push({ on, tell })
    dirtyWorker(state, worker)
  }
}

function answerWhole(state: State, number: number): void {
  const { asked, watchers } = state.lineWatch
  const { client: id, request, owing } = asked.get(number)!
  if (owing.size > 0) return
  asked.delete(number)
  const client = state.clients.get(id)
  const sums = watchers.get(id)
  watchers.delete(id)
  if (client) reply(state, client, { type: 'answer', request, value: [...(sums?.values() ?? [])] })
  restWhereNobodyWatches(state)
}

function restWhereNobodyWatches(state: State): void {
  if (state.lineWatch.on && state.lineWatch.watchers.size === 0) instruct(state, 0)
}
