// The names of options: a misspelt one is an error that says which there are, never a default that nobody asked for.

import { givenText } from './givenText.ts'
import { kernel } from './kernel.ts'
import { nearest } from './nearestNames.ts'

/** A call has no option of that name, or what it got stands for no options. */
export class OptionError extends TypeError {
  override name = 'OptionError'
}
kernel('error.OptionError', OptionError)

/** Every name of some options; the compiler sees to it that none is left out. */
export type OptionNames<O> = Readonly<Record<keyof Required<O>, true>>

/**
 * Holds options to the names that there are.
 * @param call what got them, e.g. `sum`
 * @throws {OptionError} that names the nearest ones, e.g. `sum has no option "keepdims". Did you mean keepDims?`
 */
export function requireOptions<O extends object>(
  call: string,
  options: O | undefined,
  names: OptionNames<O>,
): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new OptionError(
      `${call} takes its options as an object, e.g. { ${Object.keys(names)[0]}: … }, not ${givenText(options)}`,
    )
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue
    const near = nearest(name, Object.keys(names))
    throw new OptionError(
      `${call} has no option ${JSON.stringify(name)}. ` +
        (near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It has ${Object.keys(names).join(', ')}.`),
    )
  }
}

/**
 * Holds a choice to the names that there are.
 * @param what what is chosen, e.g. `joinAsof: strategy`
 * @throws {OptionError} that names the nearest ones, e.g. `joinAsof: strategy cannot be "back". Did you mean backward?`
 */
export function requireOneOf(what: string, value: unknown, names: readonly string[]): void {
  if (names.includes(value as string)) return
  const near = typeof value === 'string' ? nearest(value, names) : []
  throw new OptionError(
    `${what} cannot be ${givenText(value)}. ` +
      (near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${names.join(', ')}.`),
  )
}
