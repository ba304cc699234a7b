// One end of a session: its channels as streams, over one connection after the other.

import { Duplex } from 'node:stream'
import type { FrameTransport } from './frameTransport.ts'
import { BYE, encodeLinkFrame } from './linkFrames.ts'
import { heard, LOOK_MS, look, newLiveness } from './liveness.ts'
import { type LinkEvent, Multiplexer } from './multiplexer.ts'

/** A channel, or the link under it, is over before its work was done. */
export class ChannelError extends Error {
  override name = 'ChannelError'
}

export interface LinkEvents {
  /** The other end began a channel. */
  opened(channel: Duplex, header: string): void
  /** The connection is gone; channels wait for the next one. */
  lost(reason: string): void
}

export class Link {
  readonly #mux: Multiplexer
  readonly #events: LinkEvents
  readonly #channels = new Map<number, ChannelStream>()
  #transport: FrameTransport | undefined
  #blocked = false
  #pumping = false
  #looking: NodeJS.Timeout | undefined
  /** Why nothing comes any more. */
  #over: string | undefined

  constructor(side: 'client' | 'agent', events: LinkEvents) {
    this.#mux = new Multiplexer(side)
    this.#events = events
  }

  get received(): number {
    return this.#mux.received
  }

  get attached(): boolean {
    return this.#transport !== undefined
  }

  get channelCount(): number {
    return this.#channels.size
  }

  /**
   * Goes on over this connection, whose other end has `peerReceived` of our frames.
   * @throws {LinkFrameError} when that cannot be
   */
  attach(transport: FrameTransport, peerReceived: number): void {
    this.detach('another connection took its place')
    this.#mux.attach(peerReceived)
    this.#transport = transport
    this.#blocked = false
    const liveness = newLiveness(Date.now())
    this.#looking = setInterval(() => {
      if (transport.heard) heard(liveness, Date.now())
      transport.heard = false
      this.#mux.acknowledge()
      const what = look(liveness, Date.now())
      if (what === 'dead') transport.close('the link is frozen: nothing was heard for 15 seconds')
      else if (what === 'ask') this.#mux.ping()
      this.#pump()
    }, LOOK_MS)
    // On an agent its server stays, on a client whatever waits for an answer.
    this.#looking.unref()
    transport.listen({
      frame: (frame) => {
        try {
          this.#tell(this.#mux.receive(frame))
        } catch (error) {
          transport.close((error as Error).message)
        }
        this.#pumpSoon()
      },
      drained: () => {
        this.#blocked = false
        this.#pump()
      },
      closed: (reason) => {
        if (this.#transport !== transport) return
        this.#letGo()
        this.#events.lost(reason)
      },
    })
    this.#pump()
  }

  /** The other end has forgotten the session: what was open is over. */
  restart(reason: string): void {
    this.#tell(this.#mux.restart(reason))
  }

  open(header: object): Duplex {
    const number = this.#mux.open(JSON.stringify(header))
    this.#pumpSoon()
    const stream = this.#streamOf(number)
    // Nobody will ever answer: whoever opened it hears why, once they listen.
    const over = this.#over
    if (over !== undefined) setImmediate(() => this.#tell(this.#mux.restart(over)))
    return stream
  }

  /** Lets go of the connection, if there is one, and says why. */
  detach(reason: string): void {
    const transport = this.#transport
    if (!transport) return
    this.#letGo()
    transport.write(encodeLinkFrame({ type: BYE, channel: 0, payload: new TextEncoder().encode(reason) }))
    transport.close(reason)
  }

  /** Ends everything: nothing comes after. */
  close(reason: string): void {
    this.#over ??= reason
    this.detach(reason)
    this.#tell(this.#mux.restart(reason))
  }

  #letGo(): void {
    clearInterval(this.#looking)
    this.#transport = undefined
    this.#mux.detach()
  }

  #streamOf(number: number): ChannelStream {
    const stream = new ChannelStream(this.#mux, number, () => this.#pumpSoon())
    this.#channels.set(number, stream)
    stream.once('close', () => this.#channels.delete(number))
    return stream
  }

  #tell(events: readonly LinkEvent[]): void {
    for (const event of events) {
      if (event.kind === 'opened') this.#events.opened(this.#streamOf(event.channel), event.header)
      else this.#channels.get(event.channel)?.hear(event)
    }
  }

  #pumpSoon(): void {
    if (this.#pumping) return
    this.#pumping = true
    setImmediate(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  #pump(): void {
    const transport = this.#transport
    if (!transport || this.#blocked) return
    transport.cork()
    while (!this.#blocked) {
      const bytes = this.#mux.take()
      if (!bytes) break
      this.#blocked = !transport.write(bytes)
    }
    transport.uncork()
    this.#tell(this.#mux.drained())
  }
}

/** A channel as a stream with the pressure of both ends. */
class ChannelStream extends Duplex {
  readonly #mux: Multiplexer
  readonly #number: number
  readonly #changed: () => void
  #unconsumed = 0
  #writable: (() => void) | undefined
  #over = false

  constructor(mux: Multiplexer, number: number, changed: () => void) {
    super({ allowHalfOpen: true, emitClose: true })
    this.#mux = mux
    this.#number = number
    this.#changed = changed
  }

  /** What the core says of this channel. */
  hear(event: LinkEvent): void {
    switch (event.kind) {
      case 'data':
        this.#unconsumed += event.bytes.length
        if (this.push(event.bytes)) this.#consume()
        return
      case 'ended':
        this.push(null)
        return
      case 'reset':
        this.#over = true
        this.destroy(event.reason === '' ? undefined : new ChannelError(event.reason))
        return
      case 'drained':
        this.#goOn()
        return
      case 'opened':
        return
      default:
        event satisfies never
    }
  }

  override _read(): void {
    this.#consume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // Bytes wait in the core until the other end has them: they must be nobody else's by then.
    const room = this.#mux.write(this.#number, new Uint8Array(bytes))
    this.#changed()
    if (room) done()
    else this.#writable = done
  }

  override _final(done: () => void): void {
    this.#mux.end(this.#number)
    this.#changed()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#over && !(this.readableEnded && this.writableFinished))
      this.#mux.reset(this.#number, error?.message ?? '')
    this.#changed()
    this.#goOn()
    done(error)
  }

  #consume(): void {
    if (this.#unconsumed === 0) return
    const bytes = this.#unconsumed
    this.#unconsumed = 0
    this.#mux.consumed(this.#number, bytes)
    this.#changed()
  }

  #goOn(): void {
    const done = this.#writable
    this.#writable = undefined
    done?.()
  }
}
