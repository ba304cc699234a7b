// Futures in the order in which they are done.

import { kindOf } from '../graph/taskOptionChecks.ts'
import { requireOptions } from '../kernels/optionNames.ts'
import type { Handle } from '../protocol/ids.ts'
import { callPlace } from './callPlace.ts'
import { coreOf, handlesOf } from './core.ts'
import { UsageError } from './errors.ts'
import type { Future } from './future.ts'
import { asSite } from './handleSite.ts'
import { requireFutures, requireLimits } from './optionKinds.ts'
import type { WaitLimits } from './waits.ts'

/** What `asCompleted` takes. */
export interface AsCompletedOptions extends WaitLimits {
  /** Gives `[future, result]` instead of the future alone, and throws the first failure that it meets. */
  withResults?: boolean
}

/**
 * Gives futures as they are done, whatever they end with; with `withResults`, each with its result. One that stands twice
 * among them is given twice.
 * @param options `timeoutMs` is for all of them together
 * @throws {WaitTimeoutError} when not all were done in time
 * @throws {UsageError} when something else than futures is given, or a limit that is none
 * @example
 * for await (const [future, result] of asCompleted(futures, { withResults: true })) console.log(future.key, result)
 */
export function asCompleted<T>(
  futures: Iterable<Future<T>>,
  options: AsCompletedOptions & { withResults: true },
): AsyncGenerator<[Future<T>, T]>
export function asCompleted<T>(
  futures: Iterable<Future<T>>,
  options?: AsCompletedOptions & { withResults?: false },
): AsyncGenerator<Future<T>>
export async function* asCompleted<T>(
  futures: Iterable<Future<T>>,
  options: AsCompletedOptions = {},
): AsyncGenerator<Future<T> | [Future<T>, T]> {
  requireOptions('asCompleted', options, { timeoutMs: true, signal: true, withResults: true })
  requireLimits('asCompleted', options)
  const list = requireFutures('asCompleted', futures)
  const core = coreOf(list)
  if (!core) return
  const handles = handlesOf(list)
  const byHandle = Map.groupBy(list.keys(), (place): Handle => handles[place])
  for await (const handle of core.waits.asDone(byHandle.keys(), 'asCompleted', options))
    for (const place of byHandle.get(handle)!) {
      const future = list[place]
      yield options.withResults ? [future, await future.result()] : future
    }
}

/** What `wait` takes. */
export interface WaitOptions extends WaitLimits {
  /** `first` waits for any of them; `all` is the default. */
  returnWhen?: 'all' | 'first'
}

/** Futures told apart by whether they are done. */
export interface Waited<T> {
  done: Future<T>[]
  notDone: Future<T>[]
}

/**
 * Waits until futures are done, whatever they end with: it throws none of their errors.
 * @throws {WaitTimeoutError} after `timeoutMs`
 * @throws {UsageError} when something else than futures is given, or a limit that is none
 * @example const { done, notDone } = await wait(futures, { returnWhen: 'first' })
 */
export async function wait<T>(
  futures: Future<T> | Iterable<Future<T>>,
  options: WaitOptions = {},
): Promise<Waited<T>> {
  requireOptions('wait', options, { timeoutMs: true, signal: true, returnWhen: true })
  requireLimits('wait', options)
  const { returnWhen = 'all' } = options
  if (returnWhen !== 'all' && returnWhen !== 'first')
    throw new UsageError(`returnWhen must be 'all' or 'first', not ${kindOf(returnWhen)}`)
  const place = callPlace(wait)
  const list = requireFutures('wait', futures)
  const core = coreOf(list)
  if (!core) return { done: [], notDone: [] }
  const handles = handlesOf(list)
  await asSite(core, 'wait', place, handles, () =>
    core.using(list, () => core.waits.many(handles, 'wait', returnWhen, options)),
  )
  return { done: list.filter((future) => future.done), notDone: list.filter((future) => !future.done) }
}

/**
 * Lets tasks run though nobody keeps their futures: they are held until they are done.
 * @example fireAndForget(client.submit(writeReport, total))
 */
export function fireAndForget(futures: Future | Iterable<Future>): void {
  const list = requireFutures('fireAndForget', futures)
  const core = coreOf(list)
  if (!core) return
  const handles = handlesOf(list)
  core
    .using(list, () => core.waits.many(handles, 'fireAndForget', 'all'))
    .finally(() => core.release(handles))
}
