// A worker's connection to its scheduler: dialled, greeted, kept; messages go out once per turn of the event loop.

import { decodeFrame } from '../protocol/frame.ts'
import {
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
  type WorkerInstruction,
  type WorkerMessage,
} from '../protocol/messages.ts'
import { refusalOfVersion } from '../protocol/version.ts'
import type { FrameSocket } from './frameSocket.ts'
import { dialFrames, UpgradeRefusedError } from './frameUpgrade.ts'

/** The scheduler will not have this worker: trying again is of no use. */
export class ConnectionRefusedError extends Error {
  override name = 'ConnectionRefusedError'
}

export interface ControlEvents {
  /** What to greet with, asked for at every connection. */
  hello(): WorkerMessage
  received(message: WorkerInstruction): void
  /** The connection is gone; another will be tried. */
  lost(): void
  /** It is over for good. */
  over(error: Error): void
  /** Before messages go out: the last moment to add some. */
  flushing(): void
}

export interface ControlOptions {
  /** `unix:/path`, `ws://host:port` or `wss://host:port`. */
  control: string
  token: string
  /** The cluster's certificate, for `wss:`. */
  certificate?: string
  /** How long to try again after the connection was lost. */
  reconnectMs: number
}

const RETRY_MS_FIRST = 50
const RETRY_MS_MAX = 2000
const CONNECT_MS_MAX = 10_000

export class ControlClient {
  readonly #options: ControlOptions
  readonly #events: ControlEvents
  #socket: FrameSocket | undefined
  #welcomed = false
  #closed = false
  #retry: NodeJS.Timeout | undefined
  #retryMs = RETRY_MS_FIRST
  #lostAt: number
  #flushing = false
  #waiting: WorkerMessage[] = []

  constructor(options: ControlOptions, events: ControlEvents) {
    this.#options = options
    this.#events = events
    this.#lostAt = Date.now()
  }

  connect(): void {
    const { control, token, certificate } = this.#options
    dialFrames({ control, token, certificate }, 'worker', CONNECT_MS_MAX).then(
      (socket) => this.#connected(socket),
      (cause: Error) =>
        this.#lost(cause instanceof UpgradeRefusedError ? this.#refusal(cause) : undefined, cause),
    )
  }

  #connected(socket: FrameSocket): void {
    if (this.#closed) {
      socket.close()
      return
    }
    this.#socket = socket
    let refused: Error | undefined
    socket.hear({
      frame: (bytes) => {
        if (this.#socket === socket) refused = this.#receive(bytes) ?? refused
      },
      broken: () => {}, // 'closed' follows.
      closed: () => {
        if (this.#socket === socket) this.#lost(refused, undefined)
      },
    })
    this.#write(this.#events.hello())
  }

  #refusal({ status }: UpgradeRefusedError): ConnectionRefusedError {
    const { control } = this.#options
    return new ConnectionRefusedError(
      status === 401
        ? `the scheduler at ${control} refused this worker: the token is not the one of this cluster`
        : `what answers at ${control} is no heddle scheduler: HTTP ${status}`,
    )
  }

  /** Queues a message for the end of this turn of the event loop. */
  send(message: WorkerMessage): void {
    this.#waiting.push(message)
    this.flushSoon()
  }

  flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(() => {
      this.#flushing = false
      this.flush()
    })
  }

  flush(): void {
    if (!this.#welcomed) return
    this.#events.flushing()
    const messages = this.#waiting
    this.#waiting = []
    for (const message of messages) this.#write(message)
  }

  /** Says goodbye and closes. */
  close(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#retry)
    if (this.#welcomed) this.#write({ type: 'leaving', reason })
    this.#socket?.close()
  }

  #write(message: WorkerMessage): void {
    this.#socket?.send(WORKER_MESSAGES, message)
  }

  /** Returns an error when the scheduler refuses this worker. */
  #receive(data: Uint8Array): Error | undefined {
    let message: WorkerInstruction
    try {
      message = decodeFrame(WORKER_INSTRUCTIONS, data)
    } catch (error) {
      const text = `an instruction of the scheduler cannot be read: ${(error as Error).message}`
      this.send({ type: 'log', level: 'error', text })
      return undefined
    }
    if (!this.#welcomed) {
      if (message.type === 'refused') return new ConnectionRefusedError(message.reason)
      if (message.type !== 'welcome') return undefined
      const refusal = refusalOfVersion(message.protocol)
      if (refusal) {
        this.#socket?.close()
        return new ConnectionRefusedError(refusal)
      }
      this.#welcomed = true
      // What was queued meanwhile may tell of what another cluster knew.
      this.#waiting = this.#waiting.filter(({ type }) => type !== 'heartbeat')
      this.#retryMs = RETRY_MS_FIRST
    }
    this.#events.received(message)
    return undefined
  }

  #lost(refused: Error | undefined, cause: Error | undefined): void {
    const was = this.#welcomed
    this.#socket = undefined
    this.#welcomed = false
    if (this.#closed) return
    if (refused) {
      this.#events.over(refused)
      return
    }
    this.#waiting = []
    if (was) {
      this.#lostAt = Date.now()
      this.#events.lost()
    }
    if (Date.now() - this.#lostAt > this.#options.reconnectMs) {
      const reason = cause ? `: ${cause.message}` : ''
      this.#events.over(
        new Error(`the scheduler at ${this.#options.control} cannot be reached${reason}`, { cause }),
      )
      return
    }
    this.#retry = setTimeout(() => this.connect(), this.#retryMs)
    this.#retryMs = Math.min(RETRY_MS_MAX, 2 * this.#retryMs)
  }
}
