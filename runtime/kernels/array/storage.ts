// Reading and writing regions of `.npy` files by position, writing Zarr arrays chunk by chunk, and functions that put blocks somewhere.

import { mkdirSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { kernel } from '../kernel.ts'
import { type DTypeName, dtypeOf } from './dtype.ts'
import { unsetData } from './memory.ts'
import { NdArray } from './ndArray.ts'
import { NpyError, swapBytes } from './npy.ts'
import { rowStrides, sizeOf } from './shape.ts'
import { type ZarrCompression, zarrChunkBytes, zarrChunkPath } from './zarrFormat.ts'

/** A file that a task reads from; times and sizes make its key, so that a changed file is read again. */
export interface NpyFile {
  path: string
  dtype: DTypeName
  shape: readonly number[]
  fortranOrder: boolean
  bigEndian: boolean
  dataOffset: number
  stamp: string
}

/** Runs of elements that follow one another in a file, out of a region: calls back with each one's place and length. */
async function eachRun(
  start: readonly number[],
  counts: readonly number[],
  shape: readonly number[],
  call: (place: number, at: number, length: number) => Promise<void>,
): Promise<void> {
  const strides = rowStrides(shape)
  // Trailing axes that are taken whole go with the run.
  let outer = shape.length
  let length = 1
  while (outer > 0) {
    outer--
    length *= counts[outer]
    if (counts[outer] !== shape[outer]) break
  }
  const index = counts.map(() => 0)
  const runs = sizeOf(counts) / Math.max(1, length)
  for (let run = 0; run < runs; run++) {
    let place = 0
    for (let axis = 0; axis < shape.length; axis++)
      place += (start[axis] + (axis < outer ? index[axis] : 0)) * strides[axis]
    await call(place, run * length, length)
    for (let axis = outer - 1; axis >= 0; axis--) {
      if (++index[axis] < counts[axis]) break
      index[axis] = 0
    }
  }
}

/** Where a task reads: the first place and how many along each axis. */
export interface Region {
  start: readonly number[]
  counts: readonly number[]
}

/** A region of a `.npy` file. */
export const npyReadCall = kernel(
  'array.npyRead',
  async ({ own, ...file }: NpyFile & { own: Region }): Promise<NdArray> => {
    const dtype = dtypeOf(file.dtype)
    const turn = <T>(list: readonly T[]): T[] => (file.fortranOrder ? [...list].reverse() : [...list])
    const [start, counts, shape] = [turn(own.start), turn(own.counts), turn(file.shape)]
    const data = unsetData(dtype, sizeOf(counts))
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const handle = await open(file.path)
    try {
      await eachRun(start, counts, shape, async (place, at, length) => {
        const into = bytes.subarray(at * dtype.bytes, (at + length) * dtype.bytes)
        await readFully(handle, into, file.dataOffset + place * dtype.bytes, file.path)
      })
    } finally {
      await handle.close()
    }
    if (file.bigEndian) swapBytes(bytes, dtype.bytes / dtype.lanes)
    const array = new NdArray(dtype, counts, data)
    return file.fortranOrder ? ((array.transpose() as NdArray).copy() as NdArray) : array
  },
)

/** Fills a buffer from a place of a file on. */
export async function readFully(
  handle: FileHandle,
  into: Uint8Array,
  position: number,
  path: string,
): Promise<void> {
  for (let read = 0; read < into.length; ) {
    const { bytesRead } = await handle.read(into, read, into.length - read, position + read)
    if (bytesRead === 0)
      throw new NpyError(`${path} is cut off: it ends before element bytes ${position + read}`)
    read += bytesRead
  }
}

/** A block into its place of a `.npy` file that is there already. */
export const npyWriteCall = kernel(
  'array.npyWrite',
  async (
    {
      path,
      dataOffset,
      shape,
      own,
    }: { path: string; dataOffset: number; shape: readonly number[]; own: readonly number[] },
    block: NdArray,
  ): Promise<NdArray> => {
    const data = block.toTypedArray()
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const size = block.type.bytes
    const handle = await open(path, 'r+')
    try {
      await eachRun(own, block.shape, shape, async (place, at, length) => {
        const part = bytes.subarray(at * size, (at + length) * size)
        for (let written = 0; written < part.length; )
          written += (
            await handle.write(part, written, part.length - written, dataOffset + place * size + written)
          ).bytesWritten
      })
    } finally {
      await handle.close()
    }
    return DONE
  },
)

/** What a task of a write gives: that it is done. */
export const DONE = NdArray.from([1], { dtype: 'uint8' }) as NdArray

export interface ZarrTarget {
  path: string
  version: 2 | 3
  chunks: readonly number[]
  compression: ZarrCompression
}

/** A block as the one chunk of a Zarr array that it is. */
export const zarrWriteCall = kernel(
  'array.zarrWrite',
  (
    { path, version, chunks, compression, own }: ZarrTarget & { own: readonly number[] },
    block: NdArray,
  ): NdArray => {
    const file = join(path, zarrChunkPath(own, version))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, zarrChunkBytes(block, chunks, compression))
    return DONE
  },
)

/** A block given to a function of the user's, which puts it somewhere. */
export const storeCall = kernel(
  'array.store',
  async (
    { fn, own }: { fn: (...args: never[]) => unknown; own: unknown },
    block: NdArray,
  ): Promise<NdArray> => {
    await (fn as (...args: unknown[]) => unknown)(block, own)
    return DONE
  },
)
