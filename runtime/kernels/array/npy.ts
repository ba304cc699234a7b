// NumPy's `.npy` files: a short text that says what the elements are, then the elements themselves.

import { readFile, writeFile } from 'node:fs/promises'
import { kernel } from '../kernel.ts'
import { type DType, DTypeError, type DTypeName, dtypeOf, TIME_UNITS } from './dtype.ts'
import { NdArray } from './ndArray.ts'
import { rowStrides, sizeOf } from './shape.ts'

/** A file is not what its name says, or holds what no array here can. */
export class NpyError extends Error {
  override name = 'NpyError'
}
kernel('error.NpyError', NpyError)

/** What the head of a file says. */
export interface NpyHead {
  dtype: DType
  shape: number[]
  fortranOrder: boolean
  /** The first byte is the greatest: other than on this machine. */
  bigEndian: boolean
  /** Where the elements begin. */
  dataOffset: number
}

const MAGIC = '\x93NUMPY'

/** How NumPy writes a dtype, e.g. `<f8`. */
export function descrOf(dtype: DType): string {
  if (dtype.kind === 'b') return '|b1'
  const order = dtype.bytes === 1 ? '|' : '<'
  if (dtype.unit) return `<${dtype.kind}8[${dtype.unit}]`
  return `${order}${dtype.kind}${dtype.bytes}`
}

/** The dtype that NumPy means by a text such as `>i4`. */
export function dtypeOfDescr(descr: string): { dtype: DType; bigEndian: boolean } {
  const found = /^([<>|=])([biufcMm])(\d+)(?:\[(\w+)\])?$/.exec(descr)
  const refuse = (): never => {
    throw new DTypeError(`elements of NumPy's kind ${descr} have no dtype here`)
  }
  if (!found) return refuse()
  const [, order, kind, bytes, unit] = found
  const bigEndian = order === '>'
  const names: Record<string, string> = { i: 'int', u: 'uint', f: 'float', c: 'complex' }
  let name: string
  if (kind === 'b') name = 'bool'
  else if (kind === 'M' || kind === 'm') {
    if (!TIME_UNITS.includes(unit as 's')) return refuse()
    name = `${kind === 'M' ? 'datetime64' : 'timedelta64'}[${unit}]`
  } else name = `${names[kind]}${Number(bytes) * 8}`
  try {
    return { dtype: dtypeOf(name as DTypeName), bigEndian }
  } catch {
    return refuse()
  }
}

/**
 * Reads the head of a file.
 * @throws {NpyError} when it is not a `.npy` file
 */
export function readHead(bytes: Uint8Array, file = 'the data'): NpyHead {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (text.toString('latin1', 0, 6) !== MAGIC) throw new NpyError(`${file} is no .npy file`)
  const wide = text[6] >= 2
  const begin = wide ? 12 : 10
  const length = wide ? text.readUInt32LE(8) : text.readUInt16LE(8)
  if (begin + length > bytes.length) throw new NpyError(`${file} is cut off within its head`)
  const head = text.toString(text[6] >= 3 ? 'utf8' : 'latin1', begin, begin + length)
  const descr = /'descr':\s*'([^']*)'/.exec(head)?.[1]
  const order = /'fortran_order':\s*(True|False)/.exec(head)?.[1]
  const shape = /'shape':\s*\(([^)]*)\)/.exec(head)?.[1]
  if (descr === undefined || order === undefined || shape === undefined)
    throw new NpyError(`${file} holds records or objects, or its head is broken: ${head.trim()}`)
  const lengths = shape.split(',').filter((part) => part.trim() !== '')
  return {
    ...dtypeOfDescr(descr),
    shape: lengths.map(Number),
    fortranOrder: order === 'True',
    dataOffset: begin + length,
  }
}

/** The head of a file for elements row by row. */
export function writeHead(dtype: DType, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${descrOf(dtype)}', 'fortran_order': False, 'shape': ${tuple}, }`
  // Elements begin at a multiple of 64 bytes.
  const padded = `${text}${' '.repeat((64 - ((10 + text.length + 1) % 64)) % 64)}\n`
  const head = Buffer.alloc(10 + padded.length)
  head.write(MAGIC, 'latin1')
  head[6] = 1
  head.writeUInt16LE(padded.length, 8)
  head.write(padded, 10, 'latin1')
  return head
}

/** Elements of the other byte order, turned round where they are. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  if (size === 1) return
  for (let at = 0; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse()
}

/**
 * Reads an array from the bytes of a `.npy` file.
 * @throws {NpyError} when it is none, or cut off
 */
export function parseNpy(bytes: Uint8Array, file = 'the data'): NdArray {
  const { dtype, shape, fortranOrder, bigEndian, dataOffset } = readHead(bytes, file)
  const size = sizeOf(shape)
  if (bytes.length < dataOffset + size * dtype.bytes)
    throw new NpyError(
      `${file} is cut off: ${bytes.length - dataOffset} of ${size * dtype.bytes} bytes of elements are there`,
    )
  const own = Uint8Array.prototype.slice.call(bytes, dataOffset, dataOffset + size * dtype.bytes)
  if (bigEndian) swapBytes(own, dtype.bytes / dtype.lanes)
  const data = new dtype.View(own.buffer, 0, size * dtype.lanes)
  if (!fortranOrder) return new NdArray(dtype, shape, data)
  return new NdArray(
    dtype,
    [...shape].reverse(),
    data,
    rowStrides([...shape].reverse()),
  ).transpose() as NdArray
}

/** An array as the bytes of a `.npy` file. */
export function npyBytes(array: NdArray): Uint8Array {
  const data = array.toTypedArray()
  const head = writeHead(array.type, array.shape)
  const bytes = new Uint8Array(head.length + data.byteLength)
  bytes.set(head)
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), head.length)
  return bytes
}

/** Reads a `.npy` file. */
export const readNpy = async (file: string): Promise<NdArray> => parseNpy(await readFile(file), file)
/** Writes a `.npy` file. */
export const writeNpy = (file: string, array: NdArray): Promise<void> => writeFile(file, npyBytes(array))
