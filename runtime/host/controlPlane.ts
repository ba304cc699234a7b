// Connects clients and workers to the scheduler's core: messages in at once, decisions out once a turn of the event loop.

import {
  type ClusterInfo,
  CONNECTION_BROKE,
  reasonSince,
  type WorkerInfo,
  workerInfo,
} from '../protocol/cluster.ts'
import type { ProtocolError } from '../protocol/frame.ts'
import type { WorkerId } from '../protocol/ids.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  type ClientMessage,
  type ClientReply,
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
  type WorkerMessage,
} from '../protocol/messages.ts'
import { PROTOCOL_VERSION, refusalOfVersion } from '../protocol/version.ts'
import { epochMs } from './clock.ts'
import { ControlSocket } from './controlSocket.ts'
import type { FrameCarrier } from './frameCarrier.ts'
import { Memberships } from './memberships.ts'
import type { ClientHello, SchedulerCore, WorkerHello } from './schedulerCore.ts'

/** What the process around the core serves itself. */
export interface ShellRequests {
  /** Serves a message, or says that it is the core's. */
  clientMessage(client: number, message: ClientMessage): boolean
  clientLeft(client: number): void
}

/** What became of a worker whose connection broke. */
export interface WorkerFate {
  /** It was ended from outside, e.g. by a batch system: what it ran is not to blame. */
  ended: boolean
  /** How it ended, where that is known. */
  reason?: string
}

/** Finds out what became of workers: those that started them know. */
export interface WorkerFates {
  joined(info: WorkerInfo): void
  left(name: string): void
  /**
   * A worker's connection broke without a farewell.
   * @returns nothing where nobody knows more
   */
  ask(info: WorkerInfo): Promise<WorkerFate> | undefined
}

/** Where it writes: what somebody should see now, and what is kept for who asks. */
export interface PlaneLog {
  tell(level: string, text: string): void
  keep(level: string, text: string): void
}

/** Someone who connects and says nothing is no client of ours. */
const HELLO_MS_MAX = 10_000
/** A worker tells of itself every half second; one that has not for so long hangs, or its machine is gone. */
const SILENT_MS_MAX = 60_000
/** A tick that comes so late means that this machine slept: then silence says nothing about workers. */
const SLEPT_MS = 5_000
const TICK_MS = 100

type ClientSocket = ControlSocket<typeof CLIENT_MESSAGES, typeof CLIENT_REPLIES>
type WorkerSocket = ControlSocket<typeof WORKER_MESSAGES, typeof WORKER_INSTRUCTIONS>

interface WorkerConnection {
  socket: WorkerSocket
  info: WorkerInfo
  heardMs: number
  /** What it said when it left. */
  farewell?: string
  /** Its connection broke, and what became of it is being asked. */
  silent?: boolean
}

export class ControlPlane {
  readonly #core: SchedulerCore
  readonly #clusterInfo: () => ClusterInfo
  readonly #log: PlaneLog
  /** Workers come and go: the log names them. */
  readonly members: Memberships
  readonly #clients = new Map<number, ClientSocket>()
  readonly #workers = new Map<WorkerId, WorkerConnection>()
  readonly #strangers = new Set<{ terminate(): void }>()
  #requests: ShellRequests | undefined
  #fates: WorkerFates | undefined
  #nextClient = 1
  #draining = false
  #ticking: NodeJS.Timeout | undefined
  #tickedMs = epochMs()
  /** Bytes that workers have received from each other and from clients, all together. */
  transferredBytes = 0

  constructor(core: SchedulerCore, clusterInfo: () => ClusterInfo, log: PlaneLog) {
    this.#core = core
    this.#clusterInfo = clusterInfo
    this.#log = log
    this.members = new Memberships((level, text) => log.keep(level, text))
    this.#ticking = setInterval(() => this.#tick(), TICK_MS)
  }

  serveRequestsBy(requests: ShellRequests): void {
    this.#requests = requests
  }

  askAfterWorkers(fates: WorkerFates): void {
    this.#fates = fates
  }

