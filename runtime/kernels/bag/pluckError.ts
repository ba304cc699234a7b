// What is said of an item without the property that was asked for.

import { kernel } from '../kernel.ts'

/** A bag's item does not have the property that `pluck`, or a key by name, asks for. */
export class PluckError extends TypeError {
  override name = 'PluckError'
}
kernel('error.PluckError', PluckError)
