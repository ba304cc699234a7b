// Listens on a unix socket and on the loopback: who may come in, and to whom each connection is handed.

import { chmodSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { ClusterInfo } from '../protocol/cluster.ts'
import { type Auth, isOwnOrigin } from './auth.ts'
import { type ClusterTls, serverTls } from './clusterTls.ts'
import type { Dashboard } from './dashboard.ts'
import { type FrameCarrier, WebSocketCarrier } from './frameCarrier.ts'
import { acceptFrames, asksForFrames } from './frameUpgrade.ts'

/** A port or socket that cannot be listened on: names it, and the way out. */
export class ListenError extends Error {
  override name = 'ListenError'
  readonly where: string
  constructor(where: string, text: string, cause: unknown) {
    super(text, { cause })
    this.where = where
  }
}

/** To whom connections are handed. */
export interface Rooms {
  client(carrier: FrameCarrier): void
  worker(carrier: FrameCarrier): void
  feed(carrier: FrameCarrier): void
}

export interface ServerParts {
  auth: Auth
  dashboard: Dashboard
  rooms: Rooms
  clusterInfo: () => ClusterInfo
}

const LOOPBACK = '127.0.0.1'

export class SchedulerServer {
  readonly #parts: ServerParts
  readonly #servers: Server[] = []
  readonly #upgrade = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    // A graph of millions of tasks is one message.
    maxPayload: 0x7fffffff,
  })

  constructor(parts: ServerParts) {
    this.#parts = parts
  }

  /** @throws {ListenError} */
  async listenOnSocket(path: string): Promise<void> {
    await this.#listen((server, done) => server.listen(path, done), `unix:${path}`)
    chmodSync(path, 0o600)
  }

  /**
   * Listens on the loopback; returns the port.
   * @throws {ListenError} when the port is in use or not allowed
   */
  async listenOnPort(port: number): Promise<number> {
    const server = await this.#listen((each, done) => each.listen(port, LOOPBACK, done), `port ${port}`)
    return (server.address() as AddressInfo).port
  }

  /**
   * Listens for other machines, on every interface: to workers, clients and the near ends of dashboards, who show the token
   * or the cookie inside TLS.
   * @returns the port
   * @throws {ListenError}
   */
  async listenOnNetwork(tls: ClusterTls): Promise<number> {
    const server = await this.#listen(
      (each, done) => each.listen(0, done),
      'port 0',
      () =>
        process
          .getBuiltinModule('node:https')
          .createServer(serverTls(tls), (request, response) => this.#serve(request, response)),
    )
    return (server.address() as AddressInfo).port
  }

  close(): void {
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
  }

  #listen(
    start: (server: Server, done: () => void) => void,
    where: string,
    make: () => Server = () => this.#plainServer(),
  ): Promise<Server> {
    const server = make()
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#accept(request, socket, head),
    )
    this.#servers.push(server)
    return new Promise((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(where, cause)))
      start(server, () => resolve(server))
    })
  }

  #plainServer(): Server {
    return createServer((request, response) => this.#serve(request, response))
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (this.#tellInfo(request)) {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify(this.#parts.clusterInfo()))
      return
    }
    this.#parts.dashboard.serve(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(`${error.message}\n`)
    })
  }

  /** Programs with the token may ask what cluster this is: `heddle clusters` and `heddle run --connect` do. */
  #tellInfo({ url, method, headers }: IncomingMessage): boolean {
    return url === '/info' && method === 'GET' && this.#parts.auth.hasToken(headers)
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {}) // A peer that hangs up in the middle is no fault of ours.
    const room = this.#roomOf(request)
    if (typeof room !== 'function') refuse(socket, room)
    else if (asksForFrames(request)) room(acceptFrames(socket, head))
    else
      this.#upgrade.handleUpgrade(request, socket, head, (accepted) =>
        room(new WebSocketCarrier(accepted, socket)),
      )
  }

  /** Who takes this connection, or why nobody does. */
  #roomOf(request: IncomingMessage): Rooms[keyof Rooms] | Refusal {
    const { auth, rooms } = this.#parts
    const { headers } = request
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const room = PATHS.get(path)
    if (!room) return { status: 404, text: `there is no ${path} here: ${[...PATHS.keys()].join(', ')} are` }
    // A browser signs in by cookie, and only panels do that. Programs show the token and come with no origin.
    const byCookie = room === 'feed' && auth.hasCookie(headers) && headers.origin !== undefined
    if (!auth.hasToken(headers) && !byCookie)
      return { status: 401, text: 'the token is missing or not the one of this cluster' }
    if (!isOwnOrigin(headers) || (headers.origin !== undefined && room !== 'feed'))
      return { status: 403, text: `pages of ${headers.origin} may not connect here` }
    return rooms[room]
  }
}

interface Refusal {
  status: number
  text: string
}

const PATHS: ReadonlyMap<string, keyof Rooms> = new Map([
  ['/client', 'client'],
  ['/worker', 'worker'],
  ['/feed', 'feed'],
])

function refuse(socket: Duplex, { status, text }: Refusal): void {
  const body = `${text}\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

function listenError(where: string, cause: NodeJS.ErrnoException): ListenError {
  const way = where.startsWith('port')
    ? 'Choose another with --port, or --port 0 for any free one; `heddle clusters` shows your own clusters.'
    : 'Stop the cluster that has it, or remove the file if none runs.'
  const why =
    cause.code === 'EADDRINUSE'
      ? 'is in use by another program'
      : cause.code === 'EACCES'
        ? 'may not be used by this user'
        : `cannot be listened on (${cause.code ?? cause.message})`
  return new ListenError(where, `${where} ${why}. ${way}`, cause)
}
