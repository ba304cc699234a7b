// Reads from spill files: they stay open for the next reader, and small values are read many at once.

import { type FileHandle, open } from 'node:fs/promises'

interface OpenFile {
  handle: Promise<FileHandle>
  readers: number
}

/** So many files are kept open. */
const FILES_OPEN_MAX = 32
/** Small values are read by blocks of this size, in the hope that their neighbours are wanted next. */
const BLOCK_BYTES = 256 * 1024
/** So many blocks are kept. */
const BLOCKS_MAX = 16

export class SpillReader {
  readonly #opened = new Map<string, OpenFile>()
  readonly #blocks = new Map<string, Promise<Uint8Array>>()

  /** @throws {Error} when the file is gone or was cut short */
  async read(path: string, from: number, length: number): Promise<Uint8Array> {
    const block = Math.floor(from / BLOCK_BYTES)
    const within = from - block * BLOCK_BYTES
    if (within + length > BLOCK_BYTES || length > BLOCK_BYTES / 8) {
      const bytes = new Uint8Array(length)
      await this.fill(path, from, [bytes])
      return bytes
    }
    const bytes = await this.#block(path, block)
    if (bytes.length < within + length) throw new Error(`${path} was cut short`)
    return bytes.subarray(within, within + length)
  }

  /**
   * Fills parts with what follows one another in a file from `from` on.
   * @throws {Error} when the file is gone or was cut short
   */
  async fill(path: string, from: number, parts: readonly Uint8Array[]): Promise<void> {
    let at = from
    for (const part of parts) {
      if ((await this.#readInto(path, at, part)) < part.length) throw new Error(`${path} was cut short`)
      at += part.length
    }
  }

  /** A file is removed: nothing of it is read again. */
  forget(path: string): void {
    const opened = this.#opened.get(path)
    this.#opened.delete(path)
    if (opened) closeQuietly(opened)
    for (const name of this.#blocks.keys()) if (name.startsWith(`${path}:`)) this.#blocks.delete(name)
  }

  #block(path: string, block: number): Promise<Uint8Array> {
    const name = `${path}:${block}`
    const bytes = this.#blocks.get(name) ?? this.#readBlock(path, block)
    this.#blocks.delete(name)
    this.#blocks.set(name, bytes)
    // A block that cannot be read is tried anew by the next reader.
    bytes.catch(() => this.#blocks.delete(name))
    if (this.#blocks.size > BLOCKS_MAX) this.#blocks.delete(this.#blocks.keys().next().value!)
    return bytes
  }

  async #readBlock(path: string, block: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(BLOCK_BYTES)
    return bytes.subarray(0, await this.#readInto(path, block * BLOCK_BYTES, bytes))
  }

  /** Returns how many bytes there were. */
  async #readInto(path: string, from: number, into: Uint8Array): Promise<number> {
    const file = this.#open(path)
    file.readers++
    try {
      const handle = await file.handle
      let length = 0
      while (length < into.length) {
        const { bytesRead } = await handle.read(into, length, into.length - length, from + length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      return length
    } finally {
      file.readers--
      this.#closeIdle()
    }
  }

  #open(path: string): OpenFile {
    const opened = this.#opened.get(path) ?? { handle: open(path, 'r'), readers: 0 }
    this.#opened.delete(path)
    this.#opened.set(path, opened)
    // A file that cannot be opened is tried anew by the next reader.
    opened.handle.catch(() => this.#opened.delete(path))
    return opened
  }

  #closeIdle(): void {
    for (const [path, opened] of this.#opened) {
      if (this.#opened.size <= FILES_OPEN_MAX) return
      if (opened.readers > 0) continue
      this.#opened.delete(path)
      closeQuietly(opened)
    }
  }
}

function closeQuietly({ handle }: OpenFile): void {
  handle.then((file) => file.close()).catch(() => {}) // It was only read from: nothing can be lost.
}
