// Parts of a task's result that only others will open: packed, so that who passes them on need not read them.
//
// A shuffle splits every partition into parts, one for each target. Were they plain lists, each small task that takes
// one of them would decode all; as bytes the others are looked over. How values become bytes is the worker's business:
// it says so by `providePacking`. Without that (in one process) parts stay as they are.

export interface Packing {
  pack(value: unknown): Uint8Array
  unpack(bytes: Uint8Array): unknown
}

let packing: Packing | undefined

/** Says how values are packed in this thread from now on. */
export function providePacking(provided: Packing | undefined): void {
  packing = provided
}

/** A part for another task: never a value that is itself a `Uint8Array`, so that the two cannot be mistaken. */
export const packed = (part: object): unknown => (packing ? packing.pack(part) : part)

/** What `packed` was given. */
export const unpacked = (part: unknown): unknown =>
  part instanceof Uint8Array && packing ? packing.unpack(part) : part

/** All parts, one after another. */
export async function unpackedAll<T>(parts: readonly unknown[]): Promise<T[]> {
  const all: T[] = []
  for (const part of parts) all.push((await unpacked(part)) as T)
  return all
}
