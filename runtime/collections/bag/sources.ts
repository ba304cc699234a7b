// Where bags begin: lists, ranges, delayed lists.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { Collection } from '../../graph/collection.ts'
import type { GraphNode } from '../../graph/node.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import { nodeOf } from '../delayed/node.ts'
import type { Delayed } from '../delayed/types.ts'
import { BagArgumentError, requireCount } from './arguments.ts'
import { Bag } from './bag.ts'
import { SourceNode } from './node.ts'
import { ConcatNode } from './nodes/concat.ts'

/** How a list is cut. */
export interface PartitionOptions {
  /** How many partitions; at most as many as there are items, 64 by default. */
  partitions?: number
  /** Or how many items each has. */
  partitionSize?: number
}

const PARTITIONS = 64

/**
 * A bag of the items of a list or another iterable, which are sent with the tasks: read large data where it lies.
 * @throws {BagArgumentError} when it is no iterable
 * @example await bag.fromSequence('abc').compute() // ['a', 'b', 'c']
 */
export function fromSequence<T>(items: Iterable<T>, options: PartitionOptions = {}): Bag<T> {
  if (items === null || items === undefined || typeof items[Symbol.iterator] !== 'function')
    throw new BagArgumentError('fromSequence takes a list or another iterable')
  requireOptions('fromSequence', options, { partitions: true, partitionSize: true })
  const list = Array.isArray(items) ? (items as T[]) : Array.from(items)
  const partitions = partitionsFor(list.length, options)
  const start = (i: number): number => boundary(list.length, partitions, i, options)
  const source = new SourceNode({
    label: 'fromSequence',
    spec: { source: 'items' },
    partitions,
    argument: (i) => list.slice(start(i), start(i + 1)),
    place: placeOfCall(),
  })
  return new Bag<T>(source)
}

function partitionsFor(items: number, { partitions, partitionSize }: PartitionOptions): number {
  if (partitions !== undefined) requireCount('partitions', partitions, 1)
  if (partitionSize !== undefined) {
    requireCount('partitionSize', partitionSize, 1)
    return Math.max(1, Math.ceil(items / partitionSize))
  }
  return Math.max(1, Math.min(items, partitions ?? PARTITIONS))
}

function boundary(items: number, partitions: number, i: number, { partitionSize }: PartitionOptions): number {
  return partitionSize === undefined
    ? Math.floor((i * items) / partitions)
    : Math.min(items, i * partitionSize)
}

/**
 * The whole numbers from 0 to `stop`, without `stop`; or from `start`, in steps. Workers count them themselves.
 * @example await bag.range(4).compute() // [0, 1, 2, 3]
 * @example await bag.range(10, 0, { step: -3 }).compute() // [10, 7, 4, 1]
 */
export function range(stop: number, options?: PartitionOptions): Bag<number>
export function range(
  start: number,
  stop: number,
  options?: PartitionOptions & { step?: number },
): Bag<number>
export function range(first: number, ...more: unknown[]): Bag<number> {
  const two = typeof more[0] === 'number'
  const [start, stop] = two ? [first, more[0] as number] : [0, first]
  const given = ((two ? more[1] : more[0]) ?? {}) as PartitionOptions & { step?: number }
  requireOptions('range', given, { partitions: true, partitionSize: true, step: true })
  const { step = 1, ...options } = given
  for (const [name, value] of Object.entries({ start, stop, step }))
    if (!Number.isFinite(value)) throw new BagArgumentError(`range takes numbers, but ${name} is ${value}`)
  if (step === 0) throw new BagArgumentError('range cannot go in steps of 0')
  const count = Math.max(0, Math.ceil((stop - start) / step))
  const partitions = partitionsFor(count, options)
  const from = (i: number): number => boundary(count, partitions, i, options)
  const source = new SourceNode({
    label: 'range',
    spec: { source: 'range' },
    partitions,
    argument: (i) => [start + from(i) * step, from(i + 1) - from(i), step],
    place: placeOfCall(),
  })
  return new Bag<number>(source)
}

/**
 * A bag whose partitions are delayed lists, or futures of lists.
 * @example
 * const load = delayed((n: number) => [n, n + 1])
 * await bag.fromDelayed([load(1), load(5)]).compute() // [1, 2, 5, 6]
 */
export function fromDelayed<T>(
  lists: readonly (Delayed<T[]> | Delayed<readonly T[]> | Delayed<Iterable<T>> | Collection<T[]> | object)[],
): Bag<T> {
  if (lists.length === 0) throw new BagArgumentError('fromDelayed takes at least one delayed list')
  const nodes = lists.map((list) => nodeOf(list))
  const inputs = nodes.filter((node): node is GraphNode => node !== undefined)
  const source = new SourceNode({
    label: 'fromDelayed',
    spec: { source: 'items' },
    partitions: lists.length,
    // What is no delayed value is a future, which the session knows, or a list.
    argument: (i, graph) => (nodes[i] ? graph.built(nodes[i])![0] : lists[i]),
    inputs: [...new Set(inputs)],
    place: placeOfCall(),
  })
  return new Bag<T>(source)
}

/**
 * Several bags, one behind the other.
 * @example await bag.concat([bag.range(2), bag.fromSequence(['a'])]).compute() // [0, 1, 'a']
 */
export function concat<B extends readonly Bag<unknown>[]>(bags: B): Bag<ItemOf<B[number]>> {
  if (!Array.isArray(bags)) throw new BagArgumentError('concat takes a list of bags: concat([first, second])')
  if (bags.length === 0) throw new BagArgumentError('concat takes at least one bag')
  for (const each of bags)
    if (!(each instanceof Bag))
      throw new BagArgumentError(`concat takes bags, not a value of type ${typeof each}`)
  return new Bag(new ConcatNode(bags.map((each) => each.node)))
}

/** What a bag has in it. */
export type ItemOf<B> = B extends Bag<infer T> ? T : never

/**
 * Items of several bags at the same place, as lists; their partitions must be equally long.
 * @example await bag.zip(bag.range(2), bag.fromSequence(['a', 'b'])).compute() // [[0, 'a'], [1, 'b']]
 */
export function zip<A, B extends unknown[]>(
  first: Bag<A>,
  ...others: { [K in keyof B]: Bag<B[K]> }
): Bag<[A, ...B]> {
  return first.zip<B>(...others)
}
