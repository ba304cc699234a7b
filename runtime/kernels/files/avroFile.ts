// Avro object container files: their header, and the blocks that sync markers set apart.
// Source: Apache Avro 1.11 specification, "Object Container Files".

import { createRequire } from 'node:module'
import { inflateRawSync, zstdDecompressSync } from 'node:zlib'
import type { Type } from 'avsc'
import { FileError, FileFormatError } from './fileErrors.ts'
import type { SourceFile } from './sourceFile.ts'

const require = createRequire(import.meta.url)

/** The library, loaded with the first file: it is large beside what most programs need. */
const avroLibrary = (): typeof import('avsc') => require('avsc')

const MAGIC = 'Obj\u0001'
const SYNC_BYTES = 16
/** A header is read in steps of this: it holds the whole schema. */
const STEP_BYTES = 64 * 1024

type Int64 = 'number' | 'bigint'

/** What the beginning of a file says of the rest. */
export interface AvroHeader {
  type: Type
  codec: string
  sync: Uint8Array
  /** Where the first block begins. */
  end: number
}

/**
 * Reads the header of a file.
 * @throws {FileFormatError} when it is none
 */
export async function readAvroHeader(file: SourceFile, int64: Int64): Promise<AvroHeader> {
  const size = file.size ?? Number.POSITIVE_INFINITY
  for (let length = Math.min(size, STEP_BYTES); ; length = Math.min(size, length * 2)) {
    const bytes = await file.read(0, length)
    const header = headerIn(file.path, bytes, int64)
    if (header) return header
    if (length >= size) throw broken(file.path, 'its header is cut short')
  }
}

function headerIn(path: string, bytes: Uint8Array, int64: Int64): AvroHeader | undefined {
  const cursor = new Cursor(bytes, 0)
  try {
    if (cursor.text(MAGIC.length) !== MAGIC)
      throw new FileFormatError(
        path,
        `${path} is no avro file: it does not begin with Obj. Is it compressed as a whole?`,
      )
    const meta = new Map<string, Uint8Array>()
    for (let count = cursor.long(); count !== 0; count = cursor.long()) {
      // A negative count is followed by the block's size.
      if (count < 0) cursor.long()
      for (let i = 0; i < Math.abs(count); i++) {
        const name = cursor.text(cursor.long())
        meta.set(name, cursor.bytes(cursor.long()))
      }
    }
    const sync = cursor.bytes(SYNC_BYTES).slice()
    const text = (name: string): string => Buffer.from(meta.get(name) ?? []).toString()
    return {
      type: typeOf(path, text('avro.schema'), int64),
      codec: text('avro.codec') || 'null',
      sync,
      end: cursor.at,
    }
  } catch (error) {
    if (error instanceof CutShort) return undefined
    throw error
  }
}

/** Types are made once for all files of a schema. */
const types = new Map<string, Type>()

function typeOf(path: string, schema: string, int64: Int64): Type {
  const key = `${int64} ${schema}`
  let type = types.get(key)
  if (type) return type
  try {
    const library = avroLibrary()
    type = library.Type.forSchema(JSON.parse(schema), {
      registry: int64 === 'bigint' ? { long: bigintLongs(library) } : {},
    })
  } catch (cause) {
    throw broken(path, `its schema cannot be read: ${(cause as Error).message}`, cause)
  }
  types.set(key, type)
  return type
}

function bigintLongs({ types }: typeof import('avsc')): Type {
  return types.LongType.__with({
    fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
    toBuffer: (value: bigint) => {
      const buffer = Buffer.alloc(8)
      buffer.writeBigInt64LE(value)
      return buffer
    },
    fromJSON: BigInt,
    toJSON: Number,
    isValid: (value: unknown) => typeof value === 'bigint',
    compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
  })
}

/** The records of one block. */
export interface AvroBlock {
  records: unknown[]
  /** Where the block begins. */
  at: number
}

const PIECE_BYTES = 4 * 2 ** 20

/**
 * The blocks that begin in [start, end) of a file: each begins behind the sync marker of the one before it, and a
 * marker that begins in the range brings the block behind it along.
 * @throws {FileFormatError} when a block is cut short or cannot be decoded
 */
