// One connection to a scheduler: says hello, writes coalesced frames once a turn, pairs requests with their answers.
//
// The socket keeps the process alive only while something is owed: a program whose futures nobody awaits can end.

import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import { pinnedTo } from '../host/clusterTls.ts'
import { taskThread } from '../host/taskContext.ts'
import type { ClusterInfo } from '../protocol/cluster.ts'
import { decodeFrame, encodeFrame } from '../protocol/frame.ts'
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
  readonly #socket: WebSocket
  readonly #raw: Socket | undefined
  readonly #queue: Outgoing[] = []
  readonly #requests = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>()
  #nextRequest = 1
  #flushing = false
  #holds = 0
  #receive: ((reply: ClientReply) => void) | undefined
  #closedBecause: string | undefined
  #onClosed: ((reason: string) => void) | undefined

  #early: Buffer[] | undefined

  private constructor(socket: WebSocket, raw: Socket | undefined, greeting: Greeting) {
    this.#socket = socket
    this.#raw = raw
    this.cluster = greeting.cluster
    this.#early = greeting.early
    raw?.unref()
    socket.removeAllListeners('message')
    socket.on('message', (data) => {
      if (this.#early) this.#early.push(data as Buffer)
      else this.#onFrame(data as Buffer)
    })
    socket.on('error', () => {}) // 'close' follows and says the same.
    socket.on('close', () => this.#closed('the connection to the scheduler broke'))
  }

  /**
   * Connects and says hello.
   * @throws {ConnectError} when nobody answers, the token is wrong, or versions differ
   */
  static async open(address: SchedulerAddress, name: string): Promise<Connection> {
    const { socket, raw } = await openSocket(address)
    return new Connection(socket, raw, await greet(socket, address, name))
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
    // Frames of one turn become one write.
    this.#raw?.cork()
    try {
      for (const outgoing of this.#queue.splice(0))
        if (typeof outgoing === 'function') for (const message of outgoing()) this.#write(message)
        else this.#write(outgoing)
    } finally {
      this.#raw?.uncork()
    }
  }

  /** Writes what is queued at once: for a large message whose reader may as well begin. */
  flush(): void {
    this.#flush()
  }

  #write(message: ClientMessage): void {
    this.#socket.send(encodeFrame(CLIENT_MESSAGES, message))
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
    if (this.#holds++ === 0) this.#raw?.ref()
    // In a task: its thread is free for others meanwhile.
    const goOn = taskThread()?.waits()
    return () => {
      goOn?.()
      if (--this.#holds === 0) this.#raw?.unref()
    }
  }

  #onFrame(data: Buffer): void {
    const reply = decodeFrame(CLIENT_REPLIES, data)
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
    if (this.#socket.readyState === WebSocket.CLOSED) return
    this.#raw?.ref()
    const ended = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
    this.#socket.close()
    // A scheduler that is going away itself may not answer the closing handshake.
    const patience = setTimeout(() => this.#socket.terminate(), 1000)
    await ended
    clearTimeout(patience)
  }
}

function openSocket(address: SchedulerAddress): Promise<{ socket: WebSocket; raw: Socket | undefined }> {
  const { control, token, source } = address
  const url = control.startsWith('unix:') ? `ws+unix:${control.slice(5)}:/client` : `${control}/client`
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    ...(address.certificate !== undefined && control.startsWith('wss:') && pinnedTo(address.certificate)),
    perMessageDeflate: false,
    maxPayload: 0x7fffffff,
    skipUTF8Validation: true,
    // A mask of zeros: nothing between a client and its scheduler could mistake these bytes for something else.
    generateMask: () => {},
  })
  socket.binaryType = 'nodebuffer'
  return new Promise((resolve, reject) => {
    let raw: Socket | undefined
    socket.once('upgrade', (response) => {
      raw = response.socket
    })
    socket.once('open', () => resolve({ socket, raw }))
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      const text =
        response.statusCode === 401
          ? `the scheduler at ${source} refused the token: take the one of its cluster.json`
          : `${source} answered with HTTP ${response.statusCode}: no heddle scheduler listens there`
      socket.terminate()
      reject(new ConnectError(source, text))
    })
    socket.once('error', (cause) => {
      const code = (cause as NodeJS.ErrnoException).code ?? cause.message
      reject(
        new ConnectError(
          source,
          `no scheduler answers at ${source} (${code}): is it still running? Start one with 'heddle scheduler' or Client.local().`,
          cause,
        ),
      )
    })
  })
}

/** What a scheduler said first, and the frames that came right behind, before anybody listened. */
interface Greeting {
  cluster: ClusterInfo
  early: Buffer[]
}

/** The first message each way. */
function greet(socket: WebSocket, address: SchedulerAddress, name: string): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    const fail = (text: string, cause?: unknown): void => {
      socket.terminate()
      reject(new ConnectError(address.source, text, cause))
    }
    const onClose = (): void => fail(`the scheduler at ${address.source} hung up without a greeting`)
    socket.once('close', onClose)
    socket.once('message', (data) => {
      socket.off('close', onClose)
      const early: Buffer[] = []
      socket.on('message', (frame) => early.push(frame as Buffer))
      try {
        const reply = decodeFrame(CLIENT_REPLIES, data as Buffer)
        if (reply.type === 'welcome') {
          const refusal = refusalOfVersion(PROTOCOL_VERSION, reply.protocol)
          if (refusal) fail(refusal)
          else resolve({ cluster: reply.cluster, early })
        } else if (reply.type === 'refused') fail(reply.reason)
        else fail(`the scheduler at ${address.source} greeted with ${reply.type}`)
      } catch (cause) {
        fail(`what answers at ${address.source} does not speak heddle: ${(cause as Error).message}`, cause)
      }
    })
    const hello = { type: 'hello', protocol: PROTOCOL_VERSION, version: HEDDLE_VERSION, name } as const
    socket.send(encodeFrame(CLIENT_MESSAGES, hello))
  })
}
