// What is done to the items of a partition, one batch at a time: none of these ever holds the whole partition,
// but `mapPartitions`, which promises to.

import { kernel } from '../kernel.ts'
import {
  BATCH_ITEMS,
  type Batch,
  type Batches,
  batchesOf,
  isPromise,
  listOf,
  located,
  rowOf,
} from './batch.ts'
import { Beside, callEach } from './call.ts'
import type { Op } from './plan.ts'
import { PluckError } from './pluckError.ts'
import { randomFrom } from './random.ts'

type Step = (batches: Batches, args: readonly unknown[]) => Batches

/** Puts the ops one behind the other. `args` are the task's own arguments, which some of them look into. */
export function through(ops: readonly Op[], batches: Batches, args: readonly unknown[]): Batches {
  return ops.reduce((before, op) => stepOf(op)(before, args), batches)
}

function stepOf(op: Op): Step {
  switch (op.op) {
    case 'map':
      return (batches, args) => mapped(batches, op, args)
    case 'starmap':
      return (batches, args) => mapped(batches, spread(op), args)
    case 'filter':
      return (batches) => filtered(batches, op)
    case 'flatMap':
      return (batches, args) => flatMapped(batches, op, args)
    case 'flatten':
      return (batches) => flattened(batches)
    case 'pluck':
      return (batches, args) =>
        mapped(batches, { op: 'map', fn: plucker(op), rest: [], concurrency: 1 }, args)
    case 'json':
      return (batches, args) =>
        mapped(notBlank(batches), { op: 'map', fn: parseJson, rest: [], concurrency: 1 }, args)
    case 'mapPartitions':
      return (batches, args) => mappedWhole(batches, op, args)
    case 'zip':
      return (batches, args) =>
        mapped(batches, { op: 'map', fn: together, rest: op.rest, concurrency: 1 }, args)
    case 'sample':
      return (batches, args) => sampled(batches, op, args)
  }
}

type MapOp = Extract<Op, { op: 'map' }>

const together = (...items: unknown[]): unknown => items

/** A function of one list, called with the list's items as arguments. */
function spread(op: Extract<Op, { op: 'starmap' }>): MapOp {
  const call = op.fn as (...args: unknown[]) => unknown
  const fn = (items: Iterable<unknown>, ...rest: unknown[]): unknown => call(...items, ...rest)
  return { ...op, op: 'map', fn }
}

/** Lines with something on them. */
async function* notBlank(batches: Batches): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    const blank = batch.items.some((line) => (line as string).trim() === '')
    yield blank ? chosen(batch, (i) => (batch.items[i] as string).trim() !== '') : batch
  }
}

function parseJson(line: string): unknown {
  return JSON.parse(line)
}

function plucker({ keys, one, fallback }: Extract<Op, { op: 'pluck' }>): (item: unknown) => unknown {
  const get = (item: unknown, key: PropertyKey): unknown => {
    if (item !== null && item !== undefined && key in Object(item))
      return (item as Record<PropertyKey, unknown>)[key]
    if (fallback) return fallback.value
    throw new PluckError(
      `pluck finds no ${JSON.stringify(String(key))} in an item: give pluck a fallback, or filter such items out`,
    )
  }
  if (one) return (item) => get(item, keys[0])
  return (item) => keys.map((key) => get(item, key))
}

async function* mapped(batches: Batches, op: MapOp, args: readonly unknown[]): AsyncGenerator<Batch> {
  const beside = new Beside(op.rest, args)
  for await (const batch of batches) {
    const answers = callEach(batch, beside.caller(op.fn, batch), op.concurrency)
    yield { ...batch, items: isPromise(answers) ? await answers : answers }
  }
  beside.finish()
}

async function* filtered(batches: Batches, op: Extract<Op, { op: 'filter' }>): AsyncGenerator<Batch> {
  const call = op.fn as (item: unknown) => unknown
  for await (const batch of batches) {
    const answers = callEach(batch, (item) => call(item), op.concurrency)
    const verdicts = isPromise(answers) ? await answers : answers
    const kept = chosen(batch, (i) => !verdicts[i] !== op.keep)
    if (kept.items.length > 0) yield kept
  }
}

