// The shell of a scheduler around a core that only keeps what it is told: for tests of connections, feed and dashboard.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { Auth } from '../../runtime/host/auth.ts'
import { ControlPlane } from '../../runtime/host/controlPlane.ts'
import { Dashboard } from '../../runtime/host/dashboard.ts'
import { FeedHub } from '../../runtime/host/feedHub.ts'
import { Logs } from '../../runtime/host/logs.ts'
import { Runs } from '../../runtime/host/runs.ts'
import type { Post, SchedulerCore } from '../../runtime/host/schedulerCore.ts'
import { SchedulerServer } from '../../runtime/host/schedulerServer.ts'
import { Requests } from '../../runtime/host/shellRequests.ts'
import type { ClusterInfo } from '../../runtime/protocol/cluster.ts'
import { FEED_MESSAGES, FEED_REQUESTS, type FeedMessage } from '../../runtime/protocol/feed.ts'
import type { AnyMessageOf, MessageTable } from '../../runtime/protocol/fields.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
} from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'

export const TOKEN = 'the-token'
export const SIGN_IN = 'the-sign-in'

/** A core that keeps what it hears, and posts what a test gives it. */
export class KeepingCore implements SchedulerCore {
  readonly heard: string[] = []
  readonly posts: ((post: Post) => void)[] = []
  deltas: FeedMessage[] = []
  recording = false
  deltasAsked = 0
  memoryAsked = 0
  failOn: string | undefined
  #nextWorker = 0

  clientJoined(client: number, name: string): void {
    this.heard.push(`client ${client} ${name} joined`)
  }
  clientMessage(client: number, message: { type: string }): void {
    if (message.type === this.failOn) throw new Error('the core stumbled')
    this.heard.push(`client ${client}: ${message.type}`)
  }
  clientLeft(client: number): void {
    this.heard.push(`client ${client} left`)
  }
  workerJoined(hello: { name: string }): number {
    this.heard.push(`worker ${this.#nextWorker} ${hello.name} joined`)
    return this.#nextWorker++
  }
  workerMessage(worker: number, message: { type: string }): void {
    this.heard.push(`worker ${worker}: ${message.type}`)
  }
  workerSilent(): void {}

  workerLeft(worker: number, reason: string): void {
    this.heard.push(`worker ${worker} left: ${reason}`)
  }
  tick(): void {}
  drain(post: Post): void {
    for (const act of this.posts.splice(0)) act(post)
  }
  feedSnapshot(nowMs: number): FeedMessage {
    const none = new Uint32Array()
    return { type: 'snapshot', cluster: CLUSTER, groups: [], counts: none, edges: none, atMs: nowMs }
  }
  feedDelta(): FeedMessage[] {
    this.deltasAsked++
    return this.deltas.splice(0)
  }
  recordStream(on: boolean): void {
    this.recording = on
  }
  watchMemory(on: boolean): void {
    this.heard.push(`memory is ${on ? '' : 'no longer '}watched`)
  }
  memoryByPrefix(): FeedMessage {
    this.memoryAsked++
    return {
      type: 'memory',
      prefixes: ['load'],
      worker: Uint16Array.of(0),
      prefix: Uint32Array.of(0),
      results: Uint32Array.of(this.memoryAsked),
      managedBytes: Float64Array.of(8),
      spilledBytes: Float64Array.of(0),
      movingBytes: Float64Array.of(0),
    }
  }
  unfold(group: number): FeedMessage {
    if (group > 9) throw new RangeError(`there is no group ${group}`)
    const [i32, f64] = [new Int32Array(), new Float64Array()]
    return {
      type: 'tasks',
      group,
      total: 0,
      tasks: i32,
      states: new Uint8Array(),
      workers: i32,
      durationsMs: f64,
      keys: [],
      edges: new Uint32Array(),
    }
  }
  story(key: string): string[] {
    return [`story of ${key}`]
  }
  explain(key: string): string[] {
    return [`why ${key}`]
  }
  dump(): unknown {
    return {}
  }
}

export const CLUSTER: ClusterInfo = { id: 'c1', version: '0', dashboardUrl: '', startedMs: 0, workers: [] }

/** A shell that listens, with a core that keeps. */
export class Shell implements AsyncDisposable {
  readonly core = new KeepingCore()
  readonly folder = mkdtempSync(join(tmpdir(), 'hd-'))
  readonly runs: Runs
  readonly stops: string[] = []
  readonly logs = new Logs(() => {})
  readonly plane: ControlPlane
  readonly hub: FeedHub
  readonly server: SchedulerServer
  readonly auth = new Auth('c1', { token: TOKEN, signIn: SIGN_IN, cookie: 'the-cookie' })
  port = 0
  /** What its machine says is free. */
  freeBytes = Number.POSITIVE_INFINITY

