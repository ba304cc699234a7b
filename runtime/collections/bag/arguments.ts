// What bag methods and readers are given, checked when they are called, long before anything is computed.

import { argumentChecks } from '../../kernels/argumentChecks.ts'

/** An argument of a bag's method is not what it should be. */
export class BagArgumentError extends TypeError {
  override name = 'BagArgumentError'
}

const checks = argumentChecks(BagArgumentError)
export const {
  wrong,
  requireFunction,
  requireCount,
  requireNumber,
  requireText,
  requireFlag,
  requireList,
  requireObject,
} = checks

/** @throws {BagArgumentError} when something is given that is no list of names, or an empty one */
export function requireNames(what: string, value: unknown): void {
  if (value === undefined) return
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string'))
    throw wrong(what, "a list of names, e.g. ['id', 'city']", value)
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
