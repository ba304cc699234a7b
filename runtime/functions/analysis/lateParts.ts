// What a module adds to its functions and classes after their declaration: `F.prototype.m = …`, `C.count = 0`,
// `Object.assign(f, …)`. It belongs to the declaration, and goes where that goes.

import type { Expression, Node, Program } from 'oxc-parser'
import { memberPath, type Purity, stripTypes } from './purity.ts'
import type { Binding, Scope } from './scope.ts'

const CHANGES =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf|freeze|seal)|(util\.)?inherits)$/

/** Adds such statements of the top level to the declarations of what they change, or marks what has to be taken as it is. */
export function declareLateParts({ body }: Program, scope: Scope, purity: Purity): void {
  for (const statement of body as Node[]) {
    if (statement.type !== 'ExpressionStatement') continue
    const change = changeOf(stripTypes(statement.expression as Node))
    const binding = change && scope.bindings.get(change.name)
    if (!change || !binding || binding.kind === 'import') continue
    if (belongs(binding, change, purity)) binding.declarations.push(statement)
    else binding.changed = true
  }
}

interface Change {
  /** The variable whose value is changed. */
  name: string
  ofPrototype: boolean
  values: Node[]
}

function changeOf(node: Node): Change | undefined {
  if (node.type === 'AssignmentExpression' && node.operator === '=' && node.left.type === 'MemberExpression')
    return named(node.left, [node.right as Node])
  if (node.type !== 'CallExpression' || !CHANGES.test(memberPath(node.callee as Node))) return undefined
  const [target, ...values] = node.arguments
  return target && named(target as Node, values as Node[])
}

function named(target: Node, values: Node[]): Change | undefined {
  let at = stripTypes(target)
  let ofPrototype = false
  while (at.type === 'MemberExpression') {
    if (!at.computed && at.property.type === 'Identifier' && at.property.name === 'prototype')
      ofPrototype = true
    at = stripTypes(at.object as Node)
  }
  return at.type === 'Identifier' ? { name: at.name, ofPrototype, values } : undefined
}

/** A class is made again on a worker whatever its static fields are; the properties of a function travel where they can. */
function belongs({ kind, declarations }: Binding, { ofPrototype, values }: Change, purity: Purity): boolean {
  if (kind === 'class' || ofPrototype) return true
  const [first] = declarations
  const value = first.type === 'VariableDeclarator' ? stripTypes((first.init ?? first) as Node) : undefined
  if (value?.type === 'ClassExpression') return true
  return values.every((one) => purity.isPure(one as Expression) || isPlain(one, purity))
}

function isPlain(node: Node, purity: Purity): boolean {
  return (
    node.type === 'ObjectExpression' &&
    node.properties.every(
      (one) => one.type === 'Property' && !one.computed && purity.isPure(one.value as Expression),
    )
  )
}
