// The register of kernels: functions of ours that run on one partition, and travel to workers by their name alone.

// biome-ignore lint/complexity/noBannedTypes: a kernel may take and give anything.
type AnyFunction = Function

const functions = new Map<string, AnyFunction>()
const names = new Map<AnyFunction, string>()
const forgetful = new WeakSet<AnyFunction>()

/**
 * Registers a function under a name that every worker knows too.
 * @throws {Error} when another function has that name: a worker could then run the wrong one
 * @example export const double = kernel('example.double', (x: number) => x * 2)
 */
export function kernel<F extends AnyFunction>(name: string, fn: F): F {
  const known = functions.get(name)
  if (known && known !== fn) throw new Error(`two kernels are named ${name}`)
  functions.set(name, fn)
  names.set(fn, name)
  return fn
}

/**
 * Says of a kernel that once it has returned, or its promise is settled, nothing ever looks at its arguments or its result
 * again: it keeps neither in a cache, and calls no function of a user's that could. A worker's thread then lets go of their
 * memory at once, where it would have to wait for a garbage collection to know.
 * @example export const twice = keepsNothing(kernel('example.twice', (x: Float64Array) => x.map((one) => 2 * one)))
 */
export function keepsNothing<F extends AnyFunction>(fn: F): F {
  forgetful.add(fn)
  return fn
}

let didKeepNothing = false

/** Said by a kernel just before it returns, not asynchronously, where this one call kept nothing, as `keepsNothing` says of all calls. */
export function keptNothing(): void {
  didKeepNothing = true
}

/** Whether the call that just returned said so. */
export function takeKeptNothing(): boolean {
  const said = didKeepNothing
  didKeepNothing = false
  return said
}

/** How a codec finds a kernel's name, and a worker the kernel. */
export const kernelNames = {
  nameOf: (fn: AnyFunction): string | undefined => names.get(fn),
  named: (name: string): AnyFunction | undefined => functions.get(name),
  keepsNothing: (fn: AnyFunction): boolean => forgetful.has(fn),
}
