// Files in S3, and in whatever speaks its protocol. Amazon's library is loaded with the first of them.

import { createRequire } from 'node:module'
import { join, matchesGlob } from 'node:path'
import type * as S3Library from '@aws-sdk/client-s3'
import { FileChangedError, FileError, MissingFileError } from './fileErrors.ts'
import type { FileFacts, FileSystem, FileWriter, StorageOptions } from './fileSystem.ts'
import type { SourceFile } from './sourceFile.ts'
import { stagedPath } from './writtenPlace.ts'

const systems = new Map<string, FileSystem>()

/** One file system, and with it one client and its connections, for each way of reaching S3. */
export function s3Files(storage: StorageOptions): FileSystem {
  const key = JSON.stringify([storage.endpoint, storage.region, storage.anonymous])
  let system = systems.get(key)
  if (!system) {
    system = new S3Files(storage)
    systems.set(key, system)
  }
  return system
}

interface Connection {
  library: typeof S3Library
  client: S3Library.S3Client
}

/** A bucket's name and the key of an object in it. */
interface Address {
  Bucket: string
  Key: string
}

class S3Files implements FileSystem {
  readonly #storage: StorageOptions
  #connection: Promise<Connection> | undefined

  constructor(storage: StorageOptions) {
    this.#storage = storage
  }

  async facts(path: string): Promise<FileFacts> {
    const { library, client } = await this.#connect(path)
    const head = await answered(path, client.send(new library.HeadObjectCommand(addressOf(path))))
    return { path, size: head.ContentLength ?? -1, version: head.ETag ?? '', ranges: true }
  }

  async list(pattern: string): Promise<FileFacts[]> {
    const { Bucket, Key } = addressOf(pattern)
    const all = await this.#beginning(pattern, { Bucket, Key: Key.slice(0, Key.search(/[*?[{]|[!@+]\(/)) })
    const prefix = `s3://${Bucket}/`
    return all.filter(({ path }) => matchesGlob(path.slice(prefix.length), Key))
  }

  async #beginning(path: string, { Bucket, Key: Prefix }: Address): Promise<FileFacts[]> {
    const { library, client } = await this.#connect(path)
    const found: FileFacts[] = []
    let ContinuationToken: string | undefined
    do {
      const request = new library.ListObjectsV2Command({
        Bucket,
        Prefix,
        ...(ContinuationToken && { ContinuationToken }),
      })
      const page = await answered(path, client.send(request))
      for (const { Key: key = '', Size = -1, ETag = '' } of page.Contents ?? [])
        if (!key.endsWith('/'))
          found.push({ path: `s3://${Bucket}/${key}`, size: Size, version: ETag, ranges: true })
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (ContinuationToken)
    return found
  }

  async open(path: string, plannedSize: number, version: string): Promise<SourceFile> {
    return new S3File(path, plannedSize < 0 ? undefined : plannedSize, version, await this.#connect(path))
  }

  async create(path: string, staging?: string): Promise<FileWriter> {
    const name = staging === undefined ? path : stagedPath(path, staging)
    return new S3Writer(path, name, await this.#connect(path))
  }

  async below(folder: string): Promise<string[]> {
    const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.*)$/i.exec(folder) ?? []
    return (await this.#beginning(folder, { Bucket, Key })).map(({ path }) => path)
  }

  async move(from: string, to: string): Promise<void> {
    const { library, client } = await this.#connect(to)
    const { Bucket, Key } = addressOf(from)
    const CopySource = `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`
    await answered(to, client.send(new library.CopyObjectCommand({ ...addressOf(to), CopySource })))
    await this.remove(from)
  }

  async remove(path: string): Promise<void> {
    const { library, client } = await this.#connect(path)
    await answered(path, client.send(new library.DeleteObjectCommand(addressOf(path))))
  }

  #connect(path: string): Promise<Connection> {
    this.#connection ??= this.#begin(path).catch((error) => {
      this.#connection = undefined
      throw error
    })
    return this.#connection
  }

  async #begin(path: string): Promise<Connection> {
    const library = await s3Library(path)
    const { region = process.env.AWS_REGION, endpoint, anonymous } = this.#storage
    const ownServer = endpoint ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL
    const client = new library.S3Client({
      // Without a region of its own, a server that only speaks S3 takes any.
      ...(region ? { region } : ownServer ? { region: 'us-east-1' } : {}),
      ...(endpoint && { endpoint }),
      // Servers of one's own rarely have a name for each bucket.
      ...(ownServer && { forcePathStyle: true }),
      ...(anonymous && {
        signer: { sign: async (request) => request },
        credentials: { accessKeyId: '', secretAccessKey: '' },
      }),
      // Checksums beyond what a server asks for: many that speak S3 do not know them.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    })
    return { library, client }
  }
}

/** Amazon's library: beside heddle, or in the program's own packages. */
async function s3Library(path: string): Promise<typeof S3Library> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch {
    try {
      return createRequire(join(process.cwd(), 'package.json'))('@aws-sdk/client-s3')
    } catch (cause) {
      throw new FileError(
        path,
        `${path} needs Amazon's library, which is not installed: npm install @aws-sdk/client-s3`,
        cause,
      )
    }
  }
}

/** @throws {FileError} when a path names no object */
function addressOf(path: string): Address {
  const match = /^s3:\/\/([^/]+)\/(.+)$/i.exec(path)
  if (!match) throw new FileError(path, `${path} names no object: write s3://bucket/key`)
  return { Bucket: match[1], Key: match[2] }
}

