// Writes and makes Blobs and Files: what they hold, and what they say of it.

import { blobBytes } from './blobBytes.ts'
import type { ValueDecoder } from './valueDecoder.ts'
import type { ValueEncoder } from './valueEncoder.ts'
import { TAG } from './valueTags.ts'

export function encodeBlob(encoder: ValueEncoder, value: Blob, depth: number): void {
  let bytes: Uint8Array
  try {
    bytes = blobBytes(value)
  } catch (error) {
    encoder.refuse(
      depth,
      `a ${value.constructor.name} that cannot be read (${(error as Error).message})`,
      'Make it inside the function.',
    )
  }
  const { writer } = encoder
  const isFile = value instanceof File
  encoder.remember(value)
  writer.byte(TAG.blob)
  writer.text(value.type)
  writer.byte(isFile ? 1 : 0)
  if (isFile) {
    writer.text(value.name)
    writer.double(value.lastModified)
  }
  writer.varint(bytes.length)
  writer.raw(bytes)
}

export function decodeBlob(decoder: ValueDecoder): Blob {
  const { reader } = decoder
  const type = reader.text()
  const isFile = reader.byte() === 1
  const name = isFile ? reader.text() : ''
  const lastModified = isFile ? reader.double() : 0
  const parts = [Uint8Array.from(reader.raw(reader.varint()))]
  return decoder.made(isFile ? new File(parts, name, { type, lastModified }) : new Blob(parts, { type }))
}
