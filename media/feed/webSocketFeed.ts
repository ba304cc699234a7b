// The feed of the HTTP page: frames over a WebSocket of the same origin, opened again when it breaks.

import { FEED_MESSAGES, FEED_REQUESTS, type FeedMessage } from '../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { type Connection, Listeners, type Surroundings } from './surroundings.ts'

const RETRY_MS_MIN = 500
const RETRY_MS_MAX = 10_000

/** Opens the feed at `url`, relative to the page or absolute. Its sign-in is the page's own cookie. */
export function openWebSocketFeed(panel: string, url: string): Surroundings {
  const address = new URL(url, location.href)
  if (address.protocol.startsWith('http')) address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const messages = new Listeners<FeedMessage>()
  const connections = new Listeners<Connection>()
  let connection: Connection = { kind: 'connecting' }
  let retryMs = RETRY_MS_MIN
  let socket: WebSocket | undefined
  const turn = (next: Connection): void => {
    connection = next
    connections.tell(next)
  }
  const connect = (): void => {
    const opened = new WebSocket(address)
    socket = opened
    opened.binaryType = 'arraybuffer'
    opened.onopen = () =>
      opened.send(
        encodeFrame(FEED_REQUESTS, { type: 'hello', protocol: PROTOCOL_VERSION, panel }) as BufferSource,
      )
    opened.onmessage = (event: MessageEvent<ArrayBuffer>) => {
      const message = decodeFrame(FEED_MESSAGES, new Uint8Array(event.data))
      retryMs = RETRY_MS_MIN
      if (connection.kind !== 'live') turn({ kind: 'live' })
      messages.tell(message)
    }
    opened.onclose = (event) => {
      turn({ kind: 'lost', reason: event.reason })
      setTimeout(connect, retryMs)
      retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
    }
  }
  return {
    place: 'page',
    listen(receive) {
      const stop = messages.add(receive)
      if (!socket) connect()
      return stop
    },
    watchConnection(receive) {
      receive(connection)
      return connections.add(receive)
    },
    request(request) {
      if (socket?.readyState === WebSocket.OPEN)
        socket.send(encodeFrame(FEED_REQUESTS, request) as BufferSource)
    },
    // A browser cannot open the user's editor at a place: panels show the place as text instead.
    open() {},
    command() {},
    saveRows() {},
    scale() {},
    job() {},
    save(name, content) {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([content as BlobPart]))
      link.download = name
      link.click()
      // The browser has taken hold of it once the click is done with.
      setTimeout(() => URL.revokeObjectURL(link.href))
    },
  }
}
