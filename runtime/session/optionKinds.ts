// The kinds that options must be of: what is of another is refused at the call, and never reaches the cluster.

import { areNames, kindOf, NO_NAMES } from '../graph/taskOptionChecks.ts'
import { UsageError } from './errors.ts'
import { Future } from './future.ts'

/** @throws {UsageError} when an option that is given is of another kind */
export function requireKind(
  option: string,
  value: unknown,
  kind: 'string' | 'boolean',
  expected: string,
): void {
  if (value !== undefined && typeof value !== kind)
    throw new UsageError(`${option} must be ${expected}, not ${kindOf(value)}`)
}

/** @throws {UsageError} when it is given and not a list of some names */
export function requireWorkers(workers: unknown, call?: string): void {
  if (workers !== undefined && !areNames(workers)) throw new UsageError(`${callText(call)}${NO_NAMES}`)
}

const callText = (call: string | undefined): string => (call === undefined ? '' : `${call}: `)

/** @throws {UsageError} when it is given and no AbortSignal */
export function requireSignal(signal: unknown, call?: string): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new UsageError(`${callText(call)}signal must be an AbortSignal, not ${kindOf(signal)}`)
}

/** @throws {UsageError} when a wait is given a time that is none, or something else than a signal */
export function requireLimits(call: string, limits: { timeoutMs?: unknown; signal?: unknown }): void {
  const { timeoutMs, signal } = limits
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs >= 0))
    throw new UsageError(`timeoutMs of ${call} must be a number ≥ 0, not ${kindOf(timeoutMs)}`)
  requireSignal(signal)
}

/**
 * The futures that a call was given.
 * @throws {UsageError} when something else is among them
 */
export function requireFutures<T>(call: string, futures: Future<T> | Iterable<Future<T>>): Future<T>[] {
  if (futures instanceof Future) return [futures]
  if (typeof (futures as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== 'function')
    throw new UsageError(`${call} needs futures, not ${kindOf(futures)}`)
  const list = [...futures]
  for (const each of list)
    if (!(each instanceof Future))
      throw new UsageError(`${call} needs futures, and among them is ${kindOf(each)}`)
  return list
}
