// What carries frames between a scheduler and one of its clients, workers or panels: frames alone, or WebSocket for browsers and editors.

import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { AnyMessageOf, MessageTable } from '../protocol/fields.ts'
import { encodeFrame } from '../protocol/frame.ts'

export interface CarrierEvents {
  frame(bytes: Uint8Array): void
  /** What came is no frame: the connection goes on where it can. */
  broken(text: string): void
  closed(): void
}

/** One connection. What is sent in one go becomes one write. */
export interface FrameCarrier {
  /** Says who hears what comes, from the next turn on; once. */
  hear(events: CarrierEvents): void
  send<Table extends MessageTable>(table: Table, message: AnyMessageOf<Table>): void
  /** Sends a frame that was encoded without shared memory, e.g. one that goes to many. */
  sendFrame(frame: Uint8Array): void
  /** Sends what was written, then hangs up; a peer that does not answer is cut off. */
  close(code?: number, reason?: string): void
  terminate(): void
  /** What the other end has not taken in yet. */
  readonly bufferedBytes: number
}

export class WebSocketCarrier implements FrameCarrier {
  readonly #socket: WebSocket
  readonly #raw: Duplex
  #corked = false

  constructor(socket: WebSocket, raw: Duplex) {
    this.#socket = socket
    this.#raw = raw
    socket.binaryType = 'nodebuffer'
  }

  hear(events: CarrierEvents): void {
    this.#socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) events.frame(data)
      else events.broken('a text frame came where heddle sends binary ones')
    })
    this.#socket.on('error', () => {}) // 'close' follows and says the same.
    this.#socket.on('close', () => events.closed())
  }

  send<Table extends MessageTable>(table: Table, message: AnyMessageOf<Table>): void {
    this.sendFrame(encodeFrame(table, message))
  }

  sendFrame(frame: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (!this.#corked) {
      this.#corked = true
      this.#raw.cork()
      process.nextTick(() => {
        this.#corked = false
        this.#raw.uncork()
      })
    }
    this.#socket.send(frame, { binary: true })
  }

  close(code = 1000, reason = ''): void {
    this.#socket.close(code, reason.slice(0, 100))
  }

  terminate(): void {
    this.#socket.terminate()
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }
}
