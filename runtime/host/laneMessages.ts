// What a worker's main thread and its lanes say to each other over a lane's own port.

import type { MessagePort } from 'node:worker_threads'
import type { LineTime } from '../protocol/runs.ts'
import type { LaneReport, SharedResult } from '../worker/laneReport.ts'
import type { LaneWish } from './moduleFolder.ts'
import type { NumberedBuffer } from './sharedMemory.ts'

/** Smaller buffers are copied: to move one between threads takes twenty microseconds. */
const MOVED_FROM_BYTES = 64 * 1024

/** Those among the buffers of a message that are better moved than copied. */
export function movable(...buffers: (ArrayBufferLike | undefined)[]): ArrayBuffer[] {
  return buffers.filter(
    (buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer && buffer.byteLength >= MOVED_FROM_BYTES,
  )
}

/** What a lane is started with. */
export interface LaneSetup {
  port: MessagePort
  /** Where the lane says what it is running now: see `LaneProgress`. */
  progress: SharedArrayBuffer
  /** Where worker modules are written before they are named. */
  moduleFolder: string
  /** Goes up when something that lanes lacked came into that folder, or cannot come. */
  arrivals: SharedArrayBuffer
  /** False where the paths of the program's packages and files mean nothing on this machine. */
  sharedFiles: boolean
  /** See `WorkerConfig`. */
  quietTasks: boolean
  worker: string
  lane: number
  /** For clients that tasks make. */
  scheduler: { control: string; token: string; certificate?: string }
  /** The lane numbers its shared memory from here on. */
  firstBufferId: number
  /** It collects its garbage when so many bytes of shared memory came into sight since the last time. */
  collectBytes: number
}

/** Callables by number; each is sent once a lane, before the first batch that names it. */
export interface CallablesMessage {
  kind: 'callables'
  numbers: number[]
  contents: Uint8Array[]
  modules: string[][]
}

/** Values that runs of a batch need, each once. */
export interface BatchValues {
  /** Where each run's dependencies end in `indexes`. */
  ends: Uint32Array
  /** Indexes into the values. */
  indexes: Uint32Array
  /** Small encodings one after another, and where each value's ends; a shared one is empty here. */
  packed: Uint8Array
  packedEnds: Uint32Array
  /** Values in shared memory; `index` counts values. */
  shared: SharedResult[]
}

export interface BatchMessage {
  kind: 'batch'
  batch: number
  /** The scheduler's numbers of the tasks. */
  tasks: Int32Array
  callables: Uint32Array
  args: Uint8Array
  argEnds: Uint32Array
  /** Absent when no run of the batch depends on anything. */
  values?: BatchValues
}

/** Free memory to make results in. */
export interface GrantMessage {
  kind: 'grant'
  buffers: NumberedBuffer[]
}

export type ToLane =
  | CallablesMessage
  | BatchMessage
  | GrantMessage
  /** Answered by `collected` when what the lane lets go of has been told. */
  | { kind: 'collect'; wave: number }
  /** The thread is sampled from now on, or not any more (a busy one looks at `LaneProgress.sampled`); what was seen so far is told under the number, unless that is 0 and it goes on. */
  | { kind: 'sample'; on: boolean; tell: number }
  /** No batch behind this names these callables. */
  | { kind: 'forget'; numbers: Uint32Array }

export type FromLane =
  | { kind: 'ready'; threadId: number }
  | ({ kind: 'report' } & LaneReport)
  /** A run that was set aside waits for tasks of its own, or goes on. */
  | { kind: 'waits'; batch: number; index: number; waits: boolean }
  /** It lacks something, and waits for it inside an import. */
  | { kind: 'wish'; wish: LaneWish }
  | { kind: 'let-go'; ids: number[] }
  | { kind: 'collected'; wave: number }
  /** What the thread was seen at since the last time. */
  | { kind: 'line-times'; lines: LineTime[]; told: number }
  | { kind: 'log'; level: string; text: string; batch: number; index: number; stack?: string }

/** What a lane is doing, and whether it is to be sampled: readable by the other thread at any time without a message. */
export class LaneProgress {
  readonly buffer: SharedArrayBuffer
  readonly #numbers: Int32Array
  readonly #start: Float64Array
  readonly #sampled: Int32Array

  constructor(buffer = new SharedArrayBuffer(24)) {
    this.buffer = buffer
    this.#sampled = new Int32Array(buffer, 16, 1)
    this.#numbers = new Int32Array(buffer, 0, 2)
    this.#start = new Float64Array(buffer, 8, 1)
  }

  /** Place in the batch of the run under way; −1 when there is none. */
  get index(): number {
    return Atomics.load(this.#numbers, 1) - 1
  }

  get batch(): number {
    return Atomics.load(this.#numbers, 0)
  }

  /** Epoch milliseconds of the start of the run under way. */
  get start(): number {
    return this.#start[0]
  }

  /** Set by the main thread: see `LaneProfiler`. */
  get sampled(): boolean {
    return Atomics.load(this.#sampled, 0) === 1
  }

  set sampled(on: boolean) {
    Atomics.store(this.#sampled, 0, on ? 1 : 0)
  }

  begin(batch: number, index: number, start: number): void {
    this.#start[0] = start
    Atomics.store(this.#numbers, 0, batch)
    Atomics.store(this.#numbers, 1, index + 1)
  }

  rest(): void {
    Atomics.store(this.#numbers, 1, 0)
  }
}
