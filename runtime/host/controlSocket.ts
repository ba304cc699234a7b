// One WebSocket that speaks frames of two message tables: decodes what comes, encodes and corks what goes.

import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { AnyMessageOf, MessageTable } from '../protocol/fields.ts'
import { decodeFrame, encodeFrame, ProtocolError } from '../protocol/frame.ts'

export interface SocketEvents<In> {
  received(message: In): void
  /** What came is no message of the table: `messageType` is known where the frame's header could be read. */
  broken(error: ProtocolError): void
  closed(): void
}

export class ControlSocket<In extends MessageTable, Out extends MessageTable> {
  readonly #socket: WebSocket
  readonly #raw: Duplex
  readonly #out: Out
  #corked = false
  #closed = false

  constructor(
    socket: WebSocket,
    raw: Duplex,
    tables: { in: In; out: Out },
    events: SocketEvents<AnyMessageOf<In>>,
  ) {
    this.#socket = socket
    this.#raw = raw
    this.#out = tables.out
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (this.#closed) return
      let message: AnyMessageOf<In>
      try {
        if (!isBinary) throw new ProtocolError('a text frame came where heddle sends binary ones')
        message = decodeFrame(tables.in, data)
      } catch (error) {
        const broken = error instanceof ProtocolError ? error : new ProtocolError((error as Error).message)
        events.broken(broken)
        return
      }
      events.received(message)
    })
    socket.on('error', () => {}) // 'close' follows and says the same.
    socket.on('close', () => {
      if (this.#closed) return
      this.#closed = true
      events.closed()
    })
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  /** Encodes at once, since columns may be views on state that changes; the bytes leave with the others of this turn. */
  send(message: AnyMessageOf<Out>): void {
    this.sendFrame(encodeFrame(this.#out, message))
  }

  sendFrame(frame: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (!this.#corked) {
      this.#corked = true
      this.#raw.cork()
      // Frames that are posted in one go become one write.
      process.nextTick(() => {
        this.#corked = false
        this.#raw.uncork()
      })
    }
    this.#socket.send(frame, { binary: true })
  }

  /** Says goodbye; a peer that does not answer is cut off by the socket library. */
  close(code = 1000, reason = ''): void {
    this.#socket.close(code, reason.slice(0, 100))
  }

  terminate(): void {
    this.#socket.terminate()
  }
}
