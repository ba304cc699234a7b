// Many channels over one link, each with its own flow control, none lost when the link is: what to write, what arrived. Pure.
//
// Frames of channels are numbered by their place in the session. Both ends keep what the other has not acknowledged; when a new
// connection takes the place of a lost one, each says how many it has, and the other goes on from there.

import {
  ACK,
  CREDIT,
  DATA,
  END,
  encodeLinkFrame,
  isNumbered,
  type LinkFrame,
  LinkFrameError,
  OPEN,
  PING,
  PONG,
  RESET,
} from './linkFrames.ts'

/** What came from the other end, or what became possible. */
export type LinkEvent =
  | { kind: 'opened'; channel: number; header: string }
  | { kind: 'data'; channel: number; bytes: Uint8Array }
  | { kind: 'ended'; channel: number }
  | { kind: 'reset'; channel: number; reason: string }
  /** Less than a window is queued in this channel: more can be written. */
  | { kind: 'drained'; channel: number }

/** How many bytes of a channel may be on their way before the receiver says that it took some. */
export const WINDOW_BYTES = 1 << 20
const DATA_BYTES_MAX = 32 * 1024
/** Acknowledged after so much, so that the other end need not keep it. */
const ACK_BYTES = 128 * 1024
const ACK_FRAMES = 64

interface Channel {
  /** What this end has queued, in order: an opening, data, an end. */
  queue: LinkFrame[]
  queuedBytes: number
  /** What the other end has room for. */
  credit: number
  /** What has come and was not taken yet. */
  unconsumed: number
  /** What was taken and not told to the other end yet. */
  owed: number
  localEnded: boolean
  remoteEnded: boolean
  full: boolean
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const NOTHING = new Uint8Array(0)

export class Multiplexer {
  #nextChannel: number
  readonly #channels = new Map<number, Channel>()
  /** Numbered frames that the other end has not acknowledged; those before the cursor went out on this connection. */
  #sent: LinkFrame[] = []
  #cursor = 0
  #acknowledged = 0
  #received = 0
  #unacknowledgedFrames = 0
  #unacknowledgedBytes = 0
  #attached = false
  /** Frames of the link itself, which no later connection repeats. */
  readonly #urgent: LinkFrame[] = []
  /** Numbered frames that go before any channel's turn. */
  readonly #credits: LinkFrame[] = []
  /** Channels with something queued, in the order of their turns. */
  readonly #turns = new Set<number>()

  /** @param side channels that a client opens have odd numbers, those of an agent even ones */
  constructor(side: 'client' | 'agent') {
    this.#nextChannel = side === 'client' ? 1 : 2
  }

  /** How many numbered frames have arrived: told in the hello of a new connection. */
  get received(): number {
    return this.#received
  }

  get channelCount(): number {
    return this.#channels.size
  }

  /** What this end keeps until the other has it. */
  get keptBytes(): number {
    return this.#sent.reduce((sum, { payload }) => sum + payload.length, 0)
  }

  /**
   * A connection is there, whose other end has `peerReceived` of our frames.
   * @throws {LinkFrameError} when it claims frames that were never sent, or lacks some that it once acknowledged
   */
  attach(peerReceived: number): void {
    this.#urgent.length = 0
    this.#acknowledge(peerReceived)
    this.#cursor = 0
    this.#attached = true
  }

  detach(): void {
    this.#attached = false
    this.#urgent.length = 0
  }

