// What a zip holds, read from its own list.

import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

export interface ZipEntry {
  path: string
  sizeBytes: number
  /** Where its own header stands. */
  offset: number
  packedBytes: number
  isPacked: boolean
}

const END = 0x06054b50
const ENTRY = 0x02014b50

export function zipEntries(file: string): ZipEntry[] {
  const bytes = readFileSync(file)
  let end = bytes.length - 22
  while (bytes.readUInt32LE(end) !== END) end--
  const entries: ZipEntry[] = []
  let at = bytes.readUInt32LE(end + 16)
  while (bytes.readUInt32LE(at) === ENTRY) {
    const nameLength = bytes.readUInt16LE(at + 28)
    const more = bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
    entries.push({
      path: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      sizeBytes: bytes.readUInt32LE(at + 24),
      packedBytes: bytes.readUInt32LE(at + 20),
      isPacked: bytes.readUInt16LE(at + 10) !== 0,
      offset: bytes.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + more
  }
  return entries
}

/** The text of one of its files. */
export function zipText(file: string, path: string): string {
  const entry = zipEntries(file).find((each) => each.path === path)
  if (!entry) throw new Error(`${file} holds no ${path}`)
  const bytes = readFileSync(file)
  const start =
    entry.offset + 30 + bytes.readUInt16LE(entry.offset + 26) + bytes.readUInt16LE(entry.offset + 28)
  const packed = bytes.subarray(start, start + entry.packedBytes)
  return (entry.isPacked ? inflateRawSync(packed) : packed).toString('utf8')
}
