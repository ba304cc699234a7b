// The way to a scheduler that runs in a job: over the cluster's network from the login node, in TLS with its one certificate.

import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { pinnedTo } from '../host/clusterTls.ts'
import type { ClusterAddress, ClusterNetwork } from '../protocol/cluster.ts'
import { type Dial, Gateway } from '../remote/gateway.ts'

/** None of a scheduler's addresses answers from the login node. */
export class UnreachableSchedulerError extends Error {
  override name = 'UnreachableSchedulerError'
}

const CONNECT_MS_MAX = 5000

/**
 * Opens the near end.
 * @param dial a connection to an address as the login node reaches it
 * @throws {UnreachableSchedulerError} naming each address and why
 */
export async function openNearEnd(
  remote: ClusterAddress,
  dial: Dial,
): Promise<{ gateway: Gateway; address: ClusterAddress; file: string }> {
  const { network } = remote
  if (!network) throw new UnreachableSchedulerError('the scheduler listens on no network')
  const scheduler = await reach(network, dial)
  const gateway = new Gateway((address) =>
    // Workers are reached as they are: who asks for their data speaks TLS to them itself.
    address.startsWith('tls:') ? dial(address) : secured(dial(scheduler), network),
  )
  return { gateway, ...(await gateway.open(remote)) }
}

function secured(raw: Duplex, { certificate }: ClusterNetwork): Duplex {
  raw.on('error', (error) => socket.destroy(error))
  const socket = connectTls({ socket: raw, ...pinnedTo(certificate) })
  return socket
}

async function reach(network: ClusterNetwork, dial: Dial): Promise<string> {
  const failures: string[] = []
  for (const host of network.addresses) {
    const address = `tls://${host.includes(':') ? `[${host}]` : host}:${network.port}`
    const failure = await tryAddress(address, network, dial)
    if (failure === undefined) return address
    failures.push(`${host} (${failure})`)
  }
  throw new UnreachableSchedulerError(
    `the scheduler cannot be reached from the login node at port ${network.port}: ${failures.join('; ')}`,
  )
}

function tryAddress(address: string, network: ClusterNetwork, dial: Dial): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = secured(dial(address), network)
    const settle = (failure?: string): void => {
      clearTimeout(patience)
      socket.destroy()
      resolve(failure)
    }
    const patience = setTimeout(() => settle('no answer'), CONNECT_MS_MAX)
    socket.once('secureConnect', () => settle())
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message))
  })
}
