// The kernels of delayed values: what Proxies stand for once there is a value.

import { kernel } from '../kernel.ts'

/** A delayed value does not have what was asked of it. */
export class DelayedAccessError extends TypeError {
  override name = 'DelayedAccessError'
}
kernel('error.DelayedAccessError', DelayedAccessError)

/** A property or an item. */
export const getProperty = kernel('delayed.get', (target: unknown, name: PropertyKey): unknown => {
  requireTarget(target, name)
  return (target as Record<PropertyKey, unknown>)[name]
})

/** Calls a method, with the target as `this`. */
export const callMethod = kernel(
  'delayed.method',
  (target: unknown, name: PropertyKey, ...args: unknown[]): unknown => {
    requireTarget(target, name)
    const method = (target as Record<PropertyKey, unknown>)[name]
    if (typeof method !== 'function')
      throw new DelayedAccessError(
        `.${String(name)} of a delayed value is called, but it is ${method === undefined ? 'not there' : `a ${typeof method}`}`,
      )
    return method.apply(target, args)
  },
)

/** One of the `nout` results of a function. */
export const nthResult = kernel('delayed.nth', (results: unknown, index: number, count: number): unknown => {
  if (!Array.isArray(results) || results.length < count)
    throw new DelayedAccessError(
      `a delayed function was said to give ${count} results (nout), but gave ${Array.isArray(results) ? `a list of ${results.length}` : `a value of type ${typeof results}`}`,
    )
  return results[index]
})

/** The value itself, e.g. of `delayed(data)`. */
export const itself = kernel('delayed.value', (value: unknown): unknown => value)

function requireTarget(target: unknown, name: PropertyKey): void {
  if (target === undefined || target === null)
    throw new DelayedAccessError(`.${String(name)} is asked of a delayed value, but that is ${target}`)
}
