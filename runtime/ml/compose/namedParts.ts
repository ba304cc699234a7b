// Parts by names: their parameters are named `part__parameter`, and the part itself by its name.

import { Estimator, ParameterError } from '../contract/estimator.ts'

/**
 * Refuses a list that is none of named parts.
 * @param what what it should be, e.g. `steps of a Pipeline is a list of [name, estimator]`
 * @throws {ParameterError} for what is no list, has no texts in front, or a name twice
 */
export function requireNamedParts(what: string, parts: unknown): void {
  if (!Array.isArray(parts)) throw new ParameterError(`${what}, not ${textOf(parts)}`)
  const names = parts.map((part: unknown) => (Array.isArray(part) ? (part as unknown[])[0] : undefined))
  const odd = names.findIndex((name) => typeof name !== 'string')
  if (odd >= 0) throw new ParameterError(`${what}, and ${textOf(parts[odd])} in it has no name`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new ParameterError(`${what}, and two in it are named ${twice}`)
}

/** A value as an error tells it. */
export const textOf = (value: unknown): string =>
  value instanceof Estimator
    ? `a ${value.kind}`
    : typeof value === 'object' && value
      ? 'an object'
      : String(value)

/** What stands behind a name: an estimator, or a word such as 'passthrough'. */
export type NamedPart = Estimator | string

/**
 * The parts after parameters were set.
 * @param owner what they are parts of, by its kind
 * @param what what a part of it is called, e.g. `step`
 * @param parts names and what stands behind them
 * @param own names of the owner's own parameters
 * @returns what was meant for the owner itself, and the parts, where some were changed
 * @throws {ParameterError} for a part that there is not
 */
export function withNamedParts(
  owner: string,
  what: string,
  parts: readonly (readonly [name: string, part: NamedPart, ...rest: unknown[]])[],
  own: readonly string[],
  some: Readonly<Record<string, unknown>>,
): { own: Record<string, unknown>; parts: Map<string, NamedPart> | undefined } {
  const left: Record<string, unknown> = {}
  let changed: Map<string, NamedPart> | undefined
  for (const [name, value] of Object.entries(some)) {
    const [part, ...rest] = name.split('__')
    const known = parts.some(([key]) => key === part)
    if (rest.length === 0 && (own.includes(name) || !known)) {
      left[name] = value
      continue
    }
    if (!known)
      throw new ParameterError(
        `this ${owner} has no ${what} ${part}; it has ${parts.map(([key]) => key).join(', ') || 'none'}`,
      )
    changed ??= new Map(parts.map(([key, each]) => [key, copyOf(each)]))
    if (rest.length === 0) changed.set(part, value as NamedPart)
    else {
      const found = changed.get(part)
      if (!(found instanceof Estimator))
        throw new ParameterError(`${part} of this ${owner} is ${String(found)}, which has no parameters`)
      found.setParams({ [rest.join('__')]: value } as object)
    }
  }
  return { own: left, parts: changed }
}

const copyOf = (part: NamedPart): NamedPart => (part instanceof Estimator ? part.clone() : part)
