// Collections that stand on held results, told to another program: what describes each kind, and how it is made again.

import type { Collection } from './collection.ts'

/** By this a collection gives what describes it beside its partitions: plain data, small. Those without it are not told. */
export const heldAs: unique symbol = Symbol('heddle.heldAs')

/** A collection that another program can make again. */
export interface TellableCollection extends Collection {
  [heldAs](): unknown
}

/** Makes a collection from what `[heldAs]` gave, standing on `references`. */
type Remake = (description: unknown, references: readonly unknown[]) => Collection

const kinds = new Map<string, Remake>()

/** Says how collections of a kind are made again; each kind calls this when it is loaded. */
export function remakeHeld(collectionKind: string, remake: Remake): void {
  kinds.set(collectionKind, remake)
}

/** Whether another program can make the collection again. */
export function isTellable(collection: Collection): collection is TellableCollection {
  return kinds.has(collection.collectionKind) && heldAs in collection
}

/**
 * The collection that was described, standing on `references`.
 * @throws {Error} when this program knows no such kind: the one that told of it is of another version
 */
export function remadeHeld(
  collectionKind: string,
  description: unknown,
  references: readonly unknown[],
): Collection {
  const remake = kinds.get(collectionKind)
  if (!remake)
    throw new Error(
      `nothing here knows a collection of the kind ${collectionKind}: use the version of heddle that made it`,
    )
  return remake(description, references)
}
