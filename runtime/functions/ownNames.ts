// Classes of this package that errors of tasks may be of: both ends have them, so they travel by name.

import { BrokenValueError } from './byteReader.ts'
import { CannotTravelError } from './cannotTravel.ts'
import type { AnyFunction } from './liftHook.ts'

const OWN: Record<string, AnyFunction> = {
  'heddle.CannotTravelError': CannotTravelError,
  'heddle.BrokenValueError': BrokenValueError,
}

export function ownName(fn: AnyFunction): string | undefined {
  for (const name in OWN) if (OWN[name] === fn) return name
  return undefined
}

export function ownNamed(name: string): AnyFunction | undefined {
  return Object.hasOwn(OWN, name) ? OWN[name] : undefined
}
