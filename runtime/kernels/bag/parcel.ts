// Parts of a task's result that only others will open: packed, so that who passes them on need not read them.
//
// A shuffle splits every partition into parts, one for each target. Were they plain lists, each small task that takes
// one of them would decode all; as bytes the others are looked over. How values become bytes is the worker's business:
// it says so by `providePacking`. Without that (in one process) parts stay as they are.

import { kernel } from '../kernel.ts'

export interface Packing {
  pack(value: unknown): Uint8Array
  unpack(bytes: Uint8Array): unknown
}

let packing: Packing | undefined

/** Says how values are packed in this thread from now on. */
export function providePacking(provided: Packing | undefined): void {
  packing = provided
}

/** All parts of one task's result in one run of bytes: large enough to lie in shared memory, looked into without a copy. */
interface Parcel {
  bytes: Uint8Array
  /** Where each part ends. */
  ends: number[]
}

/** Packs parts for other tasks. A part is never itself a `Uint8Array`, so that the two cannot be mistaken. */
export function packedParts(parts: readonly object[]): unknown {
  if (!packing) return parts
  const ends: number[] = []
  const all = parts.map((part) => packing!.pack(part))
  let length = 0
  for (const each of all) {
    length += each.length
    ends.push(length)
  }
  return { bytes: Buffer.concat(all, length), ends } satisfies Parcel
}

/** One part, still packed: a copy of its own bytes alone. */
export const pickPart = kernel(
  'bag.pickPart',
  (index: number, whole: readonly unknown[] | Parcel): unknown => {
    if (!('ends' in whole)) return whole[index]
    return Uint8Array.prototype.slice.call(
      whole.bytes,
      index === 0 ? 0 : whole.ends[index - 1],
      whole.ends[index],
    )
  },
)

/** What a part was before it was packed. */
const unpacked = (part: unknown): unknown =>
  part instanceof Uint8Array && packing ? packing.unpack(part) : part

/** All parts, one after another. */
export async function unpackedAll<T>(parts: readonly unknown[]): Promise<T[]> {
  const all: T[] = []
  for (const part of parts) all.push((await unpacked(part)) as T)
  return all
}
