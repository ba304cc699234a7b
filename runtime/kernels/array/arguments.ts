// What functions and methods of arrays are given, held to what they take.

import { argumentChecks } from '../argumentChecks.ts'
import { kernel } from '../kernel.ts'

/** An argument of a function of arrays is not what it should be. */
export class ArrayArgumentError extends TypeError {
  override name = 'ArrayArgumentError'
}
kernel('error.ArrayArgumentError', ArrayArgumentError)

export const {
  wrong,
  requireFunction,
  requireCount,
  requireWhole,
  requireNumber,
  requireText,
  requireFlag,
  requireList,
  requireObject,
} = argumentChecks(ArrayArgumentError)

/** @throws {ArrayArgumentError} when further arguments of a function of the user's are said, and no list */
export function requireArgs(method: string, args: unknown): void {
  if (args !== undefined) requireList(`${method}: args`, args, 'a list of further arguments')
}
