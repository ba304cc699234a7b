// Computing collections: whoever computes is found through `currentExecutor`, collections themselves never compute.

import { placeOfCall } from '../graph/callPlace.ts'
import {
  buildTogether,
  type Collection,
  type ComputeCall,
  currentExecutor,
  isCollection,
} from '../graph/collection.ts'
import { TaskGraph } from '../graph/taskGraph.ts'
import { givenText } from '../kernels/givenText.ts'

/** What a list of collections gives. */
export type ComputedAll<T extends readonly Collection[]> = {
  -readonly [K in keyof T]: T[K] extends Collection<infer V> ? V : never
}

/** Something else than a collection was to be computed. */
export class NotACollectionError extends TypeError {
  override name = 'NotACollectionError'
}

/**
 * Computes several collections at once: what they share is computed once.
 * @returns their values, in the same order
 * @throws {Error} what a task threw, with the user's place in it
 * @example
 * const numbers = bag.range(10).map((x) => x * x)
 * await compute(numbers.sum(), numbers.max()) // [285, 81]
 */
export async function compute<const T extends readonly Collection[]>(
  ...collections: T
): Promise<ComputedAll<T>> {
  return (await computeAll(collections, callOf('compute'))) as ComputedAll<T>
}

/**
 * Computes several collections and keeps the results on the cluster: gives collections that stand on them.
 * @example const [cleaned] = await persist(bag.range(10).filter((x) => x % 2 === 0))
 */
export async function persist<const T extends readonly Collection[]>(...collections: T): Promise<T> {
  const call = callOf('persist')
  const all = collections.map((each) => checked(each, 'persist'))
  const executor = await currentExecutor()
  await Promise.all(all.map((collection) => collection.prepare?.()))
  return (await executor.persist(all, call)) as unknown as T
}

/**
 * The same collections, once it is sure that they can be built. Heddle optimises whenever it computes (steps that follow
 * one another become one task, what several collections share is built once), so this is only for programs that want to
 * know before, and for those written after Dask's.
 * @throws {Error} what keeps a collection from being built
 * @example const [total] = await optimize(bag.range(3).sum())
 */
export async function optimize<const T extends readonly Collection[]>(...collections: T): Promise<T> {
  const all = collections.map((each) => checked(each, 'optimize'))
  await Promise.all(all.map((collection) => collection.prepare?.()))
  buildTogether(new TaskGraph(), all)
  return collections
}

/** The call that is being made, from where the user made it. */
export function callOf(method: string): ComputeCall {
  const place = placeOfCall()
  return place ? { method, place } : { method }
}

/** @internal The values of collections, by the executor that is there. */
export async function computeAll(collections: readonly Collection[], call: ComputeCall): Promise<unknown[]> {
  const all = collections.map((each) => checked(each, call.method))
  const executor = await currentExecutor()
  await Promise.all(all.map((collection) => collection.prepare?.()))
  return executor.compute(all, call)
}

/** @throws {NotACollectionError} when a call gets something else */
export function checked(collection: Collection, call = 'compute'): Collection {
  if (isCollection(collection)) return collection
  throw new NotACollectionError(
    `${call} takes bags, delayed values and other collections, not ${givenText(collection)}: ` +
      'make one first, by delayed(value), which takes lists and objects of collections too',
  )
}
