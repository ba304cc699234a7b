// Serves values to other workers and to clients over raw sockets, and takes those that clients scatter.

import { timingSafeEqual } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { EncodedValue } from '../functions/encodedValue.ts'
import { PROTOCOL_VERSION, refusalOfVersion } from '../protocol/version.ts'
import { socketOptions } from './address.ts'
import { type ClusterTls, serverTls } from './clusterTls.ts'
import { FrameReader } from './dataFrameReader.ts'
import {
  type Allocate,
  type DataFrame,
  GET,
  HELLO,
  type NamedValue,
  PUT,
  REFUSED,
  STORED,
  textFrame,
  VALUES,
  type ValueName,
  valuesFrame,
  WELCOME,
} from './dataFrames.ts'

/** What the server serves from: the worker's store. */
export interface DataSource {
  /** The value, or a part of one that is here in parts, and how to say that it was sent; nothing when it is not here. */
  lend(task: number, run: number, part?: number): Promise<LentValue | undefined> | LentValue | undefined
  put(task: number, run: number, value: EncodedValue): void
  /** Bytes of a value, 0 when it is not here. */
  sizeOf?(task: number, run: number, part?: number): number
  /** Resolves when there is room for values that are put here; nothing when there is some now. */
  room?(): Promise<void> | undefined
  /** Resolves when these may be lent, with how to say that they were taken; nothing when they can be at once. */
  turn?(names: readonly ValueName[]): Promise<() => void> | undefined
  /** An answer holds values up to this size in sum, or a single one. */
  readonly answerBytesMax?: number
}

export interface LentValue {
  value: EncodedValue
  giveBack(): void
}

/** An answer of a source that says nothing else. */
const ANSWER_BYTES_MAX = 64e6

export class DataServer {
  readonly #source: DataSource
  readonly #allocate: Allocate
  readonly #token: Buffer
  readonly #server: Server
  readonly #scheme: 'tcp' | 'tls'
  readonly #sockets = new Set<Socket>()
  #path: string | undefined
  sentBytes = 0
  receivedBytes = 0

  /**
   * @param allocate where values that are put here come to lie
   * @param tls for addresses that other machines use
   */
  constructor(source: DataSource, token: string, allocate: Allocate, tls?: ClusterTls) {
    this.#allocate = allocate
    this.#source = source
    this.#token = Buffer.from(token)
    const accept = (socket: Socket): void => this.#accept(socket)
    this.#server = tls
      ? process.getBuiltinModule('node:tls').createServer({ ...serverTls(tls), noDelay: true }, accept)
      : createServer({ noDelay: true }, accept)
    this.#server.on('tlsClientError', () => {}) // A stranger at the door.
    this.#scheme = tls ? 'tls' : 'tcp'
  }

  /** Listens at `unix:/path` (mode 0600; what a dead worker left there is removed), `tcp://host:0` or `tls://host:0`; returns the address. */
  async listen(address: string): Promise<string> {
    const where = socketOptions(address)
    if ('path' in where) {
      this.#path = where.path
      rmSync(where.path, { force: true })
    }
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(where, resolve)
    })
    if ('path' in where) {
      chmodSync(where.path, 0o600)
      return address
    }
    const { port } = this.#server.address() as AddressInfo
    return `${this.#scheme}://${where.host.includes(':') ? `[${where.host}]` : where.host}:${port}`
  }

  /** Stops serving and removes its socket file. */
  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    if (this.#path) rmSync(this.#path, { force: true })
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    let trusted = false
    let checked = false
    const refuse = (serial: number, text: string): void => {
      for (const part of textFrame(REFUSED, serial, text)) socket.write(part)
      socket.end()
    }
    const reader = new FrameReader((frame) => {
      if (frame.kind === HELLO) {
        const hello = readHello(frame.text)
        const refusal = this.#refusal(hello)
        if (refusal) return refuse(frame.serial, refusal)
        trusted = true
        checked = hello.checked
        for (const part of textFrame(WELCOME, frame.serial)) socket.write(part)
      } else if (!trusted) refuse(frame.serial, 'data is served only after a hello with the token')
      else if (frame.kind === GET) void this.#answer(socket, frame, checked)
      else if (frame.kind === PUT) {
        for (const { task, run, value } of frame.values) if (value) this.#source.put(task, run, value)
        for (const part of textFrame(STORED, frame.serial)) socket.write(part)
      } else refuse(frame.serial, `a frame of kind ${frame.kind} is not served here`)
    }, this.#allocate)
    socket.on('data', (chunk: Buffer) => {
      this.receivedBytes += chunk.length
      try {
        reader.push(chunk)
      } catch (error) {
        refuse(0, (error as Error).message)
        return
      }
      const room = reader.kindUnderWay === PUT ? this.#source.room?.() : undefined
      if (!room) return
      socket.pause()
      void room.then(() => socket.resume())
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }

  async #answer(socket: Socket, frame: DataFrame, checked: boolean): Promise<void> {
    const lent: LentValue[] = []
    const values: NamedValue[] = []
    const names = this.#fitting(frame.values)
    const taken = await this.#source.turn?.(names)
    for (const { task, run, part } of names) {
      let found = this.#source.lend(task, run, part)
      if (found instanceof Promise) found = await found.catch(() => undefined)
      if (found) lent.push(found)
      values.push({ task, run, part, value: found?.value })
    }
    const giveBack = (): void => {
      for (const one of lent.splice(0)) one.giveBack()
      taken?.()
    }
    if (socket.destroyed) return giveBack()
    const parts = valuesFrame(VALUES, frame.serial, values, checked)
    socket.cork()
    parts.forEach((part, i) => {
      this.sentBytes += part.length
      socket.write(part, i === parts.length - 1 ? giveBack : undefined)
    })
    socket.uncork()
  }

  /** Whoever asks for more gets the rest when it asks again: all of it at once may be more than fits into memory. */
  #fitting(asked: readonly NamedValue[]): readonly NamedValue[] {
    const most = this.#source.answerBytesMax ?? ANSWER_BYTES_MAX
    let bytes = 0
    for (let i = 0; i < asked.length; i++) {
      bytes += this.#source.sizeOf?.(asked[i].task, asked[i].run, asked[i].part) ?? 0
      if (bytes > most && i > 0) return asked.slice(0, i)
    }
    return asked
  }

  #refusal(hello: Hello): string | undefined {
    const token = Buffer.from(hello.token)
    if (token.length !== this.#token.length || !timingSafeEqual(token, this.#token))
      return 'the token is not the one of this cluster'
    return refusalOfVersion(hello.protocol)
  }
}

interface Hello {
  protocol: number
  token: string
  checked: boolean
}

/** The text of a hello: whoever connects asks for checksums where bytes cross a network. */
export function helloText(token: string, checked: boolean): string {
  return JSON.stringify({ protocol: PROTOCOL_VERSION, token, checked } satisfies Hello)
}

function readHello(text: string): Hello {
  try {
    const { protocol, token, checked } = JSON.parse(text) as Partial<Hello>
    return { protocol: Number(protocol), token: String(token), checked: checked === true }
  } catch {
    return { protocol: 0, token: '', checked: false }
  }
}
