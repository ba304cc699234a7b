// Fetches values from workers and writes values to them, over a few pooled connections to each.

import { connect, type Socket } from 'node:net'
import type { EncodedValue } from '../functions/encodedValue.ts'
import { isLocal, socketOptions } from './address.ts'
import { pinnedTo } from './clusterTls.ts'
import { FrameReader } from './dataFrameReader.ts'
import {
  type Allocate,
  type DataFrame,
  DataFrameError,
  GET,
  HELLO,
  type NamedValue,
  namesFrame,
  ownMemory,
  PUT,
  REFUSED,
  textFrame,
  type ValueName,
  valuesFrame,
} from './dataFrames.ts'
import { helloText } from './dataServer.ts'

/** A worker's data cannot be reached, or it refused. */
export class DataConnectionError extends Error {
  override name = 'DataConnectionError'
  readonly address: string
  constructor(address: string, reason: string, cause?: unknown) {
    super(`no data from the worker at ${address}: ${reason}`, { cause })
    this.address = address
  }
}

/** Bytes are received into one such buffer a connection and copied from there to where they stay. */
const RECEIVE_BYTES = 256 * 1024
const CONNECTIONS_PER_ADDRESS = 3

export interface DataClientOptions {
  /** Where large values come to lie: by default memory of this thread alone. */
  allocate?: Allocate
  /** The cluster's certificate, for `tls:`. */
  certificate?: string
  /** A socket that leads to workers elsewhere: see `ClusterAddress`. */
  gateway?: string
}

interface Waiting {
  resolve(frame: DataFrame): void
  reject(error: Error): void
}

/** One connection: requests are answered in any order, found again by their serial. */
class DataConnection {
  readonly #address: string
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #checked: boolean
  #serial = 1
  closed = false

  constructor(
    address: string,
    token: string,
    { allocate = ownMemory, gateway, certificate }: DataClientOptions,
  ) {
    this.#address = address
    this.#checked = gateway !== undefined || !isLocal(address)
    const reader = new FrameReader((frame) => this.#answered(frame), allocate)
    const read = (take: () => void): void => {
      try {
        take()
      } catch (error) {
        this.#fail((error as Error).message, error)
      }
    }
    const target = { ...socketOptions(gateway ?? address), noDelay: true }
    if (address.startsWith('tls:')) {
      if (certificate === undefined)
        throw new DataConnectionError(address, 'the certificate of its cluster is not known here')
      const raw = connect(target)
      if (gateway !== undefined) raw.write(`${address}\n`)
      raw.on('error', (error) => this.#fail(error.message, error))
      // Loaded where it is needed: most workers are on one machine.
      this.#socket = process.getBuiltinModule('node:tls').connect({ socket: raw, ...pinnedTo(certificate) })
      this.#socket.on('data', (bytes: Uint8Array) => read(() => reader.push(bytes)))
    } else {
      const pieces = new Uint8Array(RECEIVE_BYTES)
      // Large values are received where they will stay.
      const buffer = (): Uint8Array => reader.place ?? pieces
      const callback = (length: number, bytes: Uint8Array): boolean => {
        read(() => (bytes === pieces ? reader.push(bytes.subarray(0, length)) : reader.placed(length)))
        return true
      }
      this.#socket = connect({ ...target, onread: { buffer, callback } })
      if (gateway !== undefined) this.#socket.write(`${address}\n`)
    }
    this.#socket.on('error', (error) => this.#fail(error.message, error))
    this.#socket.on('close', () => this.#fail('the connection was closed'))
    this.#write(textFrame(HELLO, 0, helloText(token, this.#checked)))
  }

  /** How many requests it has to answer. */
  get load(): number {
    return this.#waiting.size
  }

  /** The answer may stop short of the last values: then it is asked for the rest. */
  async get(names: readonly ValueName[]): Promise<(EncodedValue | undefined)[]> {
    const found: (EncodedValue | undefined)[] = []
    while (found.length < names.length) {
      const frame = await this.#ask((serial) => namesFrame(GET, serial, names.slice(found.length)))
      if (frame.values.length === 0 || found.length + frame.values.length > names.length)
        throw new DataConnectionError(this.#address, 'its answer is to another question')
      for (const { value } of frame.values) found.push(value)
    }
    return found
  }

  async put(values: readonly NamedValue[]): Promise<void> {
    await this.#ask((serial) => valuesFrame(PUT, serial, values, this.#checked))
  }

  close(): void {
    this.#fail('the connection was closed')
  }

  #ask(frameOf: (serial: number) => Uint8Array[]): Promise<DataFrame> {
    const serial = this.#serial++
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new DataConnectionError(this.#address, 'the connection was closed'))
        return
      }
      // Only a connection that is owed an answer keeps the process alive.
      this.#socket.ref()
      this.#waiting.set(serial, { resolve, reject })
      this.#write(frameOf(serial))
    })
  }

