// How a connection that carries frames begins: an HTTP request that shows the token and asks for the protocol `heddle`.

import { type IncomingMessage, request as requestHttp } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { pinnedTo } from './clusterTls.ts'
import { FrameSocket } from './frameSocket.ts'

const PROTOCOL = 'heddle'

/** Whether the request asks for a connection of frames, not of WebSocket. */
export function asksForFrames({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === PROTOCOL
}

/** Answers such a request. */
export function acceptFrames(socket: Duplex, head: Uint8Array): FrameSocket {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`)
  return new FrameSocket(socket, head)
}

/** Somebody answers who will not have this connection, or is no scheduler. */
export class UpgradeRefusedError extends Error {
  override name = 'UpgradeRefusedError'
  readonly status: number
  constructor(status: number) {
    super(`refused with HTTP ${status}`)
    this.status = status
  }
}

/** Where a scheduler is, and what it takes to be let in. */
export interface DialTarget {
  /** `unix:/path`, `ws://host:port` or `wss://host:port`. */
  control: string
  token: string
  /** The cluster's certificate, for `wss:`: no other is taken. */
  certificate?: string
}

/**
 * Connects to a scheduler.
 * @throws {UpgradeRefusedError} when the token is wrong, or no scheduler answers
 * @throws {Error} with the socket's `code` when nobody answers, or not within `timeoutMs`
 */
export async function dialFrames(
  { control, token, certificate }: DialTarget,
  room: 'client' | 'worker',
  timeoutMs = 0,
): Promise<FrameSocket> {
  const headers = { authorization: `Bearer ${token}`, connection: 'Upgrade', upgrade: PROTOCOL }
  const path = `/${room}`
  const isSecure = control.startsWith('wss:')
  const options = {
    path,
    headers,
    ...(timeoutMs > 0 && { timeout: timeoutMs }),
    ...(isSecure && certificate !== undefined && pinnedTo(certificate)),
  }
  const requestOf = isSecure ? (await import('node:https')).request : requestHttp
  return new Promise((resolve, reject) => {
    // Without an agent, on a socket: an agent asks first whether the host is an address, for which Node compiles 10 ms of expressions.
    const asked = control.startsWith('unix:')
      ? requestOf({ ...options, createConnection: () => connect(control.slice(5)) })
      : requestOf(new URL(control.replace(/^ws/, 'http').replace(/\/$/, '') + path), {
          ...options,
          agent: false,
        })
    asked.on('upgrade', (response, socket, head) => {
      if (response.headers.upgrade?.toLowerCase() === PROTOCOL) resolve(new FrameSocket(socket, head))
      else {
        socket.destroy()
        reject(new UpgradeRefusedError(response.statusCode ?? 0))
      }
    })
    asked.on('response', (response) => {
      response.resume()
      asked.destroy()
      reject(new UpgradeRefusedError(response.statusCode ?? 0))
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
    asked.on('error', reject)
    asked.end()
  })
}