  workers(): WorkerInfo[] {
    return [...this.#workers.values()].map(({ info }) => info)
  }

  get clientCount(): number {
    return this.#clients.size
  }

  /** Its connection is over, whether or not there is anybody at its other end. */
  cutOff(worker: WorkerId): void {
    this.#workers.get(worker)?.socket.terminate()
  }

  /** Sends a reply of the shell's own. */
  reply(client: number, message: ClientReply): void {
    this.#clients.get(client)?.send(message)
  }

  replyToAll(message: ClientReply): void {
    for (const socket of this.#clients.values()) socket.send(message)
  }

  /** How much a client has not taken in yet. */
  bufferedBytes(client: number): number {
    return this.#clients.get(client)?.bufferedBytes ?? 0
  }

  acceptClient(carrier: FrameCarrier): void {
    let client: number | undefined
    const control: ClientSocket = new ControlSocket(
      carrier,
      { in: CLIENT_MESSAGES, out: CLIENT_REPLIES },
      {
        received: (message) => {
          if (client !== undefined) this.#fromClient(client, control, message)
          else client = this.#greetClient(control, message)
          if (client !== undefined) known()
        },
        broken: (error) => this.#refuseBroken(control, error),
        closed: () => {
          known()
          if (client === undefined) return
          this.#clients.delete(client)
          this.#requests?.clientLeft(client)
          this.#core.clientLeft(client, epochMs())
          this.drainSoon()
        },
      },
    )
    const known = this.#expectHello(control)
  }

  acceptWorker(carrier: FrameCarrier): void {
    let worker: WorkerId | undefined
    const control: WorkerSocket = new ControlSocket(
      carrier,
      { in: WORKER_MESSAGES, out: WORKER_INSTRUCTIONS },
      {
        received: (message) => {
          if (worker !== undefined) this.#fromWorker(worker, control, message)
          else worker = this.#greetWorker(control, message)
          if (worker !== undefined) known()
        },
        broken: (error) => this.#refuseBroken(control, error),
        closed: () => {
          known()
          if (worker !== undefined) this.#workerLeft(worker)
        },
      },
    )
    const known = this.#expectHello(control)
  }

  /** Everything decided in this turn goes out at its end. */
  drainSoon(): void {
    if (this.#draining) return
    this.#draining = true
    setImmediate(() => {
      this.#draining = false
      this.#core.drain({
        toClient: (client, message) => this.#clients.get(client)?.send(message),
        toWorker: (worker, message) => this.#workers.get(worker)?.socket.send(message),
      })
    })
  }

  /** Tells everybody that the cluster ends, and why. */
  close(reason: string): void {
    clearInterval(this.#ticking)
    this.#ticking = undefined
    for (const socket of this.#clients.values()) {
      socket.send({ type: 'closing', reason })
      socket.close(1001, reason)
    }
    for (const { socket } of this.#workers.values()) socket.send({ type: 'close', reason })
    for (const stranger of this.#strangers) stranger.terminate()
  }

  /** Cuts what is still connected. */
  terminate(): void {
    for (const socket of this.#clients.values()) socket.terminate()
    for (const { socket } of this.#workers.values()) socket.terminate()
  }

  /** Returns what to call when it has said who it is. */
  #expectHello(socket: { terminate(): void }): () => void {
    this.#strangers.add(socket)
    const patience = setTimeout(() => socket.terminate(), HELLO_MS_MAX)
    return () => {
      clearTimeout(patience)
      this.#strangers.delete(socket)
    }
  }

  #greetClient(socket: ClientSocket, message: ClientMessage): number | undefined {
    if (message.type !== 'hello') {
      socket.send(refused('a client says hello first', message.type))
      return undefined
    }
    const refusal = refusalOfHello(message)
    if (refusal) {
      socket.send(refused(refusal, 'hello'))
      socket.close(1002, 'another version')
      return undefined
    }
    const client = this.#nextClient++
    this.#clients.set(client, socket)
    this.#core.clientJoined(client, message.name, epochMs())
    socket.send({ type: 'welcome', protocol: PROTOCOL_VERSION, cluster: this.#clusterInfo() })
    this.drainSoon()
    return client
  }

  #fromClient(client: number, socket: ClientSocket, message: ClientMessage): void {
    try {
      if (!this.#requests?.clientMessage(client, message))
        this.#core.clientMessage(client, message, epochMs())
    } catch (error) {
      // The fault is ours or the message's: its sender is told, everybody else goes on.
      this.#log.tell(
        'error',
        `a ${message.type} message of client ${client} failed: ${(error as Error).stack}`,
      )
      const reason = (error as Error).message
      if (message.type === 'graph')
        socket.send({ type: 'graph-refused', graph: message.graph, reason, keys: [] })
      else {
        const request = 'request' in message ? message.request : -1
        socket.send({ type: 'refused', request, reason, message: message.type })
      }
    }
    this.drainSoon()
  }

  #greetWorker(socket: WorkerSocket, message: WorkerMessage): WorkerId | undefined {
    if (message.type !== 'hello') {
      socket.send({ type: 'refused', reason: 'a worker says hello first', message: message.type })
      return undefined
    }
    const refusal = refusalOfHello(message)
    if (refusal) {
      socket.send({ type: 'refused', reason: refusal, message: 'hello' })
      socket.close(1002, 'another version')
      return undefined
    }
    let worker: WorkerId
    try {
      worker = this.#core.workerJoined(message, epochMs())
    } catch (error) {
      socket.send({ type: 'refused', reason: (error as Error).message, message: 'hello' })
      return undefined
    }
    const info = workerInfo(worker, message)
    this.#fates?.joined(info)
    this.members.joined(info)
    this.#workers.set(worker, { socket, info, heardMs: epochMs() })
    socket.send({ type: 'welcome', protocol: PROTOCOL_VERSION, worker, cluster: this.#clusterInfo().id })
    this.drainSoon()
    return worker
  }

  #fromWorker(worker: WorkerId, socket: WorkerSocket, message: WorkerMessage): void {
    const connection = this.#workers.get(worker)
    if (!connection) return
    const nowMs = epochMs()
    connection.heardMs = nowMs
    if (message.type === 'leaving') connection.farewell = message.reason
    else if (message.type === 'heartbeat') this.transferredBytes += message.receivedBytes
    else if (message.type === 'log' && message.task === undefined && message.level !== 'progress')
      this.members.said(connection.info, message.level, message.text)
    try {
      this.#core.workerMessage(worker, message, nowMs)
    } catch (error) {
      const { name } = connection.info
      this.#log.tell('error', `a ${message.type} message of worker ${name} failed: ${(error as Error).stack}`)
      socket.send({ type: 'refused', reason: (error as Error).message, message: message.type })
    }
    this.drainSoon()
  }

  #workerLeft(worker: WorkerId): void {
    const connection = this.#workers.get(worker)
    if (!connection) return
    const { info, farewell } = connection
    const seen = farewell ?? `worker ${info.name} (process ${info.pid}) is gone: ${CONNECTION_BROKE}`
    const reason = this.members.reasonOf(info.name, seen)
    const asked = farewell === undefined && this.#ticking ? this.#fates?.ask(info) : undefined
    if (!asked) {
      this.#workerGone(worker, reason, false)
      return
    }
    connection.silent = true
    this.#core.workerSilent(worker, epochMs())
    this.drainSoon()
    asked.then(
      (fate) => this.#workerGone(worker, withFate(reason, fate), fate.ended),
      () => this.#workerGone(worker, reason, false),
    )
  }

  #workerGone(worker: WorkerId, reason: string, ended: boolean): void {
    const connection = this.#workers.get(worker)
    if (!connection) return
    this.#workers.delete(worker)
    this.#core.workerLeft(worker, reason, epochMs(), ended)
    this.members.left(connection.info, reason)
    this.#fates?.left(connection.info.name)
    this.drainSoon()
  }

  #refuseBroken(socket: ClientSocket | WorkerSocket, error: ProtocolError): void {
    this.#log.tell('warning', `a message was refused: ${error.message}`)
    // Both tables have `refused`; a worker's has no request, and encoding leaves out what its table does not name.
    ;(socket as ClientSocket).send(refused(error.message, error.messageType))
  }

  #tick(): void {
    const nowMs = epochMs()
    if (nowMs - this.#tickedMs > SLEPT_MS)
      for (const connection of this.#workers.values()) connection.heardMs = nowMs
    this.#tickedMs = nowMs
    for (const { socket, info, heardMs, silent } of this.#workers.values())
      if (!silent && nowMs - heardMs > SILENT_MS_MAX) {
        this.#log.tell(
          'warning',
          `worker ${info.name} has said nothing for ${SILENT_MS_MAX / 1000} s and is cut off`,
        )
        socket.terminate()
      }
    if (this.#clients.size === 0 && this.#workers.size === 0) return
    this.#core.tick(nowMs)
    this.drainSoon()
  }
}

function refused(reason: string, message: string | undefined): Extract<ClientReply, { type: 'refused' }> {
  return { type: 'refused', request: -1, reason, ...(message !== undefined && { message }) }
}

/** Why whoever says this hello cannot stay: with both versions of heddle named. */
function refusalOfHello(hello: ClientHello | WorkerHello): string | undefined {
  return refusalOfVersion(hello.protocol)
}

/** @example withFate('worker w0 is gone: its connection broke', { ended: false, reason: 'it was ended by SIGKILL' }) // 'worker w0 is gone: it was ended by SIGKILL' */
function withFate(seen: string, { ended, reason }: WorkerFate): string {
  if (reason === undefined) return seen
  return ended ? `${seen}: ${reason}` : reasonSince(seen, reason)
}
