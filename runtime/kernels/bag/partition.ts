// The kernels of bags: a whole fused chain on one partition, and what puts partitions together.

import { kernel } from '../kernel.ts'
import { Parts } from '../parts.ts'
import { partAt, type ShuffleStage } from '../shuffleStage.ts'
import { type Batches, isPromise, listOf, located } from './batch.ts'
import { copied } from './fold.ts'
import { partitionOf } from './key.ts'
import { through } from './ops.ts'
import { packedParts, unpackedAll } from './parcel.ts'
import type { Op, ReducerSpec, Sink, SourceSpec } from './plan.ts'
import { type Reducer, reducerOf } from './reducer.ts'
import { batchesFrom } from './source.ts'
import { countedWords } from './wordCounts.ts'
import { writePartition } from './write.ts'

/** Reads a partition, passes its items through all of `ops`, and gives what the sink makes of them. */
export const runPartition = kernel(
  'bag.partition',
  (source: SourceSpec, ops: readonly Op[], sink: Sink, ...args: unknown[]): Promise<unknown> => {
    const batches = (): Batches => through(ops, batchesFrom(source, args[0]), args)
    const counts = 'reducer' in sink && sink.reducer.reducer === 'frequencies'
    return sinkInto(sink, batches, args, counts ? countedWords(source, ops, args[0]) : undefined)
  },
)

/**
 * Draws the items of a partition into what becomes of them.
 * @param sealed the state of the sink's reducer, where it was found without making the items
 */
export async function sinkInto(
  sink: Sink,
  batches: () => Batches,
  args: readonly unknown[],
  sealed?: Promise<unknown>,
): Promise<unknown> {
  switch (sink.sink) {
    case 'list':
      return listOf(batches())
    case 'reduce':
      return sealed ?? reduced(reducerOf(sink.reducer), batches())
    case 'reduceAndSplit': {
      const reducer = reducerOf(sink.reducer)
      const parts = reducer.split!(await (sealed ?? reduced(reducer, batches())), sink.count, sink.stage)
      return packedParts(parts as object[])
    }
    case 'split':
      return packedParts(await split(sink, batches()))
    case 'cut':
      return packedParts(cut(await listOf(batches()), sink.count))
    case 'accumulate':
      return accumulated(sink, batches(), args)
    case 'take':
      return taken(sink, batches, args)
    case 'write':
      return writePartition(sink, batches(), args[sink.slot] as string)
  }
}

async function reduced(reducer: Reducer, batches: Batches): Promise<unknown> {
  let state = reducer.start()
  for await (const batch of batches) {
    const next = reducer.add(state, batch)
    state = isPromise(next) ? await next : next
    if (reducer.done?.(state)) break
  }
  return reducer.seal(state)
}

async function split(sink: Extract<Sink, { sink: 'split' }>, batches: Batches): Promise<unknown[][]> {
  const { count, stage } = sink
  const parts: unknown[][] = Array.from({ length: stage.parts }, () => [])
  const keyOf = sink.key as (item: unknown) => unknown
  for await (const batch of batches) {
    const { items } = batch
    let i = 0
    try {
      for (; i < items.length; i++) {
        const key = keyOf(items[i])
        parts[partAt(partitionOf(isPromise(key) ? await key : key, count), stage)].push(items[i])
      }
    } catch (error) {
      throw await located(error, batch, i)
    }
  }
  return parts
}

function cut(items: unknown[], count: number): unknown[][] {
  return Array.from({ length: count }, (_, i) =>
    items.slice(Math.floor((i * items.length) / count), Math.floor(((i + 1) * items.length) / count)),
  )
}

/** What one partition of an accumulation gives: its items, and the state that the next one starts from. */
interface Accumulated {
  items: unknown[]
  state: [unknown?]
}

async function accumulated(
  sink: Extract<Sink, { sink: 'accumulate' }>,
  batches: Batches,
  args: readonly unknown[],
): Promise<Accumulated> {
  const fn = sink.fn as (state: unknown, item: unknown) => unknown
  const items: unknown[] = []
  const before = sink.slot === undefined ? undefined : (args[sink.slot] as [unknown?])
  let state: [unknown?] = before ?? (sink.initial ? [copied(sink.initial.value)] : [])
  // With an initial value the accumulation shows it first, as in Python's `itertools.accumulate`.
  if (!before && sink.initial) items.push(state[0])
  for await (const batch of batches) {
    let i = 0
    try {
      for (; i < batch.items.length; i++) {
        const next = state.length === 0 ? batch.items[i] : fn(state[0], batch.items[i])
        state = [isPromise(next) ? await next : next]
        items.push(state[0])
      }
    } catch (error) {
      throw await located(error, batch, i)
    }
  }
  return { items, state }
}

/** What one partition adds to a `take`: some of its items, and how many there are by now. */
interface Taken {
  items: unknown[]
  total: number
}

async function taken(
  sink: Extract<Sink, { sink: 'take' }>,
  batches: () => Batches,
  args: readonly unknown[],
): Promise<Taken> {
  const told = sink.slot === undefined ? 0 : (args[sink.slot] as number | Taken)
  const before = typeof told === 'number' ? told : told.total
  const items: unknown[] = []
  const wanted = sink.count - before
  // Nothing is opened, let alone read, once there is enough.
  if (wanted > 0)
    for await (const batch of batches()) {
      for (const item of batch.items) if (items.length < wanted) items.push(item)
      if (items.length >= wanted) break
    }
  return { items, total: before + items.length }
}

/** Merges states of a reduction; `finish` makes the answer of the last one. */
export const mergeStates = kernel(
  'bag.merge',
  async (spec: ReducerSpec, finish: boolean, wires: unknown[]): Promise<unknown> => {
    const reducer = reducerOf(spec)
    if (finish && reducer.conclude) return reducer.conclude(wires)
    const merged = await reducer.merge(wires)
    return finish ? reducer.finish(merged) : merged
  },
)

/** Merges the states that a shuffle brought to one partition, and makes its answer. */
export const mergeParts = kernel(
  'bag.mergeParts',
  async (spec: ReducerSpec, parts: unknown[]): Promise<unknown> => {
    const reducer = reducerOf(spec)
    return reducer.finish(await reducer.merge(await unpackedAll(parts)))
  },
)

/** Merges the states that the first stage of a shuffle brought to a group of targets, and splits them further. */
export const mergeAndSplit = kernel(
  'bag.mergeAndSplit',
  async (
    { spec, count, stage }: { spec: ReducerSpec; count: number; stage: ShuffleStage },
    parts: unknown[],
  ): Promise<unknown> => {
    const reducer = reducerOf(spec)
    return packedParts(
      reducer.split!(await reducer.merge(await unpackedAll(parts)), count, stage) as object[],
    )
  },
)

/** One part of what a task gave: of an accumulation, a take, a shared reading. */
export const pick = kernel(
  'bag.pick',
  (name: number | string, whole: Record<number | string, unknown>) => whole[name],
)

/** The parts that one of those who share a reading makes of it. */
export const pickParts = kernel(
  'bag.pickParts',
  (branch: number, whole: readonly (readonly unknown[])[]): Parts => new Parts(whole[branch]),
)

/** Several lists as one. */
export const concatenated = kernel('bag.concat', async (parts: readonly unknown[]): Promise<unknown[]> => {
  const lists = await unpackedAll<unknown[]>(parts)
  if (lists.length === 1) return lists[0]
  const all: unknown[] = []
  for (const list of lists) for (let i = 0; i < list.length; i++) all.push(list[i])
  return all
})
