// Makes the collection that a recipe tells of, by the package's own functions: nothing is computed, sent or written.

import { isAbsolute, join } from 'node:path'
import * as heddle from '../collections/index.ts'
import { type Collection, isCollection } from '../graph/collection.ts'
import type { Recipe } from '../protocol/recipe.ts'

/** A recipe has a step that cannot be taken without running the program. */
export class NotMadeError extends Error {
  override name = 'NotMadeError'
}

const EXPORTS: Readonly<Record<string, unknown>> = { ...heddle }
/** What has functions of its own; a bundle makes plain objects of them. */
const MODULES: ReadonlySet<unknown> = new Set([
  EXPORTS,
  heddle.bag,
  heddle.array,
  heddle.array.random,
  heddle.dataframe,
])

/** Methods that compute or write at once, or are the executor's. */
const ACTS =
  /^(compute|persist|visualize|divisions|computeChunkSizes|repartitionByBytes|explain|prepare|abandon|announce|build\w+|assemble|standingOn|store|constructor)$/
/** Conversions compute or write, but for these. */
const BUILDS = /^to(DataFrame|Bag|Delayed|Text|Zone|Date|Datetime|UpperCase|LowerCase)$/
/** Functions of modules whose first argument is files. */
const READS = /^(read\w*|from(Zarr|Npy|Urls|Files))$/
const CLASSES: Readonly<Record<string, new (...args: never[]) => object>> = {
  Date,
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  BigInt64Array,
  BigUint64Array,
}
/** Elements of what a class of the language's is made with. */
const ELEMENTS_MAX = 1e6

/**
 * @param folder absolute: where relative paths of files begin
 * @throws {NotMadeError} when a step would compute, read from elsewhere, or call one of the program's functions
 * @throws {Error} the package's own, when it refuses a step
 * @example made({ kind: 'method', of: { kind: 'heddle', name: 'bag' }, name: 'range', args: [{ kind: 'value', value: 3 }] }, '/') // a bag of 3
 */
export const made = (recipe: Recipe, folder: string): unknown => new Making(folder).of(recipe)

/** Recipes that have parts in common: each part is made once. */
export class Making {
  /** Whoever calls it may go on without its result. */
  #calledTheProgram = false
  readonly #folder: string
  readonly #known = new Map<Recipe, { value: unknown } | { refusal: unknown }>()
  /** What the package's functions gave. */
  readonly #given = new Set<unknown>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws as `made` does, and again when it is asked again */
  of(recipe: Recipe): unknown {
    let known = this.#known.get(recipe)
    if (!known) {
      known = this.#tried(recipe)
      this.#known.set(recipe, known)
    }
    if ('refusal' in known) throw known.refusal
    return known.value
  }

  #tried(recipe: Recipe): { value: unknown } | { refusal: unknown } {
    try {
      this.#calledTheProgram = false
      const value = this.#make(recipe)
      if (this.#calledTheProgram) throw new NotMadeError('a function of the program was called')
      return { value }
    } catch (refusal) {
      return { refusal }
    }
  }

