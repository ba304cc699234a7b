// More copies of results on workers, asked for by a program.

import { kindOf } from '../graph/taskOptionChecks.ts'
import { type Core, handlesOf } from './core.ts'
import { UsageError } from './errors.ts'
import type { Future } from './future.ts'
import { askAbout } from './questions.ts'

/** @throws {UsageError} when `copies` is no whole number above 0 */
export async function replicateFutures(
  core: Core,
  futures: readonly Future[],
  copies: number | undefined,
): Promise<{ copies: number }> {
  if (copies !== undefined && (!Number.isInteger(copies) || copies < 1))
    throw new UsageError(`replicate: copies must be a whole number above 0, not ${kindOf(copies)}`)
  if (futures.length === 0) return { copies: 0 }
  await core.using([...futures], () => core.waits.many(handlesOf([...futures]), 'replicate', 'all', {}))
  const keys = futures.map(({ key }) => key)
  return (await askAbout(core, 'replicate', JSON.stringify({ keys, copies }))) as { copies: number }
}
