// The client that collections use when none is named: the one opened last, else a local one that is started for them.

import { type Executor, provideExecutor } from '../graph/collection.ts'
import { taskThread } from '../host/taskContext.ts'
import type { Client } from './client.ts'
import { notice } from './notice.ts'

const open: Client[] = []
let starting: Promise<Client> | undefined
let start: (() => Promise<Client>) | undefined

/** A client was opened: collections use it until it closes. */
export function rememberClient(client: Client): void {
  open.push(client)
}

export function forgetClient(client: Client): void {
  const at = open.indexOf(client)
  if (at >= 0) open.splice(at, 1)
}

/** The client opened last that is not closed. */
export function currentClient(): Client | undefined {
  return open.findLast((client) => !client.closed)
}

/** Says how a client is started when there is none. */
export function startAmbientWith(starter: () => Promise<Client>): void {
  start = starter
}

/** The current client, else a new local one, which ends with the program. */
export async function ambientClient(): Promise<Client> {
  const current = currentClient()
  if (current) return current
  starting ??= startAmbient()
  return starting
}

async function startAmbient(): Promise<Client> {
  if (!start) throw new Error('nothing here can start a cluster')
  try {
    const client = await start()
    if (process.env.HEDDLE_CLUSTER === undefined && !taskThread())
      notice(`started a local cluster for this program; dashboard at ${client.dashboardUrl}`)
    // When nothing else is left to do, the cluster has nothing left to do either.
    process.once('beforeExit', () => void client.close())
    return client
  } finally {
    starting = undefined
  }
}

/** Closes the client that was started for collections, and every other one: for the end of a program. */
export async function closeClients(): Promise<void> {
  await Promise.allSettled(open.slice().map((client) => client.close()))
}

provideExecutor(ambientClient satisfies () => Promise<Executor>)
