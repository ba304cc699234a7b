// One connection that speaks frames of two message tables: decodes what comes, encodes what goes.

import type { AnyMessageOf, MessageTable } from '../protocol/fields.ts'
import { decodeFrame, ProtocolError } from '../protocol/frame.ts'
import type { FrameCarrier } from './frameCarrier.ts'

export interface SocketEvents<In> {
  received(message: In): void
  /** What came is no message of the table: `messageType` is known where the frame's head could be read. */
  broken(error: ProtocolError): void
  closed(): void
}

export class ControlSocket<In extends MessageTable, Out extends MessageTable> {
  readonly #carrier: FrameCarrier
  readonly #out: Out
  #closed = false

  constructor(carrier: FrameCarrier, tables: { in: In; out: Out }, events: SocketEvents<AnyMessageOf<In>>) {
    this.#carrier = carrier
    this.#out = tables.out
    carrier.hear({
      frame: (bytes) => {
        if (this.#closed) return
        let message: AnyMessageOf<In>
        try {
          message = decodeFrame(tables.in, bytes)
        } catch (error) {
          events.broken(error instanceof ProtocolError ? error : new ProtocolError((error as Error).message))
          return
        }
        events.received(message)
      },
      broken: (text) => events.broken(new ProtocolError(text)),
      closed: () => {
        if (this.#closed) return
        this.#closed = true
        events.closed()
      },
    })
  }

  get bufferedBytes(): number {
    return this.#carrier.bufferedBytes
  }

  /** Encodes at once, since columns may be views on state that changes; the bytes leave with the others of this turn. */
  send(message: AnyMessageOf<Out>): void {
    this.#carrier.send(this.#out, message)
  }

  sendFrame(frame: Uint8Array): void {
    this.#carrier.sendFrame(frame)
  }

  /** Says goodbye; a peer that does not answer is cut off. */
  close(code = 1000, reason = ''): void {
    this.#carrier.close(code, reason)
  }

  terminate(): void {
    this.#carrier.terminate()
  }
}
