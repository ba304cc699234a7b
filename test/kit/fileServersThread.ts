// The thread of fileServers.ts.

import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { s3Server } from './s3Server.ts'

const files = new Map(
  Object.entries(workerData as Record<string, Uint8Array>).map(([name, bytes]) => [name, Buffer.from(bytes)]),
)

const inParts: RequestListener = (request, response) => {
  const body = files.get(decodeURIComponent((request.url ?? '').slice(1)))
  if (!body) return void response.writeHead(404).end()
  if ((request.url ?? '').startsWith('/secret/')) return void response.writeHead(403).end()
  const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
  const end = range && range[2] !== '' ? Number(range[2]) + 1 : undefined
  const part = range ? body.subarray(Number(range[1]), end) : body
  response.setHeader('accept-ranges', 'bytes').setHeader('etag', '"1"')
  response.writeHead(range ? 206 : 200, { 'content-length': part.length })
  response.end(request.method === 'HEAD' ? undefined : part)
}

const whole: RequestListener = (request, response) => {
  const body = files.get(decodeURIComponent((request.url ?? '').slice(1)))
  if (!body) return void response.writeHead(404).end()
  response.writeHead(200)
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

// The thread's end is the server's.
const s3 = await s3Server({ after: () => {} } as never)
for (const [name, bytes] of files) s3.objects.set(name, bytes)
parentPort?.postMessage({ web: await served(inParts), plain: await served(whole), endpoint: s3.endpoint })
