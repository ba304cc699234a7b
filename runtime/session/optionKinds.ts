// The kinds that options must be of: what is of another is refused at the call, and never reaches the cluster.

import { UsageError } from './errors.ts'
import { Future } from './future.ts'

/** A value as an error calls it: a number or text itself, of others what they are. */
export function kindOf(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'undefined' ? 'undefined' : `a value of type ${typeof value}`
}

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
export function requireWorkers(workers: unknown): void {
  if (workers === undefined) return
  if (!Array.isArray(workers) || workers.length === 0 || !workers.every((name) => typeof name === 'string'))
    throw new UsageError(`workers must be a list of names or hosts, e.g. ['worker-0']`)
}

/** @throws {UsageError} when it is given and no AbortSignal */
export function requireSignal(signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new UsageError(`signal must be an AbortSignal, not ${kindOf(signal)}`)
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
