// Reads classes: what they need while they are being defined, and what their members need later.

import type { Class, Node } from 'oxc-parser'
import { forEachChild, hoistLexical, hoistVar } from './hoist.ts'
import { leftmost } from './readDeclaration.ts'
import { readParametersAndBody } from './readFunction.ts'
import { Scope } from './scope.ts'
import type { UnitKind } from './sourceUnit.ts'
import type { Context, Walk } from './walk.ts'

export function readClass(walk: Walk, node: Class, scope: Scope, kind: UnitKind, context: Context): void {
  const unit = walk.newUnit(node, scope, kind, context)
  const inner = new Scope(scope)
  if (node.id) inner.declare(node.id.name, 'own-name', node)
  walk.frames.push({ unit, arrow: false, defers: false })
  for (const decorator of node.decorators) walk.visit(decorator, scope)
  if (node.superClass) walk.visit(node.superClass, scope)
  for (const member of node.body.body) {
    if (walk.decoratorMetadata && isDecorated(node, member)) readTypes(walk, member as Node, scope)
    readMember(walk, member, inner)
  }
  walk.frames.pop()
}

function readMember(walk: Walk, member: Class['body']['body'][number], scope: Scope): void {
  if (member.type === 'TSIndexSignature' || member.type.startsWith('TSAbstract')) return
  if (member.type === 'StaticBlock') {
    const block = new Scope(scope)
    walk.frames.push({ unit: undefined, arrow: false, defers: false })
    for (const statement of member.body) hoistVar(statement, block)
    hoistLexical(member.body, block)
    for (const statement of member.body)
      walk.visit(statement, block, { list: { start: member.start, top: false } })
    walk.frames.pop()
    return
  }
  if ('declare' in member && member.declare) return
  if (member.type === 'AccessorProperty') walk.needsLowering = true
  if ('decorators' in member)
    for (const decorator of member.decorators) {
      walk.needsLowering = true
      walk.visit(decorator, scope)
    }
  if ('computed' in member && member.computed) walk.visit(member.key as Node, scope)
  if (member.type === 'MethodDefinition') {
    if (!member.value.body) return
    walk.frames.push({ unit: undefined, arrow: false, defers: true })
    readParametersAndBody(walk, member.value, new Scope(scope))
    walk.frames.pop()
  } else if (member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') {
    if (!member.value) return
    const name = !member.computed && member.key.type === 'Identifier' ? member.key.name : undefined
    walk.frames.push({ unit: undefined, arrow: false, defers: !member.static })
    walk.visit(member.value, new Scope(scope), { name })
    walk.frames.pop()
  }
}

type Member = Class['body']['body'][number]

/** Whether the types that a member declares are told to a decorator: its own, its parameters', its class's. */
function isDecorated(node: Class, member: Member): boolean {
  if ('decorators' in member && member.decorators.length > 0) return true
  if (member.type !== 'MethodDefinition') return false
  if (member.kind === 'constructor' && node.decorators.length > 0) return true
  return member.value.params.some((parameter) => 'decorators' in parameter && parameter.decorators?.length)
}

/** Types that are classes, enums or imports are values in the metadata of a decorated member. */
function readTypes(walk: Walk, member: Node, scope: Scope): void {
  forEachChild(member, function visit(node) {
    if (node.type === 'BlockStatement' || node.type === 'StaticBlock') return
    if (node.type === 'TSTypeReference') {
      const name = leftmost(node.typeName as Node)
      const binding = name.type === 'Identifier' ? scope.lookup(name.name) : undefined
      if (binding && TYPES_WITH_VALUES.has(binding.kind)) walk.visit(name, scope)
    }
    forEachChild(node, visit)
  })
}

const TYPES_WITH_VALUES: ReadonlySet<string> = new Set(['class', 'enum', 'import'])
