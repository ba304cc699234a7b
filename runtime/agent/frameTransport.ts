// One connection of a link: frames in, bytes out, over a socket or the standard input and output of ssh.

import type { Readable, Writable } from 'node:stream'
import { type Hello, helloFrame, readHello } from './hello.ts'
import { BYE, type LinkFrame, LinkFrameReader } from './linkFrames.ts'

/** The connection ended before the other end said hello. */
export class NoHelloError extends Error {
  override name = 'NoHelloError'
}

export interface TransportEvents {
  frame(frame: LinkFrame): void
  /** More can be written. */
  drained(): void
  closed(reason: string): void
}

export class FrameTransport {
  readonly #input: Readable
  readonly #output: Writable
  readonly #reader = new LinkFrameReader()
  readonly #hello = Promise.withResolvers<Hello>()
  #events: TransportEvents | undefined
  #early: LinkFrame[] = []
  #greeted = false
  #closedBecause: string | undefined
  /** Bytes have come since this was last set to false. */
  heard = false
  /** The other end took its leave: it will not come back. */
  saidBye = false

  constructor(input: Readable, output: Writable) {
    this.#input = input
    this.#output = output
    this.#hello.promise.catch(() => {})
    input.on('data', (bytes: Buffer) => this.#receive(bytes))
    input.on('end', () => this.close('the other end hung up'))
    input.on('close', () => this.close('the connection was closed'))
    for (const stream of [input, output]) stream.on('error', (error: Error) => this.close(error.message))
    input.resume()
    output.on('drain', () => this.#events?.drained())
  }

  /**
   * What the other end said first.
   * @throws {NoHelloError} when it ended before
   */
  get hello(): Promise<Hello> {
    return this.#hello.promise
  }

  get closedBecause(): string | undefined {
    return this.#closedBecause
  }

  greet(hello: Hello): void {
    this.#output.write(helloFrame(hello))
  }

  /** Who hears from now on; frames that came meanwhile are told at once. */
  listen(events: TransportEvents): void {
    this.#events = events
    for (const frame of this.#early.splice(0)) events.frame(frame)
    if (this.#closedBecause !== undefined) events.closed(this.#closedBecause)
  }

  /** @returns whether more may be written now */
  write(bytes: Uint8Array): boolean {
    return this.#output.write(bytes)
  }

  cork(): void {
    this.#output.cork()
  }

  uncork(): void {
    this.#output.uncork()
  }

  close(reason: string): void {
    if (this.#closedBecause !== undefined) return
    this.#closedBecause = reason
    this.#hello.reject(new NoHelloError(reason))
    this.#output.end()
    this.#input.destroy()
    this.#events?.closed(reason)
  }

  #receive(bytes: Buffer): void {
    this.heard = true
    if (this.#closedBecause !== undefined) return
    try {
      for (const frame of this.#reader.push(bytes)) this.#onFrame(frame)
    } catch (error) {
      this.close((error as Error).message)
    }
  }

  #onFrame(frame: LinkFrame): void {
    if (!this.#greeted) {
      this.#greeted = true
      this.#hello.resolve(readHello(frame))
    } else if (frame.type === BYE) {
      this.saidBye = true
      this.close(new TextDecoder().decode(frame.payload))
    } else if (this.#events) this.#events.frame(frame)
    else this.#early.push(frame)
  }
}
