// Tasks that change `this`: the object goes along, and its copy on the worker changes alone.

import type { Node } from 'oxc-parser'
import { fieldOf } from '../knowledge/fields.ts'
import { bare, methodOf, type Subject, type TaskFunction } from '../knowledge/subject.ts'
import { callOf, isContainer, MUTATORS } from './captures.ts'
import type { Finding } from './finding.ts'

export const thisFindings = (subject: Subject): Finding[] =>
  subject.tasks.flatMap((task) => {
    const change = task.unit.thisNodes.length > 0 ? changeOf(subject, task) : undefined
    return change ? [told(subject, task, change)] : []
  })

/** The first change of the object around, or of a list that it holds. */
function changeOf(subject: Subject, { unit }: TaskFunction): Node | undefined {
  const own = new Set(unit.thisNodes)
  const isOwn = (target: Node): boolean => {
    let at = target
    while (at.type === 'MemberExpression') at = bare(at.object as Node)
    return target.type === 'MemberExpression' && own.has(at)
  }
  const changes = subject
    .inside(unit, 'AssignmentExpression', 'UpdateExpression', 'CallExpression')
    .map((node): Node | undefined => {
      switch (node.type) {
        case 'AssignmentExpression':
          // A cache may well be each worker's own.
          return /^(\?\?|\|\||&&)=$/.test(node.operator) ? undefined : bare(node.left as Node)
        case 'UpdateExpression':
          return bare(node.argument as Node)
        default:
          return listOf(subject, node)
      }
    })
  return changes.find((target) => target && isOwn(target))
}

/** `this.seen` of `this.seen.push(x)`, where that is a list, a map or a set. */
function listOf(subject: Subject, call: Extract<Node, { type: 'CallExpression' }>): Node | undefined {
  if (!MUTATORS.test(methodOf(call) ?? '') || call.callee.type !== 'MemberExpression') return undefined
  const object = bare(call.callee.object as Node)
  const made = fieldOf({ subject, node: object })
  return made && isContainer(made.node) ? object : undefined
}

function told(subject: Subject, task: TaskFunction, change: Node): Finding {
  return {
    code: 'mutates-capture',
    severity: 'warning',
    start: change.start,
    end: change.end,
    message: `'${subject.slice(change)}' is changed in a task: it changes the copy on the worker alone, and 'this' here stays as it is. Return the value instead, and combine the results.`,
    related: [callOf(task)],
  }
}
