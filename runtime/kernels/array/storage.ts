// Reading and writing regions of stored arrays: `.npy` files by position, Zarr arrays chunk by chunk.

import { mkdirSync, writeFileSync } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type * as Zarr from 'zarrita'
import { kernel } from '../kernel.ts'
import { type Data, type DTypeName, dtypeOf } from './dtype.ts'
import { unsetData } from './memory.ts'
import { NdArray } from './ndArray.ts'
import { NpyError, swapBytes } from './npy.ts'
import { rowStrides, sizeOf } from './shape.ts'
import { type ZarrArray, type ZarrCompression, zarrChunkBytes, zarrChunkPath } from './zarrFormat.ts'

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

interface Region {
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

async function readFully(
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

/** A folder as zarrita reads it. Times are read as the integers that they are stored as. */
class FolderStore {
  readonly #folder: string
  constructor(folder: string) {
    this.#folder = folder
  }

  async get(key: `/${string}`): Promise<Uint8Array | undefined> {
    const bytes = await readFile(join(this.#folder, key)).catch(absent)
    if (!bytes || !key.endsWith('/.zarray')) return bytes
    const text = bytes
      .toString('utf8')
      .replace(/"([<>|])[Mm]8\[\w+\]"/, '"$1i8"')
      .replace(/"fill_value":\s*"NaT"/, '"fill_value": 0')
    return Buffer.from(text)
  }

  async getRange(
    key: `/${string}`,
    range: { offset: number; length: number } | { suffixLength: number },
  ): Promise<Uint8Array | undefined> {
    const handle = await open(join(this.#folder, key)).catch(absent)
    if (!handle) return undefined
    try {
      const offset = 'offset' in range ? range.offset : (await handle.stat()).size - range.suffixLength
      const bytes = new Uint8Array('length' in range ? range.length : range.suffixLength)
      await readFully(handle, bytes, offset, join(this.#folder, key))
      return bytes
    } finally {
      await handle.close()
    }
  }
}

const absent = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return undefined
  throw error
}

/** Loaded by the first array that is read: a thread starts without it. */
const zarrita = (): Promise<typeof Zarr> => import('zarrita')

type OpenArray = Zarr.Array<Zarr.DataType, FolderStore>
const opened = new Map<string, Promise<OpenArray>>()

function openArray(array: ZarrArray): Promise<OpenArray> {
  const key = `${array.path} ${array.stamp}`
  let opening = opened.get(key)
  if (!opening) {
    opening = openZarr(array)
    opened.set(key, opening)
  }
  return opening
}

async function openZarr({ path, version }: ZarrArray): Promise<OpenArray> {
  const zarr = await zarrita()
  const kind = { kind: 'array' } as const
  const location = zarr.root(new FolderStore(path))
  return (await (version === 2 ? zarr.open.v2(location, kind) : zarr.open.v3(location, kind))) as OpenArray
}

/** A region of a Zarr array; a chunk that is not there holds the fill value. */
export const zarrReadCall = kernel(
  'array.zarrRead',
  async ({ own, ...of }: ZarrArray & { own: Region }): Promise<NdArray> => {
    const dtype = dtypeOf(of.dtype)
    const array = await openArray(of)
    if (own.counts.includes(0)) return new NdArray(dtype, own.counts, new dtype.View(0))
    const zarr = await zarrita()
    const selection = own.start.map((start, axis) => zarr.slice(start, start + own.counts[axis]))
    const got = (await zarr.get(array, selection.length === 0 ? null : selection)) as unknown
    if (typeof got !== 'object' || got === null || !('data' in got))
      return NdArray.from(got, { dtype: of.dtype }) as NdArray
    const { data, shape, stride } = got as {
      data: Data | Iterable<boolean>
      shape: number[]
      stride: number[]
    }
    const typed = ArrayBuffer.isView(data)
      ? (data as Data)
      : Uint8Array.from(data as Iterable<boolean>, Number)
    return new NdArray(dtype, shape, typed, stride)
  },
)

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
