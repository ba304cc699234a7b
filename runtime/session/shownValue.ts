// What a person wants to see of an expression's value: a lazy one is computed, a future waited for.

import { isCollection } from '../graph/collection.ts'
import { ambientClient } from './ambient.ts'
import { Future } from './future.ts'
import { gatherValues } from './gather.ts'
import { asFutureList } from './nested.ts'

/** The value itself, or what it stands for. */
export async function shownValue(value: unknown): Promise<unknown> {
  if (value instanceof Future) return value.result()
  if (isCollection(value)) return (await ambientClient()).compute(value)
  const list = asFutureList(value)
  return list && list.length > 0 ? gatherValues(list, 'gather', undefined) : value
}
