// A property of an item by its name, as a function that workers know.

import { kernel } from '../kernel.ts'
import { PluckError } from './pluckError.ts'

/** @throws {PluckError} when the item has no such property */
export const fieldOf = kernel('bag.field', (name: string | number, item: unknown): unknown => {
  if (item !== null && item !== undefined && name in Object(item)) return (item as never)[name]
  throw new PluckError(
    `an item has no property ${JSON.stringify(String(name))}, which is to be its key: give a function that knows what to do then`,
  )
})
