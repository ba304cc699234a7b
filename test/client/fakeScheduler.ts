// A scheduler for tests: it speaks the real protocol over a real socket, and misbehaves as it is told to.

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ClusterAddress, ClusterInfo } from '../../runtime/protocol/cluster.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  type ClientMessage,
  type ClientReply,
} from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'

const TOKEN = 'a-token'

export interface Peer {
  send(message: ClientReply): void
  sendBytes(bytes: Uint8Array): void
  drop(): void
}

/** How it answers a client's message; what is left out is answered as a scheduler would answer it. */
export type Behaviour = (message: ClientMessage, peer: Peer) => boolean | undefined

const CLUSTER: ClusterInfo = {
  id: 'c1',
  version: '0.1.0',
  dashboardUrl: 'http://127.0.0.1:1/',
  startedMs: 5,
  workers: [],
}

/** Listens until the test is over; returns where, and what was said to it. */
export async function fakeScheduler(
  t: TestContext,
  behave: Behaviour = () => false,
): Promise<{ address: ClusterAddress; heard: ClientMessage[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-fake-'))
  const path = join(folder, 'control.sock')
  const heard: ClientMessage[] = []
  const sockets = new Set<WebSocket>()
  const http = createServer()
  const server = new WebSocketServer({ noServer: true })
  http.on('upgrade', (request, socket, head) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
      return
    }
    server.handleUpgrade(request, socket, head, (opened) => {
      sockets.add(opened)
      const peer: Peer = {
        send: (message) => opened.send(encodeFrame(CLIENT_REPLIES, message)),
        sendBytes: (bytes) => opened.send(bytes),
        drop: () => opened.terminate(),
      }
      opened.on('message', (data: Buffer) => {
        const message = decodeFrame(CLIENT_MESSAGES, data)
        heard.push(message)
        if (!behave(message, peer)) answer(message, peer)
      })
    })
  })
  await new Promise<void>((done) => http.listen(path, done))
  t.after(async () => {
    for (const socket of sockets) socket.terminate()
    await new Promise((done) => http.close(done))
    rmSync(folder, { recursive: true, force: true })
  })
  const { id, version, dashboardUrl } = CLUSTER
  const control = `unix:${path}`
  const address = {
    id,
    control,
    token: TOKEN,
    dashboardUrl,
    pid: process.pid,
    protocol: PROTOCOL_VERSION,
    version,
  }
  return { address, heard }
}

function answer(message: ClientMessage, peer: Peer): void {
  switch (message.type) {
    case 'hello':
      peer.send({ type: 'welcome', protocol: PROTOCOL_VERSION, cluster: CLUSTER })
      return
    case 'run':
    case 'watch-runs':
      peer.send({ type: 'answer', request: message.request, value: message.type === 'run' ? 'r1' : null })
      return
    case 'shutdown':
      peer.send({ type: 'closing', reason: message.reason })
      peer.drop()
      return
    default:
      return
  }
}
