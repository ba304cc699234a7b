// The near end of a remote cluster: sockets on this machine whose connections come out over there, in a folder of this user alone.

import { chmodSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { createRunFolder, newClusterId, removeRunFolder, writeClusterFile } from '../host/runFolder.ts'
import type { ClusterAddress } from '../protocol/cluster.ts'

/** Opens a connection to a socket of the other side. */
export type Dial = (address: string) => Duplex

const LINE_BYTES_MAX = 1024
const NEWLINE = 10

export class Gateway {
  readonly #id = newClusterId()
  readonly #folder: string
  readonly #dial: Dial
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()

  /** @throws {RunFolderError} */
  constructor(dial: Dial) {
    this.#dial = dial
    this.#folder = createRunFolder(this.#id)
  }

  /**
   * Opens the near ends of a cluster's sockets.
   * @param remote as it stands over there
   * @returns the address for programs of this machine, and the file that holds it
   */
  async open(remote: ClusterAddress): Promise<{ address: ClusterAddress; file: string }> {
    const control = join(this.#folder, 'control.sock')
    const gateway = join(this.#folder, 'gateway.sock')
    await this.#listen({ path: control }, (socket) => this.#join(socket, remote.control))
    await this.#listen({ path: gateway }, (socket) => this.#joinAsked(socket))
    const dashboard = new URL(remote.dashboardUrl)
    const there = `tcp://${dashboard.hostname}:${dashboard.port}`
    const server = await this.#listen({ host: '127.0.0.1', port: 0 }, (socket) => this.#join(socket, there))
    dashboard.port = String((server.address() as AddressInfo).port)
    const address: ClusterAddress = {
      ...remote,
      // Who only connects needs no key.
      ...(remote.network && { network: { ...remote.network, key: undefined } }),
      control: `unix:${control}`,
      dashboardUrl: dashboard.href,
      pid: process.pid,
      gateway: `unix:${gateway}`,
    }
    return { address, file: writeClusterFile(this.#folder, address) }
  }

  close(): void {
    for (const server of this.#servers) server.close()
    for (const socket of this.#sockets) socket.destroy()
    removeRunFolder(this.#id)
  }

  async #listen(
    where: { path: string } | { host: string; port: number },
    accept: (socket: Socket) => void,
  ): Promise<Server> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket)
      socket.unref()
      socket.on('error', () => socket.destroy())
      socket.on('close', () => this.#sockets.delete(socket))
      accept(socket)
    })
    this.#servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(where, resolve)
    })
    if ('path' in where) chmodSync(where.path, 0o600)
    // The cluster's near end alone keeps no program alive.
    server.unref()
    return server
  }

  #join(socket: Socket, address: string): void {
    const channel = this.#dial(address)
    channel.on('error', () => socket.destroy())
    channel.on('close', () => socket.destroy())
    socket.on('close', () => channel.destroy())
    socket.pipe(channel).pipe(socket)
  }

  /** Who connects here says in one line where to: a worker's data, whose address it knows from the scheduler. */
  #joinAsked(socket: Socket): void {
    let line = Buffer.alloc(0)
    const read = (bytes: Buffer): void => {
      line = Buffer.concat([line, bytes])
      const end = line.indexOf(NEWLINE)
      if (end < 0) {
        if (line.length > LINE_BYTES_MAX) socket.destroy()
        return
      }
      socket.off('data', read)
      socket.pause()
      const address = line.subarray(0, end).toString()
      if (end + 1 < line.length) socket.unshift(line.subarray(end + 1))
      this.#join(socket, address)
    }
    socket.on('data', read)
  }
}
