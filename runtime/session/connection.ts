// One connection to a scheduler: says hello, writes coalesced frames once a turn, pairs requests with their answers.
//
// The socket keeps the process alive only while something is owed: a program whose futures nobody awaits can end.

import type { FrameSocket } from '../host/frameSocket.ts'
import { dialFrames, UpgradeRefusedError } from '../host/frameUpgrade.ts'
import { taskThread } from '../host/taskContext.ts'
import type { ClusterInfo } from '../protocol/cluster.ts'
import { decodeFrame } from '../protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  type ClientMessage,
  type ClientReply,
} from '../protocol/messages.ts'
import { HEDDLE_VERSION, PROTOCOL_VERSION, refusalOfVersion } from '../protocol/version.ts'
import type { SchedulerAddress } from './address.ts'
import { ClosedError, ConnectError, RefusedError } from './errors.ts'

type Answer = Extract<ClientReply, { request: number }>
/** Messages that are made only when they are written, so that calls of one turn can share one. */
type Outgoing = ClientMessage | (() => ClientMessage[])

export class Connection {
  readonly cluster: ClusterInfo
  readonly #socket: FrameSocket
  readonly #queue: Outgoing[] = []
  readonly #requests = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>()
  #nextRequest = 1
  #flushing = false
  #holds = 0
  #receive: ((reply: ClientReply) => void) | undefined
  #closedBecause: string | undefined
  #onClosed: ((reason: string) => void) | undefined
  #onEnded: (() => void) | undefined

  #early: Uint8Array[] | undefined

