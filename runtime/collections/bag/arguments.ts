// What bag methods and readers are given, checked when they are called, long before anything is computed.

/** An argument of a bag's method is not what it should be. */
export class BagArgumentError extends TypeError {
  override name = 'BagArgumentError'
}

/** @throws {BagArgumentError} when `value` is no whole number ≥ `least` */
export function requireCount(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new BagArgumentError(`${what} takes a whole number ≥ ${least}, not ${String(value)}`)
}

/** @throws {BagArgumentError} when `value` is no function */
export function requireFunction(method: string, value: unknown): void {
  if (typeof value !== 'function')
    throw new BagArgumentError(
      `${method} takes a function, not ${value === null ? 'null' : `a value of type ${typeof value}`}`,
    )
}
