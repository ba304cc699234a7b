// A socket that carries nothing but frames, each behind its length: how the programs of a cluster speak to their scheduler.
//
//   u32 bytes of the frame | u32 0 | the frame, padded to 8 bytes
//
// Frames lie 8-aligned in the stream, so that those of one chunk are read where they lie.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { AnyMessageOf, MessageTable } from '../protocol/fields.ts'
import { encodeFrame, FRAME_HEAD_BYTES, FrameMemory } from '../protocol/frame.ts'
import type { CarrierEvents, FrameCarrier } from './frameCarrier.ts'

/** How long the other end may take to hang up too. */
const CLOSE_MS_MAX = 3000
/** A graph of millions of tasks is one frame. */
const FRAME_BYTES_MAX = 0x7fffffff
const align8 = (n: number): number => Math.ceil(n / 8) * 8

/** Frames of all sockets of this thread: those of one go, for one socket, mostly lie side by side and are one write. */
const memory = new FrameMemory()

export class FrameSocket implements FrameCarrier {
  readonly #socket: Duplex
  #events: CarrierEvents | undefined
  /** Frames that came before anybody heard. */
  readonly #early: Uint8Array[] = []
  readonly #parts: Uint8Array[] = []
  #flushing = false
  #ended = false
  #closed = false
  /** The beginning of a head, or of a frame of `#frameBytes`, that the rest of has not come yet. */
  #partial: Buffer = EMPTY
  #partialLength = 0
  #frameBytes = -1

  /** @param first what came right behind the handshake */
  constructor(socket: Duplex, first: Uint8Array = EMPTY) {
    this.#socket = socket
    ;(socket as Socket).setTimeout?.(0)
    ;(socket as Socket).setNoDelay?.(true)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('end', () => socket.end())
    socket.on('error', () => {}) // 'close' follows and says the same.
    socket.on('close', () => {
      this.#closed = true
      this.#ended = true
      this.#events?.closed()
    })
    if (first.length > 0) this.#read(Buffer.from(first))
  }

  hear(events: CarrierEvents): void {
    // Whoever hears may still be about to learn of this socket.
    queueMicrotask(() => {
      this.#events = events
      for (const frame of this.#early.splice(0)) events.frame(frame)
      if (this.#closed) events.closed()
    })
  }

  send<Table extends MessageTable>(table: Table, message: AnyMessageOf<Table>): void {
    if (!this.#ended) this.#add(encodeFrame(table, message, memory))
  }

  sendFrame(frame: Uint8Array): void {
    const head = new Uint8Array(FRAME_HEAD_BYTES)
    new DataView(head.buffer).setUint32(0, frame.length, true)
    this.#add(head)
    this.#add(frame)
    if (frame.length % 8 !== 0) this.#add(new Uint8Array(8 - (frame.length % 8)))
  }

  #add(part: Uint8Array): void {
    if (this.#ended) return
    const last = this.#parts.at(-1)
    if (last && last.buffer === part.buffer && last.byteOffset + last.length === part.byteOffset)
      this.#parts[this.#parts.length - 1] = bytesOf(last.buffer, last.byteOffset, last.length + part.length)
    else this.#parts.push(part)
    if (this.#flushing) return
    this.#flushing = true
    process.nextTick(this.#flushed)
  }

  readonly #flushed = (): void => this.flush()

  /** Writes what was sent, without waiting for the end of this turn. */
  flush(): void {
    this.#flushing = false
    const parts = this.#parts
    if (parts.length === 0) return
    if (parts.length === 1) this.#socket.write(parts[0])
    else {
      this.#socket.cork()
      for (const part of parts) this.#socket.write(part)
      this.#socket.uncork()
    }
    parts.length = 0
  }

  close(): void {
    if (this.#ended) return
    this.flush()
    this.#ended = true
    this.#socket.end()
    setTimeout(() => this.#socket.destroy(), CLOSE_MS_MAX).unref()
  }

  terminate(): void {
    this.#ended = true
    this.#socket.destroy()
  }

  get bufferedBytes(): number {
    let bytes = this.#socket.writableLength
    for (const part of this.#parts) bytes += part.length
    return bytes
  }

  /** Whether the process lives on for this connection's sake. */
  ref(): void {
    ;(this.#socket as Socket).ref?.()
  }

  unref(): void {
    ;(this.#socket as Socket).unref?.()
  }

  get isClosed(): boolean {
    return this.#closed
  }

  #read(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#partialLength > 0 || this.#frameBytes >= 0) {
        at = this.#complete(chunk, at)
        continue
      }
      if (chunk.length - at < FRAME_HEAD_BYTES) {
        this.#begin(FRAME_HEAD_BYTES, chunk, at)
        return
      }
      const bytes = chunk.readUInt32LE(at)
      if (this.#isNone(bytes, chunk.readUInt32LE(at + 4))) return
      const end = at + FRAME_HEAD_BYTES + align8(bytes)
      if (end > chunk.length) {
        this.#frameBytes = bytes
        this.#begin(align8(bytes), chunk, at + FRAME_HEAD_BYTES)
        return
      }
      this.#give(chunk.subarray(at + FRAME_HEAD_BYTES, at + FRAME_HEAD_BYTES + bytes))
      at = end
    }
  }

  /** Keeps the beginning of what will be `bytes` long. */
  #begin(bytes: number, chunk: Buffer, at: number): void {
    this.#partial = Buffer.allocUnsafeSlow(bytes)
    this.#partialLength = chunk.copy(this.#partial, 0, at)
  }

  /** Adds to what has begun; returns where the rest of the chunk begins. */
  #complete(chunk: Buffer, from: number): number {
    const copied = chunk.copy(this.#partial, this.#partialLength, from)
    this.#partialLength += copied
    const at = from + copied
    if (this.#partialLength < this.#partial.length) return at
    const whole = this.#partial
    this.#partial = EMPTY
    this.#partialLength = 0
    if (this.#frameBytes >= 0) {
      const bytes = this.#frameBytes
      this.#frameBytes = -1
      this.#give(whole.subarray(0, bytes))
      return at
    }
    const bytes = whole.readUInt32LE(0)
    if (this.#isNone(bytes, whole.readUInt32LE(4))) return chunk.length
    this.#frameBytes = bytes
    this.#partial = Buffer.allocUnsafeSlow(align8(bytes))
    if (bytes === 0) return this.#complete(chunk, at)
    return at
  }

  #isNone(bytes: number, kind: number): boolean {
    if (kind === 0 && bytes <= FRAME_BYTES_MAX) return false
    // Nothing behind it can be told apart any more.
    this.#events?.broken('what came is no frame of heddle')
    this.#socket.destroy()
    return true
  }

  #give(frame: Uint8Array): void {
    if (this.#events) this.#events.frame(frame)
    else this.#early.push(frame)
  }
}

const EMPTY = Buffer.alloc(0)
const bytesOf = (buffer: ArrayBufferLike, at: number, length: number): Uint8Array =>
  new Uint8Array(buffer, at, length)
