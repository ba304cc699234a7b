// The names that a pattern declares.

import type { BindingPattern, Node, ParamPattern } from 'oxc-parser'

export type AnyPattern = BindingPattern | ParamPattern | Node

/** Calls back with every name that a parameter or variable pattern declares. */
export function forEachName(
  pattern: AnyPattern | null | undefined,
  visit: (name: string, node: Node) => void,
): void {
  if (!pattern) return
  switch (pattern.type) {
    case 'Identifier':
      // TypeScript's `this` parameter declares nothing.
      if (pattern.name !== 'this') visit(pattern.name, pattern as Node)
      break
    case 'ObjectPattern':
      for (const property of pattern.properties)
        forEachName(property.type === 'RestElement' ? property.argument : (property.value as Node), visit)
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) forEachName(element as Node | null, visit)
      break
    case 'AssignmentPattern':
      forEachName(pattern.left as Node, visit)
      break
    case 'RestElement':
      forEachName(pattern.argument as Node, visit)
      break
    case 'TSParameterProperty':
      forEachName(pattern.parameter as Node, visit)
      break
  }
}

/** Types around an expression: they say nothing when it runs. */
export const TRANSPARENT: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
])
