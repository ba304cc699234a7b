// What bag methods and readers are given, checked when they are called, long before anything is computed.

/** An argument of a bag's method is not what it should be. */
export class BagArgumentError extends TypeError {
  override name = 'BagArgumentError'
}

/** @throws {BagArgumentError} when `value` is no whole number ≥ `least` */
export function requireCount(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new BagArgumentError(
      `${what} takes a whole number ≥ ${least}, not ${typeof value === 'number' ? value : `a value of type ${typeof value}`}`,
    )
}

/** @throws {BagArgumentError} when `value` is no function */
export function requireFunction(method: string, value: unknown): void {
  if (typeof value !== 'function')
    throw new BagArgumentError(
      `${method} takes a function, not ${value === null ? 'null' : `a value of type ${typeof value}`}`,
    )
}

export type Primitive = number | bigint | string | boolean

/** Whether a fold's last argument is an initial value: options are an object. */
export const isPrimitive = (value: unknown): value is Primitive =>
  ['number', 'bigint', 'string', 'boolean'].includes(typeof value)

/** The error for bags that go along item by item and are cut differently. */
export const unequalPartitions = (ours: number, theirs: number): BagArgumentError =>
  new BagArgumentError(
    `bags that go item by item need the same number of partitions, not ${ours} and ${theirs}: ` +
      'repartition one of them, or pair them by key with join',
  )
