// Compression of spilled values, block by block, so that no second copy of a large value is ever in memory.
//
// zstd at 1 comes with Node and reads shared memory as it lies. lz4 and snappy unpack two to ten times as fast, but leave
// two to ten times as much of what shrinks at all, and the disk is what a spilled value waits for: docs/dependencies.md.

import { promisify } from 'node:util'
import { constants, zstdCompress, zstdCompressSync, zstdDecompress } from 'node:zlib'
import { freeMemory } from './freeMemory.ts'

const BLOCK_BYTES = 1 << 20
/** This much of a value's beginning tells whether it is worth compressing. */
const SAMPLE_BYTES = 32 * 1024
/** Less than this is written as it is. */
const WORTH_BYTES_MIN = 512
/** Compression pays when it leaves less than this share: measured here, disks write about as fast as zstd at 1 packs. */
const WORTH_SHARE = 0.6
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** A block comes in one piece, which can be freed at once: put together from many it left 2 MB of garbage for 1 MB. */
const inOnePiece = ({ length }: Uint8Array): { chunkSize: number } => ({ chunkSize: length + 8192 })
const pack = promisify(zstdCompress)
const unpack = promisify(zstdDecompress)

/** Whether a value of these parts is worth compressing: the beginning of the largest tells. */
export function isWorthPacking(parts: readonly Uint8Array[]): boolean {
  const largest = parts.reduce((most, part) => (part.length > most.length ? part : most))
  if (largest.length < WORTH_BYTES_MIN) return false
  const sample = largest.subarray(0, SAMPLE_BYTES)
  return zstdCompressSync(sample, LEVEL).length <= WORTH_SHARE * sample.length
}

/** The blocks of parts, each compressed on its own, to be freed by who gets them; the next one is packed while the last is written. */
export async function* packedBlocks(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  let ahead: Promise<Uint8Array> | undefined
  for (const block of blocksOf(parts)) {
    const packing = pack(block, { ...LEVEL, ...inOnePiece(block) })
    // It is awaited below: a failure must not count as unheard until then.
    packing.catch(() => {})
    if (ahead) yield await ahead
    ahead = packing
  }
  if (ahead) yield await ahead
}

/**
 * Fills parts from their packed blocks.
 * @param stored bytes of each packed block, in order
 * @param read gives so many bytes from so far behind the value's beginning: where they are all of a buffer, it is freed
 */
export async function unpackInto(
  parts: readonly Uint8Array[],
  stored: readonly number[],
  read: (from: number, length: number) => Promise<Uint8Array>,
): Promise<void> {
  let from = 0
  let at = 0
  for (const block of blocksOf(parts)) {
    const length = stored[at++]
    const packed = await read(from, length)
    const unpacked = await unpack(packed, inOnePiece(block))
    block.set(unpacked)
    freeMemory(unpacked)
    if (isWhole(packed)) freeMemory(packed)
    from += length
  }
}

const isWhole = (bytes: Uint8Array): boolean => bytes.length === bytes.buffer.byteLength

function* blocksOf(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts)
    for (let at = 0; at < part.length; at += BLOCK_BYTES) yield part.subarray(at, at + BLOCK_BYTES)
}
