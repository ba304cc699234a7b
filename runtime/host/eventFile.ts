// A scheduler's events in a file: a line that says what it is, then records of a length and V8's serialization of one event.

import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import type { ClientReply, WorkerInstruction } from '../protocol/messages.ts'
import type { EventSink, SchedulerEvent } from '../scheduler/eventLog.ts'
import type { Post } from './schedulerCore.ts'

/** What the first line says: with it, a scheduler is made that decides the same. */
export interface EventFileHeader {
  heddle: 'events'
  version: string
  cluster: string
  saturation?: number | 'Infinity'
}

/** One record: an event, or the digest of what the scheduler posted at the drain before it. */
export type EventRecord = SchedulerEvent | { kind: 'posted'; messages: number; digest: string }

/** The file cannot be written or read, or is none of ours. */
export class EventFileError extends Error {
  override name = 'EventFileError'
}

/** Written in pieces of this size at least, and at the end of every turn in which something was decided. */
const PIECE_BYTES = 1 << 16

export class EventFileWriter implements EventSink {
  readonly #fd: number
  readonly #path: string
  readonly #failed: (reason: string) => void
  #pieces: Uint8Array[] = []
  #bytes = 0
  #closed = false

  /**
   * @param failed hears once when the file can no longer be written, e.g. since the disk is full; recording ends then
   * @throws {EventFileError} when the file cannot be made
   */
  constructor(path: string, header: EventFileHeader, failed: (reason: string) => void) {
    this.#path = path
    this.#failed = failed
    try {
      this.#fd = openSync(path, 'w', 0o600)
    } catch (cause) {
      throw new EventFileError(`the record cannot be written: ${(cause as Error).message}`, { cause })
    }
    this.#pieces.push(Buffer.from(`${JSON.stringify(header)}\n`))
    this.#flush()
  }

  add(event: SchedulerEvent): void {
    this.#write(event)
  }

  /** The same post, of which everything is also hashed. */
  tapped(post: Post): { post: Post; end(): void } {
    const hash = new PostHash()
    return {
      post: hash.tapped(post),
      end: () => {
        if (hash.messages > 0) this.#write({ kind: 'posted', ...hash.digest() })
        this.#flush()
      },
    }
  }

  close(): void {
    if (this.#closed) return
    this.#flush()
    this.#end()
  }

  #write(record: EventRecord): void {
    if (this.#closed) return
    const bytes = serialize(record)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    this.#pieces.push(length, bytes)
    this.#bytes += bytes.length
    if (this.#bytes >= PIECE_BYTES) this.#flush()
  }

  #flush(): void {
    if (this.#closed || this.#pieces.length === 0) return
    const bytes = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#bytes = 0
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at)
    } catch (error) {
      this.#end()
      this.#failed(
        `${this.#path} can no longer be written (${(error as Error).message}): recording has ended`,
      )
    }
  }

  #end(): void {
    this.#closed = true
    this.#pieces = []
    closeSync(this.#fd)
  }
}

/** A digest over everything that is posted, in its order. */
export class PostHash {
  readonly #hash = createHash('sha256')
  messages = 0

  tapped(post?: Post): Post {
    const add = (to: string, id: number, message: ClientReply | WorkerInstruction): void => {
      this.messages++
      this.#hash.update(`${to}${id}\n`).update(serialize(message))
    }
    return {
      toClient: (client, message) => {
        add('client', client, message)
        post?.toClient(client, message)
      },
      toWorker: (worker, message) => {
        add('worker', worker, message)
        post?.toWorker(worker, message)
      },
    }
  }

  digest(): { messages: number; digest: string } {
    return { messages: this.messages, digest: this.#hash.digest('base64').slice(0, 22) }
  }
}

/**
 * Reads a record; a last event that was cut off, since the scheduler was killed while it wrote, is left out.
 * @throws {EventFileError} when the file cannot be read or is no record
 */
export function readEventFile(path: string): { header: EventFileHeader; records: Generator<EventRecord> } {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw new EventFileError(`the record cannot be read: ${(cause as Error).message}`, { cause })
  }
  const end = bytes.indexOf(0x0a)
  let header: EventFileHeader | undefined
  try {
    header = JSON.parse(bytes.toString('utf8', 0, Math.max(0, end))) as EventFileHeader
  } catch {
    // Said below.
  }
  if (header?.heddle !== 'events')
    throw new EventFileError(
      `${path} is no record of a scheduler: \`heddle scheduler --record FILE\` writes one`,
    )
  return { header, records: recordsOf(bytes, end + 1) }
}

function* recordsOf(bytes: Buffer, from: number): Generator<EventRecord> {
  for (let at = from; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at)
    if (at + 4 + length > bytes.length) return
    yield deserialize(bytes.subarray(at + 4, at + 4 + length)) as EventRecord
    at += 4 + length
  }
}