/** The items of a batch for which `wanted` says yes, with their rows. */
function chosen(batch: Batch, wanted: (index: number) => boolean): Batch {
  const items: unknown[] = []
  if (!batch.origin) {
    for (let i = 0; i < batch.items.length; i++) if (wanted(i)) items.push(batch.items[i])
    return { items }
  }
  const rows: number[] = []
  for (let i = 0; i < batch.items.length; i++) {
    if (!wanted(i)) continue
    items.push(batch.items[i])
    rows.push(rowOf(batch, i))
  }
  return { ...batch, items, rows }
}

async function* flatMapped(
  batches: Batches,
  op: Extract<Op, { op: 'flatMap' }>,
  args: readonly unknown[],
): AsyncGenerator<Batch> {
  const beside = new Beside(op.rest, args)
  for await (const batch of batches) {
    const call = beside.caller(op.fn, batch)
    // One item may give far more than a batch, and its function may be a generator: each is opened only when reached.
    if (op.concurrency > 1) {
      const answers = callEach(batch, call, op.concurrency)
      yield* unrolled({ ...batch, items: isPromise(answers) ? await answers : answers })
    } else yield* unrolled(batch, call)
  }
  beside.finish()
}

async function* flattened(batches: Batches): AsyncGenerator<Batch> {
  for await (const batch of batches) yield* unrolled(batch)
}

/** Opens every item (or what `call` gives for it) and batches what is inside. */
async function* unrolled(
  batch: Batch,
  call: (item: unknown, index: number) => unknown = (item) => item,
): AsyncGenerator<Batch> {
  let items: unknown[] = []
  let rows: number[] | undefined = batch.origin ? [] : undefined
  const cut = (): Batch => {
    const full = batch.origin ? { items, origin: batch.origin, rows } : { items }
    items = []
    if (rows) rows = []
    return full
  }
  for (let i = 0; i < batch.items.length; i++) {
    const row = rows ? rowOf(batch, i) : 0
    try {
      const answer = call(batch.items[i], i)
      const inside = isPromise(answer) ? await answer : answer
      if (Array.isArray(inside) && items.length + inside.length < BATCH_ITEMS) {
        for (let j = 0; j < inside.length; j++) items.push(inside[j])
        if (rows) for (let j = 0; j < inside.length; j++) rows.push(row)
        continue
      }
      if (isAsyncIterable(inside)) {
        for await (const item of inside) {
          items.push(item)
          rows?.push(row)
          if (items.length >= BATCH_ITEMS) yield cut()
        }
        continue
      }
      for (const item of iterable(inside)) {
        items.push(item)
        rows?.push(row)
        if (items.length >= BATCH_ITEMS) yield cut()
      }
    } catch (error) {
      throw await located(error, batch, i)
    }
  }
  if (items.length > 0) yield cut()
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** An item that should hold other items does not. */
export class NotIterableError extends TypeError {
  override name = 'NotIterableError'
}
kernel('error.NotIterableError', NotIterableError)

function iterable(value: unknown): Iterable<unknown> {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && Symbol.iterator in value)
    return value as Iterable<unknown>
  throw new NotIterableError(
    `${value === null ? 'null' : `a value of type ${typeof value}`} cannot be flattened: give a list or another iterable for every item`,
  )
}

async function* mappedWhole(
  batches: Batches,
  op: Extract<Op, { op: 'mapPartitions' }>,
  args: readonly unknown[],
): AsyncGenerator<Batch> {
  const beside = new Beside(op.rest, args)
  const items = await listOf(batches)
  const answer = await (op.fn as (...args: unknown[]) => unknown)(items, ...beside.at(0))
  if (Array.isArray(answer)) yield* batchesOf(answer)
  else yield* unrolled({ items: [answer] })
}

async function* sampled(
  batches: Batches,
  op: Extract<Op, { op: 'sample' }>,
  args: readonly unknown[],
): AsyncGenerator<Batch> {
  const random = randomFrom(op.seed, args[op.slot] as number)
  for await (const batch of batches) {
    const kept = chosen(batch, () => {
      const drawn = random()
      return drawn >= op.from && drawn < op.until
    })
    if (kept.items.length > 0) yield kept
  }
}