  /** The other end knows nothing of this session any more: every channel is over. */
  restart(reason: string): LinkEvent[] {
    const events: LinkEvent[] = [...this.#channels.keys()].map((channel) => ({
      kind: 'reset',
      channel,
      reason,
    }))
    this.#channels.clear()
    this.#turns.clear()
    this.#credits.length = 0
    this.#sent = []
    this.#cursor = 0
    this.#acknowledged = 0
    this.#received = 0
    this.#unacknowledgedFrames = 0
    this.#unacknowledgedBytes = 0
    return events
  }

  /** Begins a channel; `header` says what it is for. */
  open(header: string): number {
    const channel = this.#nextChannel
    this.#nextChannel += 2
    const opened = newChannel()
    this.#channels.set(channel, opened)
    this.#enqueue(channel, opened, { type: OPEN, channel, payload: text(header) })
    return channel
  }

  /** Queues data. @returns whether there is room for more; when not, a `drained` event says when there is */
  write(channel: number, bytes: Uint8Array): boolean {
    const state = this.#channels.get(channel)
    if (!state || state.localEnded) return true
    for (let at = 0; at < bytes.length; at += DATA_BYTES_MAX)
      this.#enqueue(channel, state, {
        type: DATA,
        channel,
        payload: bytes.subarray(at, at + DATA_BYTES_MAX),
      })
    state.queuedBytes += bytes.length
    state.full = state.queuedBytes >= WINDOW_BYTES
    return !state.full
  }

  end(channel: number): void {
    const state = this.#channels.get(channel)
    if (!state || state.localEnded) return
    state.localEnded = true
    this.#enqueue(channel, state, { type: END, channel, payload: NOTHING })
  }

  /** Ends a channel both ways, whatever is still queued in it. */
  reset(channel: number, reason: string): void {
    const state = this.#channels.get(channel)
    if (!state) return
    const opening = state.queue.find(({ type }) => type === OPEN)
    this.#channels.delete(channel)
    this.#turns.delete(channel)
    // The other end has never heard of a channel whose opening is still here.
    if (!opening) this.#credits.push({ type: RESET, channel, payload: text(reason) })
  }

  /** So much of what came was taken: the other end may send as much again. */
  consumed(channel: number, bytes: number): void {
    const state = this.#channels.get(channel)
    if (!state) return
    state.unconsumed -= bytes
    state.owed += bytes
    if (state.owed < WINDOW_BYTES / 4 || state.remoteEnded) return
    const payload = new Uint8Array(4)
    new DataView(payload.buffer).setUint32(0, state.owed, true)
    state.owed = 0
    this.#credits.push({ type: CREDIT, channel, payload })
  }

  ping(): void {
    if (this.#attached) this.#urgent.push({ type: PING, channel: 0, payload: NOTHING })
  }

  /** Says what has arrived, for an other end that has nothing more to send. */
  acknowledge(): void {
    if (!this.#attached || this.#unacknowledgedFrames === 0) return
    this.#unacknowledgedFrames = 0
    this.#unacknowledgedBytes = 0
    this.#urgent.push({ type: ACK, channel: 0, payload: countBytes(this.#received) })
  }

  /** The next frame for the connection, or nothing. Channels take turns, a frame each. */
  take(): Uint8Array | undefined {
    if (!this.#attached) return undefined
    const urgent = this.#urgent.shift()
    if (urgent) return encodeLinkFrame(urgent)
    if (this.#cursor === this.#sent.length) {
      const next = this.#credits.shift() ?? this.#nextOfTurns()
      if (!next) return undefined
      this.#sent.push(next)
    }
    return encodeLinkFrame(this.#sent[this.#cursor++])
  }

  /**
   * Takes in one frame of the connection.
   * @throws {LinkFrameError} when the other end breaks the rules
   */
  receive(frame: LinkFrame): LinkEvent[] {
    if (!isNumbered(frame.type)) {
      if (frame.type === PING) this.#urgent.push({ type: PONG, channel: 0, payload: NOTHING })
      else if (frame.type === ACK) this.#acknowledge(readCount(frame.payload))
      return []
    }
    this.#received++
    this.#unacknowledgedFrames++
    this.#unacknowledgedBytes += frame.payload.length
    if (this.#unacknowledgedFrames >= ACK_FRAMES || this.#unacknowledgedBytes >= ACK_BYTES) this.acknowledge()
    return this.#onNumbered(frame)
  }

  /** Channels whose last word is said may have been the last that a `take` let go. */
  drained(): LinkEvent[] {
    const events: LinkEvent[] = []
    for (const [channel, state] of this.#channels)
      if (state.full && state.queuedBytes < WINDOW_BYTES / 2) {
        state.full = false
        events.push({ kind: 'drained', channel })
      }
    return events
  }

  #onNumbered({ type, channel, payload }: LinkFrame): LinkEvent[] {
    if (type === OPEN) {
      if (this.#channels.has(channel) || channel % 2 === this.#nextChannel % 2)
        throw new LinkFrameError(`channel ${channel} was opened by the end that may not, or twice`)
      this.#channels.set(channel, newChannel())
      return [{ kind: 'opened', channel, header: new TextDecoder().decode(payload) }]
    }
    const state = this.#channels.get(channel)
    // The channel was reset here while this was on its way.
    if (!state) return []
    if (type === DATA) {
      state.unconsumed += payload.length
      if (state.unconsumed > WINDOW_BYTES)
        throw new LinkFrameError(`channel ${channel} was sent more than there was room for`)
      return [{ kind: 'data', channel, bytes: payload }]
    }
    if (type === END) {
      state.remoteEnded = true
      this.#forgetIfOver(channel, state)
      return [{ kind: 'ended', channel }]
    }
    if (type === RESET) {
      this.#channels.delete(channel)
      this.#turns.delete(channel)
      return [{ kind: 'reset', channel, reason: new TextDecoder().decode(payload) }]
    }
    if (type !== CREDIT) throw new LinkFrameError(`a frame of the unknown kind ${type} came over the link`)
    state.credit += new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
    if (state.queue.length > 0) this.#turns.add(channel)
    return []
  }

  #enqueue(channel: number, state: Channel, frame: LinkFrame): void {
    state.queue.push(frame)
    this.#turns.add(channel)
  }

  #nextOfTurns(): LinkFrame | undefined {
    for (const channel of this.#turns) {
      this.#turns.delete(channel)
      const state = this.#channels.get(channel)!
      const frame = state.queue[0]
      // A channel without room waits for a credit.
      if (frame.type === DATA && state.credit < frame.payload.length) continue
      state.queue.shift()
      if (frame.type === DATA) {
        state.credit -= frame.payload.length
        state.queuedBytes -= frame.payload.length
      }
      if (state.queue.length > 0) this.#turns.add(channel)
      else this.#forgetIfOver(channel, state)
      return frame
    }
    return undefined
  }

  #forgetIfOver(channel: number, state: Channel): void {
    if (state.localEnded && state.remoteEnded && state.queue.length === 0) this.#channels.delete(channel)
  }

  #acknowledge(count: number): void {
    const arrived = count - this.#acknowledged
    if (arrived < 0 || arrived > this.#sent.length)
      throw new LinkFrameError(
        `the other end says that it has ${count} frames, where ${this.#acknowledged} to ${this.#acknowledged + this.#sent.length} are possible`,
      )
    this.#sent.splice(0, arrived)
    this.#cursor = Math.max(0, this.#cursor - arrived)
    this.#acknowledged = count
  }
}

const newChannel = (): Channel => ({
  queue: [],
  queuedBytes: 0,
  credit: WINDOW_BYTES,
  unconsumed: 0,
  owed: 0,
  localEnded: false,
  remoteEnded: false,
  full: false,
})

function countBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, count, true)
  return bytes
}

function readCount(bytes: Uint8Array): number {
  if (bytes.length !== 8)
    throw new LinkFrameError('an acknowledgement of the wrong length came over the link')
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true)
}
