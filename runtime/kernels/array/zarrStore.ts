// Reading regions of Zarr arrays chunk by chunk, from folders of this machine, the web and S3.

import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type * as Zarr from 'zarrita'
import { FileError, MissingFileError } from '../files/fileErrors.ts'
import { fileSystemOf, isRemote, type StorageOptions } from '../files/fileSystem.ts'
import { openFile, wholeFile } from '../files/sourceFile.ts'
import { kernel } from '../kernel.ts'
import { type Data, dtypeOf } from './dtype.ts'
import { NdArray } from './ndArray.ts'
import { sizeOf } from './shape.ts'
import { type Region, readFully } from './storage.ts'
import { type ZarrArray, ZarrError, zarrFilePath } from './zarrMetadata.ts'

/** An array and where it is. */
export interface ZarrSource extends ZarrArray {
  path: string
  storage?: StorageOptions | undefined
  /** Changes when the metadata was written anew. */
  stamp: string
}

type Range = { offset: number; length: number } | { suffixLength: number }

/** What chunks are read from; nothing for one that is not there. */
interface ChunkFiles {
  whole(name: string): Promise<Uint8Array | undefined>
  part(name: string, range: Range): Promise<Uint8Array | undefined>
}

function folderFiles(folder: string): ChunkFiles {
  const absent = (error: NodeJS.ErrnoException): undefined => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return undefined
    throw error
  }
  return {
    whole: (name) => readFile(join(folder, name)).catch(absent),
    async part(name, range) {
      const path = join(folder, name)
      const handle = await open(path).catch(absent)
      if (!handle) return undefined
      try {
        const offset = 'offset' in range ? range.offset : (await handle.stat()).size - range.suffixLength
        const bytes = new Uint8Array('length' in range ? range.length : range.suffixLength)
        await readFully(handle, bytes, offset, path)
        return bytes
      } finally {
        await handle.close()
      }
    },
  }
}

function servedFiles(folder: string, storage: StorageOptions | undefined): ChunkFiles {
  const planned = (name: string) => ({ path: zarrFilePath(folder, name), size: -1, version: '', storage })
  const whole = (name: string): Promise<Uint8Array | undefined> => wholeFile(planned(name)).catch(missing)
  return {
    whole,
    async part(name, range) {
      const file = planned(name)
      try {
        if ('offset' in range) return await partOf(file, range.offset, range.length)
        const { size } = await (await fileSystemOf(file.path, storage)).facts(file.path)
        // A server that does not tell where the end is gives the whole, or says that it is not there.
        if (size < 0) return (await wholeFile(file)).slice(-range.suffixLength)
        return await partOf(file, size - range.suffixLength, range.suffixLength)
      } catch (error) {
        return missing(error)
      }
    },
  }
}

async function partOf(
  planned: Parameters<typeof openFile>[0],
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const file = await openFile(planned)
  try {
    return await file.read(offset, offset + length)
  } finally {
    await file.close()
  }
}

/** A chunk that its server does not have; any other trouble is one. */
function missing(error: unknown): undefined {
  if (error instanceof MissingFileError) return undefined
  throw error
}

/** What zarrita reads from. Of the metadata it sees what was read when the array was built. */
class ChunkStore {
  readonly #files: ChunkFiles
  readonly #metadata: Uint8Array
  readonly #isComplex: boolean

  constructor({ path, storage, dtype }: ZarrSource, reading: string) {
    this.#files = isRemote(path) ? servedFiles(path, storage) : folderFiles(path)
    this.#metadata = Buffer.from(reading)
    this.#isComplex = dtypeOf(dtype).kind === 'c'
  }

  async get(key: `/${string}`): Promise<Uint8Array | undefined> {
    return key === '/zarr.json' || key === '/.zarray' ? this.#metadata : this.#files.whole(this.#name(key))
  }

  getRange(key: `/${string}`, range: Range): Promise<Uint8Array | undefined> {
    return this.#files.part(this.#name(key), range)
  }

  /** A file below the folder: that complex numbers are pairs along an axis is not known there. */
  #name(key: string): string {
    return (this.#isComplex ? key.replace(/(?<=.)[./]0$/, '') : key).slice(1)
  }
}

/** Loaded by the first array that is read: a thread starts without it. */
const zarrita = (): Promise<typeof Zarr> => import('zarrita')

type OpenArray = Zarr.Array<Zarr.DataType, ChunkStore>
const opened = new Map<string, Promise<OpenArray>>()

