// What the shell asks of the scheduler's core: `runtime/scheduler` implements it, tests may stand in for it.

import type { FeedMessage } from '../protocol/feed.ts'
import type { WorkerId } from '../protocol/ids.ts'
import type { ClientMessage, ClientReply, WorkerInstruction, WorkerMessage } from '../protocol/messages.ts'

export type ClientHello = Extract<ClientMessage, { type: 'hello' }>
export type WorkerHello = Extract<WorkerMessage, { type: 'hello' }>

/** Where decisions go. Columns of a message are valid during the call alone. */
export interface Post {
  toWorker(worker: WorkerId, message: WorkerInstruction): void
  toClient(client: number, message: ClientReply): void
}

export interface SchedulerCore {
  clientJoined(client: number, name: string, nowMs: number): void
  clientMessage(client: number, message: ClientMessage, nowMs: number): void
  clientLeft(client: number, nowMs: number): void
  workerJoined(hello: WorkerHello, nowMs: number): WorkerId
  workerMessage(worker: WorkerId, message: WorkerMessage, nowMs: number): void
  workerLeft(worker: WorkerId, reason: string, nowMs: number, ended?: boolean): void
  workerSilent(worker: WorkerId, nowMs: number): void
  tick(nowMs: number): void
  drain(post: Post): void
  feedSnapshot(nowMs: number): FeedMessage
  feedDelta(nowMs: number): FeedMessage[]
  recordStream(on: boolean): void
  watchMemory(on: boolean, nowMs: number): void
  memoryByPrefix(): FeedMessage
  unfold(group: number, limit: number): FeedMessage
  story(key: string): string[]
  explain(key: string): string[]
  dump(): unknown
}