  /** @param session the program that runs start */
  constructor(session?: string) {
    const info = (): ClusterInfo => ({ ...CLUSTER, workers: this.plane.workers() })
    this.plane = new ControlPlane(this.core, info, {
      tell: (level, text) => this.logs.add(level, text, 0),
      keep: (level, text) => this.logs.keep(level, text, 0),
    })
    this.runs = new Runs(join(this.folder, 'cluster.json'), session)
    this.hub = new FeedHub({
      core: this.core,
      runs: this.runs,
      clusterInfo: info,
      queued: () => 7,
      transferredBytes: () => this.plane.transferredBytes,
      decided: () => this.plane.drainSoon(),
      jobs: () => undefined,
      follows: () => undefined,
    })
    this.plane.serveRequestsBy(
      new Requests(this.plane, {
        runs: this.runs,
        logs: this.logs,
        scale: (workers) => (workers > 4 ? 'too many' : undefined),
        adapt: () => 'no workers of its own',
        jobs: () => undefined,
        shutdown: (reason) => void this.stops.push(reason),
        freeBytes: () => this.freeBytes,
      }),
    )
    writeFileSync(join(this.folder, 'page.js'), PAGE_MODULE)
    writeFileSync(join(this.folder, 'workers.js'), 'export {}\n')
    writeFileSync(join(this.folder, 'secret.txt'), 'no')
    this.server = new SchedulerServer({
      auth: this.auth,
      dashboard: new Dashboard(this.auth, this.folder),
      rooms: {
        client: (carrier) => this.plane.acceptClient(carrier),
        worker: (carrier) => this.plane.acceptWorker(carrier),
        feed: (carrier) => this.hub.accept(carrier),
      },
      clusterInfo: info,
    })
  }

  async listen(): Promise<this> {
    this.port = await this.server.listenOnPort(0)
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.plane.close('the test is over')
    this.runs.kill()
    await this.runs.stop()
    this.hub.terminate()
    this.plane.terminate()
    this.server.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Asks for a page. */
  get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ port: this.port, host: '127.0.0.1', path, method, headers }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        )
      })
      asked.on('error', reject)
      asked.end()
    })
  }

  client(headers?: Record<string, string>): Peer<typeof CLIENT_REPLIES, typeof CLIENT_MESSAGES> {
    return new Peer(`ws://127.0.0.1:${this.port}/client`, CLIENT_REPLIES, CLIENT_MESSAGES, headers)
  }

  worker(): Peer<typeof WORKER_INSTRUCTIONS, typeof WORKER_MESSAGES> {
    return new Peer(`ws://127.0.0.1:${this.port}/worker`, WORKER_INSTRUCTIONS, WORKER_MESSAGES)
  }

  panel(headers?: Record<string, string>): Peer<typeof FEED_MESSAGES, typeof FEED_REQUESTS> {
    return new Peer(`ws://127.0.0.1:${this.port}/feed`, FEED_MESSAGES, FEED_REQUESTS, headers)
  }

  /** Resolves when so many workers are here. */
  async workersAre(count: number): Promise<void> {
    while (this.plane.workers().length !== count) await new Promise((resolve) => setImmediate(resolve))
  }

  /** A client that has been welcomed. */
  async greetedClient(name = 'test') {
    const client = this.client()
    client.send({ type: 'hello', protocol: PROTOCOL_VERSION, version: '0', name })
    await client.next('welcome')
    return client
  }
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** The other end of a connection. */
export class Peer<In extends MessageTable, Out extends MessageTable> {
  readonly #socket: WebSocket
  readonly #out: Out
  readonly #early: (string | Uint8Array)[] = []
  readonly #unread: AnyMessageOf<In>[] = []
  #wake: (() => void) | undefined
  readonly closed: Promise<number>
  /** The HTTP status and text of a refusal. */
  readonly refused: Promise<string>

  constructor(
    url: string,
    tableIn: In,
    tableOut: Out,
    headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
  ) {
    this.#out = tableOut
    this.#socket = new WebSocket(url, { headers })
    this.#socket.binaryType = 'nodebuffer'
    this.#socket.on('open', () => {
      for (const data of this.#early.splice(0)) this.#socket.send(data)
    })
    this.#socket.on('message', (data: Buffer) => {
      this.#unread.push(decodeFrame(tableIn, data))
      this.#wake?.()
    })
    this.#socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.#socket.on('close', (code: number) => resolve(code)))
    this.refused = new Promise((resolve) =>
      this.#socket.on('unexpected-response', (_request, response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text
        })
        response.on('end', () => resolve(`${response.statusCode} ${body.trim()}`))
      }),
    )
  }

  send(message: AnyMessageOf<Out>): void {
    this.sendRaw(encodeFrame(this.#out, message))
  }

  sendRaw(data: string | Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data)
    else this.#early.push(data)
  }

  /** The next message of this type; others before it are skipped. */
  async next<Type extends keyof In & string>(type: Type): Promise<Extract<AnyMessageOf<In>, { type: Type }>> {
    for (;;) {
      const message = this.#unread.shift() as { type: string } | undefined
      if (message === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      else if (message.type === type) return message as Extract<AnyMessageOf<In>, { type: Type }>
    }
  }

  hangUp(): void {
    this.#socket.terminate()
  }
}

/** In place of the built template of the panels' pages. */
const PAGE_MODULE = `
export const page = ({ panel, nonce }) => '<p nonce=' + nonce + '>' + panel + '</p>'
export const contentSecurityPolicy = ({ nonce }) => "default-src 'none'; script-src 'nonce-" + nonce + "'"
`
