// Gather: the values of futures, wherever they stand in plain data.

import type { SourcePlace } from '../protocol/failure.ts'
import { coreOf, handlesOf } from './core.ts'
import type { Future } from './future.ts'
import { asSite } from './handleSite.ts'
import { asFutureList, Pending } from './nested.ts'
import { requireSignal } from './optionKinds.ts'

/** How a gather may be given up. */
export interface GatherOptions {
  /** Stops waiting when it fires; the tasks go on. */
  signal?: AbortSignal
}

/**
 * The same structure with every future replaced by its result; a list of futures takes the fast way.
 * @throws the first failure among them, as soon as it is known
 */
export async function gatherValues(
  value: unknown,
  method: string,
  place: SourcePlace | undefined,
  signal?: AbortSignal,
): Promise<unknown> {
  requireSignal(signal, method)
  const list = asFutureList(value)
  if (list) return valuesOf(list, method, place, signal)
  const pending = new Pending(value)
  if (pending.futures.length === 0) return value
  return pending.replace(value, await valuesOf(pending.futures, method, place, signal), [])
}

/** The results of futures of one client. */
export async function valuesOf(
  futures: readonly Future[],
  method: string,
  place: SourcePlace | undefined,
  signal?: AbortSignal,
): Promise<unknown[]> {
  const core = coreOf(futures)
  if (!core) return []
  const handles = handlesOf(futures)
  return asSite(core, method, place, handles, () =>
    core.using(futures, () => core.results.values(handles, signal)),
  )
}
