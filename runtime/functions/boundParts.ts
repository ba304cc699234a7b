// What `bind` made a function of.

import { internalParts } from './inspected.ts'
import type { AnyFunction } from './liftHook.ts'

export interface BoundParts {
  target: AnyFunction
  self: unknown
  args: unknown[]
}

/** Whether a function may come from `bind`: native code, and a name that says so. */
export const looksBound = (fn: AnyFunction): boolean =>
  fn.name.startsWith('bound ') && /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn))

/** The function, the `this` and the first arguments that a bound function stands for; nothing for any other. */
export function boundParts(fn: AnyFunction): BoundParts | undefined {
  const [target, self, args] = internalParts(fn, ['[[TargetFunction]]', '[[BoundThis]]', '[[BoundArgs]]'])
  return typeof target === 'function'
    ? { target: target as AnyFunction, self, args: args as unknown[] }
    : undefined
}
