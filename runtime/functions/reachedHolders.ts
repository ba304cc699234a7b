// The declarations that an encoding reaches, and that the program may have changed.

import type { ChangedSince, StateName } from './encodeOptions.ts'
import { liftHook } from './liftHook.ts'

/** A class, or a variable with a namespace or a weak collection, that something in an encoding reaches. */
export interface Holder {
  object: object
  /** Of a variable: the module, a space, its name. */
  variable: string | undefined
  since: ChangedSince
  isWritten: boolean
}

/** What goes along from one moment on is part of what goes along from an earlier one. */
const REACH: Readonly<Record<ChangedSince, number>> = { never: 0, evaluation: 1, declaration: 2 }

/** What an encoding reaches so far. */
export class ReachedHolders {
  readonly holders = new Map<object, Holder>()

  /** What a function of the user's reaches. */
  add(states: readonly StateName[]): void {
    for (const { module, unit, variable, since } of states) {
      const object =
        variable === undefined
          ? (liftHook.liveUnit(module, unit!) as object | undefined)
          : liftHook.statics.variable(module, variable)
      if (object) this.addObject(object, variable && `${module} ${variable}`, since)
    }
  }

  addObject(object: object, variable?: string, since: ChangedSince = 'declaration'): void {
    const known = this.holders.get(object)
    if (!known || REACH[since] > REACH[known.since])
      this.holders.set(object, { object, variable, since, isWritten: false })
  }

  /** Forgets what was reached since there were so many. */
  rewind(count: number): void {
    for (const [i, object] of [...this.holders.keys()].entries()) if (i >= count) this.holders.delete(object)
  }
}
