// `client.map`: many tasks of one function, written straight into columns.

import type { Call, Core } from './core.ts'
import { UsageError } from './errors.ts'
import { Future } from './future.ts'
import { placeOf } from './unaskedFailures.ts'

/** Tasks that share a function but not a graph message: the scheduler may begin while the rest is still encoded. */
const TASKS_PER_MESSAGE = 1 << 20

/**
 * One task for each item, or for each position of several iterables, as far as the shortest goes.
 * @throws {CannotTravelError} when the function or an argument cannot travel; nothing is then computed
 */
export function mapTasks(core: Core, call: Call, iterables: readonly Iterable<unknown>[]): Future[] {
  core.requireOpen()
  if (iterables.length === 0) throw new UsageError('map needs a list of items behind its function')
  for (const items of iterables)
    if (typeof (items as Iterable<unknown> | undefined)?.[Symbol.iterator] !== 'function')
      throw new UsageError(`map needs lists of items, not ${items === null ? 'null' : typeof items}`)
  const futures: Future[] = []
  const rows = iterables.length === 1 ? iterables[0] : zipped(iterables)
  const iterator = rows[Symbol.iterator]()
  // One list serves all calls: the writer keeps nothing of it.
  const one: unknown[] = [undefined]
  let next = iterator.next()
  try {
    while (!next.done) {
      const writer = core.newGraph()
      const group = writer.addGroup({
        ...call.group,
        fn: call.fn,
        bound: call.bound ?? [],
        options: call.options,
        pure: call.pure,
      })
      for (; !next.done && writer.size < TASKS_PER_MESSAGE; next = iterator.next()) {
        if (iterables.length === 1) {
          one[0] = next.value
          writer.addTask(group, one)
        } else writer.addTask(group, next.value as unknown[])
      }
      const count = writer.size
      const first = core.table.allocate(count, call.group.name, placeOf(call.group))
      writer.want(0, first, count)
      if (call.key !== undefined)
        for (let task = 0; task < count; task++) {
          const name = `${call.key}-${futures.length + task}`
          writer.setCustomKey(task, name)
          core.table.setCustomKey(first + task, name)
        }
      core.sendGraph(writer)
      const made = core.futures((batch, handle) => new Future(batch, handle), first, count)
      if (futures.length === 0 && next.done) return made
      for (const future of made) futures.push(future)
    }
  } catch (error) {
    iterator.return?.()
    for (const future of futures) future.release()
    throw error
  }
  return futures
}

function* zipped(iterables: readonly Iterable<unknown>[]): Generator<unknown[]> {
  const iterators = iterables.map((items) => items[Symbol.iterator]())
  while (true) {
    const row: unknown[] = []
    for (const iterator of iterators) {
      const { done, value } = iterator.next()
      if (done) return
      row.push(value)
    }
    yield row
  }
}
