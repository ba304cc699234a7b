// Functions that use private names of a class: which class makes each of them again.

import type { UnitFactory } from './encodeOptions.ts'

type Maker = readonly [unit: number, make: UnitFactory]

export class InnerFunctions {
  readonly #makers = new WeakMap<object, readonly Maker[]>()
  /** The class of each function by its module and number, where that is the only one: classes in functions come into being again and again. */
  readonly #classes = new Map<string, Map<number, WeakRef<object> | null>>()

  note(module: string, made: object, makers: readonly Maker[]): void {
    this.#makers.set(made, makers)
    if (makers.length === 0) return
    let classes = this.#classes.get(module)
    if (!classes) {
      classes = new Map()
      this.#classes.set(module, classes)
    }
    for (const [unit] of makers) classes.set(unit, classes.has(unit) ? null : new WeakRef(made))
  }

  /**
   * The class that can make a function, and the function's place among those that it makes.
   * @param self the function's `this`, which tells the class by what it is an instance of
   */
  find(module: string, unit: number, self: unknown): { made: object; place: number } | undefined {
    const found = this.#classes.get(module)?.get(unit)
    if (found === undefined) return undefined
    const placeIn = (made: object): number =>
      this.#makers.get(made)?.findIndex(([number]) => number === unit) ?? -1
    const only = found?.deref()
    if (only) return { made: only, place: placeIn(only) }
    for (let at: unknown = Object(self); at !== null; at = Object.getPrototypeOf(at)) {
      const made: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value
      if (typeof made === 'function' && placeIn(made) >= 0) return { made, place: placeIn(made) }
    }
    return undefined
  }

  make(made: object, place: number): ReturnType<UnitFactory> | undefined {
    return this.#makers.get(made)?.[place]?.[1]([])
  }
}