  private constructor(socket: FrameSocket, { cluster, ends, early }: Greeted) {
    this.#socket = socket
    this.cluster = cluster
    socket.unref()
    // What comes before somebody listens waits.
    this.#early = early
    ends.frame = (bytes) => {
      if (this.#early) early.push(bytes)
      else this.#onFrame(bytes)
    }
    ends.closed = () => {
      this.#closed('the connection to the scheduler broke')
      this.#onEnded?.()
    }
  }

  /**
   * Connects and says hello.
   * @throws {ConnectError} when nobody answers, the token is wrong, or versions differ
   */
  static async open(address: SchedulerAddress, name: string): Promise<Connection> {
    const socket = await openSocket(address)
    return new Connection(socket, await greet(socket, address, name))
  }

  /** Says who hears replies, and who hears that the connection has ended. */
  listen(receive: (reply: ClientReply) => void, closed: (reason: string) => void): void {
    this.#receive = receive
    this.#onClosed = closed
    const early = this.#early ?? []
    this.#early = undefined
    for (const frame of early) this.#onFrame(frame)
    if (this.#closedBecause !== undefined) closed(this.#closedBecause)
  }

  get closedBecause(): string | undefined {
    return this.#closedBecause
  }

  /** Writes a message at the end of this turn, after those sent before it. */
  send(message: Outgoing): void {
    if (this.#closedBecause !== undefined) return
    this.#queue.push(message)
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(this.#flush)
  }

  readonly #flush = (): void => {
    this.#flushing = false
    for (const outgoing of this.#queue.splice(0))
      if (typeof outgoing === 'function') for (const message of outgoing()) this.#write(message)
      else this.#write(outgoing)
    this.#socket.flush()
  }

  /** Writes what is queued at once: for a large message whose reader may as well begin. */
  flush(): void {
    this.#flush()
  }

  /** A message that cannot be written is answered as a scheduler would that cannot read it; the others go on. */
  #write(message: ClientMessage): void {
    try {
      this.#socket.send(CLIENT_MESSAGES, message)
    } catch (error) {
      const reason = `it cannot be written: ${(error as Error).message}`
      if (message.type === 'graph')
        this.#receive?.({ type: 'graph-refused', graph: message.graph, reason, keys: [] })
      else
        this.#onReply({
          type: 'refused',
          request: 'request' in message ? message.request : -1,
          reason,
          message: message.type,
        })
    }
  }

  /**
   * Sends a request and waits for its answer.
   * @throws {RefusedError} when the scheduler cannot serve it
   */
  async request(what: string, make: (request: number) => ClientMessage): Promise<Answer> {
    if (this.#closedBecause !== undefined) throw new ClosedError(this.#closedBecause)
    const request = this.#nextRequest++
    const letGo = this.hold()
    try {
      const answer = await new Promise<Answer>((resolve, reject) => {
        this.#requests.set(request, { resolve, reject })
        this.send(make(request))
      })
      if (answer.type === 'refused') throw new RefusedError(what, answer.reason)
      return answer
    } finally {
      this.#requests.delete(request)
      letGo()
    }
  }

  /** Keeps the process alive until its answer is called: something is owed. */
  hold(): () => void {
    if (this.#holds++ === 0) this.#socket.ref()
    // In a task: its thread is free for others meanwhile.
    const goOn = taskThread()?.waits()
    return () => {
      goOn?.()
      if (--this.#holds === 0) this.#socket.unref()
    }
  }

  #onFrame(data: Uint8Array): void {
    this.#onReply(decodeFrame(CLIENT_REPLIES, data))
  }

  #onReply(reply: ClientReply): void {
    if ('request' in reply && reply.request !== -1) {
      const waiting = this.#requests.get(reply.request)
      if (waiting) waiting.resolve(reply as Answer)
      return
    }
    if (reply.type === 'closing') this.#closed(reply.reason)
    this.#receive?.(reply)
  }

  #closed(reason: string): void {
    if (this.#closedBecause !== undefined) return
    this.#closedBecause = reason
    this.#queue.length = 0
    for (const { reject } of this.#requests.values()) reject(new ClosedError(reason))
    this.#onClosed?.(reason)
  }

  /** Writes what is queued, then hangs up. */
  async close(reason: string): Promise<void> {
    if (this.#closedBecause === undefined) this.#flush()
    this.#closed(reason)
    if (this.#socket.isClosed) return
    this.#socket.ref()
    const ended = new Promise<void>((resolve) => {
      this.#onEnded = resolve
    })
    this.#socket.close()
    // A scheduler that is going away itself may not answer the closing handshake.
    const patience = setTimeout(() => this.#socket.terminate(), 1000)
    await ended
    clearTimeout(patience)
  }
}

async function openSocket({ control, token, certificate, source }: SchedulerAddress): Promise<FrameSocket> {
  try {
    return await dialFrames({ control, token, certificate }, 'client')
  } catch (cause) {
    if (cause instanceof UpgradeRefusedError) {
      const { status } = cause
      const text =
        status === 401
          ? `the scheduler at ${source} refused the token: take the one of its cluster.json`
          : `${source} answered with HTTP ${status}: no heddle scheduler listens there`
      throw new ConnectError(source, text)
    }
    const { code, message } = cause as NodeJS.ErrnoException
    throw new ConnectError(
      source,
      `no scheduler answers at ${source} (${code ?? message}): is it still running? Start one with 'heddle scheduler' or Client.local().`,
      cause,
    )
  }
}

/** Who hears what comes: first whoever greets, then the connection. */
interface Ends {
  frame(bytes: Uint8Array): void
  closed(): void
}

/** The first message each way. */
function greet(socket: FrameSocket, address: SchedulerAddress, name: string): Promise<Greeted> {
  return new Promise((resolve, reject) => {
    const fail = (text: string, cause?: unknown): void => {
      ends.closed = () => {}
      socket.terminate()
      reject(new ConnectError(address.source, text, cause))
    }
    const early: Uint8Array[] = []
    const ends: Ends = {
      frame: (bytes) => {
        ends.frame = (frame) => void early.push(frame)
        try {
          const reply = decodeFrame(CLIENT_REPLIES, bytes)
          if (reply.type === 'welcome') {
            const refusal = refusalOfVersion(PROTOCOL_VERSION, reply.protocol)
            if (refusal) fail(refusal)
            else resolve({ cluster: reply.cluster, ends, early })
          } else if (reply.type === 'refused') fail(reply.reason)
          else fail(`the scheduler at ${address.source} greeted with ${reply.type}`)
        } catch (cause) {
          fail(`what answers at ${address.source} does not speak heddle: ${(cause as Error).message}`, cause)
        }
      },
      closed: () => fail(`the scheduler at ${address.source} hung up without a greeting`),
    }
    socket.hear({
      frame: (bytes) => ends.frame(bytes),
      broken: (text) => fail(`what answers at ${address.source} does not speak heddle: ${text}`),
      closed: () => ends.closed(),
    })
    socket.send(CLIENT_MESSAGES, { type: 'hello', protocol: PROTOCOL_VERSION, version: HEDDLE_VERSION, name })
  })
}

interface Greeted {
  cluster: ClusterInfo
  ends: Ends
  /** What came right behind the greeting. */
  early: Uint8Array[]
}
