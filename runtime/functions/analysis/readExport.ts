// Reads what a module exports, and under which names.

import type { ExportDefaultDeclaration, ExportNamedDeclaration, Node } from 'oxc-parser'
import { forEachName } from './patterns.ts'
import { readClass } from './readClass.ts'
import { readFunction } from './readFunction.ts'
import type { Scope } from './scope.ts'
import type { Context, Walk } from './walk.ts'

export function readExport(walk: Walk, node: ExportNamedDeclaration, scope: Scope, context: Context): void {
  if (node.exportKind === 'type') return
  if (node.declaration) {
    walk.visit(node.declaration, scope, { ...context, outer: node })
    noteExports(node.declaration, scope)
    return
  }
  if (node.source) return
  for (const { exportKind, local, exported } of node.specifiers) {
    if (exportKind === 'type' || local.type !== 'Identifier') continue
    const binding = scope.lookup(local.name)
    if (binding) binding.exportedAs ??= exported.type === 'Identifier' ? exported.name : exported.value
  }
}

export function readDefaultExport(
  walk: Walk,
  node: ExportDefaultDeclaration,
  scope: Scope,
  context: Context,
): void {
  const { declaration } = node
  const named =
    declaration.type === 'Identifier'
      ? declaration.name
      : 'id' in declaration && declaration.id?.type === 'Identifier'
        ? declaration.id.name
        : undefined
  const binding = named === undefined ? undefined : scope.lookup(named)
  if (binding) binding.exportedAs ??= 'default'
  const inner = { ...context, outer: node, isDefaultExport: true }
  if (declaration.type === 'FunctionDeclaration' && !declaration.id)
    readFunction(walk, declaration, scope, 'expression', { ...inner, name: 'default' })
  else if (declaration.type === 'ClassDeclaration' && !declaration.id)
    readClass(walk, declaration, scope, 'classExpression', { ...inner, name: 'default' })
  else walk.visit(declaration as Node, scope, inner)
}

function noteExports(declaration: Node, scope: Scope): void {
  if (declaration.type === 'VariableDeclaration') {
    for (const { id } of declaration.declarations)
      forEachName(id, (name) => {
        scope.lookup(name)!.exportedAs = name
      })
  } else if ('id' in declaration && declaration.id && (declaration.id as Node).type === 'Identifier') {
    const { name } = declaration.id as { name: string }
    const binding = scope.lookup(name)
    if (binding) binding.exportedAs = name
  }
}