async function answered<R>(path: string, answer: Promise<R>): Promise<R> {
  try {
    return await answer
  } catch (cause) {
    throw s3ErrorOf(path, cause)
  }
}

function s3ErrorOf(path: string, cause: unknown): FileError {
  const error = cause as Error & { $metadata?: { httpStatusCode?: number }; code?: string }
  const status = error.$metadata?.httpStatusCode
  if (error.name === 'NoSuchBucket')
    return new FileError(path, `${path} cannot be reached: there is no such bucket`, cause)
  if (error.name === 'NoSuchKey' || error.name === 'NotFound' || status === 404)
    return new MissingFileError(path, `there is no file ${path}: check the bucket and the key`, cause)
  if (status === 412) return changed(path, cause)
  if (error.name === 'CredentialsProviderError')
    return new FileError(
      path,
      `${path} cannot be reached: there are no credentials here. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile ` +
        'where the workers run, or say storage: { anonymous: true } for a public bucket',
      cause,
    )
  if (status === 401 || status === 403)
    return new FileError(
      path,
      `${path} may not be read or written with these credentials (${error.name})`,
      cause,
    )
  return new FileError(path, `${path} cannot be reached: ${error.message || error.code || error.name}`, cause)
}

const changed = (path: string, cause?: unknown): FileChangedError =>
  new FileChangedError(
    path,
    `${path} changed in its bucket while it was read. Run again once nothing writes to it.`,
    cause,
  )

class S3File implements SourceFile {
  readonly path: string
  readonly size: number | undefined
  readonly #version: string
  readonly #connection: Connection

  constructor(path: string, size: number | undefined, version: string, connection: Connection) {
    this.path = path
    this.size = size
    this.#version = version
    this.#connection = connection
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (end <= start) return new Uint8Array(0)
    const body = await this.#body(`bytes=${start}-${end - 1}`)
    const bytes = await answered(this.path, body.transformToByteArray())
    if (bytes.length !== end - start)
      throw new FileError(
        this.path,
        `${this.path} ended early: bytes ${start}–${end} were asked for, ${bytes.length} came`,
      )
    return bytes as Uint8Array<ArrayBuffer>
  }

  async *chunks(start: number, end?: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const stop = end ?? this.size
    // An empty object has no bytes to ask for.
    if (stop !== undefined && stop <= start) return
    const body = await this.#body(`bytes=${start}-${stop === undefined ? '' : stop - 1}`)
    try {
      yield* body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>
    } catch (cause) {
      throw new FileError(
        this.path,
        `${this.path} broke off while it was read: ${(cause as Error).message}`,
        cause,
      )
    }
  }

  async close(): Promise<void> {}

  async #body(Range: string) {
    const { library, client } = this.#connection
    const request = new library.GetObjectCommand({
      ...addressOf(this.path),
      Range,
      ...(this.#version && { IfMatch: this.#version }),
    })
    const { Body } = await answered(this.path, client.send(request))
    if (!Body) throw new FileError(this.path, `${this.path} cannot be read: its server sent nothing`)
    return Body
  }
}

/** The least that S3 takes as a part of an upload is 5 MiB. */
const PART_BYTES = 8 * 2 ** 20

/** Uploads in parts once there is more than one of them; the object appears when the upload is completed. */
class S3Writer implements FileWriter {
  readonly #path: string
  readonly #name: string
  readonly #connection: Connection
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #upload: string | undefined
  readonly #parts: { PartNumber: number; ETag?: string }[] = []

  constructor(path: string, name: string, connection: Connection) {
    this.#path = path
    this.#name = name
    this.#connection = connection
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pending.push(new Uint8Array(bytes))
    this.#pendingBytes += bytes.length
    if (this.#pendingBytes >= PART_BYTES) await this.#sendPart()
  }

  async commit(): Promise<void> {
    const { library, client } = this.#connection
    const address = addressOf(this.#name)
    if (this.#upload === undefined) {
      const Body = Buffer.concat(this.#pending)
      await answered(this.#path, client.send(new library.PutObjectCommand({ ...address, Body })))
      return
    }
    if (this.#pendingBytes > 0) await this.#sendPart()
    const request = new library.CompleteMultipartUploadCommand({
      ...address,
      UploadId: this.#upload,
      MultipartUpload: { Parts: this.#parts },
    })
    await answered(this.#path, client.send(request))
  }

  async abandon(): Promise<void> {
    this.#pending = []
    if (this.#upload === undefined) return
    const { library, client } = this.#connection
    const request = new library.AbortMultipartUploadCommand({
      ...addressOf(this.#name),
      UploadId: this.#upload,
    })
    // What failed has its own error already; an upload that nobody completes is never seen.
    await client.send(request).catch(() => {})
  }

  async #sendPart(): Promise<void> {
    const { library, client } = this.#connection
    const address = addressOf(this.#name)
    if (this.#upload === undefined) {
      const begun = await answered(this.#path, client.send(new library.CreateMultipartUploadCommand(address)))
      this.#upload = begun.UploadId ?? ''
    }
    const PartNumber = this.#parts.length + 1
    const Body = Buffer.concat(this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    const request = new library.UploadPartCommand({ ...address, UploadId: this.#upload, PartNumber, Body })
    const { ETag } = await answered(this.#path, client.send(request))
    this.#parts.push({ PartNumber, ...(ETag && { ETag }) })
  }
}
