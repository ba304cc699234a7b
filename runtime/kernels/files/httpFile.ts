// Files on the web: whole ones as a stream, parts of them by range requests.

import { FileError } from './fileErrors.ts'
import type { SourceFile } from './sourceFile.ts'

/** @throws {FileError} when the server cannot be reached or says no */
export async function openHttpFile(path: string): Promise<SourceFile> {
  return new HttpFile(path, undefined)
}

/** What a server says of a file without sending it: its size and what changes when the file does, where it tells. */
export async function httpFacts(path: string): Promise<{ size: number; version: string }> {
  const response = await fetch(path, { method: 'HEAD' }).catch(() => undefined)
  // Some servers do not answer this question; reading the file will tell whether it is there.
  if (!response?.ok) return { size: -1, version: '' }
  const length = response.headers.get('content-length')
  const version = response.headers.get('etag') ?? response.headers.get('last-modified') ?? ''
  return { size: length === null ? -1 : Number(length), version }
}

class HttpFile implements SourceFile {
  readonly path: string
  readonly size: number | undefined

  constructor(path: string, size: number | undefined) {
    this.path = path
    this.size = size
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (end <= start) return new Uint8Array(0)
    const response = await request(this.path, { headers: { range: `bytes=${start}-${end - 1}` } })
    if (response.status !== 206) {
      await response.body?.cancel()
      throw new FileError(
        this.path,
        `${this.path} cannot be read in parts: its server ignores ranges. Download it first.`,
      )
    }
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.length !== end - start)
      throw new FileError(
        this.path,
        `${this.path} ended early: bytes ${start}–${end} were asked for, ${bytes.length} came`,
      )
    return bytes
  }

  async *chunks(start: number, end?: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const whole = start === 0 && end === undefined
    const headers: Record<string, string> = whole
      ? {}
      : { range: `bytes=${start}-${end === undefined ? '' : end - 1}` }
    const response = await request(this.path, { headers })
    if (!whole && response.status !== 206)
      throw new FileError(this.path, `${this.path} cannot be read in parts: its server ignores ranges`)
    if (!response.body) return
    try {
      yield* response.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>
    } catch (cause) {
      throw new FileError(this.path, `${this.path} broke off while it was read: ${reasonOf(cause)}`, cause)
    }
  }

  async close(): Promise<void> {}
}

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (cause) {
    throw new FileError(
      path,
      `${path} cannot be reached: ${reasonOf(cause)}. Check the address and the network.`,
      cause,
    )
  }
  if (response.ok) return response
  await response.body?.cancel()
  throw new FileError(
    path,
    `${path} cannot be read: its server answers ${response.status} ${response.statusText}`,
  )
}

function reasonOf(cause: unknown): string {
  const error = cause as Error & { cause?: Error }
  return error.cause?.message || error.message
}
