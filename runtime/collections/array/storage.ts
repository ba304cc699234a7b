// Arrays from files and to them: `.npy`, Zarr, and functions that put blocks somewhere.

import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { requireFlag, requireFunction, requireText, wrong } from '../../kernels/array/arguments.ts'
import { type DTypeName, dtypeOf, UINT8 } from '../../kernels/array/dtype.ts'
import { blockIndex } from '../../kernels/array/grid.ts'
import type { Run } from '../../kernels/array/indexing.ts'
import { readHead, writeHead } from '../../kernels/array/npy.ts'
import { ShapeError, shapeText, sizeOf } from '../../kernels/array/shape.ts'
import { npyReadCall, npyWriteCall, storeCall, zarrWriteCall } from '../../kernels/array/storage.ts'
import { ZARR_COMPRESSIONS, type ZarrCompression, zarrMetadata } from '../../kernels/array/zarrFormat.ts'
import { ZarrError } from '../../kernels/array/zarrMetadata.ts'
import { zarrReadCall } from '../../kernels/array/zarrStore.ts'
import { FileError, fileErrorOf } from '../../kernels/files/fileErrors.ts'
import { isRemote, requireStorage, type StorageOptions } from '../../kernels/files/fileSystem.ts'
import { stagedPath } from '../../kernels/files/writtenPlace.ts'
import { requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { callOf, computeAll } from '../compute.ts'
import { ChunkedArray } from './chunkedArray.ts'
import { type ChunkSpec, evenChunks, normalChunks, sameChunks } from './chunks.ts'
import type { ArrayNode } from './expression.ts'
import { inCall } from './inCall.ts'
import { rechunkNode } from './rechunking.ts'
import { CallNode } from './taskNodes.ts'
import { findZarr } from './zarrPlace.ts'

const HEAD_BYTES_MAX = 64 * 1024

/** A node whose blocks are read: nothing of other tasks is needed. */
function readNode(
  label: string,
  dtype: DTypeName,
  shape: readonly number[],
  chunks: ArrayNode['chunks'],
  fn: unknown,
  params: unknown,
): ArrayNode {
  return new CallNode({
    label,
    inputs: [],
    dtype: dtypeOf(dtype),
    shape,
    chunks,
    fn: fn as never,
    params,
    regions: (_block, region) => ({
      regions: [],
      own: { start: region.map((run) => run.start), counts: region.map((run) => run.count) },
    }),
  })
}

/**
 * An array in a `.npy` file. Its head is read at once, its elements by the tasks that need them.
 * @throws {NpyError} when it is no such file
 */
export function fromNpy(path: string, options: { chunks?: ChunkSpec } = {}): ChunkedArray {
  return inCall('fromNpy', () => {
    requireOptions('fromNpy', options, { chunks: true })
    requireText('fromNpy', path, 'the path of a .npy file')
    const file = resolve(path)
    const { mtimeMs, size } = factsOf(file)
    const bytes = Buffer.alloc(Math.min(size, HEAD_BYTES_MAX))
    const handle = openSync(file, 'r')
    try {
      readSync(handle, bytes, 0, bytes.length, 0)
    } finally {
      closeSync(handle)
    }
    const { dtype, shape, ...head } = readHead(bytes, path)
    const params = { path: file, dtype: dtype.name, shape, ...head, stamp: `${mtimeMs}:${size}` }
    return new ChunkedArray(
      readNode(
        'fromNpy',
        dtype.name,
        shape,
        normalChunks(options.chunks, shape, dtype.bytes),
        npyReadCall,
        params,
      ),
    )
  })
}

/**
 * An array in a Zarr folder, version 2 or 3, sharded or not: of this machine, `http(s)://` or `s3://`. The metadata is read at
 * once, chunks by the tasks that need them. A chunk that is not there holds the fill value.
 * @param options `chunks` other than the stored ones: each task reads the stored chunks that it needs; `storage`: how S3 is reached
 * @throws {ZarrError} when the folder holds no array
 * @throws {FileError} when a server cannot be reached, or refuses
 */
export function fromZarr(
  path: string | URL,
  options: { chunks?: ChunkSpec; storage?: StorageOptions } = {},
): ChunkedArray {
  return inCall('fromZarr', () => {
    requireOptions('fromZarr', options, { chunks: true, storage: true })
    if (!(path instanceof URL)) requireText('fromZarr', path, 'the path of a Zarr folder')
    requireStorage('fromZarr', options.storage)
    const of = findZarr(path, options.storage)
    const { shape, dtype } = of
    const chunks =
      options.chunks === undefined
        ? shape.map((length, axis) => evenChunks(length, of.chunks[axis]))
        : normalChunks(options.chunks, shape, dtypeOf(dtype).bytes)
    return new ChunkedArray(readNode('fromZarr', dtype, shape, chunks, zarrReadCall, of))
  })
}

/** @throws {FileError} when it is not there, may not be read, or is a folder */
function factsOf(file: string): { mtimeMs: number; size: number } {
  try {
    const facts = statSync(file)
    if (facts.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    return facts
  } catch (cause) {
    throw fileErrorOf(file, cause)
  }
}

/** Runs a task for each block, for what it does. */
async function runEach(
  node: ArrayNode,
  method: string,
  fn: unknown,
  params: unknown,
  own: (index: readonly number[], start: readonly number[]) => unknown,
): Promise<void> {
  const count = sizeOf(node.chunks.map((lengths) => lengths.length))
  const regions = (block: number): { regions: Run[][]; own: unknown } => {
    const index = blockIndex(block, node.chunks)
    const region = index.map((chunk, axis) => ({
      start: node.chunks[axis].slice(0, chunk).reduce((sum, length) => sum + length, 0),
      step: 1,
      count: node.chunks[axis][chunk],
    }))
    return {
      regions: [region],
      own: own(
        index,
        region.map((run) => run.start),
      ),
    }
  }
  const written = new CallNode({
    label: method,
    inputs: [node],
    dtype: UINT8,
    shape: [count],
    chunks: [new Array(count).fill(1)],
    fn: fn as never,
    params,
    regions,
  })
  written.options = { pure: false }
  await computeAll([new ChunkedArray(written)], callOf(method))
}

/** Writes an array into one `.npy` file, all blocks at once. It is there when all are; the array may be read from the file that it replaces. */
export async function writeNpyFile(node: ArrayNode, path: string): Promise<void> {
  requireText('toNpy', path, 'the path of a file')
  requireKnown(node, 'toNpy')
  requireHere(path, 'toNpy')
  const file = resolve(path)
  const head = writeHead(node.dtype, node.shape)
  await replaced(file, async (staged) => {
    writeFileSync(staged, head)
    truncateSync(staged, head.length + sizeOf(node.shape) * node.dtype.bytes)
    const params = { path: staged, dataOffset: head.length, shape: node.shape }
    await runEach(node, 'toNpy', npyWriteCall, params, (_index, start) => start)
  })
}

/** Writes under a name beside a path, which then replaces what was there; a failure leaves that, and nothing else. */
async function replaced(path: string, write: (staged: string) => Promise<void>): Promise<void> {
  const token = randomUUID().slice(0, 8)
  const staged = stagedPath(path, token)
  const before = stagedPath(path, `${token}-before`)
  try {
    await write(staged)
    // A folder cannot take the place of another: for a moment there is neither.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) renameSync(path, before)
    renameSync(staged, path)
    rmSync(before, { recursive: true, force: true })
  } catch (cause) {
    if (existsSync(before) && !existsSync(path)) renameSync(before, path)
    rmSync(staged, { recursive: true, force: true })
    throw cause
  }
}

export interface ZarrOptions {
  version?: 2 | 3
  compression?: ZarrCompression
  /** Replaces what is there once all is written; otherwise that is an error. */
  overwrite?: boolean
}

/** Writes an array into a Zarr folder: a chunk a block, cut evenly. It is there when all chunks are. */
export async function writeZarrFolder(
  node: ArrayNode,
  path: string,
  options: ZarrOptions = {},
): Promise<void> {
  requireOptions('toZarr', options, { version: true, compression: true, overwrite: true })
  requireText('toZarr', path, 'the path of a folder')
  requireKnown(node, 'toZarr')
  requireHere(path, 'toZarr')
  const { version = 3, compression = 'zstd', overwrite = false } = options
  if (version !== 2 && version !== 3) throw wrong('toZarr: version', '2 or 3', version)
  requireOneOf('toZarr: compression', compression, ZARR_COMPRESSIONS)
  requireFlag('toZarr: overwrite', overwrite)
  const folder = resolve(path)
  const sizes = node.chunks.map((lengths) => Math.max(1, lengths[0]))
  const even = node.shape.map((length, axis) => evenChunks(length, sizes[axis]))
  const cut = sameChunks(node.chunks, even) ? node : rechunkNode(node, even)
  const { file, text } = zarrMetadata(node.dtype, node.shape, sizes, version, compression)
  const there = statSync(folder, { throwIfNoEntry: false })
  if (there && (!there.isDirectory() || (!overwrite && readdirSync(folder).length > 0)))
    throw new ZarrError(
      there.isDirectory()
        ? `${path} has files already, which would be read together with what is written: say overwrite: true to put the array in their place, or name another folder`
        : `${path} cannot be written: there is a file of that name`,
    )
  await replaced(folder, async (staged) => {
    mkdirSync(staged, { recursive: true })
    writeFileSync(join(staged, file), text)
    const params = { path: staged, version, chunks: sizes, compression }
    await runEach(cut, 'toZarr', zarrWriteCall, params, (index) => index)
  })
}

/** Calls a function with each block and where it is. */
export async function storeBlocks(node: ArrayNode, fn: unknown): Promise<void> {
  requireFunction('store', fn)
  await runEach(node, 'store', storeCall, { fn }, (index, start) => ({ blockIndex: index, start }))
}

function requireKnown(node: ArrayNode, method: string): void {
  if (node.shape.some(Number.isNaN))
    throw new ShapeError(
      `${method} needs all lengths of shape ${shapeText(node.shape)}: call computeChunkSizes() first`,
    )
}

function requireHere(path: string, method: string): void {
  if (isRemote(path))
    throw new FileError(path, `${path} cannot be written: ${method} writes to folders of this machine`)
}
