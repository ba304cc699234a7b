// The register of kernels: functions of ours that run on one partition, and travel to workers by their name alone.

// biome-ignore lint/complexity/noBannedTypes: a kernel may take and give anything.
type AnyFunction = Function

const functions = new Map<string, AnyFunction>()
const names = new Map<AnyFunction, string>()

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

/** How a codec finds a kernel's name, and a worker the kernel. */
export const kernelNames = {
  nameOf: (fn: AnyFunction): string | undefined => names.get(fn),
  named: (name: string): AnyFunction | undefined => functions.get(name),
}
