// Options of what is no estimator, as searches and splits: all of them with a value, and none that there is not.

import { ParameterError } from './estimator.ts'
import { wrongWith } from './paramRanges.ts'

/**
 * The options that are given, and the others as they are by default.
 * @param kind whose they are, for errors
 * @param free options that may be something else than a number or a switch, though they are one by default
 * @throws {ParameterError} for an option that there is not, and a value that is no number or switch where one is meant
 */
export function wholeOptions<O extends object>(
  kind: string,
  defaults: O,
  given: Partial<O>,
  free: readonly string[] = [],
): O {
  const some = Object.entries(given).filter(([, value]) => value !== undefined)
  for (const [name, value] of some) {
    if (!Object.hasOwn(defaults, name))
      throw new ParameterError(`${kind} has no option ${name}; it has ${Object.keys(defaults).join(', ')}`)
    const wanted = free.includes(name)
      ? undefined
      : wrongWith(name, value, (defaults as Record<string, unknown>)[name])
    if (wanted) throw new ParameterError(`${name} of ${kind} is ${wanted}, not ${String(value)}`)
  }
  return { ...defaults, ...(Object.fromEntries(some) as Partial<O>) }
}
