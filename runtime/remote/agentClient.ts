// What a program on this machine asks of an agent: calls, connections, files, all over one link.

import { createReadStream } from 'node:fs'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { BundleManifest } from '../agent/bundle.ts'
import type { Link } from '../agent/link.ts'
import type { Answer, CallName, Calls, ServiceRequest } from '../agent/requests.ts'
import type { LocalBundle } from './runtimeBundle.ts'

/** An agent could not do what it was asked: the text is its own. */
export class AgentError extends Error {
  override name = 'AgentError'
  /** The class of its error over there. */
  readonly kind: string
  constructor(kind: string, text: string) {
    super(text)
    this.kind = kind
  }
}

export class AgentClient {
  readonly #link: Link

  constructor(link: Link) {
    this.#link = link
  }

  /** @throws {AgentError} {@link ChannelError} */
  async call<M extends CallName>(method: M, params: Calls[M]['params']): Promise<Calls[M]['answer']> {
    const channel = this.#open({ service: 'call', method, params })
    channel.end()
    return holding(answerOf<Calls[M]['answer']>(channel))
  }

  /** A connection to a socket over there: `unix:/path` or `tcp://host:port`. */
  connect(address: string): Duplex {
    return this.#open({ service: 'connect', address })
  }

  /** A file over there, from `offset` on; with `follow` also what is added to it. */
  read(path: string, options: { offset?: number; follow?: boolean } = {}): Duplex {
    const channel = this.#open({ service: 'get', path, ...options })
    channel.end()
    void holding(new Promise((resolve) => channel.once('close', resolve)))
    return channel
  }

  /**
   * Puts a bundle there: only what is missing is sent. @returns its folder, and how many bytes went over
   * @throws {AgentError} when there is no room
   */
  async putBundle(root: string, bundle: LocalBundle): Promise<{ folder: string; sentBytes: number }> {
    const { manifest } = bundle
    const missing = await this.call('missing', { root, manifest })
    let sentBytes = 0
    if (missing.length > 0) {
      const channel = this.#open({ service: 'put', root })
      const answer = holding(answerOf<{ files: number }>(channel))
      answer.catch(() => {}) // Awaited below, after the last byte.
      async function* upload(): AsyncGenerator<Buffer> {
        for (const record of recordsOf(manifest, missing)) {
          const { sha256, sizeBytes, offset } = record
          yield Buffer.from(`${JSON.stringify(record)}\n`)
          if (offset === sizeBytes) continue
          for await (const bytes of createReadStream(bundle.fileOf(sha256), { start: offset })) {
            sentBytes += (bytes as Buffer).length
            yield bytes as Buffer
          }
        }
      }
      // When the other end gave up, its answer says why better than the pipe does.
      await pipeline(upload, createGzip({ level: 1 }), channel, { end: true }).catch(() => {})
      await answer
    }
    const { folder } = await this.call('commit', { root, manifest })
    return { folder, sentBytes }
  }

  #open(request: ServiceRequest): Duplex {
    const channel = this.#link.open(request)
    channel.on('error', () => {}) // Told to whoever reads it.
    return channel
  }
}

function recordsOf(manifest: BundleManifest, missing: readonly { sha256: string; offset: number }[]) {
  const bySha = new Map(manifest.files.map((file) => [file.sha256, file]))
  return missing.map(({ sha256, offset }) => {
    const { sizeBytes, executable } = bySha.get(sha256)!
    return { sha256, sizeBytes, offset, ...(executable && { executable }) }
  })
}

/** The link alone keeps no program alive: what is waited for does. */
function holding<T>(answer: Promise<T>): Promise<T> {
  const stay = setInterval(() => {}, 1 << 30)
  return answer.finally(() => clearInterval(stay))
}

async function answerOf<T>(channel: Duplex): Promise<T> {
  const parts: Buffer[] = []
  for await (const bytes of channel) parts.push(bytes as Buffer)
  const answer = JSON.parse(Buffer.concat(parts).toString()) as Answer<T>
  if ('failed' in answer) throw new AgentError(answer.failed.name, answer.failed.message)
  return answer.ok
}