export async function* avroBlocks(
  file: SourceFile,
  header: AvroHeader,
  start: number,
  end: number,
): AsyncGenerator<AvroBlock> {
  const stop = end < 0 ? (file.size ?? Number.POSITIVE_INFINITY) : end
  const window = new Window(file)
  let at = start <= header.end - SYNC_BYTES ? header.end : await afterSync(window, header.sync, start, stop)
  while (at >= 0 && at - SYNC_BYTES < stop) {
    const head = await window.bytes(at, at + 20)
    if (head.length === 0) return
    const cursor = new Cursor(head, 0)
    let count: number
    let length: number
    try {
      count = cursor.long()
      length = cursor.long()
    } catch {
      throw broken(file.path, `its block at byte ${at} is cut short`)
    }
    const from = at + cursor.at
    const body =
      count < 0 || length < 0 ? new Uint8Array(0) : await window.bytes(from, from + length + SYNC_BYTES)
    if (body.length < length + SYNC_BYTES || Buffer.compare(body.subarray(length), header.sync) !== 0)
      throw broken(file.path, `its block at byte ${at} is damaged or cut short`)
    yield { records: decoded(file.path, header, body.subarray(0, length), count, at), at }
    at = from + length + SYNC_BYTES
  }
}

/** Where the first block begins whose marker begins in [start, stop); −1 where there is none. */
async function afterSync(window: Window, sync: Uint8Array, start: number, stop: number): Promise<number> {
  for (let at = start; at < stop; at += PIECE_BYTES) {
    const bytes = await window.bytes(at, Math.min(at + PIECE_BYTES, stop) + SYNC_BYTES - 1)
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(sync)
    if (found >= 0) return at + found + SYNC_BYTES
    if (bytes.length < SYNC_BYTES) return -1
  }
  return -1
}

function decoded(path: string, header: AvroHeader, body: Uint8Array, count: number, at: number): unknown[] {
  const records: unknown[] = []
  try {
    const bytes = decompress(path, header.codec, body)
    let offset = 0
    while (records.length < count) {
      const { value, offset: next } = header.type.decode(bytes, offset)
      if (next < 0) throw new Error('it ends within a record')
      records.push(plain(value))
      offset = next
    }
  } catch (cause) {
    if (cause instanceof FileError) throw cause
    const text = (cause as Error).message
    const wayOut = /potential precision loss/.test(text) ? ". Read it with int64: 'bigint'" : ''
    throw broken(path, `record ${records.length + 1} of its block at byte ${at}: ${text}${wayOut}`, cause)
  }
  return records
}

/** Records as plain objects: the library gives instances of classes that it makes for each schema. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
}

function decompress(path: string, codec: string, body: Uint8Array): Buffer {
  switch (codec) {
    case 'null':
      return Buffer.from(body.buffer, body.byteOffset, body.length)
    case 'deflate':
      return inflateRawSync(body)
    case 'zstandard':
      return zstdDecompressSync(body)
    case 'snappy':
      return snappy(body)
    default:
      throw new FileFormatError(
        path,
        `${path} is compressed by ${codec}, which is not known here: write it with deflate, snappy or zstandard`,
      )
  }
}

/** Snappy's own length comes first, a checksum of four bytes last. */
function snappy(body: Uint8Array): Buffer {
  const { compressors } = require('hyparquet-compressors') as typeof import('hyparquet-compressors')
  const length = new Cursor(body, 0).varint()
  return Buffer.from(compressors.SNAPPY!(body.subarray(0, -4), length))
}

const broken = (path: string, why: string, cause?: unknown): FileFormatError =>
  new FileFormatError(path, `${path} is no readable avro file: ${why}. Copy or write it again.`, cause)

/** More bytes are needed. */
class CutShort extends Error {}

/** Reads Avro's primitives from bytes. */
class Cursor {
  at: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  /** An unsigned number, seven bits a byte, the lowest first. */
  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      if (this.at >= this.#bytes.length) throw new CutShort()
      const byte = this.#bytes[this.at++]
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  /** A signed one: zig-zag, so that small negative ones stay short. */
  long(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  bytes(length: number): Uint8Array {
    if (length < 0 || this.at + length > this.#bytes.length) throw new CutShort()
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  text(length: number): string {
    return Buffer.from(this.bytes(length)).toString()
  }
}

/** Reads small pieces of a file that follow one another from larger ones. */
class Window {
  readonly #file: SourceFile
  #bytes = new Uint8Array(0)
  #at = 0

  constructor(file: SourceFile) {
    this.#file = file
  }

  /** The bytes from `start` to `end`, fewer at the end of the file. */
  async bytes(start: number, end: number): Promise<Uint8Array> {
    const last = Math.min(end, this.#file.size ?? end)
    if (start < this.#at || last > this.#at + this.#bytes.length) {
      const ahead = Math.min(Math.max(last, start + PIECE_BYTES), this.#file.size ?? last)
      this.#bytes = await this.#file.read(start, Math.max(start, ahead))
      this.#at = start
    }
    return this.#bytes.subarray(start - this.#at, Math.max(start, last) - this.#at)
  }
}
