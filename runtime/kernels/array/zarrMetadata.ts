// What Zarr's metadata says of an array, version 2 and 3, and what of it the library that reads chunks is told.

import { schemeOf } from '../files/fileSystem.ts'
import { kernel } from '../kernel.ts'
import { type DType, DTypeError, type DTypeName, dtypeOf } from './dtype.ts'
import { dtypeOfDescr } from './npy.ts'

/** A folder is no Zarr array, or one that cannot be read here. */
export class ZarrError extends Error {
  override name = 'ZarrError'
}
kernel('error.ZarrError', ZarrError)

/** An array in a folder, as its metadata tells it. */
export interface ZarrArray {
  dtype: DTypeName
  shape: number[]
  /** The grid: the shards where there are some. */
  chunks: number[]
  /**
   * What the reading library is told, as JSON without the user's attributes. It has no complex numbers: they are pairs of floats
   * along one more axis. Two texts where the parts of a complex fill value differ: real parts are read by the first.
   */
  readings: string[]
}

type Said = Record<string, unknown>

const V3_NAMES = /^(bool|u?int(8|16|32|64)|float(32|64)|complex(64|128))$/

/**
 * Understands the metadata of an array.
 * @param path the array's folder, for errors
 * @throws {ZarrError} when it is no array's, or one that cannot be read here
 * @throws {DTypeError} when its elements have no dtype here
 */
export function parseZarrMetadata(path: string, version: 2 | 3, text: string): ZarrArray {
  let said: Said
  try {
    said = JSON.parse(quoted(text)) as Said
  } catch (cause) {
    throw new ZarrError(`${zarrFilePath(path, version === 2 ? '.zarray' : 'zarr.json')} is no JSON`, {
      cause,
    })
  }
  return version === 2 ? parsed2(path, said) : parsed3(path, said)
}

/** JSON of what Python writes: NaN and infinities, and whole numbers that a double would round, become texts. */
const quoted = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b|-?\b\d{16,}\b(?![.eE])/g, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  )

function parsed2(path: string, said: Said): ZarrArray {
  if (typeof said.dtype !== 'string') throw new DTypeError(`${path} holds records, which have no dtype here`)
  const { dtype, bigEndian } = dtypeOfDescr(said.dtype)
  const facts = {
    dtype: dtype.name,
    shape: said.shape as number[],
    chunks: said.chunks as number[],
  }
  if (dtype.kind === 'c') {
    const told = asVersion3(said, dtype, bigEndian)
    return { ...facts, readings: readingsOf(told, dtype, said.fill_value) }
  }
  // Times are read as the integers that they are stored as.
  const told = {
    ...said,
    dtype: said.dtype.replace(/[Mm]8\[\w+\]$/, 'i8'),
    fill_value: fillOf(dtype, said.fill_value),
  }
  return { ...facts, readings: [JSON.stringify(told)] }
}

function parsed3(path: string, said: Said): ZarrArray {
  if (said.node_type !== 'array') throw new ZarrError(`${path} is a Zarr group: name one of its arrays`)
  const type = String(said.data_type)
  if (!V3_NAMES.test(type)) throw new DTypeError(`elements of Zarr's type ${type} have no dtype here`)
  const grid = said.chunk_grid as { name: string; configuration: { chunk_shape: number[] } }
  if (grid.name !== 'regular')
    throw new ZarrError(`${path} is cut by a grid of kind ${grid.name}: regular ones can be read`)
  const dtype = dtypeOf(type as DTypeName)
  const { attributes: _, ...told } = said
  return {
    dtype: dtype.name,
    shape: said.shape as number[],
    chunks: grid.configuration.chunk_shape,
    readings: readingsOf({ ...told, attributes: {} }, dtype, said.fill_value),
  }
}

/** Version 2's metadata of complex numbers in version 3's form, which says in what order axes are stored. */
function asVersion3(said: Said, dtype: DType, bigEndian: boolean): Said {
  const codec = (one: unknown): Codec => {
    const { id, ...configuration } = one as { id: string }
    return { name: `numcodecs.${id}`, configuration }
  }
  const filters = (said.filters ?? []) as unknown[]
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: said.shape,
    data_type: dtype.name,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: said.chunks } },
    chunk_key_encoding: { name: 'v2', configuration: { separator: said.dimension_separator ?? '.' } },
    codecs: [
      ...(said.order === 'F' ? [{ name: 'transpose', configuration: { order: 'F' } }] : []),
      ...filters.map(codec),
      { name: 'bytes', configuration: { endian: bigEndian ? 'big' : 'little' } },
      ...(said.compressor ? [codec(said.compressor)] : []),
    ],
    attributes: {},
  }
}

interface Codec {
  name: string
  configuration?: Said
}

function readingsOf(told: Said, dtype: DType, fill: unknown): string[] {
  if (dtype.kind !== 'c') return [JSON.stringify({ ...told, fill_value: fillOf(dtype, fill) })]
  const rank = (told.shape as number[]).length
  const grid = told.chunk_grid as { configuration: { chunk_shape: number[] } }
  const part = dtypeOf(dtype.bytes === 8 ? 'float32' : 'float64')
  const parts = Array.isArray(fill) ? fill : [fill, 0]
  const [real, imaginary] = parts.map((value) => fillOf(part, value))
  return [...new Set([real, imaginary])].map((value) =>
    JSON.stringify({
      ...told,
      shape: [...(told.shape as number[]), 2],
      data_type: part.name,
      chunk_grid: { name: 'regular', configuration: { chunk_shape: [...grid.configuration.chunk_shape, 2] } },
      codecs: (told.codecs as Codec[]).map((codec) => ofPairs(codec, rank)),
      fill_value: value,
    }),
  )
}

/** A codec of complex numbers as one of pairs along a last axis. */
function ofPairs(codec: Codec, rank: number): Codec {
  const { name, configuration = {} } = codec
  if (name === 'transpose') {
    const axes = Array.from({ length: rank }, (_, axis) => axis)
    const { order } = configuration
    const given = order === 'F' ? axes.reverse() : order === 'C' ? axes : (order as number[])
    return { name, configuration: { order: [...given, rank] } }
  }
  if (name !== 'sharding_indexed') return codec
  const codecs = (configuration.codecs as Codec[]).map((inner) => ofPairs(inner, rank))
  const inner = [...(configuration.chunk_shape as number[]), 2]
  return { name, configuration: { ...configuration, chunk_shape: inner, codecs } }
}

/** A fill value as the reading library takes it: texts where JSON's numbers cannot say it. Zero where none is defined. */
function fillOf(dtype: DType, said: unknown): unknown {
  if (dtype.kind === 'b') return Boolean(said ?? false)
  if (said === null || said === undefined) return 0
  if (said === 'NaT') return String(-(2n ** 63n))
  if (dtype.kind !== 'f') return said
  const value = typeof said === 'string' && /^0x/i.test(said) ? floatOfBits(said, dtype.bytes) : Number(said)
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value)
}

/** The float whose bits a hexadecimal text gives, as version 3 writes what decimal digits cannot. */
function floatOfBits(text: string, bytes: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(text))
  return bytes === 4 ? view.getFloat32(4) : view.getFloat64(0)
}

/** Where a file of an array is: a part of an address behind a question mark stays behind. */
export function zarrFilePath(path: string, name: string): string {
  const [, place, rest] = /^([^?]*)(.*)$/s.exec(path) as RegExpExecArray
  const isWeb = ['http', 'https'].includes(schemeOf(path))
  return isWeb ? `${place.replace(/\/+$/, '')}/${name}${rest}` : `${path.replace(/\/+$/, '')}/${name}`
}
