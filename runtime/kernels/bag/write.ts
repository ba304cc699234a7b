// Writing partitions to files, wherever they lie: each appears whole or not at all.

import { Readable } from 'node:stream'
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib'
import { type FileWriter, fileSystemOf, isInMemory } from '../files/fileSystem.ts'
import { kernel } from '../kernel.ts'
import { type Batches, located } from './batch.ts'
import type { Compression, Sink, TextEncoding } from './plan.ts'

type WriteSink = Extract<Sink, { sink: 'write' }>

/**
 * Writes a partition's items to `path`, a line an item; gives a partition that has the path, or for a file of the
 * program's memory what is to be written there.
 */
export async function writePartition(
  sink: WriteSink,
  batches: Batches,
  path: string,
): Promise<(string | WrittenInMemory)[]> {
  const file = isInMemory(path)
    ? new Gathered(path)
    : await (await fileSystemOf(path, sink.storage)).create(path, sink.staging)
  try {
    for await (const bytes of compressed(encodedLines(sink, batches, path), sink.compression))
      await file.write(bytes)
    await file.commit()
    return [file instanceof Gathered ? { path, contents: file.contents } : path]
  } catch (error) {
    await file.abandon()
    throw error
  }
}

/** A file that the program itself puts into its memory, once it has the result. */
export interface WrittenInMemory {
  path: string
  contents: Uint8Array
}

/** The contents of a file, in one piece. */
class Gathered implements FileWriter {
  readonly path: string
  contents = new Uint8Array(0)
  #pieces: Uint8Array[] = []

  constructor(path: string) {
    this.path = path
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(new Uint8Array(bytes))
  }

  async commit(): Promise<void> {
    this.contents = new Uint8Array(Buffer.concat(this.#pieces))
  }

  async abandon(): Promise<void> {
    this.#pieces = []
  }
}

async function* encodedLines(sink: WriteSink, batches: Batches, path: string): AsyncGenerator<Uint8Array> {
  for await (const batch of batches) {
    let text = ''
    let i = 0
    try {
      for (; i < batch.items.length; i++) text += `${lineOf(sink, batch.items[i], path)}\n`
    } catch (error) {
      throw await located(error, batch, i)
    }
    yield bytesOf(text, sink.encoding)
  }
}

/** An item that is no line of text. */
export class NotALineError extends TypeError {
  override name = 'NotALineError'
}
kernel('error.NotALineError', NotALineError)

function lineOf(sink: WriteSink, item: unknown, path: string): string {
  if (sink.format === 'jsonLines') {
    const line: string | undefined = JSON.stringify(item)
    if (line === undefined)
      throw new NotALineError(
        `${path} cannot hold ${typeof item}: JSON has nothing for it, so map it to plain data`,
      )
    return line
  }
  if (typeof item === 'string') return item
  throw new NotALineError(
    `${path} holds lines of text, but an item is of type ${typeof item}: map it to a text, or use toJsonLines`,
  )
}

function bytesOf(text: string, encoding: TextEncoding): Uint8Array {
  if (encoding !== 'utf-16be') return Buffer.from(text, encoding === 'utf-16le' ? 'utf16le' : encoding)
  return Buffer.from(text, 'utf16le').swap16()
}

async function* compressed(
  lines: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  if (compression === 'none') {
    yield* lines
    return
  }
  const source = Readable.from(lines)
  const out = compressorOf(compression)
  source.on('error', (error) => out.destroy(error))
  yield* source.pipe(out) as AsyncIterable<Uint8Array>
}

function compressorOf(compression: Exclude<Compression, 'none'>) {
  switch (compression) {
    case 'gzip':
      return createGzip()
    case 'zstd':
      return createZstdCompress()
    case 'brotli':
      return createBrotliCompress()
    case 'deflate':
      return createDeflate()
  }
}
