// What a worker says, and which function decides on it.

import type { WorkerMessage } from '../protocol/messages.ts'
import { dropped, erred, finished, returned } from './finish.ts'
import { spilled } from './lineFigures.ts'
import { lineTimes } from './lineTimes.ts'
import { missing } from './lose.ts'
import { heartbeat, workerLeaving } from './membership.ts'
import { neverSent } from './neverSent.ts'
import { noteProgress } from './ownProgress.ts'
import { stored } from './scatter.ts'
import { dirtyWorker, type State } from './state.ts'
import { balance } from './steal.ts'
import { reply } from './tell.ts'
import { waiting } from './waiting.ts'
import { wantModules } from './wantModules.ts'
import { occupying, type Worker } from './worker.ts'

/** Late and doubled messages change nothing. */
export function fromWorker(state: State, worker: Worker, message: WorkerMessage): void {
  switch (message.type) {
    case 'finished':
      finished(state, worker, message)
      if (occupying(worker) < worker.threads) balance(state)
      return
    case 'erred':
      erred(state, worker, message)
      return
    case 'stored':
      stored(state, worker, message)
      return
    case 'missing':
      missing(state, worker, message)
      return
    case 'returned':
      returned(state, worker, message)
      return
    case 'dropped':
      dropped(state, worker, message)
      return
    case 'waiting':
      waiting(state, worker, message)
      return
    case 'heartbeat':
      heartbeat(state, worker, message)
      return
    case 'want-modules':
      wantModules(state, worker, message.of, message.names)
      return
    case 'transferred':
      for (let i = 0; i < message.froms.length; i++)
        state.stream?.add(message.froms[i], worker.id, 0, message.starts[i], message.durationsMs[i], 2)
      return
    case 'spilled':
      spilled(state, message)
      return
    case 'line-times':
      lineTimes(state, worker, message)
      return
    case 'leaving':
      workerLeaving(state, worker)
      return
    case 'hello':
      worker.outbox.refused.push({ reason: 'a worker says hello once', message: 'hello' })
      dirtyWorker(state, worker)
      return
    case 'log':
      if (message.level === 'progress') noteProgress(state, worker, message)
      else forwardLog(state, worker, message)
      return
    default:
      neverSent(message)
  }
}

function forwardLog(state: State, worker: Worker, message: Extract<WorkerMessage, { type: 'log' }>): void {
  const { level, text } = message
  for (const client of state.clients.values())
    reply(state, client, { type: 'log', level, text, worker: worker.info.name })
}
