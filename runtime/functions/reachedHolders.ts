// The declarations that an encoding reaches, and that the program may have changed.

import type { StateName } from './encodeOptions.ts'
import { liftHook } from './liftHook.ts'

/** A class, or a variable with a namespace or a weak collection, that something in an encoding reaches. */
export interface Holder {
  object: object
  /** Of a variable: the module, a space, its name. */
  variable: string | undefined
  weakAlone: boolean
  isWritten: boolean
}

/** What an encoding reaches so far. */
export class ReachedHolders {
  readonly holders = new Map<object, Holder>()

  /** What a function of the user's reaches. */
  add(states: readonly StateName[]): void {
    for (const { module, unit, variable, weakAlone = false } of states) {
      const object =
        variable === undefined
          ? (liftHook.liveUnit(module, unit!) as object | undefined)
          : liftHook.statics.variable(module, variable)
      if (object) this.addObject(object, variable && `${module} ${variable}`, weakAlone)
    }
  }

  addObject(object: object, variable?: string, weakAlone = false): void {
    if (this.holders.get(object)?.weakAlone !== false)
      this.holders.set(object, { object, variable, weakAlone, isWritten: false })
  }

  /** Forgets what was reached since there were so many. */
  rewind(count: number): void {
    for (const [i, object] of [...this.holders.keys()].entries()) if (i >= count) this.holders.delete(object)
  }
}
