// Writes one spill file: small pieces together, and no more than the disk may take.

import { type FileHandle, open } from 'node:fs/promises'
import { joinSmall, SLAB_BYTES_MAX } from './dataFrames.ts'
import { freeMemory } from './freeMemory.ts'

/** So many pieces go to the system in one call. */
const PIECES_MAX = 512

/** The spill folder may not take so much. */
export class SpillLimitReached extends Error {}

export class SpillWriter {
  readonly #file: FileHandle
  readonly #bytesMax: number
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  /** Those of the pending pieces that nobody else has. */
  #own: Uint8Array[] = []
  /** Bytes written so far, those that wait for the next call included. */
  length = 0

  private constructor(file: FileHandle, bytesMax: number) {
    this.#file = file
    this.#bytesMax = bytesMax
  }

  static async open(path: string, bytesMax: number): Promise<SpillWriter> {
    return new SpillWriter(await open(path, 'wx', 0o600), bytesMax)
  }

  /**
   * Writes a piece that nobody else has: its memory is free when it is on disk.
   * @throws {SpillLimitReached}
   */
  writeOwn(piece: Uint8Array): Promise<void> {
    this.#own.push(piece)
    return this.write([piece])
  }

  /** @throws {SpillLimitReached} */
  async write(parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      this.length += part.length
      this.#pendingBytes += part.length
      this.#pending.push(part)
    }
    if (this.length > this.#bytesMax) throw new SpillLimitReached()
    if (this.#pendingBytes >= SLAB_BYTES_MAX) await this.#flush()
  }

  /** Writes the rest. */
  async close(): Promise<void> {
    try {
      if (this.length <= this.#bytesMax) await this.#flush()
    } finally {
      await this.#file.close()
    }
  }

  async #flush(): Promise<void> {
    const parts = joinSmall(this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    const own = this.#own
    this.#own = []
    for (let at = 0; at < parts.length; at += PIECES_MAX) {
      let rest = parts.slice(at, at + PIECES_MAX)
      while (rest.length > 0) {
        // A write may leave something over.
        let { bytesWritten } = await this.#file.writev(rest)
        while (rest.length > 0 && bytesWritten >= rest[0].length) bytesWritten -= rest.shift()!.length
        if (bytesWritten > 0) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)]
      }
    }
    for (const piece of own) freeMemory(piece)
  }
}
