// A worker's values on disk: many small ones to a file, large ones each in their own, compressed where that pays.

import { mkdir, open, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdCompressSync, zstdDecompress } from 'node:zlib'
import type { EncodedValue } from '../functions/encodedValue.ts'
import { type Allocate, joinSmall, SHARE_FROM_BYTES } from './dataFrames.ts'
import { SpillReader } from './spillReader.ts'

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
}

interface Place {
  file: SpillFile
  from: number
  storedBytes: number
  compressed: boolean
  /** Bytes of the encoding, then of its buffers. */
  sizes: number[]
}

/** A value at least this large has a file of its own, so that forgetting it frees the disk at once. */
const OWN_FILE_BYTES = 1 << 20
const FILE_BYTES_MAX = 32e6
/** This much of a value's beginning tells whether it is worth compressing. */
const SAMPLE_BYTES = 32 * 1024
/** Compression pays when it leaves less than this share: measured here, disks write about as fast as zstd at 1 packs. */
const WORTH_SHARE = 0.6
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const pack = promisify(zstdCompress)
const unpack = promisify(zstdDecompress)

export class SpillFiles {
  readonly folder: string
  readonly #limitBytes: number
  readonly #allocate: Allocate
  readonly #places = new Map<number, Place>()
  readonly #reader = new SpillReader()
  #serial = 0
  #made = false
  /** Bytes on disk, those of forgotten neighbours included. */
  diskBytes = 0

  /** @param limitBytes at most this much of the disk is used */
  constructor(
    folder: string,
    limitBytes = Number.POSITIVE_INFINITY,
    allocate: Allocate = (byteLength) => new SharedArrayBuffer(byteLength),
  ) {
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
    const { sizes, from, storedBytes, compressed } = place
    const { path } = place.file
    if (!compressed && storedBytes >= SHARE_FROM_BYTES) {
      const parts = partsOf(sizes, this.#allocate)
      await this.#reader.fill(path, from, parts)
      return valueIn(parts)
    }
    const stored = await this.#reader.read(path, from, storedBytes)
    const whole = compressed ? await unpack(stored) : stored
    const parts = partsOf(sizes, this.#allocate)
    let at = 0
    for (const part of parts) {
      part.set(whole.subarray(at, at + part.length))
      at += part.length
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
    void rm(place.file.path, { force: true })
  }

  async #writeFile(rows: readonly number[], valueIn: (row: number) => EncodedValue): Promise<void> {
    const file: SpillFile = { path: `${this.folder}/${this.#serial++}`, live: rows.length, bytes: 0 }
    const places: Place[] = []
    const parts: Uint8Array[] = []
    for (const row of rows) {
      const value = valueIn(row)
      const own = [value.bytes, ...value.buffers.map((buffer) => new Uint8Array(buffer))]
      const sizes = own.map(({ length }) => length)
      const packed = await packIfWorth(own)
      const stored = packed ? [packed] : own
      const storedBytes = stored.reduce((sum, { length }) => sum + length, 0)
      places.push({ file, from: file.bytes, storedBytes, compressed: packed !== undefined, sizes })
      file.bytes += storedBytes
      parts.push(...stored)
    }
    if (this.diskBytes + file.bytes > this.#limitBytes)
      throw new SpillError(this.folder, `its limit of ${this.#limitBytes} bytes is reached`)
    try {
      if (!this.#made) await mkdir(this.folder, { recursive: true, mode: 0o700 })
      this.#made = true
      await writeParts(file.path, joinSmall(parts))
    } catch (cause) {
      await rm(file.path, { force: true }).catch(() => {})
      const { code, message } = cause as NodeJS.ErrnoException
      const reason =
        code === 'ENOSPC' ? 'the disk is full' : code === 'EDQUOT' ? 'the quota is used up' : message
      throw new SpillError(this.folder, reason, cause)
    }
    this.diskBytes += file.bytes
    rows.forEach((row, i) => {
      this.#places.set(row, places[i])
    })
  }
}

const totalBytes = (value: EncodedValue): number =>
  value.buffers.reduce((sum, { byteLength }) => sum + byteLength, value.bytes.length)

async function packIfWorth(parts: readonly Uint8Array[]): Promise<Uint8Array | undefined> {
  const largest = parts.reduce((most, part) => (part.length > most.length ? part : most))
  if (largest.length < 512) return undefined
  const sample = Buffer.from(largest.subarray(0, SAMPLE_BYTES))
  if (zstdCompressSync(sample, LEVEL).length > WORTH_SHARE * sample.length) return undefined
  return pack(parts.length === 1 ? Buffer.from(parts[0]) : Buffer.concat(parts), LEVEL)
}

/** Writes parts of any number and size: at most so many at a time, and what a write left over again. */
async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for (let at = 0; at < parts.length; at += 512) {
      let rest = parts.slice(at, at + 512)
      while (rest.length > 0) {
        let { bytesWritten } = await file.writev(rest)
        while (rest.length > 0 && bytesWritten >= rest[0].length) bytesWritten -= rest.shift()!.length
        if (bytesWritten > 0) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)]
      }
    }
  } finally {
    await file.close()
  }
}

/** Room for a value: its encoding, then its buffers, where threads can share them. */
const partsOf = (sizes: readonly number[], allocate: Allocate): Uint8Array[] =>
  sizes.map((size, i) =>
    i === 0 && size < SHARE_FROM_BYTES ? new Uint8Array(size) : new Uint8Array(allocate(size)),
  )

const valueIn = ([bytes, ...buffers]: Uint8Array[]): EncodedValue => ({
  bytes,
  buffers: buffers.map(({ buffer }) => buffer as SharedArrayBuffer),
})
