// Files on the web: whole ones as a stream, parts of them by range requests.

import { FileChangedError, FileError, MissingFileError } from './fileErrors.ts'
import { type FileFacts, type FileSystem, versionsDiffer } from './fileSystem.ts'
import type { SourceFile } from './sourceFile.ts'

/** Files at http(s) addresses: read, never written. */
export const httpFiles: FileSystem = {
  facts: httpFacts,
  async list(pattern) {
    throw new FileError(pattern, `${pattern}: the web has no lists of files, so name each address`)
  },
  open: async (path, plannedSize, version) =>
    new HttpFile(path, plannedSize < 0 ? undefined : plannedSize, version),
  create: onlyRead,
  below: onlyRead,
  move: onlyRead,
  remove: onlyRead,
}

async function onlyRead(path: string): Promise<never> {
  throw new FileError(path, `${path} cannot be written: files on the web are only read`)
}

/** What a server says of a file without sending it: its size and what changes when the file does, where it tells. */
async function httpFacts(path: string): Promise<FileFacts> {
  const response = await fetch(path, { method: 'HEAD' }).catch(() => undefined)
  // Some servers do not answer this question; reading the file will tell whether it is there.
  if (!response?.ok) return { path, size: -1, version: '', ranges: false }
  // What is compressed on the way has another length than what is read.
  const encoded = response.headers.has('content-encoding')
  const length = encoded ? null : response.headers.get('content-length')
  return {
    path,
    size: length === null ? -1 : Number(length),
    version: versionOf(response),
    ranges: length !== null && response.headers.get('accept-ranges') === 'bytes',
  }
}

const versionOf = ({ headers }: Response): string => headers.get('etag') ?? headers.get('last-modified') ?? ''

class HttpFile implements SourceFile {
  readonly path: string
  readonly size: number | undefined

  readonly #version: string

  constructor(path: string, size: number | undefined, version: string) {
    this.path = path
    this.size = size
    this.#version = version
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (end <= start) return new Uint8Array(0)
    const response = await this.#request({ range: `bytes=${start}-${end - 1}` })
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
    const response = await this.#request(headers)
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

  async #request(headers: Record<string, string>): Promise<Response> {
    const response = await request(this.path, { headers })
    if (!versionsDiffer(this.#version, versionOf(response))) return response
    await response.body?.cancel()
    throw new FileChangedError(
      this.path,
      `${this.path} changed on its server while it was read. Run again once nothing writes to it.`,
    )
  }
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
  const Kind = response.status === 404 ? MissingFileError : FileError
  throw new Kind(path, `${path} cannot be read: its server answers ${response.status} ${response.statusText}`)
}

function reasonOf(cause: unknown): string {
  const error = cause as Error & { cause?: Error }
  return error.cause?.message || error.message
}
