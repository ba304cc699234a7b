// The window's connection to its scheduler: it starts and cancels runs and hears their events. No `vscode`.

import type { WebSocket } from 'ws'
import type { ClusterAddress, ClusterInfo } from '../../runtime/protocol/cluster.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  type ClientMessage,
  type ClientReply,
} from '../../runtime/protocol/messages.ts'
import type { RunSpec } from '../../runtime/protocol/runs.ts'
import { PROTOCOL_VERSION, refusalOfVersion } from '../../runtime/protocol/version.ts'
import type { RunEventMessage } from '../runs/runsModel.ts'
import { schedulerSocket } from './schedulerSocket.ts'

/** The scheduler cannot be reached, or does not want this window: says which, and the way out. */
export class SchedulerConnectionError extends Error {
  override name = 'SchedulerConnectionError'
  readonly control: string
  constructor(control: string, text: string, cause?: unknown) {
    super(text, { cause })
    this.control = control
  }
}

/** The scheduler refused a request: its reason is the text. */
export class RequestRefusedError extends Error {
  override name = 'RequestRefusedError'
}

export interface SchedulerEvents {
  runEvent(message: RunEventMessage): void
  log(level: string, text: string): void
  /** The connection is gone and stays so; `reason` is the scheduler's own where it gave one. */
  lost(reason: string): void
}

const CONNECT_MS_MAX = 10_000

export class SchedulerConnection {
  readonly cluster: ClusterInfo
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  readonly #events: SchedulerEvents
  #request = 0
  #closed = false
  #reason = 'the connection to the cluster broke: its scheduler ended'
  #gone: () => void = () => {}
  /** Resolves when the connection is closed, by whichever side. */
  readonly closed = new Promise<void>((resolve) => {
    this.#gone = resolve
  })

  private constructor(socket: WebSocket, cluster: ClusterInfo, events: SchedulerEvents) {
    this.#socket = socket
    this.cluster = cluster
    this.#events = events
  }

  /**
   * Connects and greets.
   * @param version the extension's own version, for the text of a refusal
   * @throws {SchedulerConnectionError}
   */
  static async open(
    address: ClusterAddress,
    version: string,
    events: SchedulerEvents,
  ): Promise<SchedulerConnection> {
    const refuse = (text: string, cause?: unknown) =>
      new SchedulerConnectionError(address.control, text, cause)
    const socket = await schedulerSocket(address, '/client', { handshakeTimeout: CONNECT_MS_MAX })
    return new Promise((resolve, reject) => {
      let connection: SchedulerConnection | undefined
      socket.on('open', () =>
        socket.send(
          encodeFrame(CLIENT_MESSAGES, {
            type: 'hello',
            protocol: PROTOCOL_VERSION,
            version,
            name: 'vscode',
          }),
        ),
      )
      socket.on('message', (data: Buffer) => {
        let message: ClientReply
        try {
          message = decodeFrame(CLIENT_REPLIES, data)
        } catch (error) {
          events.log('error', `a message of the scheduler cannot be read: ${(error as Error).message}`)
          return
        }
        if (connection) {
          connection.#receive(message)
          return
        }
        const refusal =
          message.type === 'refused'
            ? message.reason
            : message.type === 'welcome'
              ? refusalOfVersion(message.protocol)
              : undefined
        if (refusal) {
          socket.close()
          reject(
            refuse(`${refusal} The extension is heddle ${version}, the cluster heddle ${address.version}.`),
          )
        } else if (message.type === 'welcome') {
          connection = new SchedulerConnection(socket, message.cluster, events)
          resolve(connection)
        }
      })
      socket.on('unexpected-response', (_request, response) => {
        socket.terminate()
        const why =
          response.statusCode === 401
            ? 'the token is not the one of this cluster'
            : `HTTP ${response.statusCode}`
        reject(refuse(`the scheduler at ${address.control} refused the window: ${why}`))
      })
      socket.on('error', (error) =>
        reject(refuse(`the scheduler at ${address.control} cannot be reached: ${error.message}`, error)),
      )
      socket.on('close', () => {
        if (connection) connection.#lost()
        else reject(refuse(`the scheduler at ${address.control} closed the connection`))
      })
    })
  }

  /** Starts a run; resolves with its id. */
  async run(spec: RunSpec): Promise<string> {
    const answer = await this.#ask((request) => ({ type: 'run', request, spec }))
    const run = typeof answer === 'object' && answer !== null && 'run' in answer ? answer.run : answer
    return String(run)
  }

  cancel(run: string): void {
    this.#send({ type: 'cancel-run', run })
  }

  /** Asks for a report of the scheduler's: `why`, `explain`, `story`, `logs`, `jobs`. */
  async query(what: string, key?: string, details?: unknown): Promise<unknown> {
    return await this.#ask((request) => ({
      ...{ type: 'query', request, what },
      ...(key !== undefined && { key }),
      ...(details !== undefined && { details }),
    }))
  }

  /** Changes the number of local workers, for a reason that those say that have to leave. */
  async scale(workers: number, reason?: string): Promise<void> {
    await this.#ask((request) => ({
      type: 'scale',
      request,
      workers,
      ...(reason !== undefined && { reason }),
    }))
  }

  /** Asks for the events of all runs: those after `since` (the last sequence known, by run), then live ones. */
  async watchRuns(since: Record<string, number>): Promise<void> {
    await this.#ask((request) => ({ type: 'watch-runs', request, since }))
  }

  /** Asks the cluster to end; the connection closes when it does, and counts as closed from here. */
  shutdown(reason: string): void {
    this.#closed = true
    this.#send({ type: 'shutdown', reason })
  }

  close(): void {
    this.#closed = true
    this.#socket.close()
  }

  #ask(message: (request: number) => ClientMessage): Promise<unknown> {
    const request = ++this.#request
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject })
      this.#send(message(request))
    })
  }

  #send(message: ClientMessage): void {
    this.#socket.send(encodeFrame(CLIENT_MESSAGES, message))
  }

  #receive(message: ClientReply): void {
    switch (message.type) {
      case 'run-event':
        this.#events.runEvent(message)
        return
      case 'answer':
        this.#take(message.request)?.resolve(message.value)
        return
      case 'refused': {
        const asked = this.#take(message.request)
        if (asked) asked.reject(new RequestRefusedError(message.reason))
        else this.#events.log('warn', `the scheduler refused a message: ${message.reason}`)
        return
      }
      case 'log':
        this.#events.log(message.level, message.worker ? `${message.worker}: ${message.text}` : message.text)
        return
      case 'closing':
        this.#reason = message.reason
        return
      default:
        // Everything else is for sessions.
        return
    }
  }

  #take(request: number): { resolve(value: unknown): void; reject(error: Error): void } | undefined {
    const asked = this.#waiting.get(request)
    this.#waiting.delete(request)
    return asked
  }

  #lost(): void {
    for (const { reject } of this.#waiting.values()) reject(new RequestRefusedError(this.#reason))
    this.#waiting.clear()
    this.#gone()
    if (!this.#closed) this.#events.lost(this.#reason)
  }
}
