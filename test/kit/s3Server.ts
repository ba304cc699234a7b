// A server that speaks as much of S3 as files need: objects in buckets, ranges, conditions, pages of lists, uploads in parts.
// Source: Amazon S3 API Reference (GetObject, HeadObject, ListObjectsV2, PutObject, CreateMultipartUpload and its parts).

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface S3Server {
  endpoint: string
  /** What the buckets hold, by `bucket/key`. */
  objects: Map<string, Buffer>
  /** Every request that came: `GET bucket/key 0-9`. */
  requests: string[]
  /** Uploads that were begun, and neither completed nor given up. */
  uploads: Map<string, Buffer[]>
}

/** How many keys one page of a list has. */
const PAGE_KEYS = 3

/** Serves S3 on a port of its own until the test ends. */
export async function s3Server(context: TestContext): Promise<S3Server> {
  const state: S3Server = { endpoint: '', objects: new Map(), requests: [], uploads: new Map() }
  const server = createServer((request, response) => {
    void answer(state, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  state.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`

async function answer(state: S3Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://localhost')
  const name = decodeURIComponent(url.pathname.slice(1))
  const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
  state.requests.push([request.method, name, ...(range ? [range[0].slice(6)] : [])].join(' '))
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  if (url.searchParams.get('list-type') === '2') return list(state, name.replace(/\/$/, ''), url, response)
  if (request.method === 'GET' || request.method === 'HEAD')
    return send(state, name, request, range, response)
  if (request.method === 'PUT' || request.method === 'POST')
    return receive(state, name, url, request, body, response)
  if (url.searchParams.has('uploadId')) state.uploads.delete(url.searchParams.get('uploadId') ?? '')
  else state.objects.delete(name)
  response.writeHead(204).end()
}

function list(state: S3Server, bucket: string, url: URL, response: ServerResponse): void {
  const prefix = `${bucket}/${url.searchParams.get('prefix') ?? ''}`
  const names = [...state.objects.keys()].filter((name) => name.startsWith(prefix)).sort()
  if (![...state.objects.keys()].some((name) => name.startsWith(`${bucket}/`))) {
    refuse(response, 404, 'NoSuchBucket')
    return
  }
  const from = Number(url.searchParams.get('continuation-token') ?? 0)
  const page = names.slice(from, from + PAGE_KEYS)
  const contents = page.map((name) => {
    const bytes = state.objects.get(name)!
    return `<Contents><Key>${name.slice(bucket.length + 1)}</Key><Size>${bytes.length}</Size><ETag>${etagOf(bytes)}</ETag></Contents>`
  })
  const more = from + PAGE_KEYS < names.length
  const next = more ? `<NextContinuationToken>${from + PAGE_KEYS}</NextContinuationToken>` : ''
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    )
}

function send(
  state: S3Server,
  name: string,
  request: IncomingMessage,
  range: RegExpExecArray | null,
  response: ServerResponse,
): void {
  const bytes = state.objects.get(name)
  if (!bytes) {
    refuse(response, 404, 'NoSuchKey')
    return
  }
  if (name.startsWith('secret/')) {
    refuse(response, 403, 'AccessDenied')
    return
  }
  if (request.headers['if-match'] && request.headers['if-match'] !== etagOf(bytes)) {
    refuse(response, 412, 'PreconditionFailed')
    return
  }
  const headers = { etag: etagOf(bytes), 'accept-ranges': 'bytes' }
  if (!range || request.method === 'HEAD') {
    response.writeHead(200, { ...headers, 'content-length': bytes.length })
    response.end(request.method === 'HEAD' ? undefined : bytes)
    return
  }
  const start = Number(range[1])
  const end = range[2] === '' ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1)
  if (start > end) {
    refuse(response, 416, 'InvalidRange')
    return
  }
  const part = bytes.subarray(start, end + 1)
  response
    .writeHead(206, {
      ...headers,
      'content-length': part.length,
      'content-range': `bytes ${start}-${end}/${bytes.length}`,
    })
    .end(part)
}

function receive(
  state: S3Server,
  name: string,
  url: URL,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const upload = url.searchParams.get('uploadId')
  if (url.searchParams.has('uploads')) {
    const id = `upload-${state.uploads.size + 1}`
    state.uploads.set(id, [])
    response.end(
      `<?xml version="1.0"?><InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    )
  } else if (request.method === 'PUT' && upload) {
    state.uploads.get(upload)![Number(url.searchParams.get('partNumber')) - 1] = body
    response.writeHead(200, { etag: etagOf(body) }).end()
  } else if (upload) {
    state.objects.set(name, Buffer.concat(state.uploads.get(upload)!))
    state.uploads.delete(upload)
    response.end(
      '<?xml version="1.0"?><CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>',
    )
  } else if (request.headers['x-amz-copy-source']) {
    const source = state.objects.get(decodeURIComponent(String(request.headers['x-amz-copy-source'])))
    if (!source) {
      refuse(response, 404, 'NoSuchKey')
      return
    }
    state.objects.set(name, source)
    response.end(`<?xml version="1.0"?><CopyObjectResult><ETag>${etagOf(source)}</ETag></CopyObjectResult>`)
  } else {
    state.objects.set(name, body)
    response.writeHead(200, { etag: etagOf(body) }).end()
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}
