// Where bags begin: lists, ranges, delayed lists.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { Collection } from '../../graph/collection.ts'
import type { GraphNode } from '../../graph/node.ts'
import { givenText } from '../../kernels/givenText.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import { nodeOf } from '../delayed/node.ts'
import type { Delayed } from '../delayed/types.ts'
import { BagArgumentError, requireCount, requireList, wrong } from './arguments.ts'
import { Bag, requireBags } from './bag.ts'
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
  if (!isIterable(items)) throw wrong('fromSequence', 'a list or another iterable', items)
  requireOptions('fromSequence', options, { partitions: true, partitionSize: true })
  const list = Array.isArray(items) ? (items as T[]) : Array.from(items)
  const partitions = partitionsFor('fromSequence', list.length, options)
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

const isIterable = (value: unknown): value is Iterable<unknown> =>
  value !== null && value !== undefined && typeof (value as Iterable<unknown>)[Symbol.iterator] === 'function'

function partitionsFor(
  method: string,
  items: number,
  { partitions, partitionSize }: PartitionOptions,
): number {
  if (partitions !== undefined) requireCount(`${method}: partitions`, partitions, 1)
  if (partitionSize !== undefined) {
    requireCount(`${method}: partitionSize`, partitionSize, 1)
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
  // Options stand second or third; behind two arguments, the second is a number.
  if (!two && more[1] !== undefined) throw wrong('range: stop', 'a number', more[0])
  const [start, stop] = two ? [first, more[0] as number] : [0, first]
  const last = two ? more[1] : more[0]
  const given = (last === undefined ? {} : last) as PartitionOptions & { step?: number }
  requireOptions('range', given, { partitions: true, partitionSize: true, step: true })
  const { step = 1, ...options } = given
  for (const [name, value] of Object.entries({ start, stop, step }))
    if (!Number.isFinite(value))
      throw new BagArgumentError(`range takes numbers, but ${name} is ${givenText(value)}`)
  if (step === 0) throw new BagArgumentError('range cannot go in steps of 0')
  const count = Math.max(0, Math.ceil((stop - start) / step))
  const partitions = partitionsFor('range', count, options)
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
  requireList('fromDelayed', lists, 'a list of delayed lists, e.g. [load(1), load(2)]')
  if (lists.length === 0) throw new BagArgumentError('fromDelayed takes at least one delayed list')
  for (const list of lists)
    if ((typeof list !== 'object' && typeof list !== 'function') || list === null)
      throw wrong('fromDelayed', 'delayed lists, futures of lists, or lists', list)
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
  requireList('concat', bags, 'a list of bags, e.g. concat([first, second])')
  if (bags.length === 0) throw new BagArgumentError('concat takes at least one bag')
  requireBags('concat', bags)
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
  requireBags('zip', [first])
  return first.zip<B>(...others)
}
