// What the methods of one kind of collection are given, held to what they take; each kind has an error of its own.

import { givenText } from './givenText.ts'

/** Checks that say what was wanted and what was given, e.g. `map takes a function, not 3`. */
export interface ArgumentChecks {
  /** The error of an argument. @param wanted e.g. `a function`; behind it comes what was given */
  wrong: (what: string, wanted: string, given: unknown) => Error
  requireFunction: (what: string, value: unknown) => void
  /** A whole number ≥ `least`. */
  requireCount: (what: string, value: unknown, least: number) => void
  requireWhole: (what: string, value: unknown) => void
  /** A number that is not NaN. */
  requireNumber: (what: string, value: unknown) => void
  /** A text with something in it. @param wanted e.g. `a path` */
  requireText: (what: string, value: unknown, wanted?: string) => void
  requireFlag: (what: string, value: unknown) => void
  /** A list, of anything. @param wanted e.g. `a list of arrays` */
  requireList: (what: string, value: unknown, wanted?: string) => void
  /** An object that is no list. @param wanted e.g. `options, e.g. { retries: 2 }` */
  requireObject: (what: string, value: unknown, wanted?: string) => void
}

/** @param Fault the error that is thrown */
export function argumentChecks(Fault: new (text: string) => Error): ArgumentChecks {
  const wrong = (what: string, wanted: string, given: unknown): Error =>
    new Fault(`${what} takes ${wanted}, not ${givenText(given)}`)
  const hold = (isRight: boolean, what: string, wanted: string, given: unknown): void => {
    if (!isRight) throw wrong(what, wanted, given)
  }
  return {
    wrong,
    requireFunction: (what, value) => hold(typeof value === 'function', what, 'a function', value),
    requireCount: (what, value, least) =>
      hold(Number.isInteger(value) && (value as number) >= least, what, `a whole number ≥ ${least}`, value),
    requireWhole: (what, value) => hold(Number.isInteger(value), what, 'a whole number', value),
    requireNumber: (what, value) =>
      hold(typeof value === 'number' && !Number.isNaN(value), what, 'a number', value),
    requireText: (what, value, wanted = 'a text') =>
      hold(typeof value === 'string' && value !== '', what, wanted, value),
    requireFlag: (what, value) => hold(typeof value === 'boolean', what, 'true or false', value),
    requireList: (what, value, wanted = 'a list') => hold(Array.isArray(value), what, wanted, value),
    requireObject: (what, value, wanted = 'an object') =>
      hold(typeof value === 'object' && value !== null && !Array.isArray(value), what, wanted, value),
  }
}
