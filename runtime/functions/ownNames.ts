// What both ends have of this package, so that it travels by name: classes of errors, and the function of large arguments.

import { BrokenValueError } from './byteReader.ts'
import { CannotTravelError } from './cannotTravel.ts'
import { heldArgument } from './heldArgument.ts'
import type { AnyFunction } from './liftHook.ts'

const OWN: Record<string, AnyFunction> = {
  'heddle.CannotTravelError': CannotTravelError,
  'heddle.BrokenValueError': BrokenValueError,
  'heddle.heldArgument': heldArgument,
}

export function ownName(fn: AnyFunction): string | undefined {
  for (const name in OWN) if (OWN[name] === fn) return name
  return undefined
}

export function ownNamed(name: string): AnyFunction | undefined {
  return Object.hasOwn(OWN, name) ? OWN[name] : undefined
}
