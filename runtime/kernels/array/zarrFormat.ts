// How an array is written as Zarr, version 2 and 3: its metadata, and a chunk's bytes and place.

import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type DType, DTypeError } from './dtype.ts'
import type { NdArray } from './ndArray.ts'
import { descrOf } from './npy.ts'
import { sizeOf } from './shape.ts'

export const ZARR_COMPRESSIONS = ['zstd', 'gzip', 'none'] as const
export type ZarrCompression = (typeof ZARR_COMPRESSIONS)[number]

/** The metadata of an array that is about to be written. */
export function zarrMetadata(
  dtype: DType,
  shape: readonly number[],
  chunks: readonly number[],
  version: 2 | 3,
  compression: ZarrCompression,
): { file: string; text: string } {
  const fill = dtype.kind === 'b' ? false : dtype.kind === 'c' ? [0, 0] : 0
  if (version === 2) {
    const compressor =
      compression === 'none'
        ? null
        : compression === 'gzip'
          ? { id: 'gzip', level: 5 }
          : { id: 'zstd', level: 3 }
    const text = {
      zarr_format: 2,
      shape,
      chunks,
      dtype: descrOf(dtype),
      compressor,
      fill_value: fill,
      order: 'C',
      filters: null,
    }
    return { file: '.zarray', text: JSON.stringify(text, null, 2) }
  }
  if (dtype.unit)
    throw new DTypeError(`${dtype.name} is not a type of Zarr 3: write version 2, or cast to int64`)
  const codecs = [
    dtype.bytes === 1 ? { name: 'bytes' } : { name: 'bytes', configuration: { endian: 'little' } },
    ...(compression === 'gzip' ? [{ name: 'gzip', configuration: { level: 5 } }] : []),
    ...(compression === 'zstd' ? [{ name: 'zstd', configuration: { level: 3, checksum: false } }] : []),
  ]
  const text = {
    zarr_format: 3,
    node_type: 'array',
    shape,
    data_type: dtype.name,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: chunks } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: fill,
    codecs,
    attributes: {},
  }
  return { file: 'zarr.json', text: JSON.stringify(text, null, 2) }
}

/** Where a chunk is, below the array's folder. */
export const zarrChunkPath = (index: readonly number[], version: 2 | 3): string =>
  version === 2 ? (index.length === 0 ? '0' : index.join('.')) : ['c', ...index].join('/')

/** A chunk's bytes: a block that is shorter at the array's end is filled up with zeros. */
export function zarrChunkBytes(
  block: NdArray,
  chunks: readonly number[],
  compression: ZarrCompression,
): Uint8Array {
  const pads = chunks.map((length, axis): [number, number] => [0, length - block.shape[axis]])
  const whole = block.size === sizeOf(chunks) ? block : (block.pad(pads) as NdArray)
  const data = whole.toTypedArray()
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (compression === 'none') return bytes
  return compression === 'gzip' ? gzipSync(bytes, { level: 5 }) : zstdCompressSync(bytes)
}
