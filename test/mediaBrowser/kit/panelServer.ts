// A small HTTP and WebSocket server that shows panels as the dashboard does: strict policy, real frames, a made-up cluster.

import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import { contentSecurityPolicy, type PageRequest, page } from '../../../media/page.ts'
import { isPanelName, type PanelName } from '../../../media/panels.ts'
import {
  FEED_MESSAGES,
  FEED_REQUESTS,
  type FeedMessage,
  type FeedRequest,
} from '../../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../../runtime/protocol/frame.ts'

export interface PanelServer {
  url: string
  /** Requests that pages made over the feed, in order. */
  requests: FeedRequest[]
  /** Paths that were asked for and are not there. */
  missing: string[]
  send(...messages: FeedMessage[]): void
  /** Ends every feed, as a scheduler does that dies. */
  breakFeeds(): void
  close(): Promise<void>
}

export interface PanelServerOptions {
  /** Folder that `buildMedia` wrote. */
  mediaFolder: string
  /** What each new connection is sent first. */
  greet(): FeedMessage[]
  /** What a request is answered with. */
  answer(request: FeedRequest): FeedMessage[]
  /** Serves pages as webviews get them: the feed by `postMessage`. */
  asEditor?: boolean
  port?: number
}

const NONCE = 'bm9uY2Utb2YtdGhlLXRlc3Q'
const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css' }

export function pageRequest(panel: PanelName, asEditor = false): PageRequest {
  return {
    panel,
    nonce: NONCE,
    cspSource: "'self'",
    scripts: [`/media/${panel}.js`],
    styles: ['/media/theme.css', '/media/panel.css'],
    feed: asEditor ? { kind: 'vscode' } : { kind: 'webSocket', url: '/feed' },
  }
}

/** Serves `/<panel>`, and the dashboard at `/`. */
export async function servePanels(options: PanelServerOptions): Promise<PanelServer> {
  const { mediaFolder, asEditor = false } = options
  const missing: string[] = []
  const requests: FeedRequest[] = []
  const feeds = new Set<WebSocket>()
  const http = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1)
    if (path.startsWith('media/') && !path.includes('..')) {
      const content = await readFile(join(mediaFolder, path.slice('media/'.length))).catch(() => undefined)
      if (content) {
        response.setHeader('content-type', TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain')
        response.end(content)
        return
      }
    }
    const panel = path === '' ? 'dashboard' : path
    if (!isPanelName(panel)) {
      missing.push(path)
      response.writeHead(404).end()
      return
    }
    const shown = pageRequest(panel, asEditor)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', contentSecurityPolicy(shown))
    response.end(page(shown))
  })
  const sockets = new WebSocketServer({ server: http, path: '/feed' })
  sockets.on('connection', (socket) => {
    feeds.add(socket)
    socket.on('close', () => feeds.delete(socket))
    socket.on('message', (data: Buffer) => {
      const request = decodeFrame(FEED_REQUESTS, data)
      requests.push(request)
      const answers = request.type === 'hello' ? options.greet() : options.answer(request)
      for (const message of answers) socket.send(encodeFrame(FEED_MESSAGES, message))
    })
  })
  await listening(http, options.port ?? 0)
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    requests,
    missing,
    send: (...messages) => {
      for (const message of messages) {
        const frame = encodeFrame(FEED_MESSAGES, message)
        for (const socket of feeds) socket.send(frame)
      }
    },
    breakFeeds: () => {
      for (const socket of feeds) socket.terminate()
    },
    close: async () => {
      for (const socket of feeds) socket.terminate()
      sockets.close()
      http.closeAllConnections()
      await new Promise((done) => http.close(done))
    },
  }
}

function listening(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', () => resolve())
  })
}