  #make(recipe: Recipe): unknown {
    switch (recipe.kind) {
      case 'value':
        return recipe.value
      case 'list':
        return this.#all(recipe.items)
      case 'record':
        return Object.assign(
          {},
          ...recipe.entries.map((entry) =>
            'kind' in entry ? this.#spread(entry) : { [entry[0]]: this.of(entry[1]) },
          ),
        )
      case 'spread':
        throw new NotMadeError('a spread stands alone')
      case 'function':
        return this.#placeholder(recipe.parameters)
      case 'new':
        return this.#instance(recipe.name, this.#all(recipe.args))
      case 'heddle':
        if (recipe.name === '*') return EXPORTS
        if (!Object.hasOwn(EXPORTS, recipe.name)) throw new NotMadeError(`${recipe.name} is no collection's`)
        return EXPORTS[recipe.name]
      case 'files':
        return recipe.paths.map((path) => (isAbsolute(path) ? path : join(this.#folder, path)))
      case 'member':
        return this.#member(this.of(recipe.of), recipe.name)
      case 'method':
        return this.#method(recipe)
      case 'call': {
        const fn = this.of(recipe.fn)
        if (typeof fn !== 'function') throw new NotMadeError('what is called is no function')
        return this.#settled((fn as (...args: unknown[]) => unknown)(...this.#all(recipe.args)))
      }
      default:
        return recipe satisfies never
    }
  }

  #method({ of, name, args }: Extract<Recipe, { kind: 'method' }>): unknown {
    const owner = this.of(of)
    if (name === 'persist' && args.length === 0 && isCollection(owner)) return held(owner)
    if (MODULES.has(owner) && READS.test(name) && args[0]?.kind !== 'files')
      throw new NotMadeError(`${name} reads what is not named`)
    const given = this.#all(args)
    // Without its columns it asks for the values first.
    if (name === 'pivot' && !(given[0] as { columns?: unknown } | undefined)?.columns)
      throw new NotMadeError('pivot computes the names of its columns')
    const fn = this.#member(owner, name)
    if (typeof fn !== 'function') throw new NotMadeError(`${name} is no method`)
    return this.#settled(Reflect.apply(fn, owner, given))
  }

  #member(owner: unknown, name: string): unknown {
    const isOurs =
      MODULES.has(owner) ||
      isCollection(owner) ||
      (typeof owner === 'object' && owner !== null && !OF_THE_LANGUAGE.has(Object.getPrototypeOf(owner))) ||
      (this.#given.has(owner) && Object.hasOwn(owner as object, name))
    const acts = ACTS.test(name) || (/^to[A-Z]/.test(name) && !BUILDS.test(name))
    if (!isOurs || acts || name in Object.prototype)
      throw new NotMadeError(`${name} is not a step that only builds`)
    const value = (owner as Readonly<Record<string, unknown>>)[name]
    if (value === undefined) throw new NotMadeError(`there is no ${name}`)
    return value
  }

  /** What is promised is computed first. */
  #settled(value: unknown): unknown {
    if (value instanceof Promise) {
      value.catch(() => {})
      throw new NotMadeError('a promise is awaited')
    }
    this.#given.add(value)
    return value
  }

  #all(items: readonly Recipe[]): unknown[] {
    return items.flatMap((item) => {
      if (item.kind !== 'spread') return [this.of(item)]
      const value = this.of(item.of)
      if (!Array.isArray(value)) throw new NotMadeError('what is spread is no list')
      return value as unknown[]
    })
  }

  #spread(entry: Recipe): object {
    const value = entry.kind === 'spread' ? this.of(entry.of) : undefined
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
      throw new NotMadeError('what is spread is no record')
    return value
  }

  #placeholder(parameters: number): unknown {
    const fn = (): never => {
      this.#calledTheProgram = true
      throw new NotMadeError('a function of the program was called')
    }
    return Object.defineProperty(fn, 'length', { value: parameters })
  }

  #instance(name: string, args: readonly unknown[]): object {
    const found = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
    // The moment at which it is made is another one when it runs.
    if (!found || args.length === 0) throw new NotMadeError(`a ${name} is made when the program runs`)
    if (name !== 'Date' && typeof args[0] === 'number' && args[0] > ELEMENTS_MAX)
      throw new NotMadeError(`a ${name} is too long to be made twice`)
    return Reflect.construct(found, args)
  }
}

const OF_THE_LANGUAGE: ReadonlySet<unknown> = new Set([
  Object.prototype,
  Array.prototype,
  null,
  ...Object.values(CLASSES).map(({ prototype }) => prototype),
])

/** What `persist` gives, standing on results that nobody looks at. */
function held(collection: Collection): Collection {
  const { partitions, numBlocks } = collection as { partitions?: number; numBlocks?: readonly number[] }
  const count = partitions ?? numBlocks?.reduce((blocks, each) => blocks * each, 1) ?? 1
  return collection.standingOn(Array.from({ length: count }, () => ({})))
}
