// What items are told apart by: a function, or the name of a property.

import { fieldOf } from '../../kernels/bag/field.ts'
import type { UserFunction } from '../../kernels/bag/plan.ts'
import { BagArgumentError } from './arguments.ts'

/** The name of an item's property, or a place in a list. */
export type FieldName<T> = keyof T & (string | number)

const fields = new Map<string | number, UserFunction>()

/**
 * The function that a key stands for.
 * @throws {BagArgumentError} when it is neither a function nor a name
 */
export function keyFunction(method: string, key: unknown): UserFunction {
  if (typeof key === 'function') return key as UserFunction
  if (typeof key !== 'string' && typeof key !== 'number')
    throw new BagArgumentError(
      `${method} takes a function or the name of a property as its key, not ${key === null ? 'null' : `a value of type ${typeof key}`}`,
    )
  let field = fields.get(key)
  if (!field) {
    field = fieldOf.bind(undefined, key)
    fields.set(key, field)
  }
  return field
}
