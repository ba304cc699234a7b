// GET over HTTP and HTTPS, through a proxy where there is one, following redirects.

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'

export interface GetOptions {
  headers?: Record<string, string>
  /** The proxy of an address; nothing where it is reached directly. */
  proxyOf(url: string): string | undefined
  /** The `authorization` header of an address. */
  authorizationOf(url: string): string | undefined
  /** More certificates to trust, as PEM. */
  ca?: string
}

/** An address that does not answer, or answers with something else. */
export class DownloadError extends Error {
  override name = 'DownloadError'
  readonly url: string
  constructor(url: string, why: string, cause?: unknown) {
    super(`${url} ${why}`, cause === undefined ? undefined : { cause })
    this.url = url
  }
}

const REDIRECTS_MAX = 5
const SILENCE_MS_MAX = 60_000

/**
 * The response once it has begun, whatever its status below 300 or 416.
 * @throws {DownloadError} for other statuses, and when nobody answers
 */
export async function httpGet(url: string, options: GetOptions): Promise<IncomingMessage> {
  for (let at = url, redirects = 0; ; redirects++) {
    const response = await getOnce(at, options)
    const status = response.statusCode ?? 0
    if (status < 300 || status === 416) return response
    response.resume()
    const { location } = response.headers
    if (status < 400 && location && redirects < REDIRECTS_MAX) at = new URL(location, at).href
    else throw new DownloadError(at, `answered with HTTP ${status}${WAYS_OUT[status] ?? ''}`)
  }
}

const WAYS_OUT: Readonly<Record<number, string>> = {
  401: ': it asks for credentials, which npm keeps in .npmrc',
  403: ': it refuses these credentials, which npm keeps in .npmrc',
  404: ': it has no such package; check the registry that npm is configured for (npm config get registry)',
  407: ': the proxy asks for credentials',
}

async function getOnce(
  url: string,
  { headers, proxyOf, authorizationOf, ca }: GetOptions,
): Promise<IncomingMessage> {
  const target = new URL(url)
  const proxy = proxyOf(url)
  const authorization = authorizationOf(url)
  const all = {
    'user-agent': 'heddle',
    ...headers,
    ...(authorization && { authorization }),
  }
  const isSecure = target.protocol === 'https:'
  const options = { headers: all, timeout: SILENCE_MS_MAX, ...(ca && { ca }) }
  if (!proxy) return answer(url, isSecure ? httpsRequest(target, options) : httpRequest(target, options))
  const via = new URL(proxy)
  const proxyAuthorization: Record<string, string> = via.username
    ? {
        'proxy-authorization': `Basic ${Buffer.from(decodeURIComponent(`${via.username}:${via.password}`)).toString('base64')}`,
      }
    : {}
  const port = via.port || (via.protocol === 'https:' ? 443 : 80)
  if (!isSecure)
    return answer(
      url,
      httpRequest({
        host: via.hostname,
        port,
        path: url,
        ...options,
        headers: { ...all, host: target.host, ...proxyAuthorization },
      }),
    )
  const socket = await tunnel(
    url,
    via.hostname,
    Number(port),
    `${target.hostname}:${target.port || 443}`,
    proxyAuthorization,
  )
  const secure = tlsConnect({ socket, servername: target.hostname, ...(ca && { ca }) })
  return answer(
    url,
    httpRequest({
      path: target.pathname + target.search,
      ...options,
      headers: { ...all, host: target.host },
      createConnection: () => secure,
    }),
  )
}

function tunnel(
  url: string,
  host: string,
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host, port, method: 'CONNECT', path, headers, timeout: SILENCE_MS_MAX })
    asked.on('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket)
      else
        reject(
          new DownloadError(
            url,
            `cannot be reached through the proxy ${host}:${port}, which answered with HTTP ${response.statusCode}`,
          ),
        )
    })
    asked.on('timeout', () => asked.destroy(new Error('it says nothing')))
    asked.on('error', (cause) =>
      reject(
        new DownloadError(
          url,
          `cannot be reached through the proxy ${host}:${port}: ${cause.message}`,
          cause,
        ),
      ),
    )
    asked.end()
  })
}

function answer(url: string, asked: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.on('response', resolve)
    asked.on('timeout', () => asked.destroy(new Error('nothing was heard for a minute')))
    asked.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new DownloadError(
          url,
          `cannot be reached (${cause.code ?? cause.message}): check the network, and npm's registry and proxy settings`,
          cause,
        ),
      ),
    )
    asked.end()
  })
}
