// A worker's values on disk: many small ones to a file, large ones each in their own, compressed where that pays.

import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { EncodedValue } from '../functions/encodedValue.ts'
import { hasWayAround, readAround, refusesWayAround, writeAround } from './aroundCache.ts'
import { type Allocate, SHARE_FROM_BYTES } from './dataFrames.ts'
import { isWorthPacking, packedBlocks, unpackInto } from './spillBlocks.ts'
import { SpillReader } from './spillReader.ts'
import { SpillLimitReached, SpillWriter } from './spillWriter.ts'
import { type Way, WayToDisk } from './wayToDisk.ts'

/** Values cannot be written to the spill folder. */
export class SpillError extends Error {
  override name = 'SpillError'
  readonly folder: string
  constructor(folder: string, reason: string, cause?: unknown) {
    super(
      `values cannot be spilled to ${folder}: ${reason}. They stay in memory; ` +
        'free some space there, or set another spill folder.',
      { cause },
    )
    this.folder = folder
  }
}

interface SpillFile {
  path: string
  /** Values in it that are still wanted. */
  live: number
  bytes: number
  way: Way
}

interface Place {
  file: SpillFile
  from: number
  storedBytes: number
  /** Where it is compressed: bytes of each packed block. */
  blocks: number[] | undefined
  /** Bytes of the encoding, then of its buffers. */
  sizes: number[]
}

/** A value at least this large has a file of its own, so that forgetting it frees the disk at once. */
const OWN_FILE_BYTES = 1 << 20
/** Smaller ones are read again more often, in parts of arrays that are cut otherwise: then the page cache helps. */
const AROUND_FROM_BYTES = 16e6
const FILE_BYTES_MAX = 32e6

export class SpillFiles {
  readonly folder: string
  readonly #limitBytes: number
  readonly #allocate: Allocate
  readonly #places = new Map<number, Place>()
  readonly #reader = new SpillReader()
  readonly #way: WayToDisk
  #serial = 0
  #made = false
  /** Bytes on disk, those of forgotten neighbours included. */
  diskBytes = 0

  /** @param limitBytes at most this much of the disk is used */
  constructor(
    folder: string,
    limitBytes = Number.POSITIVE_INFINITY,
    allocate: Allocate = (byteLength) => new SharedArrayBuffer(byteLength),
    way = new WayToDisk(hasWayAround),
  ) {
    this.#way = way
    this.folder = folder
    this.#allocate = allocate
    this.#limitBytes = limitBytes
  }

  /**
   * Writes values; those of `rows` whose file was complete are passed to `written` as soon as they are on disk.
   * @throws {SpillError} when the disk is full or the folder cannot be written: what was not passed to `written` is not there
   */
  async write(
    rows: readonly number[],
    valueIn: (row: number) => EncodedValue,
    written: (rows: number[]) => void,
  ): Promise<void> {
    let group: number[] = []
    let groupBytes = 0
    const flush = async (): Promise<void> => {
      if (group.length === 0) return
      const whole = group
      group = []
      groupBytes = 0
      await this.#writeFile(whole, valueIn)
      written(whole)
    }
    for (const row of rows) {
      const bytes = totalBytes(valueIn(row))
      if (bytes >= OWN_FILE_BYTES) {
        await this.#writeFile([row], valueIn)
        written([row])
        continue
      }
      group.push(row)
      groupBytes += bytes
      if (groupBytes >= FILE_BYTES_MAX) await flush()
    }
    await flush()
  }

