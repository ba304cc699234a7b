// What items are told apart by: a function, or the name of a property.

import { fieldOf } from '../../kernels/bag/field.ts'
import type { UserFunction } from '../../kernels/bag/plan.ts'
import { wrong } from './arguments.ts'

/** The name of an item's property, or a place in a list. */
export type FieldName<T> = keyof T & (string | number)

/** Places in a list are whole; a property may have any text for its name. */
const isFieldName = (key: unknown): key is string | number =>
  typeof key === 'string' || (Number.isInteger(key) && (key as number) >= 0)

/** @throws {BagArgumentError} when it names no property */
export function requireFieldName(method: string, key: unknown): void {
  if (!isFieldName(key)) throw wrong(method, 'the name of a property, or a list of them', key)
}

const fields = new Map<string | number, UserFunction>()

/**
 * The function that a key stands for.
 * @throws {BagArgumentError} when it is neither a function nor a name
 */
export function keyFunction(method: string, key: unknown): UserFunction {
  if (typeof key === 'function') return key as UserFunction
  if (!isFieldName(key)) throw wrong(method, 'a function or the name of a property as its key', key)
  let field = fields.get(key)
  if (!field) {
    field = fieldOf.bind(undefined, key)
    fields.set(key, field)
  }
  return field
}
