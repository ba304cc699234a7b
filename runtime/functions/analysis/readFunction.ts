// Reads functions: their parameters with what those take by default, and their bodies.

import type { AssignmentTarget, Node } from 'oxc-parser'
import { hoistLexical, hoistVar } from './hoist.ts'
import { type AnyPattern, forEachName, TRANSPARENT } from './patterns.ts'
import { Scope } from './scope.ts'
import type { FunctionLike, SourceUnit, UnitKind } from './sourceUnit.ts'
import type { Context, Walk } from './walk.ts'

export function readFunction(
  walk: Walk,
  node: FunctionLike,
  scope: Scope,
  kind: UnitKind,
  context: Context,
): SourceUnit | undefined {
  const { body } = node
  if (!body) return undefined
  const unit = walk.newUnit(node, scope, kind, context)
  let inner = scope
  if (node.type === 'FunctionExpression' && node.id && kind !== 'method') {
    inner = new Scope(scope)
    inner.declare(node.id.name, 'own-name', node)
  }
  walk.frames.push({ unit, arrow: node.type === 'ArrowFunctionExpression', defers: true })
  readParametersAndBody(walk, node, new Scope(inner))
  walk.frames.pop()
  unit.marked =
    body.type === 'BlockStatement' &&
    body.body.some((s) => s.type === 'ExpressionStatement' && s.directive === 'use task')
  return unit
}

export function readParametersAndBody(walk: Walk, node: FunctionLike, scope: Scope): void {
  for (const parameter of node.params)
    forEachName(parameter, (name, at) => void scope.declare(name, 'parameter', at))
  for (const parameter of node.params) readPattern(walk, parameter, scope, true)
  const { body } = node
  if (body?.type !== 'BlockStatement') {
    if (body) walk.visit(body, scope)
    return
  }
  hoistVar(body, scope)
  hoistLexical(body.body, scope)
  for (const statement of body.body) walk.visit(statement, scope, { list: { start: body.start, top: false } })
}

/** A pattern: its default values and computed keys are read, its names when they are assigned and not declared. */
export function readPattern(
  walk: Walk,
  pattern: AnyPattern | AssignmentTarget | null,
  scope: Scope,
  declares: boolean,
): void {
  if (!pattern) return
  if ('decorators' in pattern && pattern.decorators?.length) {
    walk.needsLowering = true
    for (const decorator of pattern.decorators as Node[]) walk.visit(decorator, scope)
  }
  switch (pattern.type) {
    case 'Identifier':
      if (!declares) walk.reference(pattern.name, pattern.start, scope, true)
      return
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') readPattern(walk, property.argument as Node, scope, declares)
        else {
          if (property.computed) walk.visit(property.key as Node, scope)
          readPattern(walk, property.value as Node, scope, declares)
        }
      }
      return
    case 'ArrayPattern':
      for (const element of pattern.elements) readPattern(walk, element as Node | null, scope, declares)
      return
    case 'AssignmentPattern': {
      readPattern(walk, pattern.left as Node, scope, declares)
      const name = pattern.left.type === 'Identifier' ? pattern.left.name : undefined
      walk.visit(pattern.right, scope, { name })
      return
    }
    case 'RestElement':
      readPattern(walk, pattern.argument as Node, scope, declares)
      return
    case 'TSParameterProperty':
      readPattern(walk, pattern.parameter as Node, scope, declares)
      return
    default:
      if (TRANSPARENT.has(pattern.type) && 'expression' in pattern)
        readPattern(walk, pattern.expression as Node, scope, declares)
      else walk.visit(pattern as Node, scope)
  }
}
