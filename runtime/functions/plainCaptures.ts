// What a function captured that can be compared without being encoded: a loop of calls encodes such a function once.

import { type AnyFunction, liftHook } from './liftHook.ts'

/** The capture list of a function whose captures are all primitive. */
export type PlainCaptures = readonly unknown[]

/**
 * What a function captures, where it is the same encoding for as long as these are the same values; nothing where it has
 * properties of its own, or captures objects, whose content may change.
 */
export function plainCapturesOf(fn: AnyFunction): PlainCaptures | undefined {
  const list = capturesOf(fn)
  return list && typeof list[0] === 'string' && list.every(isPrimitive) && !hasKeys(fn) ? list : undefined
}

/** Whether a function captures now what it captured then. */
export function stillCaptures(fn: AnyFunction, before: PlainCaptures): boolean {
  // Two make the name of its code.
  const now = before.length > 2 ? capturesOf(fn) : before
  if (now === undefined || now.length !== before.length || hasKeys(fn)) return false
  for (let i = 2; i < now.length; i++) if (!Object.is(now[i], before[i])) return false
  return true
}

/** Nothing while a variable has no value. */
function capturesOf(fn: AnyFunction): readonly unknown[] | undefined {
  try {
    return liftHook.capturesOf(fn)?.()
  } catch {
    return undefined
  }
}

function hasKeys(fn: AnyFunction): boolean {
  for (const key in fn) if (Object.hasOwn(fn, key)) return true
  return false
}

const isPrimitive = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && typeof value !== 'function')
