// Which functions of a text run as tasks: those that are handed to a collection, a client or `delayed`.

import type { CallExpression, Node } from 'oxc-parser'
import type { SourceUnit } from '../../runtime/functions/analysis/sourceUnit.ts'
import { LAZY, RUNS_HERE } from './api.ts'
import { heddleName } from './follow.ts'
import { bare, methodOf, type Subject, type TaskFunction } from './subject.ts'

export function taskUnits(subject: Subject): TaskFunction[] {
  const byNode = new Map<Node, SourceUnit>()
  for (const unit of subject.module.units) byNode.set(unit.node as Node, unit)
  const found = new Map<SourceUnit, TaskFunction>()
  for (const call of subject.all('CallExpression')) {
    const method = sendsItsFunctions(subject, call)
    if (method === undefined) continue
    for (const argument of call.arguments) {
      if (argument.type === 'SpreadElement') continue
      const unit = unitOf(subject, bare(argument as Node), byNode)
      if (unit && !unit.kind.startsWith('class') && !found.has(unit)) found.set(unit, { unit, call, method })
    }
  }
  return [...found.values()]
}

/** The name under which a call takes functions as tasks; nothing when it does not. */
function sendsItsFunctions(subject: Subject, call: CallExpression): string | undefined {
  const callee = bare(call.callee as Node)
  if (callee.type === 'Identifier') {
    return heddleName(subject, callee) === 'delayed' ? 'delayed' : undefined
  }
  const method = methodOf(call)
  if (method === undefined || callee.type !== 'MemberExpression') return undefined
  const kind = subject.kinds.of(callee.object as Node)
  if (kind === 'heddle') return method === 'delayed' ? method : undefined
  if (kind === undefined || RUNS_HERE.has(method)) return undefined
  return LAZY.has(kind) || kind === 'client' || kind.endsWith('Module') ? method : undefined
}

function unitOf(subject: Subject, node: Node, byNode: ReadonlyMap<Node, SourceUnit>): SourceUnit | undefined {
  const own = byNode.get(node)
  if (own || node.type !== 'Identifier') return own
  const binding = subject.binding(node)
  if (!binding || binding.writes.length > 0) return undefined
  const [declaration] = binding.declarations
  if (declaration?.type === 'VariableDeclarator' && declaration.init)
    return byNode.get(bare(declaration.init as Node))
  return declaration && byNode.get(declaration)
}
