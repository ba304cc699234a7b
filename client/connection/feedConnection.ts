// One panel's feed as raw frames: whoever opened it decodes them, or passes them on as they are. No `vscode`.

import type { WebSocket } from 'ws'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import { FEED_REQUESTS } from '../../runtime/protocol/feed.ts'
import { encodeFrame } from '../../runtime/protocol/frame.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { schedulerSocket } from './schedulerSocket.ts'

export interface FeedEvents {
  frame(frame: Uint8Array): void
  /** It broke and is not tried again: the cluster's own connection says whether it lives. */
  closed(): void
}

export class FeedConnection {
  #socket: WebSocket | undefined
  /** What is to be sent once it stands; nothing any more then. */
  #early: Uint8Array[] | undefined
  #closed = false

  constructor(address: ClusterAddress, panel: string, events: FeedEvents) {
    this.#early = [encodeFrame(FEED_REQUESTS, { type: 'hello', protocol: PROTOCOL_VERSION, panel })]
    void this.#open(address, events)
  }

  async #open(address: ClusterAddress, events: FeedEvents): Promise<void> {
    const socket = await schedulerSocket(address, '/feed')
    this.#socket = socket
    socket.on('open', () => {
      for (const frame of this.#early ?? []) socket.send(frame)
      this.#early = undefined
    })
    socket.on('message', (data: Buffer) => {
      if (!this.#closed) events.frame(data)
    })
    // 'close' follows every error; without a listener the error would end the extension host.
    socket.on('error', () => {})
    socket.on('close', () => {
      if (!this.#closed) events.closed()
    })
    if (this.#closed) socket.close()
  }

  /** Sends a frame of FEED_REQUESTS; one that comes before the connection stands waits for it. */
  send(frame: Uint8Array): void {
    if (this.#early) this.#early.push(frame)
    else if (this.#socket?.readyState === this.#socket?.OPEN) this.#socket?.send(frame)
  }

  close(): void {
    this.#closed = true
    this.#socket?.close()
  }
}
