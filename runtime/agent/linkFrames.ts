// Frames of the link between a client and an agent: nine bytes of header, then what is carried. Pure.

/** The first frame each way on every connection: JSON. */
export const HELLO = 1
/** How many numbered frames have arrived in order, as eight bytes. */
export const ACK = 2
export const PING = 3
export const PONG = 4
/** The last frame: this session is over, and why, as UTF-8. */
export const BYE = 5

// The rest are numbered by their place in the session: a connection that comes after a lost one sends again what did not arrive.
/** A channel begins; what it is for, as JSON. */
export const OPEN = 16
export const DATA = 17
/** No more data from this end; the other direction goes on. */
export const END = 18
/** The channel is over both ways, and why, as UTF-8. */
export const RESET = 19
/** The receiver has room for so many bytes more, as four bytes. */
export const CREDIT = 20

export const isNumbered = (type: number): boolean => type >= OPEN

export interface LinkFrame {
  type: number
  /** Zero for frames of the link itself. */
  channel: number
  payload: Uint8Array
}

export const HEADER_BYTES = 9
/** No end sends larger frames: what claims to be one is not of ours. */
export const PAYLOAD_BYTES_MAX = 1 << 20

/** What came over the link is not what an agent or a client sends. */
export class LinkFrameError extends Error {
  override name = 'LinkFrameError'
}

const NOTHING = new Uint8Array(0)

export function encodeLinkFrame({ type, channel, payload }: LinkFrame): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, payload.length, true)
  view.setUint32(4, channel, true)
  view.setUint8(8, type)
  bytes.set(payload, HEADER_BYTES)
  return bytes
}

/** Puts frames together again from pieces of any length. */
export class LinkFrameReader {
  #pieces: Uint8Array[] = []
  #length = 0

  /**
   * The frames that are complete with these bytes.
   * @throws {LinkFrameError} when they are no frames of ours
   */
  push(bytes: Uint8Array): LinkFrame[] {
    this.#pieces.push(bytes)
    this.#length += bytes.length
    const frames: LinkFrame[] = []
    for (;;) {
      const header = this.#peek(HEADER_BYTES)
      if (!header) return frames
      const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES)
      const length = view.getUint32(0, true)
      if (length > PAYLOAD_BYTES_MAX)
        throw new LinkFrameError(`a frame of ${length} bytes came over the link, where none is so large`)
      const whole = this.#peek(HEADER_BYTES + length)
      if (!whole) return frames
      this.#drop(HEADER_BYTES + length)
      frames.push({
        type: view.getUint8(8),
        channel: view.getUint32(4, true),
        payload: length === 0 ? NOTHING : whole.subarray(HEADER_BYTES, HEADER_BYTES + length),
      })
    }
  }

  /** The first `length` bytes, or nothing when so many are not there yet. */
  #peek(length: number): Uint8Array | undefined {
    if (this.#length < length) return undefined
    if (this.#pieces[0].length < length) {
      let joined = 0
      let count = 0
      while (joined < length) joined += this.#pieces[count++].length
      const whole = new Uint8Array(joined)
      let at = 0
      for (const piece of this.#pieces.splice(0, count)) {
        whole.set(piece, at)
        at += piece.length
      }
      this.#pieces.unshift(whole)
    }
    return this.#pieces[0]
  }

  #drop(length: number): void {
    this.#length -= length
    const [first] = this.#pieces
    if (first.length === length) this.#pieces.shift()
    else this.#pieces[0] = first.subarray(length)
  }
}
