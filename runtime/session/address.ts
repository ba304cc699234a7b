// Where a scheduler is: what a user may write to name one, and what it means.

import { readFile } from 'node:fs/promises'
import { kindOf } from '../graph/taskOptionChecks.ts'
import type { ClusterAddress } from '../protocol/cluster.ts'
import { ConnectError } from './errors.ts'

/** Where a scheduler listens, and the token it asks for. */
export interface SchedulerAddress {
  /** `unix:/path/control.sock`, `ws://host:port` or `wss://host:port`. */
  control: string
  token: string
  /** Where this was read from, for messages. */
  source: string
  dashboardUrl?: string
  /** Leads to the workers' data, where they are elsewhere. */
  gateway?: string
  /** The cluster's certificate, where it is on several machines. */
  certificate?: string
}

/**
 * Makes sense of what a user calls a cluster: an address, the path of its `cluster.json`, or what that file holds.
 * @throws {ConnectError} when it is none of these, or no token is known
 * @example await resolveAddress('ws://127.0.0.1:8786?token=abc')
 */
export async function resolveAddress(
  where: string | URL | ClusterAddress,
  token?: string,
): Promise<SchedulerAddress> {
  if (!isPlace(where))
    throw new ConnectError(
      '',
      `Client.connect takes an address, the path of a cluster.json, or what that file holds, not ${kindOf(where)}`,
    )
  if (typeof where === 'object' && !(where instanceof URL)) return ofCluster(where, where.control)
  const text = String(where)
  if (/^(wss?|tcp):\/\//.test(text)) {
    const url = new URL(text.replace(/^tcp:/, 'ws:'))
    const found = token ?? url.searchParams.get('token') ?? process.env.HEDDLE_TOKEN
    if (!found) throw noToken(text)
    return { control: `${url.protocol}//${url.host}`, token: found, source: text }
  }
  if (text.startsWith('unix:')) {
    const found = token ?? process.env.HEDDLE_TOKEN
    if (!found) throw noToken(text)
    return { control: text, token: found, source: text }
  }
  if (/^[a-z]+:\/\//i.test(text))
    throw new ConnectError(
      text,
      `${text} is no address of a scheduler: write ws://host:port, wss://host:port or the path of a cluster.json`,
    )
  return fromFile(text)
}

function isPlace(where: unknown): boolean {
  if (typeof where === 'string') return where !== ''
  if (typeof where !== 'object' || where === null) return false
  return where instanceof URL || typeof (where as Partial<ClusterAddress>).control === 'string'
}

async function fromFile(path: string): Promise<SchedulerAddress> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read'
    throw new ConnectError(
      path,
      `${path} ${why}: a cluster keeps its cluster.json only while it runs. Start one with 'heddle scheduler' or Client.local().`,
      cause,
    )
  }
  try {
    const cluster = JSON.parse(text) as ClusterAddress
    if (typeof cluster.control !== 'string' || typeof cluster.token !== 'string')
      throw new Error('fields are missing')
    return ofCluster(cluster, path)
  } catch (cause) {
    throw new ConnectError(path, `${path} is no cluster.json: ${(cause as Error).message}`, cause)
  }
}

const ofCluster = (cluster: ClusterAddress, source: string): SchedulerAddress => ({
  control: cluster.control,
  token: cluster.token,
  source,
  dashboardUrl: cluster.dashboardUrl,
  ...(cluster.gateway !== undefined && { gateway: cluster.gateway }),
  ...(cluster.network && { certificate: cluster.network.certificate }),
})

const noToken = (address: string): ConnectError =>
  new ConnectError(
    address,
    `${address} asks for a token: give { token }, put ?token=… behind the address, or set HEDDLE_TOKEN`,
  )
