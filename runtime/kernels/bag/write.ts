// Writing partitions to files: each under a temporary name first, so that nobody ever sees half a file.

import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib'
import { FileError, fileErrorOf } from '../files/fileErrors.ts'
import { type Batches, located } from './batch.ts'
import type { Compression, Sink, TextEncoding } from './plan.ts'

type WriteSink = Extract<Sink, { sink: 'write' }>

/** Writes a partition's items to `path`, a line an item; gives a partition that has the path. */
export async function writePartition(sink: WriteSink, batches: Batches, path: string): Promise<string[]> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  let handle: FileHandle | undefined
  try {
    await mkdir(dirname(path), { recursive: true })
    handle = await open(temporary, 'wx')
    for await (const bytes of compressed(encodedLines(sink, batches, path), sink.compression))
      await handle.write(bytes)
    await handle.close()
    await rename(temporary, path)
    return [path]
  } catch (error) {
    await handle?.close().catch(() => {})
    await rm(temporary, { force: true })
    const isOfSystem = error instanceof Error && 'syscall' in error
    throw isOfSystem ? writeError(path, error) : error
  }
}

function writeError(path: string, cause: Error): FileError {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOSPC') return new FileError(path, `${path} cannot be written: the disk is full`, cause)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new FileError(path, `${path} may not be written by this user: choose another folder`, cause)
  if (code === 'EISDIR')
    return new FileError(path, `${path} cannot be written: there is a folder of that name`, cause)
  return fileErrorOf(path, cause)
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
