// One panel's feed as raw frames: whoever opened it decodes them, or passes them on as they are. No `vscode`.

import { WebSocket } from 'ws'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import { FEED_REQUESTS } from '../../runtime/protocol/feed.ts'
import { encodeFrame } from '../../runtime/protocol/frame.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { socketUrl } from './socketUrl.ts'

export interface FeedEvents {
  frame(frame: Uint8Array): void
  /** It broke and is not tried again: the cluster's own connection says whether it lives. */
  closed(): void
}

export class FeedConnection {
  readonly #socket: WebSocket
  readonly #early: Uint8Array[] = []
  #closed = false

  constructor(address: ClusterAddress, panel: string, events: FeedEvents) {
    this.#socket = new WebSocket(socketUrl(address.control, '/feed'), {
      headers: { authorization: `Bearer ${address.token}` },
      perMessageDeflate: false,
      maxPayload: 0,
    })
    this.#socket.on('open', () => {
      this.#socket.send(encodeFrame(FEED_REQUESTS, { type: 'hello', protocol: PROTOCOL_VERSION, panel }))
      for (const frame of this.#early.splice(0)) this.#socket.send(frame)
    })
    this.#socket.on('message', (data: Buffer) => {
      if (!this.#closed) events.frame(data)
    })
    // 'close' follows every error; without a listener the error would end the extension host.
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      if (!this.#closed) events.closed()
    })
  }

  /** Sends a frame of FEED_REQUESTS; one that comes before the connection stands waits for it. */
  send(frame: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame)
    else if (this.#socket.readyState === WebSocket.CONNECTING) this.#early.push(frame)
  }

  close(): void {
    this.#closed = true
    this.#socket.close()
  }
}