function openArray(array: ZarrSource, reading: string): Promise<OpenArray> {
  const key = JSON.stringify([array.path, array.stamp, array.storage, reading])
  let opening = opened.get(key)
  if (!opening) {
    opening = openZarr(array, reading)
    opened.set(key, opening)
  }
  return opening
}

async function openZarr(source: ZarrSource, reading: string): Promise<OpenArray> {
  const zarr = await zarrita()
  const location = zarr.root(new ChunkStore(source, reading))
  const isVersion2 = (JSON.parse(reading) as { zarr_format: number }).zarr_format === 2
  const array = (await (isVersion2
    ? zarr.open.v2(location, { kind: 'array', attrs: false })
    : zarr.open.v3(location, { kind: 'array' }))) as OpenArray
  const getChunk = array.getChunk.bind(array)
  const expected = sizeOf(array.chunks)
  // What cannot be decoded, or is too short, is told with the chunk and the place.
  array.getChunk = async (place, ...rest) => {
    const trouble = (why: string, cause?: unknown): ZarrError => {
      const index = place.slice(0, source.shape.length).join(', ')
      return new ZarrError(
        `chunk [${index}] of ${source.path} cannot be read: ${why}. Write it again, or remove its file to read the fill value.`,
        cause === undefined ? undefined : { cause },
      )
    }
    const chunk = await getChunk(place, ...rest).catch((cause: unknown) => {
      throw cause instanceof FileError ? cause : trouble((cause as Error).message, cause)
    })
    const { length } = chunk.data as { length: number }
    if (length < expected) throw trouble(`it has ${length} of ${expected} elements`)
    return chunk
  }
  return array
}

/** A region of a Zarr array; a chunk that is not there holds the fill value. */
export const zarrReadCall = kernel(
  'array.zarrRead',
  async ({ own, ...of }: ZarrSource & { own: Region }): Promise<NdArray> => {
    const dtype = dtypeOf(of.dtype)
    if (own.counts.includes(0)) return new NdArray(dtype, own.counts, new dtype.View(0))
    if (dtype.kind !== 'c') {
      const got = await readRegion(of, of.readings[0], own.start, own.counts)
      return got instanceof Read
        ? new NdArray(dtype, got.shape, got.data, got.stride)
        : (NdArray.from(got, { dtype: of.dtype }) as NdArray)
    }
    const region = [[...own.start, 0] as const, [...own.counts, 2] as const] as const
    const [real, imaginary = real] = await Promise.all(
      of.readings.map(async (reading) => (await readRegion(of, reading, ...region)) as Read),
    )
    return joinedParts(dtype, own.counts, real, imaginary)
  },
)

/** Elements as they came, in the order of the chunks. */
class Read {
  readonly data: Data
  readonly shape: number[]
  readonly stride: number[]

  constructor(data: Data, shape: number[], stride: number[]) {
    this.data = data
    this.shape = shape
    this.stride = stride
  }
}

/** @returns one element of an array without axes, else what was read */
async function readRegion(
  of: ZarrSource,
  reading: string,
  start: readonly number[],
  counts: readonly number[],
): Promise<unknown> {
  const zarr = await zarrita()
  const array = await openArray(of, reading)
  const selection = start.map((first, axis) => zarr.slice(first, first + counts[axis]))
  const got = (await zarr.get(array, selection.length === 0 ? null : selection)) as unknown
  if (typeof got !== 'object' || got === null || !('data' in got)) return got
  const { data, shape, stride } = got as {
    data: Data | Iterable<boolean>
    shape: number[]
    stride: number[]
  }
  const typed = ArrayBuffer.isView(data) ? (data as Data) : Uint8Array.from(data as Iterable<boolean>, Number)
  return new Read(typed, shape, stride)
}

/** Complex numbers of what was read as pairs: real parts of one reading, imaginary ones of another. */
function joinedParts(
  dtype: ReturnType<typeof dtypeOf>,
  counts: readonly number[],
  real: Read,
  imaginary: Read,
): NdArray {
  const part = dtypeOf(dtype.bytes === 8 ? 'float32' : 'float64')
  const pairs = ({ data, shape, stride }: Read): Data =>
    (new NdArray(part, shape, data, stride).copy() as NdArray).toTypedArray()
  const data = pairs(real)
  if (imaginary !== real) {
    const other = pairs(imaginary)
    for (let i = 1; i < data.length; i += 2) data[i] = other[i]
  }
  return new NdArray(dtype, counts, data)
}
