// Parts of a task's result that only others will open: packed, so that who passes them on need not read them, and who takes
// many may read one after another. How values become bytes is the worker's business:
// it says so by `providePacking`. Without that (in one process) parts stay as they are.

import { Parts } from '../parts.ts'

export interface Packing {
  pack(value: unknown): Uint8Array
  unpack(bytes: Uint8Array): unknown
}

let packing: Packing | undefined

/** Says how values are packed in this thread from now on. */
export function providePacking(provided: Packing | undefined): void {
  packing = provided
}

/** Packs parts for other tasks. A part is never itself a `Uint8Array`, so that the two cannot be mistaken. */
export const packedParts = (parts: readonly object[]): Parts =>
  new Parts(packing ? parts.map((part) => packing!.pack(part)) : parts)

/** What a part was before it was packed. */
const unpacked = (part: unknown): unknown =>
  part instanceof Uint8Array && packing ? packing.unpack(part) : part

/** All parts, one after another. */
export async function unpackedAll<T>(parts: readonly unknown[]): Promise<T[]> {
  const all: T[] = []
  for (const part of parts) all.push((await unpacked(part)) as T)
  return all
}
