// Where values that arrive are put: small encodings side by side, large ones in memory that threads can share.

import type { EncodedValue } from '../functions/encodedValue.ts'
import { type Allocate, type NamedValue, SHARE_FROM_BYTES, SLAB_BYTES_MAX } from './dataFrames.ts'

/** Makes room for the values: small encodings side by side, large ones and buffers in shared memory of their own. */
export function placeBody(
  values: NamedValue[],
  sizes: readonly (number[] | undefined)[],
  allocate: Allocate,
): Uint8Array[] {
  const parts: Uint8Array[] = []
  let slab = new Uint8Array(0)
  let at = 0
  sizes.forEach((own, i) => {
    if (!own) return
    const [bytes, ...buffers] = own
    const isSmall = bytes < SHARE_FROM_BYTES
    if (isSmall && at + bytes > slab.length) {
      slab = new Uint8Array(slabBytes(sizes, i))
      at = 0
    }
    const value: EncodedValue = {
      bytes: isSmall ? slab.subarray(at, at + bytes) : new Uint8Array(allocate(bytes)),
      buffers: buffers.map((size) => allocate(size)),
    }
    if (isSmall) at += bytes
    values[i].value = value
    parts.push(value.bytes, ...value.buffers.map((buffer) => new Uint8Array(buffer)))
  })
  return joinNeighbours(parts)
}

/** Bytes of the small encodings from `from` on, up to a size that one survivor may hold back without harm. */
function slabBytes(sizes: readonly (number[] | undefined)[], from: number): number {
  let bytes = 0
  for (let i = from; i < sizes.length; i++) {
    const size = sizes[i]?.[0] ?? 0
    if (size >= SHARE_FROM_BYTES) continue
    if (bytes > 0 && bytes + size > SLAB_BYTES_MAX) break
    bytes += size
  }
  return bytes
}

/** Views that lie side by side on one buffer become one, so that thousands of tiny values are one copy. */
function joinNeighbours(parts: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = []
  for (const part of parts) {
    if (part.length === 0) continue
    const last = joined.at(-1)
    if (last && last.buffer === part.buffer && last.byteOffset + last.length === part.byteOffset)
      joined[joined.length - 1] = new Uint8Array(part.buffer, last.byteOffset, last.length + part.length)
    else joined.push(part)
  }
  return joined
}
