// Walks plain data: lists and plain objects, at any depth. Everything else in them is a leaf.

import { type Collection, isCollection } from '../graph/collection.ts'
import { Future } from './future.ts'

/** Whether a value is a plain object or a list, and so may hold futures. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Collects what stands for a value to come: futures, and collections. Each is given once, in the order it is met. */
export class Pending {
  readonly futures: Future[] = []
  readonly collections: Collection[] = []
  readonly #places = new Map<object, number>()

  constructor(value: unknown) {
    this.#collect(value, new Set())
  }

  #collect(value: unknown, above: Set<object>): void {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return
    if (value instanceof Future) {
      if (this.#places.has(value)) return
      this.#places.set(value, this.futures.push(value) - 1)
    } else if (isCollection(value)) {
      if (this.#places.has(value)) return
      this.#places.set(value, this.collections.push(value) - 1)
    } else if (typeof value === 'object' && isPlain(value) && !above.has(value)) {
      above.add(value)
      for (const part of Object.values(value)) this.#collect(part, above)
      above.delete(value)
    }
  }

  get isEmpty(): boolean {
    return this.#places.size === 0
  }

  /** The same structure with each future and collection replaced. What holds none of them is not copied. */
  replace(value: unknown, futures: readonly unknown[], collections: readonly unknown[]): unknown {
    return this.#replace(value, futures, collections, new Set())
  }

  #replace(
    value: unknown,
    futures: readonly unknown[],
    collections: readonly unknown[],
    above: Set<object>,
  ): unknown {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
    const place = this.#places.get(value)
    if (place !== undefined) return value instanceof Future ? futures[place] : collections[place]
    if (typeof value === 'function' || !isPlain(value) || above.has(value)) return value
    above.add(value)
    let copy: unknown[] | Record<string, unknown> | undefined
    for (const [name, part] of Object.entries(value)) {
      const replaced = this.#replace(part, futures, collections, above)
      if (replaced === part) continue
      copy ??= Array.isArray(value) ? [...value] : { ...value }
      ;(copy as Record<string, unknown>)[name] = replaced
    }
    above.delete(value)
    return copy ?? value
  }
}

/** A list of futures alone, which needs no walk; nothing when something else is in it. */
export function asFutureList(value: unknown): readonly Future[] | undefined {
  if (!Array.isArray(value)) return undefined
  for (const item of value) if (!(item instanceof Future)) return undefined
  return value as Future[]
}

/** What a structure becomes when its futures and collections are replaced by their values. */
export type Computed<T> =
  T extends Future<infer R>
    ? R
    : T extends Collection<infer R>
      ? R
      : // biome-ignore lint/complexity/noBannedTypes: a function of any shape is a leaf.
        T extends string | number | bigint | boolean | symbol | null | undefined | Function
        ? T
        : T extends readonly unknown[]
          ? { -readonly [K in keyof T]: Computed<T[K]> }
          : T extends Date | ArrayBufferView | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
            ? T
            : { [K in keyof T]: Computed<T[K]> }
