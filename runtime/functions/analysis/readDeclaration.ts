// Reads declarations: variables with the functions that they hold, enums and namespaces.

import type { Node, TSEnumDeclaration, VariableDeclaration } from 'oxc-parser'
import { hoistLexical, hoistVar } from './hoist.ts'
import { readPattern } from './readFunction.ts'
import { Scope } from './scope.ts'
import type { Context, Walk } from './walk.ts'

export function readVariables(walk: Walk, node: VariableDeclaration, scope: Scope, context: Context): void {
  if (node.declare) return
  for (const declarator of node.declarations) {
    readPattern(walk, declarator.id, scope, true)
    if (!declarator.init) continue
    const name = declarator.id.type === 'Identifier' ? declarator.id.name : undefined
    const binding = name === undefined ? undefined : scope.lookup(name)
    const registered = name !== undefined && context.list !== undefined
    walk.visit(declarator.init, scope, {
      name,
      self: node.kind === 'const' ? binding : undefined,
      ...(registered && { afterStatement: context.outer ?? node, list: context.list, variableName: name }),
    })
  }
}

export function readEnum(walk: Walk, node: TSEnumDeclaration, scope: Scope): void {
  if (node.declare) return
  const inner = new Scope(scope)
  for (const member of node.body.members) {
    const name =
      member.id.type === 'Identifier'
        ? member.id.name
        : member.id.type === 'Literal'
          ? member.id.value
          : undefined
    if (name !== undefined) inner.declare(name, 'enum-member', member)
    if (member.initializer) walk.visit(member.initializer, inner)
  }
}

export function readNamespace(
  walk: Walk,
  node: Extract<Node, { type: 'TSModuleDeclaration' }>,
  scope: Scope,
): void {
  if (node.declare || node.body?.type !== 'TSModuleBlock') return
  const inner = new Scope(scope)
  const { body } = node.body
  for (const statement of body) hoistVar(statement as Node, inner)
  hoistLexical(body, inner)
  walk.frames.push({ unit: undefined, arrow: false, defers: false })
  const list = { start: node.body.start, top: false }
  for (const statement of body) walk.visit(statement as Node, inner, { list })
  walk.frames.pop()
}

/** The `A` of `A.B.C`. */
export function leftmost(name: Node): Node {
  let at = name
  while (at.type === 'TSQualifiedName') at = at.left as Node
  return at
}