  /** @throws {Error} when the file is gone or was cut short */
  async read(row: number): Promise<EncodedValue> {
    const place = this.#places.get(row)
    if (!place) throw new Error(`no spilled value in row ${row}`)
    const { sizes, from, storedBytes, blocks } = place
    const { path, way } = place.file
    const parts = partsOf(sizes, this.#allocate)
    if (way === 'around') await readAround(path, parts)
    else if (blocks)
      await unpackInto(parts, blocks, (within, length) => this.#reader.read(path, from + within, length))
    else if (storedBytes >= SHARE_FROM_BYTES) await this.#reader.fill(path, from, parts)
    else {
      const stored = await this.#reader.read(path, from, storedBytes)
      let at = 0
      for (const part of parts) {
        part.set(stored.subarray(at, at + part.length))
        at += part.length
      }
    }
    return valueIn(parts)
  }

  /** A value is not wanted any more: its file goes with its last one. */
  forget(row: number): void {
    const place = this.#places.get(row)
    if (!place) return
    this.#places.delete(row)
    if (--place.file.live > 0) return
    this.diskBytes -= place.file.bytes
    this.#reader.forget(place.file.path)
    // Where it cannot be removed (the folder became read-only) it stays until somebody can.
    rm(place.file.path, { force: true }).catch(() => {})
  }

  async #writeFile(rows: readonly number[], valueIn: (row: number) => EncodedValue): Promise<void> {
    const file: SpillFile = {
      path: `${this.folder}/${this.#serial++}`,
      live: rows.length,
      bytes: 0,
      way: 'cached',
    }
    let places: Place[]
    try {
      // At once: made a turn later, it could come after the worker's end has removed its files.
      if (!this.#made) mkdirSync(this.folder, { recursive: true, mode: 0o700 })
      this.#made = true
      const parts = partsIn(valueIn(rows[0]))
      const isLargeAndDense =
        rows.length === 1 && lengthOf(parts) >= AROUND_FROM_BYTES && !isWorthPacking(parts)
      places = isLargeAndDense ? [await this.#writeLarge(file, parts)] : await this.#pack(file, rows, valueIn)
    } catch (cause) {
      await rm(file.path, { force: true }).catch(() => {})
      throw this.#spillError(cause)
    }
    this.diskBytes += file.bytes
    rows.forEach((row, i) => {
      this.#places.set(row, places[i])
    })
  }

  /** A large value as it is, by the way to the disk that is faster. */
  async #writeLarge(file: SpillFile, parts: readonly Uint8Array[]): Promise<Place> {
    file.bytes = lengthOf(parts)
    file.way = this.#way.next()
    if (file.bytes > this.#limitBytes - this.diskBytes) throw new SpillLimitReached()
    const start = performance.now()
    try {
      if (file.way === 'around') await writeAround(file.path, parts)
      else await this.#writeCached(file.path, parts)
    } catch (error) {
      if (file.way === 'cached' || !refusesWayAround(error)) throw error
      this.#way.cannotGoAround()
      await rm(file.path, { force: true })
      return this.#writeLarge(file, parts)
    }
    this.#way.took(file.way, file.bytes, performance.now() - start)
    return {
      file,
      from: 0,
      storedBytes: file.bytes,
      blocks: undefined,
      sizes: parts.map(({ length }) => length),
    }
  }

  async #writeCached(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const out = await SpillWriter.open(path, this.#limitBytes - this.diskBytes)
    try {
      await out.write(parts)
    } finally {
      await out.close()
    }
  }

  /** Values one after another, each compressed where that pays. */
  async #pack(
    file: SpillFile,
    rows: readonly number[],
    valueIn: (row: number) => EncodedValue,
  ): Promise<Place[]> {
    const places: Place[] = []
    const out = await SpillWriter.open(file.path, this.#limitBytes - this.diskBytes)
    try {
      for (const row of rows) {
        const from = out.length
        const parts = partsIn(valueIn(row))
        const sizes = parts.map(({ length }) => length)
        const blocks: number[] | undefined = isWorthPacking(parts) ? [] : undefined
        if (blocks)
          for await (const block of packedBlocks(parts)) {
            blocks.push(block.length)
            await out.writeOwn(block)
          }
        else await out.write(parts)
        places.push({ file, from, storedBytes: out.length - from, blocks, sizes })
      }
    } finally {
      await out.close()
    }
    file.bytes = out.length
    return places
  }

  #spillError(cause: unknown): SpillError {
    const { folder } = this
    // The folder was removed while the worker ran: the next one makes it again.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') this.#made = false
    if (cause instanceof SpillLimitReached)
      return new SpillError(folder, `its limit of ${this.#limitBytes} bytes is reached`)
    const { code = '', message } = cause as NodeJS.ErrnoException
    return new SpillError(folder, REASONS[code] ?? message, cause)
  }
}

const REASONS: Record<string, string | undefined> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EROFS: 'it is read-only',
  EACCES: 'it may not be written to',
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0)

const totalBytes = (value: EncodedValue): number =>
  value.buffers.reduce((sum, { byteLength }) => sum + byteLength, value.bytes.length)

const partsIn = (value: EncodedValue): Uint8Array[] => [
  value.bytes,
  ...value.buffers.map((buffer) => new Uint8Array(buffer)),
]

/** Room for a value: its encoding, then its buffers, where threads can share them. */
const partsOf = (sizes: readonly number[], allocate: Allocate): Uint8Array[] =>
  sizes.map((size, i) =>
    i === 0 && size < SHARE_FROM_BYTES ? new Uint8Array(size) : new Uint8Array(allocate(size)),
  )

const valueIn = ([bytes, ...buffers]: Uint8Array[]): EncodedValue => ({
  bytes,
  buffers: buffers.map(({ buffer }) => buffer as SharedArrayBuffer),
})
