// Everything that happened to a scheduler, as plain data: played again, it gives the same instructions, byte for byte.

import type { ClusterInfo } from '../protocol/cluster.ts'
import type { ClientMessage, WorkerMessage } from '../protocol/messages.ts'
import type { Post } from './drain.ts'
import type { Scheduler } from './scheduler.ts'

export type SchedulerEvent =
  | { kind: 'clientJoined'; client: number; name: string; nowMs: number }
  | { kind: 'clientMessage'; client: number; message: ClientMessage; nowMs: number }
  | { kind: 'clientLeft'; client: number; nowMs: number }
  | { kind: 'workerJoined'; hello: Extract<WorkerMessage, { type: 'hello' }>; nowMs: number }
  | { kind: 'workerMessage'; worker: number; message: WorkerMessage; nowMs: number }
  | { kind: 'workerLeft'; worker: number; reason: string; nowMs: number; ended?: boolean }
  | { kind: 'retireWorker'; worker: number; nowMs: number }
  | { kind: 'workerEnds'; worker: number; retireMs: number; endsMs: number; nowMs: number }
  | { kind: 'workerSilent'; worker: number; nowMs: number }
  | { kind: 'watchMemory'; on: boolean; nowMs: number }
  | { kind: 'tick'; nowMs: number }
  | { kind: 'clusterInfo'; info: ClusterInfo }
  | { kind: 'drain' }

/** Hears every event before it is served. Messages hold views on bytes that do not last: what is kept is copied at once. */
export interface EventSink {
  add(event: SchedulerEvent): void
  /** Stands between a drain and its post; `end` is called when the drain has ended. */
  tapped?(post: Post): { post: Post; end(): void }
}

/** Kept only where it was asked for: every message is copied. */
const EVENTS_MAX = 200_000

export class EventLog implements EventSink {
  #events: SchedulerEvent[] = []
  #first = 0

  add(event: SchedulerEvent): void {
    const copy = structuredClone(event)
    if (this.#events.length < EVENTS_MAX) this.#events.push(copy)
    else {
      this.#events[this.#first] = copy
      this.#first = (this.#first + 1) % EVENTS_MAX
    }
  }

  /** Oldest first. Only a log that was never full can be played again from nothing: `complete` says so. */
  take(): { events: SchedulerEvent[]; complete: boolean } {
    return {
      events: [...this.#events.slice(this.#first), ...this.#events.slice(0, this.#first)],
      complete: this.#first === 0 && this.#events.length < EVENTS_MAX,
    }
  }
}

/** Plays events to a new scheduler; `post` gets what the first one said, at the same places. */
export function replay(scheduler: Scheduler, events: Iterable<SchedulerEvent>, post: Post): void {
  for (const event of events) playEvent(scheduler, event, post)
}

/** Plays one event to a scheduler. */
export function playEvent(scheduler: Scheduler, event: SchedulerEvent, post: Post): void {
  switch (event.kind) {
    case 'clientJoined':
      scheduler.clientJoined(event.client, event.name, event.nowMs)
      break
    case 'clientMessage':
      scheduler.clientMessage(event.client, event.message, event.nowMs)
      break
    case 'clientLeft':
      scheduler.clientLeft(event.client, event.nowMs)
      break
    case 'workerJoined':
      scheduler.workerJoined(event.hello, event.nowMs)
      break
    case 'workerMessage':
      scheduler.workerMessage(event.worker, event.message, event.nowMs)
      break
    case 'workerLeft':
      scheduler.workerLeft(event.worker, event.reason, event.nowMs, event.ended)
      break
    case 'retireWorker':
      scheduler.retireWorker(event.worker, event.nowMs)
      break
    case 'workerEnds':
      scheduler.workerEnds(event.worker, event, event.nowMs)
      break
    case 'workerSilent':
      scheduler.workerSilent(event.worker, event.nowMs)
      break
    case 'watchMemory':
      scheduler.watchMemory(event.on, event.nowMs)
      break
    case 'tick':
      scheduler.tick(event.nowMs)
      break
    case 'clusterInfo':
      scheduler.clusterInfo = event.info
      break
    case 'drain':
      scheduler.drain(post)
      break
    default:
      unknown(event)
  }
}

function unknown(event: never): never {
  throw new TypeError(`no event is called ${(event as SchedulerEvent).kind}`)
}
