// Kinds of import specifiers.

import { builtinModules } from 'node:module'

const BUILTINS = new Set(builtinModules)

/** `node:fs`, `fs`, `fs/promises`. */
export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || BUILTINS.has(specifier)
}

/** `heddle` and its subpaths: every worker has its own. */
export function isHeddle(specifier: string): boolean {
  return specifier === 'heddle' || specifier.startsWith('heddle/')
}

/** What may lead to a package of the user's: its name, or one that starts with # and stands in package.json. */
export function isPackageSpecifier(specifier: string): boolean {
  return !/^[./]|^file:/.test(specifier) && !isBuiltin(specifier)
}

/** What is not the user's own by its form: functions that it gives are found again by the names they have there. */
export function isForeignSpecifier(specifier: string): boolean {
  return isPackageSpecifier(specifier) || isBuiltin(specifier)
}
