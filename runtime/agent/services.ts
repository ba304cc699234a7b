// Serves the channels that clients open: connections, files, and questions with one answer.

import { createReadStream, type FSWatcher, statSync, watch } from 'node:fs'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { socketOptions } from '../host/address.ts'
import { BundleStore } from './bundleStore.ts'
import { type CallContext, calls } from './calls.ts'
import { receiveFiles } from './receiveFiles.ts'
import type { Answer, CallName, Calls, ServiceRequest } from './requests.ts'

export function serve(channel: Duplex, header: string, context: CallContext): void {
  channel.on('error', () => {}) // The client let go of it.
  try {
    const request = JSON.parse(header) as ServiceRequest
    switch (request.service) {
      case 'connect':
        connectTo(channel, request.address)
        return
      case 'put':
        return void answer(channel, () => put(channel, request.root))
      case 'get':
        return void get(channel, request)
      case 'call':
        return void answer(channel, () => call(request.method, request.params, context))
      default:
        request satisfies never
        channel.destroy(new Error(`this agent serves no ${JSON.stringify(request)}`))
    }
  } catch (error) {
    channel.destroy(error as Error)
  }
}

function connectTo(channel: Duplex, address: string): void {
  const socket = connect({ ...socketOptions(address), allowHalfOpen: true })
  socket.on('error', (error: NodeJS.ErrnoException) =>
    channel.destroy(new Error(`nothing answers at ${address} (${error.code ?? error.message})`)),
  )
  channel.on('close', () => socket.destroy())
  channel.pipe(socket).pipe(channel)
}

async function put(channel: Duplex, root: string): Promise<{ files: number }> {
  const store = new BundleStore(root)
  return { files: await receiveFiles(channel.pipe(createGunzip()), store) }
}

async function call(method: CallName, params: unknown, context: CallContext): Promise<unknown> {
  if (!Object.hasOwn(calls, method)) throw new Error(`this agent has no answer to ${JSON.stringify(method)}`)
  const one = calls[method] as (params: unknown, context: CallContext) => Promise<Calls[CallName]['answer']>
  return one(params, context)
}

async function answer(channel: Duplex, work: () => Promise<unknown>): Promise<void> {
  let said: Answer<unknown>
  try {
    said = { ok: await work() }
  } catch (error) {
    const { name, message } = error as Error
    said = { failed: { name, message } }
  }
  channel.end(JSON.stringify(said))
  channel.resume()
}

/** A file from an offset on; with `follow` also what is added, until the client lets go. */
async function get(
  channel: Duplex,
  { path, offset = 0, follow = false }: Extract<ServiceRequest, { service: 'get' }>,
): Promise<void> {
  let at = offset
  let watcher: FSWatcher | undefined
  const pass = async (last: boolean): Promise<void> => {
    // Up to its present end: a file that grows meanwhile is read on in the next turn.
    const end = statSync(path).size
    if (end > at) await pipeline(createReadStream(path, { start: at, end: end - 1 }), channel, { end: last })
    else if (last) channel.end()
    at = Math.max(at, end)
  }
  try {
    if (!follow) return await pass(true)
    let passing = Promise.resolve()
    const passOn = (): void => {
      passing = passing.then(() => pass(false)).catch((error: Error) => void channel.destroy(error))
    }
    // Watched before it is read: what is added in between would be seen by nobody.
    watcher = watch(path, passOn)
    channel.once('close', () => watcher?.close())
    passOn()
  } catch (error) {
    watcher?.close()
    channel.destroy(error as Error)
  }
}
