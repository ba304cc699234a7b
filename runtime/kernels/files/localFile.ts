// Files of this machine.

import { type FileHandle, open } from 'node:fs/promises'
import { FileChangedError, fileErrorOf } from './fileErrors.ts'
import type { SourceFile } from './sourceFile.ts'

/** How many bytes a piece has: several disk reads' worth, and small enough that text cut from it stays cheap to keep. */
const PIECE_BYTES = 256 * 1024

/** @throws {FileError} when the file cannot be opened, or has fewer bytes than were planned */
export async function openLocalFile(path: string, plannedSize: number): Promise<SourceFile> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (cause) {
    throw fileErrorOf(path, cause)
  }
  try {
    const stat = await handle.stat()
    if (stat.isDirectory()) throw fileErrorOf(path, Object.assign(new Error('a folder'), { code: 'EISDIR' }))
    if (stat.size < plannedSize) throw shrunk(path, plannedSize, stat.size)
    return new LocalFile(path, stat.size, handle)
  } catch (error) {
    await handle.close()
    throw error
  }
}

function shrunk(path: string, planned: number, now: number): FileChangedError {
  return new FileChangedError(
    path,
    `${path} became shorter while it was read: it had ${planned} bytes and has ${now}. Run again once nothing writes to it.`,
  )
}

class LocalFile implements SourceFile {
  readonly path: string
  readonly size: number
  readonly #handle: FileHandle

  constructor(path: string, size: number, handle: FileHandle) {
    this.path = path
    this.size = size
    this.#handle = handle
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(end - start)
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await this.#readInto(bytes, filled, start + filled)
      if (bytesRead === 0) throw shrunk(this.path, end, start + filled)
      filled += bytesRead
    }
    return bytes
  }

  async *chunks(start: number, end = this.size): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (let at = start; at < end; at += PIECE_BYTES)
      yield await this.read(at, Math.min(end, at + PIECE_BYTES))
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  async #readInto(bytes: Uint8Array, filled: number, at: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(bytes, filled, bytes.length - filled, at)
    } catch (cause) {
      throw fileErrorOf(this.path, cause)
    }
  }
}
