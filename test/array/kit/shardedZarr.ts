// A sharded array of Zarr 3, written by the format's text.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NdArray } from '../../../runtime/kernels/array/ndArray.ts'

/** Writes 4 × 6 numbers in shards of 4 × 4 and chunks of 2 × 2 in them, one of which is not there; gives what reading it should. */
export function writeSharded(folder: string): NdArray {
  const endian = { name: 'bytes', configuration: { endian: 'little' } }
  const metadata = {
    zarr_format: 3,
    node_type: 'array',
    shape: [4, 6],
    data_type: 'float64',
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 4] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: -1,
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: [2, 2],
          codecs: [endian],
          index_codecs: [endian],
          index_location: 'end',
        },
      },
    ],
    attributes: {},
  }
  writeFileSync(join(folder, 'zarr.json'), JSON.stringify(metadata))
  // Two shards of 2 × 2 inner chunks, written as the format says: the chunks, then where each begins and how long it is.
  const value = (i: number, j: number): number => 10 * i + j
  for (const shard of [0, 1]) {
    const parts: Buffer[] = []
    const index = Buffer.alloc(4 * 16, 0xff)
    let at = 0
    for (const inner of [0, 1, 2, 3]) {
      const [row, column] = [2 * (inner >> 1), 4 * shard + 2 * (inner & 1)]
      // One inner chunk is not there: its place in the index is all ones.
      if (column >= 6 || (shard === 0 && inner === 3)) continue
      const block = Float64Array.from({ length: 4 }, (_, k) => value(row + (k >> 1), column + (k & 1)))
      parts.push(Buffer.from(block.buffer))
      index.writeBigUInt64LE(BigInt(at), inner * 16)
      index.writeBigUInt64LE(32n, inner * 16 + 8)
      at += 32
    }
    mkdirSync(join(folder, 'c', '0'), { recursive: true })
    writeFileSync(join(folder, 'c', '0', String(shard)), Buffer.concat([...parts, index]))
  }
  return NdArray.from(
    Array.from({ length: 4 }, (_, i) =>
      Array.from({ length: 6 }, (__, j) => (i >= 2 && j >= 2 && j < 4 ? -1 : value(i, j))),
    ),
  ) as NdArray
}
