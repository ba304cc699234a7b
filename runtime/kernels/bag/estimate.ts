// How many bytes items take in memory: an estimate from some of them.

import { kernel } from '../kernel.ts'

/** Items that are looked at in a partition. */
const SAMPLE = 256
/** What an object takes besides its fields, and a reference to it. */
const OBJECT_BYTES = 24
const NUMBER_BYTES = 8
/** An object's fields are followed so far. */
const DEPTH = 6

/** A list of one number: about how many bytes the items of a partition take. */
export const estimatedBytes = kernel('bag.estimate', (items: readonly unknown[]): number[] => {
  const every = Math.max(1, Math.floor(items.length / SAMPLE))
  let bytes = 0
  let seen = 0
  for (let i = 0; i < items.length; i += every) {
    bytes += bytesOf(items[i], 0)
    seen++
  }
  return [seen === 0 ? 0 : Math.round((bytes / seen) * items.length)]
})

function bytesOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return OBJECT_BYTES + value.length
  if (typeof value === 'bigint') return OBJECT_BYTES
  if (typeof value !== 'object' || value === null) return NUMBER_BYTES
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return OBJECT_BYTES + value.byteLength
  if (depth === DEPTH) return OBJECT_BYTES
  const parts =
    value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value)
  return parts.reduce<number>((bytes, part) => bytes + bytesOf(part, depth + 1), OBJECT_BYTES)
}
