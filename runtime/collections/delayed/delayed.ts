// `delayed`: any function or value as a part of a task graph.

import { placeOfCall } from '../../graph/callPlace.ts'
import { type Collection, isCollection } from '../../graph/collection.ts'
import type { UserFunction } from '../../kernels/bag/plan.ts'
import { itself, nthResult } from '../../kernels/delayed/delayed.ts'
import { givenText } from '../../kernels/givenText.ts'
import { requireTaskOptions } from '../taskOptions.ts'
import { CallNode, type CallSpec, DelayedNode, NODE, nodeOf } from './node.ts'
import { delayedOf, propertyOf } from './proxy.ts'
import { looksPure } from './purity.ts'
import type {
  Delayed,
  DelayedFunction,
  DelayedOptions,
  DelayedSplit,
  DelayedValue,
  ValueOf,
} from './types.ts'

/** An option of `delayed` is not what it should be. */
export class DelayedOptionError extends RangeError {
  override name = 'DelayedOptionError'
}

/** An argument of `delayed.get` is not what it should be. */
export class DelayedArgumentError extends TypeError {
  override name = 'DelayedArgumentError'
}

/** @throws {DelayedOptionError} when a name or what is said of purity is of another type */
function requireIdentity(options: DelayedOptions | undefined): void {
  const { name, pure } = options ?? {}
  if (name !== undefined && (typeof name !== 'string' || name === ''))
    throw new DelayedOptionError(`delayed: name is a text, not ${givenText(name)}`)
  if (pure !== undefined && typeof pure !== 'boolean')
    throw new DelayedOptionError(`delayed: pure is true or false, not ${givenText(pure)}`)
}

/**
 * Delays a function: calling it gives a value to come, and adds a task to whatever is computed from that. Arguments may
 * be delayed values, bags and futures, at any depth of plain lists, objects, maps and sets. Delays a value likewise, with what is in
 * it. Calls made by `list.map(delayed(fn))` get the items alone, as far as `fn` does not name more parameters.
 * @throws {DelayedOptionError} when `nout` is no whole number ≥ 1
 * @example
 * const add = delayed((a: number, b: number) => a + b)
 * const total = add(add(1, 2), 3)
 * await total.compute() // 6
 * @example
 * const divide = delayed((a: number, b: number) => [Math.floor(a / b), a % b] as const, { nout: 2 })
 * const [quotient, rest] = divide(17, 5)
 * await compute(quotient, rest) // [3, 2]
 */
export function delayed<A extends unknown[], R>(
  fn: (...args: A) => R,
  options: DelayedOptions & { nout: number },
): DelayedSplit<A, R>
export function delayed<A extends unknown[], R>(
  fn: (...args: A) => R,
  options?: DelayedOptions,
): DelayedFunction<A, R>
export function delayed<T>(collection: Collection<T>): Delayed<T>
export function delayed<T>(value: T): Delayed<T>
export function delayed(target: unknown, options?: DelayedOptions & { nout?: number }): unknown {
  requireTaskOptions('delayed', options, { name: true, pure: true, nout: true })
  requireIdentity(options)
  const before = nodeOf(target)
  if (before) return before instanceof DelayedNode ? delayedOf(before) : target
  if (typeof target !== 'function') return delayedOf(new CallNode(VALUE, [target]))
  const spec = specOf(target as UserFunction, options)
  const nout = options?.nout
  if (nout === undefined)
    return (...args: unknown[]) => delayedOf(new CallNode(spec, ownArguments(spec.fn, args)))
  if (!Number.isInteger(nout) || nout < 1)
    throw new DelayedOptionError(
      `delayed: nout says how many results a function gives, a whole number ≥ 1, not ${givenText(nout)}`,
    )
  return (...args: unknown[]) => {
    const whole = delayedOf(new CallNode(spec, ownArguments(spec.fn, args)))
    return Array.from({ length: nout }, (_, i) => delayedOf(new CallNode(NTH, [whole, i, nout])))
  }
}

/**
 * A property of a delayed value whose name a delayed value has itself, such as `compute`.
 * @example
 * const settings = delayed({ compute: 1 })
 * await delayed.get(settings, 'compute').compute() // 1
 */
delayed.get = <D extends DelayedValue<unknown>, K extends keyof ValueOf<D> & (string | number)>(
  value: D,
  name: K,
): Delayed<ValueOf<D>[K]> => {
  if (!isDelayed(value))
    throw new DelayedArgumentError(`delayed.get takes a delayed value, not ${givenText(value)}`)
  if (typeof name !== 'string' && !(Number.isInteger(name) && (name as number) >= 0))
    throw new DelayedArgumentError(`delayed.get takes the name of a property, not ${givenText(name)}`)
  return propertyOf((value as unknown as { [NODE]: DelayedNode })[NODE], name) as Delayed<ValueOf<D>[K]>
}

/** Whether a value is delayed. */
export const isDelayed = (value: unknown): value is Delayed<unknown> =>
  isCollection(value) && (value as { [NODE]?: unknown })[NODE] !== undefined

const NTH: CallSpec = {
  fn: nthResult,
  name: 'nth',
  kind: 'delayed',
  pure: true,
  options: {},
  place: undefined,
}
const VALUE: CallSpec = {
  fn: itself,
  name: 'value',
  kind: 'delayed',
  pure: true,
  options: {},
  place: undefined,
}

const specs = new WeakMap<UserFunction, Map<string, CallSpec>>()

/** The one spec of a function and its options: a loop that delays the same function makes one group of tasks. */
function specOf(fn: UserFunction, options: (DelayedOptions & { nout?: number }) | undefined): CallSpec {
  let ofFunction = specs.get(fn)
  if (!ofFunction) {
    ofFunction = new Map()
    specs.set(fn, ofFunction)
  }
  const id = options ? JSON.stringify(options) : ''
  let spec = ofFunction.get(id)
  if (!spec) {
    const { name, pure, nout: _, ...task } = options ?? {}
    spec = {
      fn,
      name: name ?? (fn.name || 'delayed'),
      kind: 'delayed',
      pure: pure ?? looksPure(fn),
      options: task,
      place: placeOfCall(),
    }
    ofFunction.set(id, spec)
  }
  return spec
}

/** Leaves out the index and the list that `Array.map` hands to a function which does not name them. */
function ownArguments(fn: UserFunction, args: unknown[]): unknown[] {
  if (args.length !== 3) return args
  const [item, index, list] = args
  const fromMap = typeof index === 'number' && Array.isArray(list) && Object.is(list[index], item)
  return fromMap ? args.slice(0, Math.max(1, fn.length)) : args
}
