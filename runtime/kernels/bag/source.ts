// Where a partition's items come from.

import { kernel } from '../kernel.ts'
import { avroBatches } from './avroSource.ts'
import { BATCH_ITEMS, type Batch, type Batches, batchesOf } from './batch.ts'
import { csvBatches } from './csvSource.ts'
import { unpackedAll } from './parcel.ts'
import { parquetBatches } from './parquetSource.ts'
import type { FileRange, RowGroup, SourceSpec } from './plan.ts'
import { textBatches } from './textSource.ts'

/** The items of one partition, by what its task got as its first argument. */
export function batchesFrom(spec: SourceSpec, argument: unknown): Batches {
  switch (spec.source) {
    case 'items':
      return batchesOf(listed(argument))
    case 'lists':
      return inTurn(argument as unknown[][])
    case 'parts':
      return unpackedInTurn(argument as unknown[])
    case 'range':
      return counted(argument as [start: number, count: number, step: number])
    case 'text':
      return textBatches(spec, argument as FileRange[])
    case 'csv':
      return csvBatches(spec, argument as FileRange[])
    case 'parquet':
      return parquetBatches(spec, argument as RowGroup[])
    case 'avro':
      return avroBatches(spec, argument as FileRange[])
  }
}

/** A partition that came from elsewhere (a delayed value, say) is no list. */
export class NotAPartitionError extends TypeError {
  override name = 'NotAPartitionError'
}
kernel('error.NotAPartitionError', NotAPartitionError)

function listed(argument: unknown): readonly unknown[] {
  if (Array.isArray(argument)) return argument
  const isIterable = typeof argument === 'object' && argument !== null && Symbol.iterator in argument
  if (isIterable) return Array.from(argument as Iterable<unknown>)
  throw new NotAPartitionError(
    `a bag's partition must be a list or another iterable, but is ${argument === null ? 'null' : `a value of type ${typeof argument}`}: ` +
      'give fromDelayed functions that return lists',
  )
}

async function* inTurn(lists: readonly unknown[][]): AsyncGenerator<Batch> {
  for (const list of lists) yield* batchesOf(list)
}

async function* unpackedInTurn(parts: readonly unknown[]): AsyncGenerator<Batch> {
  for (const part of parts) yield* inTurn(await unpackedAll([part]))
}

async function* counted([start, count, step]: [number, number, number]): AsyncGenerator<Batch> {
  for (let at = 0; at < count; at += BATCH_ITEMS) {
    const items: number[] = new Array(Math.min(BATCH_ITEMS, count - at))
    for (let i = 0; i < items.length; i++) items[i] = start + (at + i) * step
    yield { items }
  }
}
