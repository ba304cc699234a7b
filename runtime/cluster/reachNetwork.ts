// How a worker of another machine comes to a scheduler: the first of its addresses that answers with the cluster's certificate.

import { networkInterfaces } from 'node:os'
import { connect } from 'node:tls'
import { pinnedTo } from '../host/clusterTls.ts'
import type { ClusterNetwork } from '../protocol/cluster.ts'

export interface ReachedNetwork {
  /** The scheduler's: `wss://10.0.0.1:8786`. */
  control: string
  /** This machine's address on the way there, where peers can find it. */
  localAddress: string
}

/** None of a scheduler's addresses answers from here: names each and why. */
export class NetworkError extends Error {
  override name = 'NetworkError'
}

const CONNECT_MS_MAX = 4000

/** @throws {NetworkError} */
export async function reachNetwork({
  addresses,
  port,
  certificate,
}: ClusterNetwork): Promise<ReachedNetwork> {
  const failures: string[] = []
  for (const address of addresses) {
    const reached = await tryAddress(address, port, certificate)
    if (!(reached instanceof Error)) {
      const host = address.includes(':') ? `[${address}]` : address
      return { control: `wss://${host}:${port}`, localAddress: reached }
    }
    failures.push(`${address} (${reached.message})`)
  }
  throw new NetworkError(
    `the scheduler cannot be reached from this machine at port ${port}: ${failures.join('; ')}. ` +
      'A firewall may be between them: choose hosts that reach each other.',
  )
}

function tryAddress(host: string, port: number, certificate: string): Promise<string | Error> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...pinnedTo(certificate) })
    const patience = setTimeout(() => socket.destroy(new Error('no answer')), CONNECT_MS_MAX)
    socket.once('secureConnect', () => {
      clearTimeout(patience)
      resolve(socket.localAddress ?? host)
      socket.destroy()
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(patience)
      resolve(new Error(error.code ?? error.message))
    })
  })
}

/**
 * The addresses of one network interface.
 * @throws {NetworkError} naming those that there are
 */
export function interfaceAddresses(name: string, interfaces = networkInterfaces()): string[] {
  const found = (interfaces[name] ?? []).filter(({ address }) => !address.startsWith('fe80:'))
  if (found.length > 0) return found.map(({ address }) => address)
  throw new NetworkError(
    `this machine has no network interface ${JSON.stringify(name)} with an address: there are ${Object.keys(interfaces).join(', ')}`,
  )
}

/** Where this machine can be reached, the loopback last: other machines find nothing there, and workers of this one do. */
export function ownAddresses(interfaces = networkInterfaces()): string[] {
  const all = Object.values(interfaces).flatMap((each) => each ?? [])
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  const byFamily = [...outside].sort((a, b) => (a.family === b.family ? 0 : a.family === 'IPv4' ? -1 : 1))
  return [...byFamily.map(({ address }) => address), '127.0.0.1']
}
