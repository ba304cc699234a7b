// The bag: items in partitions, in order, worked on in parallel. Every method only builds; `compute` computes.

import { placeOfCall } from '../../graph/callPlace.ts'
import { type Collection, isCollection } from '../../graph/collection.ts'
import { heldAs, remakeHeld } from '../../graph/heldCollection.ts'
import { announceNode, buildNode, type GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { estimatedBytes } from '../../kernels/bag/estimate.ts'
import type { JoinHow } from '../../kernels/bag/groups.ts'
import type { Op, ReducerSpec, Rest, UserFunction } from '../../kernels/bag/plan.ts'
import type { WrittenInMemory } from '../../kernels/bag/write.ts'
import { requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import type { TaskOptions } from '../../protocol/taskOptions.ts'
import { callOf, computeAll, persist } from '../compute.ts'
import type { DataFrame } from '../dataframe/dataframe.ts'
import { guessedTypes } from '../dataframe/guessedTypes.ts'
import { fromBag } from '../dataframe/sources.ts'
import type { RowOf, Types } from '../dataframe/types.ts'
import { abandonInputs, nodeOf, PartNode, prepareInputs } from '../delayed/node.ts'
import { delayedOf } from '../delayed/proxy.ts'
import type { Delayed } from '../delayed/types.ts'
import { boundsOfShares } from '../shares.ts'
import { requireTaskOptions } from '../taskOptions.ts'
import { visualize } from '../visualize.ts'
import {
  BagArgumentError,
  isPrimitive,
  type Primitive,
  requireCount,
  requireFlag,
  requireFunction,
  requireNumber,
  requireObject,
  unequalPartitions,
  wrong,
} from './arguments.ts'
import { byteCount } from './byteCount.ts'
import { type FieldName, keyFunction, requireFieldName } from './keyFunction.ts'
import { type BagNode, type Extra, HeldNode, StepNode, type StepOptions } from './node.ts'
import { AccumulateNode } from './nodes/accumulate.ts'
import { ConcatNode } from './nodes/concat.ts'
import { GroupNode } from './nodes/group.ts'
import { JoinNode } from './nodes/join.ts'
import type { Request } from './nodes/onBag.ts'
import { KeyedShuffleNode, TreeNode } from './nodes/reductions.ts'
import { RepartitionNode } from './nodes/repartition.ts'
import { TakeNode } from './nodes/take.ts'
import { LiteralNode, OneListNode, WholeNode } from './nodes/whole.ts'
import { WriteNode } from './nodes/write.ts'
import { type WriteOptions, writePlan } from './write.ts'
import { keptInMemory } from './writeFolder.ts'

/** A value that stands beside the items of a bag in a call: the same for all, to come, or another bag's item at the same place. */
export type Beside<T> = T | Delayed<T> | Bag<T>
type BesideAll<A extends unknown[]> = { [K in keyof A]: Beside<A[K]> }

/** What `Bag.with` takes. */
export interface BagOptions extends TaskOptions {
  /** How many promises of an async function are awaited at a time in one partition; 16 by default. */
  concurrency?: number
  /** False where the functions may give other results for the same items: nothing is then kept from earlier runs. */
  pure?: boolean
}

/** How many partitions the answer of a shuffle has. */
export interface ShuffleOptions {
  /** The bag's own number by default for `groupBy` and `join`, 1 (no shuffle) for the others. */
  partitions?: number
}

/** Reductions merge this many states a task; 8 by default. */
export interface TreeOptions {
  splitEvery?: number
}

const CONCURRENCY = 16

/**
 * A lazy, ordered collection of items of any type, in partitions that are worked on in parallel. Steps that follow one
 * another run as one task a partition and stream through it.
 * @example await bag.range(6).map((x) => x * x).filter((x) => x % 2 === 0).compute() // [0, 4, 16]
 */
export class Bag<out T> implements Collection<T[]> {
  readonly collectionKind = 'bag'
  /** @internal */
  readonly node: BagNode
  readonly #options: BagOptions

  /** @internal Bags are made by the functions of `bag`. */
  constructor(node: BagNode, options: BagOptions = {}) {
    this.node = node
    this.#options = options
  }

  /**
   * How many partitions there are, each of which is a task.
   * @throws {BagArgumentError} when that depends on what a server has, and nobody has asked it yet: see `prepare`
   */
  get partitions(): number {
    const { partitions } = this.node
    if (!Number.isNaN(partitions)) return partitions
    throw new BagArgumentError(
      'how many partitions this bag has depends on files that a server must be asked for: await its prepare() first',
    )
  }

  /** What it is, without computing anything. @example String(bag.range(6, { partitions: 3 })) // 'bag(3 partitions)' */
  toString(): string {
    const { partitions } = this.node
    if (Number.isNaN(partitions)) return 'bag(partitions not known yet)'
    return `bag(${partitions} ${partitions === 1 ? 'partition' : 'partitions'})`
  }

  // — What an executor asks for

  /** @internal */
  announce(graph: TaskGraph): void {
    announceNode(graph, this.node)
  }

  // Of `Collection`, and so part of the public types.
  buildTasks(graph: TaskGraph): readonly unknown[] {
    return buildNode(graph, this.node)
  }

  /** @internal */
  buildValue(graph: TaskGraph): unknown {
    return buildNode(graph, this.#whole)[0]
  }

  // Of `Collection`, and so part of the public types.
  assemble(results: readonly unknown[]): T[] {
    if (this.node.writes)
      return keptInMemory(results as (string | WrittenInMemory)[][], this.node.folder?.place) as T[]
    if (results.length === 1) return results[0] as T[]
    const all: T[] = []
    // Far faster than `flat`, and no limit on the number of arguments as `push(...list)` has.
    for (const list of results as T[][]) for (let i = 0; i < list.length; i++) all.push(list[i])
    return all
  }

  // Of `Collection`, and so part of the public types.
  standingOn(references: readonly unknown[]): Bag<T> {
    return new Bag(new HeldNode(references), this.#options)
  }
  /** @internal */
  [heldAs](): unknown {
    return this.#options
  }

  // — Asking for values

  /**
   * Asks servers what files there are, where they are read. `compute` and `persist` do so by themselves; a program
   * needs it only to know the number of partitions before.
   * @throws {FileError} when a server cannot be reached, or has no such files
   * @example
   * const lines = bag.range(4, { partitions: 2 })
   * await lines.prepare()
   * lines.partitions // 2
   */
  prepare(): Promise<void> {
    return prepareInputs(this.node)
  }

  /** @internal */
  abandon(): Promise<void> {
    return abandonInputs(this.node)
  }

  /**
   * Computes the items, in order, on the cluster that is there; without one, a local cluster is started.
   * @throws {Error} what a function threw, with the place in the user's code and the file and line of its item
   * @example await bag.fromSequence(['b', 'a']).compute() // ['b', 'a']
   */
  async compute(): Promise<T[]> {
    return (await computeAll([this], callOf('compute')))[0] as T[]
  }

  /**
   * Computes the items and keeps them on the cluster: a bag that stands on them.
   * @example
   * const numbers = await bag.range(100).map((x) => x * 2).persist()
   * await numbers.sum().compute() // 9900
   */
  async persist(): Promise<Bag<T>> {
    return (await persist(this))[0] as Bag<T>
  }

  /** Draws the tasks into a file, `.svg` or `.png`; without a path, gives the drawing as SVG text. */
  visualize(path?: string): Promise<string> {
    return visualize(this, path)
  }

  /** Lets tasks run with options from here on: `concurrency`, `pure`, and those of any task (`retries`, `resources`, …). */
  with(options: BagOptions): Bag<T> {
    requireObject('with', options, 'options, e.g. { retries: 2 }')
    requireTaskOptions('with', options, { concurrency: true, pure: true })
    if (options.concurrency !== undefined) requireCount('with: concurrency', options.concurrency, 1)
    if (options.pure !== undefined) requireFlag('with: pure', options.pure)
    return new Bag(this.node, { ...this.#options, ...options })
  }

  // — Item by item

  /**
   * Calls a function for every item. What follows it are further arguments: plain and delayed values are the same for
   * all items, another bag of equally long partitions gives its item at the same place.
   * @example await bag.range(3).map((x, y) => x + y, 10).compute() // [10, 11, 12]
   */
  map<R, A extends unknown[] = []>(fn: (item: T, ...rest: A) => R, ...rest: BesideAll<A>): Bag<Awaited<R>> {
    requireFunction('map', fn)
    return this.#callStep('map', fn, rest)
  }

  /**
   * Calls a function with the items of every item as its arguments.
   * @example await bag.fromSequence([[2, 5], [3, 2]]).starmap((a: number, b: number) => a ** b).compute() // [32, 9]
   */
  starmap<I extends readonly unknown[], R, A extends unknown[] = []>(
    this: Bag<I>,
    fn: (...args: [...I, ...A]) => R,
    ...rest: BesideAll<A>
  ): Bag<Awaited<R>> {
    requireFunction('starmap', fn)
    return this.#callStep('starmap', fn, rest)
  }

  /**
   * Calls a function for every partition, with the list of its items; it gives the list of new ones.
   * @example await bag.range(6, { partitions: 2 }).mapPartitions((list) => [list.length]).compute() // [3, 3]
   */
  mapPartitions<R, A extends unknown[] = []>(
    fn: (items: T[], ...rest: A) => Iterable<R> | AsyncIterable<R> | Promise<Iterable<R> | AsyncIterable<R>>,
    ...rest: { [K in keyof A]: A[K] | Delayed<A[K]> }
  ): Bag<R> {
    requireFunction('mapPartitions', fn)
    const { extras, restOf } = this.#beside(rest)
    return this.#step('mapPartitions', (slots) => ({ op: 'mapPartitions', fn, rest: restOf(slots) }), extras)
  }

  /**
   * Keeps the items for which the function is true.
   * @example await bag.range(5).filter((x) => x > 2).compute() // [3, 4]
   */
  filter<S extends T>(fn: (item: T) => item is S): Bag<S>
  filter(fn: (item: T) => unknown): Bag<T>
  filter(fn: (item: T) => unknown): Bag<T> {
    requireFunction('filter', fn)
    return this.#step('filter', () => ({ op: 'filter', fn, keep: true, concurrency: this.#concurrency }))
  }

  /**
   * Drops the items for which the function is true.
   * @example await bag.range(5).remove((x) => x > 2).compute() // [0, 1, 2]
   */
  remove(fn: (item: T) => unknown): Bag<T> {
    requireFunction('remove', fn)
    return this.#step('remove', () => ({ op: 'filter', fn, keep: false, concurrency: this.#concurrency }))
  }

  /**
   * Puts the items of every item (a list or another iterable) in its place.
   * @example await bag.fromSequence([[1, 2], [], [3]]).flatten().compute() // [1, 2, 3]
   */
  flatten<R>(this: Bag<Iterable<R>>): Bag<R> {
    return this.#step('flatten', () => ({ op: 'flatten' }))
  }

  /**
   * Calls a function for every item, which gives a list or another iterable of new ones; a generator is drawn from as
   * the items are needed.
   * @example await bag.fromSequence(['a b', 'c']).flatMap((line) => line.split(' ')).compute() // ['a', 'b', 'c']
   */
  flatMap<R, A extends unknown[] = []>(
    fn: (item: T, ...rest: A) => Iterable<R> | AsyncIterable<R> | Promise<Iterable<R>>,
    ...rest: BesideAll<A>
  ): Bag<R> {
    requireFunction('flatMap', fn)
    return this.#callStep('flatMap', fn, rest) as Bag<unknown> as Bag<R>
  }

  /**
   * Takes one property of every item, or a list of several.
   * @param fallback stands where an item does not have it; without one that is an error
   * @example await bag.fromSequence([{ name: 'Ann', age: 3 }]).pluck('name').compute() // ['Ann']
   * @example await bag.fromSequence([{ name: 'Ann', age: 3 }]).pluck(['age', 'name']).compute() // [[3, 'Ann']]
   */
  pluck<I, K extends keyof I>(this: Bag<I>, key: K, ...fallback: [] | [fallback: I[K]]): Bag<I[K]>
  pluck<I, const K extends readonly (keyof I)[]>(
    this: Bag<I>,
    keys: K,
    ...fallback: [] | [fallback: unknown]
  ): Bag<{ -readonly [N in keyof K]: I[K[N] & keyof I] }>
  pluck(keys: PropertyKey | readonly PropertyKey[], ...fallback: [] | [unknown]): unknown {
    const one = !Array.isArray(keys)
    for (const key of one ? [keys] : keys) requireFieldName('pluck', key)
    return this.#step('pluck', () => ({
      op: 'pluck',
      keys: (one ? [keys] : keys) as PropertyKey[],
      one,
      ...(fallback.length > 0 && { fallback: { value: fallback[0] } }),
    }))
  }

  /**
   * Pairs the items with those of other bags at the same place; their partitions must be equally long.
   * @example await bag.range(2).zip(bag.fromSequence(['a', 'b'])).compute() // [[0, 'a'], [1, 'b']]
   */
  zip<A extends unknown[]>(...others: { [K in keyof A]: Bag<A[K]> }): Bag<[T, ...A]> {
    requireBags('zip', others)
    const { extras, restOf } = this.#beside(others)
    return this.#step('zip', (slots) => ({ op: 'zip', rest: restOf(slots) }), extras)
  }

  /**
   * Keeps each item with a probability, the same ones for the same seed and partitions.
   * @param options.seed a whole number; by default another one for every call of this method
   * @example await bag.range(1000).randomSample(0.5, { seed: 1 }).count().compute() // 506
   */
  randomSample(probability: number, options: { seed?: number } = {}): Bag<T> {
    if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1))
      throw wrong('randomSample', 'a probability from 0 to 1', probability)
    requireOptions('randomSample', options, { seed: true })
    const seed = seedOf('randomSample', options.seed)
    return this.#drawn('randomSample', seed, 0, probability)
  }

  /**
   * Each item in one of several bags, by chance: the same ones for the same seed and partitions. Each bag has about its share
   * of the items.
   * @param shares from 0 to 1, and no more than 1 together: items beyond are in none
   * @param options.seed a whole number; by default another one for every call of this method
   * @example
   * const [train, test] = bag.range(1000).randomSplit([0.8, 0.2], { seed: 1 })
   * (await train.count().compute()) + (await test.count().compute()) // 1000
   */
  randomSplit(shares: readonly number[], options: { seed?: number } = {}): Bag<T>[] {
    const bounds = boundsOfShares('randomSplit', shares, (text) => new BagArgumentError(text))
    requireOptions('randomSplit', options, { seed: true })
    const seed = seedOf('randomSplit', options.seed)
    return shares.map((_, i) => this.#drawn('randomSplit', seed, bounds[i], bounds[i + 1]))
  }

  // — Of the whole bag, one value

  /**
   * Folds the items into one value: `fn` takes in the items of a partition, `combine` the values of partitions (by
   * default `fn` too). With an initial value, every partition starts from it.
   * @throws {EmptyBagError} when computed, if there is neither an item nor an initial value
   * @example await bag.range(5).fold((a, b) => a + b).compute() // 10
   * @example await bag.range(5).fold((n, _item) => n + 1, 0, (a, b) => a + b).compute() // 5
   * @example await bag.fromSequence(['b', 'c'], { partitions: 1 }).fold((a, b) => a + b, 'a').compute() // 'abc'
   */
  fold<I>(this: Bag<I>, fn: (state: I, item: I) => I | Promise<I>, options?: TreeOptions): Delayed<I>
  fold<I>(this: Bag<I>, fn: (state: I, item: I) => I | Promise<I>, initial: I & Primitive): Delayed<I>
  fold<S>(
    fn: (state: S, item: T) => S | Promise<S>,
    initial: S,
    combine: (a: S, b: S) => S | Promise<S>,
    options?: TreeOptions,
  ): Delayed<S>
  fold(fn: UserFunction, ...more: unknown[]): unknown {
    requireFunction('fold', fn)
    if (more.length === 1 && isPrimitive(more[0])) more.push(fn)
    if (more.length < 2)
      return this.#reduce('fold', { reducer: 'fold', fn, combine: fn }, more[0] as TreeOptions)
    const [initial, combine, options] = more as [unknown, UserFunction, TreeOptions | undefined]
    requireFunction('fold', combine)
    return this.#reduce('fold', { reducer: 'fold', fn, combine, initial: { value: initial } }, options)
  }

  /**
   * Reduces by functions of lists: `chunk` gets a partition's items, `aggregate` the answers of several of them.
   * `combine` (by default `aggregate`) puts answers together on the way, `splitEvery` at a time.
   * @example
   * const longest = (words: string[]) => words.reduce((a, b) => (b.length > a.length ? b : a), '')
   * await bag.fromSequence(['a', 'ccc', 'bb']).reduction(longest, longest).compute() // 'ccc'
   */
  reduction<S, R = S>(
    chunk: (items: T[]) => S | Promise<S>,
    aggregate: (answers: S[]) => R | Promise<R>,
    options: TreeOptions & { combine?: (answers: S[]) => S | Promise<S> } = {},
  ): Delayed<R> {
    requireFunction('reduction', chunk)
    requireFunction('reduction', aggregate)
    requireOptions('reduction', options, { splitEvery: true, combine: true })
    const { combine, splitEvery } = options
    if (combine !== undefined) requireFunction('reduction: combine', combine)
    requireSplitEvery('reduction', splitEvery)
    const spec: ReducerSpec = { reducer: 'custom', chunk, aggregate, ...(combine && { combine }) }
    // Without `combine`, only the last task may call `aggregate`: it may give something else than it takes.
    return this.#reduce('reduction', spec, { splitEvery: combine ? splitEvery : Number.POSITIVE_INFINITY })
  }

  /** How many items there are. @example await bag.range(7).count().compute() // 7 */
  count(options?: TreeOptions): Delayed<number> {
    return this.#reduce('count', { reducer: 'count' }, options)
  }

  /** The sum of numbers or bigints, 0 without items. @example await bag.range(5).sum().compute() // 10 */
  sum<N extends number | bigint | boolean>(this: Bag<N>, options?: TreeOptions): Delayed<Sum<N>> {
    return this.#reduce('sum', { reducer: 'sum' }, options)
  }

  /** The product of numbers or bigints, 1 without items. @example await bag.fromSequence([2, 3, 4]).product().compute() // 24 */
  product<N extends number | bigint | boolean>(this: Bag<N>, options?: TreeOptions): Delayed<Sum<N>> {
    return this.#reduce('product', { reducer: 'product' }, options)
  }

  /** The mean of numbers, NaN without items. @example await bag.fromSequence([1, 2, 6]).mean().compute() // 3 */
  mean(this: Bag<number> | Bag<boolean>, options?: TreeOptions): Delayed<number> {
    return (this as Bag<unknown>).#reduce('mean', { reducer: 'moments', give: 'mean', ddof: 0 }, options)
  }

  /**
   * The variance of numbers.
   * @param options.ddof what is taken off the count: 0 (of a population) by default, 1 for a sample
   * @example await bag.fromSequence([1, 2, 3, 4]).var().compute() // 1.25
   */
  var(this: Bag<number>, options: TreeOptions & { ddof?: number } = {}): Delayed<number> {
    return this.#reduce('var', { reducer: 'moments', give: 'var', ddof: ddofOf('var', options) }, options)
  }

  /** The standard deviation of numbers; see `var`. @example await bag.fromSequence([1, 3]).std().compute() // 1 */
  std(this: Bag<number>, options: TreeOptions & { ddof?: number } = {}): Delayed<number> {
    return this.#reduce('std', { reducer: 'moments', give: 'std', ddof: ddofOf('std', options) }, options)
  }

  /**
   * The smallest item by `<`; NaN where one is NaN.
   * @throws {EmptyBagError} when computed, if there are no items
   * @example await bag.fromSequence(['b', 'a']).min().compute() // 'a'
   */
  min<I>(this: Bag<I>, options?: TreeOptions): Delayed<I> {
    return this.#reduce('min', { reducer: 'extreme', give: 'min' }, options)
  }

  /**
   * The largest item by `>`; NaN where one is NaN.
   * @throws {EmptyBagError} when computed, if there are no items
   * @example await bag.range(7).max().compute() // 6
   */
  max<I>(this: Bag<I>, options?: TreeOptions): Delayed<I> {
    return this.#reduce('max', { reducer: 'extreme', give: 'max' }, options)
  }

  /** Whether an item is true, or the function is for one. @example await bag.range(5).any((x) => x > 3).compute() // true */
  any(fn?: (item: T) => unknown, options?: TreeOptions): Delayed<boolean> {
    if (fn !== undefined) requireFunction('any', fn)
    return this.#reduce('any', { reducer: 'any', ...(fn && { fn }) }, options)
  }

  /** Whether all items are true, or the function is for all. @example await bag.range(5).all((x) => x > 3).compute() // false */
  all(fn?: (item: T) => unknown, options?: TreeOptions): Delayed<boolean> {
    if (fn !== undefined) requireFunction('all', fn)
    return this.#reduce('all', { reducer: 'all', ...(fn && { fn }) }, options)
  }

  // — Of the whole bag, items

  /**
   * How often each item occurs, in the order of first occurrence. Items are keys: see `groupBy`.
   * @param options.partitions more than 1 when there are too many different items for one task
   * @example await bag.fromSequence(['a', 'b', 'a']).frequencies().compute() // [['a', 2], ['b', 1]]
   */
  frequencies(options: ShuffleOptions & TreeOptions = {}): Bag<[item: T, count: number]> {
    return this.#keyed('frequencies', { reducer: 'frequencies' }, options)
  }

  /**
   * The first of the items that are the same, or have the same key; see `groupBy` for what is the same.
   * @example await bag.fromSequence([3, 1, 3]).distinct().compute() // [3, 1]
   * @example await bag.fromSequence(['ab', 'ac', 'b']).distinct((word) => word[0]).compute() // ['ab', 'b']
   */
  distinct(key?: ((item: T) => unknown) | FieldName<T>, options: ShuffleOptions & TreeOptions = {}): Bag<T> {
    const by = key === undefined ? {} : { key: keyFunction('distinct', key) }
    return this.#keyed('distinct', { reducer: 'distinct', ...by }, options)
  }

  /**
   * The `k` largest items, largest first; by the function's answer where one is given. Of equal ones the earlier come.
   * @example await bag.fromSequence(['aa', 'b', 'ccc']).topK(2, (word) => word.length).compute() // ['ccc', 'aa']
   * @example await bag.fromSequence([{ n: 1 }, { n: 3 }]).topK(1, 'n').compute() // [{ n: 3 }]
   */
  topK(k: number, key?: ((item: T) => unknown) | FieldName<T>, options?: TreeOptions): Bag<T> {
    requireCount('topK', k, 1)
    const by = key === undefined ? {} : { key: keyFunction('topK', key) }
    return this.#tree('topK', { reducer: 'topK', k, ...by }, options)
  }

  /**
   * A fold for each key, without a shuffle of the items: `[key, value]`, in the order of first occurrence.
   * @param combine puts the values of two partitions together; `fn` by default
   * @example
   * const orders = bag.fromSequence([{ who: 'Ann', paid: 2 }, { who: 'Bob', paid: 5 }, { who: 'Ann', paid: 1 }])
   * await orders.foldby((o) => o.who, (sum, o) => sum + o.paid, 0, (a, b) => a + b).compute() // [['Ann', 3], ['Bob', 5]]
   */
  foldby<K>(
    key: ((item: T) => K) | FieldName<T>,
    fn: (state: T, item: T) => T | Promise<T>,
    options?: ShuffleOptions & TreeOptions,
  ): Bag<[key: Awaited<K>, value: T]>
  foldby<K>(
    key: ((item: T) => K) | FieldName<T>,
    fn: (state: T, item: T) => T | Promise<T>,
    initial: T & Primitive,
  ): Bag<[key: Awaited<K>, value: T]>
  foldby<K, S>(
    key: ((item: T) => K) | FieldName<T>,
    fn: (state: S, item: T) => S | Promise<S>,
    initial: S,
    combine: (a: S, b: S) => S | Promise<S>,
    options?: ShuffleOptions & TreeOptions,
  ): Bag<[key: Awaited<K>, value: S]>
  foldby(by: unknown, fn: UserFunction, ...more: unknown[]): unknown {
    const key = keyFunction('foldby', by)
    requireFunction('foldby', fn)
    if (more.length === 1 && isPrimitive(more[0])) more.push(fn)
    if (more.length < 2)
      return this.#keyed(
        'foldby',
        { reducer: 'foldby', key, fn, combine: fn },
        more[0] as TreeOptions | undefined,
      )
    const [initial, combine, options] = more as [unknown, UserFunction, ShuffleOptions | undefined]
    requireFunction('foldby', combine)
    return this.#keyed(
      'foldby',
      { reducer: 'foldby', key, fn, combine, initial: { value: initial } },
      options,
    )
  }

  /**
   * The items of each key: `[key, items]`. All items travel once; where a fold will do, `foldby` moves far less.
   *
   * Keys are the same as in a `Map`: by value for primitives (NaN is NaN, −0 is 0, 1 is not '1'). Plain lists and
   * objects of such are the same when their contents are, dates when their times are. Anything else is no key.
   * @throws {KeyError} when computed, for a key that is a function, a symbol or an object of a class
   * @example
   * const groups = bag.fromSequence(['apple', 'bean', 'avocado']).groupBy((word) => word[0])
   * new Map(await groups.compute()).get('a') // ['apple', 'avocado']
   */
  groupBy<K>(
    by: ((item: T) => K) | FieldName<T>,
    options: ShuffleOptions = {},
  ): Bag<[key: Awaited<K>, items: T[]]> {
    const key = keyFunction('groupBy', by)
    requireOptions('groupBy', options, { partitions: true })
    const { partitions } = options
    if (partitions !== undefined) requireCount('groupBy: partitions', partitions, 1)
    return new Bag(new GroupNode(this.node, this.#request('groupBy'), key, partitions), this.#options)
  }

  /**
   * Pairs items with those of another bag or list that have the same key (see `groupBy`). A list, and a bag of one
   * partition, goes to every partition; two bags are shuffled. A key may be the name of a property; the other's is the
   * same where none is given.
   * @param options.how `inner` (default); `left`, `right` and `outer` pair what has no partner with `undefined`
   * @example
   * const people = bag.fromSequence([{ name: 'Ann', city: 1 }, { name: 'Bob', city: 2 }])
   * const cities = [{ id: 1, title: 'Oslo' }]
   * await people.join(cities, (p) => p.city, (c) => c.id).map(([p, c]) => `${p.name} in ${c.title}`).compute() // ['Ann in Oslo']
   */
  join<U>(
    other: Bag<U> | readonly U[] | Delayed<U[]>,
    key: ((item: T) => unknown) | FieldName<T>,
    otherKey?: ((item: U) => unknown) | FieldName<U>,
    options?: ShuffleOptions & { how?: 'inner' },
  ): Bag<[T, U]>
  join<U>(
    other: Bag<U> | readonly U[] | Delayed<U[]>,
    key: ((item: T) => unknown) | FieldName<T>,
    otherKey: ((item: U) => unknown) | FieldName<U>,
    options: ShuffleOptions & { how: 'left' },
  ): Bag<[T, U | undefined]>
  join<U>(
    other: Bag<U> | readonly U[] | Delayed<U[]>,
    key: ((item: T) => unknown) | FieldName<T>,
    otherKey: ((item: U) => unknown) | FieldName<U>,
    options: ShuffleOptions & { how: 'right' | 'outer' },
  ): Bag<[T | undefined, U | undefined]>
  join(
    other: object,
    ours: unknown,
    theirs: unknown = ours,
    options: ShuffleOptions & { how?: JoinHow } = {},
  ): unknown {
    const [key, otherKey] = [keyFunction('join', ours), keyFunction('join', theirs)]
    requireOptions('join', options, { partitions: true, how: true })
    const { how = 'inner' } = options
    requireOneOf('join: how', how, JOIN_HOWS)
    // Only a left side that is whole for every item on the right can tell what nothing on the left has met.
    const canSpread = how === 'inner' || how === 'left' || this.node.partitions === 1
    const { partitions } = options
    if (partitions !== undefined) requireCount('join: partitions', partitions, 1)
    const bag = other instanceof Bag ? other : listBag('join', other)
    const single = canSpread && partitions === undefined && bag.node.partitions === 1
    const right = single
      ? ({ side: 'single', node: bag.node } as const)
      : ({ side: 'bag', node: bag.node } as const)
    const node = new JoinNode(this.node, this.#request('join'), right, [key, otherKey], how, partitions)
    return new Bag(node, this.#options)
  }

  /**
   * The states of a fold, one an item; partitions are worked on one after another.
   * @param initial where the first partition starts; it is then the first of the items
   * @example await bag.range(5).accumulate((a, b) => a + b).compute() // [0, 1, 3, 6, 10]
   * @example await bag.range(3).accumulate((a, b) => a + b, 5).compute() // [5, 5, 6, 8]
   */
  accumulate(fn: (state: T, item: T) => T | Promise<T>): Bag<T>
  accumulate<S>(fn: (state: S, item: T) => S | Promise<S>, initial: S): Bag<S>
  accumulate(fn: UserFunction, ...initial: [] | [unknown]): unknown {
    requireFunction('accumulate', fn)
    const start = initial.length > 0 ? { value: initial[0] } : undefined
    return new Bag(new AccumulateNode(this.node, this.#request('accumulate'), fn, start), this.#options)
  }

  /**
   * The first `count` items. Partitions are asked one after another, and only as long as there are too few; what is
   * read from a file is read no further than needed.
   * @param options.partitions asks no more than so many partitions
   * @example await bag.range(1_000_000).filter((x) => x % 7 === 3).take(3).compute() // [3, 10, 17]
   */
  take(count: number, options: { partitions?: number } = {}): Bag<T> {
    requireCount('take', count, 0)
    requireOptions('take', options, { partitions: true })
    const from = options.partitions ?? Number.POSITIVE_INFINITY
    if (options.partitions !== undefined) requireCount('take: partitions', from, 1)
    return new Bag(new TakeNode(this.node, this.#request('take'), count, from), this.#options)
  }

  /**
   * The same items in another number of partitions, in the same order.
   * @example bag.range(10, { partitions: 5 }).repartition(2).partitions // 2
   */
  repartition(partitions: number): Bag<T> {
    requireCount('repartition', partitions, 1)
    if (partitions === this.node.partitions) return this
    return new Bag(new RepartitionNode(this.node, this.#request('repartition'), partitions), this.#options)
  }

  /**
   * The same items in partitions of about so many bytes. Sizes are only known of items that are there: this computes
   * the bag, and gives one that stands on the held results.
   * @param size of a partition in memory, e.g. `'64MB'`; estimated from some of the items
   * @example (await bag.range(1000, { partitions: 20 }).repartitionByBytes('4kB')).partitions // 2
   */
  async repartitionByBytes(size: number | string): Promise<Bag<T>> {
    const partitionBytes = byteCount('repartitionByBytes', size)
    const held = await this.persist()
    const bytes = await held.mapPartitions(estimatedBytes).sum().compute()
    return held.repartition(Math.max(1, Math.ceil(bytes / partitionBytes)))
  }

  /**
   * `count` items drawn by chance, each time from all; the same ones for the same seed and partitions.
   * @throws {EmptyBagError} never: a bag without items gives none
   */
  randomChoices(count: number, options: { seed?: number } & TreeOptions = {}): Bag<T> {
    requireCount('randomChoices', count, 0)
    requireOptions('randomChoices', options, { seed: true, splitEvery: true })
    return this.#tree(
      'randomChoices',
      { reducer: 'choices', k: count, seed: seedOf('randomChoices', options.seed) },
      options,
    )
  }

  /**
   * These items, then those of other bags.
   * @example await bag.range(2).concat(bag.range(3)).compute() // [0, 1, 0, 1, 2]
   */
  concat<U = T>(...others: Bag<U>[]): Bag<T | U> {
    requireBags('concat', others)
    return new Bag(new ConcatNode([this.node, ...others.map((other) => other.node)]), this.#options)
  }

  // — Elsewhere

  /**
   * Writes every partition to a text file, a line an item; all files appear together, or none does. Computing gives the paths.
   * @param path one with a `*`, where the partition's number comes, or a folder; `.gz`, `.zst` or `.br` compress
   * @param options `mode` says what becomes of files of an earlier write: computing refuses to mix with them by default
   * @throws {FilesThereError} by computing, when such files are there
   */
  toTextFiles(this: Bag<string>, path: string, options: WriteOptions = {}): Bag<string> {
    return this.#write('toTextFiles', 'text', path, options)
  }

  /** Writes every partition to a file of JSON lines; see `toTextFiles`. */
  toJsonLines(path: string, options: WriteOptions = {}): Bag<string> {
    return this.#write('toJsonLines', 'jsonLines', path, options)
  }

  /**
   * Every partition as a delayed list.
   * @example
   * const [first] = bag.range(4, { partitions: 2 }).toDelayed()
   * await first.compute() // [0, 1]
   */
  toDelayed<I>(this: Bag<I>): Delayed<I[]>[] {
    return Array.from({ length: this.partitions }, (_, i) =>
      delayedOf<I[]>(new PartNode(this.node, 'partition', i)),
    )
  }

  /**
   * A table of the items, which must be records; a partition stays a partition.
   * @param options.schema the columns and their types. Without it the first `sample` items (100 by default) are computed,
   *   and what they hold is taken for what all hold: numbers are float64, bigints int64.
   * @throws {BagArgumentError} when a schema must be guessed and there is no item to guess from
   * @throws {TableArgumentError} when the sampled items are no records, or a column holds types that do not go together
   * @example
   * const table = await bag.fromSequence([{ name: 'Ann', age: 3 }, { name: 'Bo', age: 5 }]).toDataFrame()
   * await table.filter(col('age').gt(4)).toRecords() // [{ name: 'Bo', age: 5 }]
   */
  toDataFrame<const S extends Types>(this: Bag<object>, options: { schema: S }): DataFrame<RowOf<S>>
  toDataFrame<R extends object>(this: Bag<R>, options?: { sample?: number }): Promise<DataFrame<R>>
  toDataFrame(
    this: Bag<object>,
    options: { schema?: Types; sample?: number } = {},
  ): DataFrame | Promise<DataFrame> {
    requireOptions('toDataFrame', options, { schema: true, sample: true })
    const { schema, sample = 100 } = options
    if (schema !== undefined && (typeof schema !== 'object' || schema === null || Array.isArray(schema)))
      throw wrong('toDataFrame: schema', "types by columns' names, e.g. { id: 'int64' }", schema)
    if (schema) return fromBag(this, { schema })
    requireCount('toDataFrame: sample', sample, 1)
    return this.#guessedTable(sample, callOf('toDataFrame'))
  }

  // — How the methods above are built

  get #concurrency(): number {
    return this.#options.concurrency ?? CONCURRENCY
  }

  get #stepOptions(): StepOptions {
    const { concurrency: _, ...step } = this.#options
    return step
  }

  #wholeNode: WholeNode | undefined
  get #whole(): WholeNode {
    this.#wholeNode ??= new WholeNode(this.node, { label: 'concat' })
    return this.#wholeNode
  }

  #request(label: string): Request {
    return { label, options: this.#stepOptions, place: placeOfCall() }
  }

  /** The items that draw a number from `from` on, below `until`. */
  #drawn(label: string, seed: number, from: number, until: number): Bag<T> {
    return this.#step(label, ([slot]) => ({ op: 'sample', from, until, seed, slot }), [{ extra: 'number' }])
  }

  #step<R>(label: string, op: (slots: readonly number[]) => Op, extras: readonly Extra[] = []): Bag<R> {
    const step = { label, op, extras, options: this.#stepOptions, place: placeOfCall() }
    return new Bag<R>(new StepNode(this.node, step), this.#options)
  }

  #callStep<R>(
    label: 'map' | 'starmap' | 'flatMap',
    fn: UserFunction,
    beside: readonly unknown[],
  ): Bag<Awaited<R>> {
    const { extras, restOf } = this.#beside(beside)
    const concurrency = label === 'flatMap' ? (this.#options.concurrency ?? 1) : this.#concurrency
    return this.#step(label, (slots) => ({ op: label, fn, rest: restOf(slots), concurrency }), extras)
  }

  /** Sorts what stands beside the items into values that travel with the function and results of other tasks. */
  #beside(values: readonly unknown[]): { extras: Extra[]; restOf: (slots: readonly number[]) => Rest[] } {
    const extras: Extra[] = []
    const rests = values.map((value): ((slots: readonly number[]) => Rest) => {
      const at = extras.length
      if (value instanceof Bag) {
        const [ours, theirs] = [this.node.partitions, value.node.partitions]
        if (ours !== theirs && !Number.isNaN(ours + theirs)) throw unequalPartitions(ours, theirs)
        extras.push({ extra: 'partition', node: value.node })
        return (slots) => ({ rest: 'partition', slot: slots[at] })
      }
      const node = nodeOf(value)
      if (!node) return () => ({ rest: 'value', value })
      extras.push({ extra: 'single', node })
      return (slots) => ({ rest: 'single', slot: slots[at] })
    })
    return { extras, restOf: (slots) => rests.map((rest) => rest(slots)) }
  }

  #treeNode(label: string, spec: ReducerSpec, options: TreeOptions = {}): TreeNode {
    requireOptions<TreeOptions>(label, options, { splitEvery: true, ...MORE_OPTIONS[label] })
    const { splitEvery } = options
    requireSplitEvery(label, splitEvery)
    return new TreeNode(this.node, this.#request(label), spec, splitEvery)
  }

  #reduce<R>(label: string, spec: ReducerSpec, options?: TreeOptions): Delayed<R> {
    return delayedOf<R>(new PartNode(this.#treeNode(label, spec, options), label))
  }

  #tree<R>(label: string, spec: ReducerSpec, options?: TreeOptions): Bag<R> {
    return new Bag<R>(this.#treeNode(label, spec, options), this.#options)
  }

  #keyed<R>(label: string, spec: ReducerSpec, options: ShuffleOptions & TreeOptions = {}): Bag<R> {
    requireOptions<TreeOptions>(label, options, { splitEvery: true, ...MORE_OPTIONS[label] })
    const { partitions = 1, splitEvery } = options
    requireCount(`${label}: partitions`, partitions, 1)
    requireSplitEvery(label, splitEvery)
    if (partitions === 1) return this.#tree(label, spec, options)
    return new Bag<R>(new KeyedShuffleNode(this.node, this.#request(label), spec, partitions), this.#options)
  }

  async #guessedTable(
    this: Bag<object>,
    sample: number,
    call: ReturnType<typeof callOf>,
  ): Promise<DataFrame> {
    await this.prepare()
    const [items] = (await computeAll([this.take(sample)], call)) as [unknown[]]
    if (items.length === 0)
      throw new BagArgumentError(
        "toDataFrame finds no item to guess columns from: say them, { schema: { id: 'int64', name: 'string' } }",
      )
    return fromBag(this, { schema: guessedTypes(items) })
  }

  #write(label: string, format: 'text' | 'jsonLines', path: string, options: WriteOptions): Bag<string> {
    requireOptions(label, options, {
      compression: true,
      encoding: true,
      storage: true,
      name: true,
      mode: true,
    })
    const plan = writePlan(label, format, path, options)
    if (!Number.isNaN(this.node.partitions)) plan.paths(this.node.partitions)
    return new Bag<string>(new WriteNode(this.node, this.#request(label), plan))
  }
}

/** What reductions take beside `splitEvery`. */
const MORE_OPTIONS: Readonly<Record<string, Readonly<Record<string, true>>>> = {
  var: { ddof: true },
  std: { ddof: true },
  randomChoices: { seed: true },
  frequencies: { partitions: true },
  distinct: { partitions: true },
  foldby: { partitions: true },
}

/** What numbers of a type add up to. */
export type Sum<N> = [N] extends [bigint] ? bigint : number

/** A seed of the user's, or one by chance that stays with the bag. */
function seedOf(method: string, seed: number | undefined): number {
  if (seed === undefined) return Math.floor(Math.random() * 2 ** 32)
  requireCount(`${method}: seed`, seed, 0)
  return seed
}

/** What is taken off the count of items; 0 where nothing is said. */
function ddofOf(method: string, options: TreeOptions & { ddof?: number }): number {
  requireOptions(method, options, { splitEvery: true, ddof: true })
  const { ddof = 0 } = options
  requireNumber(`${method}: ddof`, ddof)
  return ddof
}

/** @throws {BagArgumentError} when it is said, and neither a whole number ≥ 2 nor Infinity */
function requireSplitEvery(method: string, splitEvery: number | undefined): void {
  if (splitEvery !== undefined && splitEvery !== Number.POSITIVE_INFINITY)
    requireCount(`${method}: splitEvery`, splitEvery, 2)
}

/** @throws {BagArgumentError} when something else than bags is given */
export function requireBags(method: string, bags: readonly unknown[]): void {
  for (const each of bags) if (!(each instanceof Bag)) throw wrong(method, 'bags', each)
}

const JOIN_HOWS: readonly JoinHow[] = ['inner', 'left', 'right', 'outer']

/** A list, or a delayed one, as a bag of one partition. */
function listBag(method: string, list: unknown): Bag<unknown> {
  if (isCollection(list)) return new Bag(new OneListNode(nodeOf(list) as GraphNode))
  if (!Array.isArray(list)) throw wrong(method, 'another bag, a list, or a delayed list', list)
  return new Bag(new OneListNode(new LiteralNode(list)))
}

remakeHeld('bag', (options, references) => new Bag(new HeldNode(references), options as BagOptions))
