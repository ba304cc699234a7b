// Walks plain data: lists, plain objects, maps and sets, at any depth. Everything else in them is a leaf.

import { type Collection, isCollection } from '../graph/collection.ts'
import { Future } from './future.ts'

/** What a value holds, where it may hold futures; nothing of a leaf. */
function partsOf(value: object): Iterable<unknown> | undefined {
  if (Array.isArray(value)) return Object.values(value)
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return Object.values(value)
  if (prototype === Map.prototype) return [...(value as Map<unknown, unknown>)].flat()
  return prototype === Set.prototype ? (value as Set<unknown>) : undefined
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
    } else if (typeof value === 'object' && !above.has(value)) {
      const parts = partsOf(value)
      if (!parts) return
      above.add(value)
      for (const part of parts) this.#collect(part, above)
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
    if (typeof value === 'function' || above.has(value) || !partsOf(value)) return value
    above.add(value)
    const made = copyWith(value, (part) => this.#replace(part, futures, collections, above))
    above.delete(value)
    return made
  }
}

/** The same container with its parts replaced; itself where none changes. */
function copyWith(value: object, replace: (part: unknown) => unknown): unknown {
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => [replace(key), replace(item)] as const)
    const isSame = [...value].every(([key, item], i) => key === pairs[i][0] && item === pairs[i][1])
    return isSame ? value : new Map(pairs)
  }
  if (value instanceof Set) {
    const items = [...value].map(replace)
    return [...value].every((item, i) => item === items[i]) ? value : new Set(items)
  }
  let copy: unknown[] | Record<string, unknown> | undefined
  for (const [name, part] of Object.entries(value)) {
    const replaced = replace(part)
    if (replaced === part) continue
    copy ??= Array.isArray(value) ? [...value] : { ...value }
    ;(copy as Record<string, unknown>)[name] = replaced
  }
  return copy ?? value
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
          : T extends Map<infer K, infer V>
            ? Map<Computed<K>, Computed<V>>
            : T extends Set<infer V>
              ? Set<Computed<V>>
              : T extends Date | ArrayBufferView | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
                ? T
                : { [K in keyof T]: Computed<T[K]> }