  #write(parts: readonly Uint8Array[]): void {
    this.#socket.cork()
    for (const part of parts) this.#socket.write(part)
    this.#socket.uncork()
  }

  #answered(frame: DataFrame): void {
    if (frame.kind === REFUSED) {
      this.#fail(frame.text)
      return
    }
    const waiting = this.#waiting.get(frame.serial)
    this.#waiting.delete(frame.serial)
    if (this.#waiting.size === 0) this.#socket.unref()
    waiting?.resolve(frame)
  }

  #fail(reason: string, cause?: unknown): void {
    if (this.closed) return
    this.closed = true
    this.#socket.destroy()
    for (const { reject } of this.#waiting.values())
      reject(
        new DataConnectionError(this.#address, reason, cause instanceof DataFrameError ? undefined : cause),
      )
    this.#waiting.clear()
  }
}

/** Connections to many workers, opened when needed and kept. */
export class DataClient {
  readonly #token: string
  readonly #options: DataClientOptions
  readonly #connections = new Map<string, DataConnection[]>()

  constructor(token: string, options: DataClientOptions = {}) {
    this.#token = token
    this.#options = options
  }

  /**
   * The values in the order asked for; `undefined` where the worker does not have one.
   * @throws {DataConnectionError} when the worker cannot be reached or the connection broke
   */
  get(address: string, names: readonly ValueName[]): Promise<(EncodedValue | undefined)[]> {
    return this.#connection(address).get(names)
  }

  /** @throws {DataConnectionError} when the worker cannot be reached or the connection broke */
  put(address: string, values: readonly NamedValue[]): Promise<void> {
    return this.#connection(address).put(values)
  }

  /** A worker has left: what was asked of it fails at once. */
  forget(address: string): void {
    for (const connection of this.#connections.get(address) ?? []) connection.close()
    this.#connections.delete(address)
  }

  close(): void {
    for (const address of [...this.#connections.keys()]) this.forget(address)
  }

  #connection(address: string): DataConnection {
    const open = (this.#connections.get(address) ?? []).filter((connection) => !connection.closed)
    let least: DataConnection | undefined
    for (const connection of open) if (!least || connection.load < least.load) least = connection
    if (!least || (least.load > 0 && open.length < CONNECTIONS_PER_ADDRESS)) {
      least = new DataConnection(address, this.#token, this.#options)
      open.push(least)
    }
    this.#connections.set(address, open)
    return least
  }
}

const shared = new Map<string, DataClient>()

function clientFor(token: string): DataClient {
  const client = shared.get(token) ?? new DataClient(token)
  shared.set(token, client)
  return client
}

/**
 * Values from one worker, in the order asked for; `undefined` where it does not have one.
 * @throws {DataConnectionError} when the worker cannot be reached
 */
export function fetchValues(
  address: string,
  token: string,
  wanted: readonly ValueName[],
): Promise<(EncodedValue | undefined)[]> {
  return clientFor(token).get(address, wanted)
}

/**
 * Writes values to one worker; it has them when the promise resolves.
 * @throws {DataConnectionError} when the worker cannot be reached
 */
export function putValues(
  address: string,
  token: string,
  values: readonly { task: number; run: number; value: EncodedValue }[],
): Promise<void> {
  return clientFor(token).put(address, values)
}

/** Closes the connections that `fetchValues` and `putValues` keep. */
export function closeDataConnections(): void {
  for (const client of shared.values()) client.close()
  shared.clear()
}
