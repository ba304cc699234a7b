// What Zarr's metadata says of an array, version 2 and 3, and how a chunk is written.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { kernel } from '../kernel.ts'
import { type DType, DTypeError, type DTypeName } from './dtype.ts'
import type { NdArray } from './ndArray.ts'
import { descrOf, dtypeOfDescr } from './npy.ts'
import { sizeOf } from './shape.ts'

/** A folder is no Zarr array, or one that cannot be read here. */
export class ZarrError extends Error {
  override name = 'ZarrError'
}
kernel('error.ZarrError', ZarrError)

/** An array in a folder, as its metadata tells it. */
export interface ZarrArray {
  path: string
  version: 2 | 3
  dtype: DTypeName
  shape: number[]
  /** The grid: the shards where there are some. */
  chunks: number[]
  /** Changes when the metadata was written anew. */
  stamp: string
}

const V3_NAMES = /^(bool|u?int(8|16|32|64)|float(32|64)|complex(64|128))$/

/**
 * Reads the metadata of the array in a folder.
 * @throws {ZarrError} when there is none
 */
export function readZarrMetadata(path: string): ZarrArray {
  const v3 = join(path, 'zarr.json')
  const v2 = join(path, '.zarray')
  const file = existsSync(v3) ? v3 : v2
  if (!existsSync(file))
    throw new ZarrError(
      existsSync(join(path, '.zgroup'))
        ? `${path} is a Zarr group: name one of its arrays, e.g. ${join(path, 'NAME')}`
        : `${path} is no Zarr array: it has neither zarr.json nor .zarray`,
    )
  const { mtimeMs, size } = statSync(file)
  const stamp = `${mtimeMs}:${size}`
  let said: Record<string, unknown>
  try {
    said = JSON.parse(
      readFileSync(file, 'utf8')
        .replace(/\bNaN\b/g, '"NaN"')
        .replace(/-?\bInfinity\b/g, (text) => `"${text}"`),
    ) as Record<string, unknown>
  } catch (cause) {
    throw new ZarrError(`${file} is no JSON`, { cause })
  }
  if (file === v2) {
    if (typeof said.dtype !== 'string')
      throw new DTypeError(`${path} holds records, which have no dtype here`)
    const { dtype } = dtypeOfDescr(said.dtype)
    return {
      path,
      version: 2,
      dtype: dtype.name,
      shape: said.shape as number[],
      chunks: said.chunks as number[],
      stamp,
    }
  }
  if (said.node_type !== 'array') throw new ZarrError(`${path} is a Zarr group: name one of its arrays`)
  const type = String(said.data_type)
  if (!V3_NAMES.test(type)) throw new DTypeError(`elements of Zarr's type ${type} have no dtype here`)
  const grid = said.chunk_grid as { name: string; configuration: { chunk_shape: number[] } }
  if (grid.name !== 'regular')
    throw new ZarrError(`${path} is cut by a grid of kind ${grid.name}: regular ones can be read`)
  return {
    path,
    version: 3,
    dtype: type as DTypeName,
    shape: said.shape as number[],
    chunks: grid.configuration.chunk_shape,
    stamp,
  }
}

export type ZarrCompression = 'zstd' | 'gzip' | 'none'

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
      fill_value: dtype.kind === 'c' ? null : fill,
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
