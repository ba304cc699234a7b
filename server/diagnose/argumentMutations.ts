// Tasks that change what they were given: other tasks see the same value, and a run that is repeated sees it changed.

import type { Node } from 'oxc-parser'
import { bare, isFunction, methodOf, type Subject, type TaskFunction } from '../knowledge/subject.ts'
import type { Finding, Fix } from './finding.ts'

const MUTATORS = /^(push|pop|shift|unshift|splice|sort|reverse|set|add|delete|clear|fill|copyWithin)$/
/** What a fold hands over is its own: it may be changed. */
const ACCUMULATES = /^(fold|foldby|reduce|accumulate|aggregate)$/

export function argumentMutationFindings(subject: Subject): Finding[] {
  return subject.tasks
    .filter(({ method }) => !ACCUMULATES.test(method))
    .flatMap((task) => findingsOf(subject, task))
}

function findingsOf(subject: Subject, task: TaskFunction): Finding[] {
  const { node } = task.unit
  if (!isFunction(node as Node) || !('params' in node)) return []
  const parameters = new Set<string>()
  for (const parameter of node.params) if (parameter.type === 'Identifier') parameters.add(parameter.name)
  if (parameters.size === 0) return []
  const told = new Set<string>()
  const found: Finding[] = []
  const tell = (root: Node, at: Node, how: string): void => {
    if (root.type !== 'Identifier' || !parameters.has(root.name) || told.has(root.name)) return
    const binding = subject.binding(root)
    if (binding?.kind !== 'parameter' || binding.declarations.length === 0) return
    // A parameter of a function further inside has the same name.
    if (subject.functionAround(root) !== (node as Node) && declaresInside(subject, root, node as Node)) return
    if (binding.writes.length > 0) return
    told.add(root.name)
    found.push({
      code: 'mutates-argument',
      severity: 'warning',
      start: at.start,
      end: at.end,
      message: `${how} changes '${root.name}', which other tasks may hold too. Change a copy: structuredClone(${root.name}).`,
      ...fixOf(subject, node as Node, root.name),
    })
  }
  for (const assignment of subject.inside(node, 'AssignmentExpression')) {
    const target = bare(assignment.left as Node)
    if (target.type === 'MemberExpression') tell(rootOf(target), target, 'This assignment')
  }
  for (const update of subject.inside(node, 'UpdateExpression')) {
    const target = bare(update.argument as Node)
    if (target.type === 'MemberExpression') tell(rootOf(target), target, `${update.operator}`)
  }
  for (const unary of subject.inside(node, 'UnaryExpression'))
    if (unary.operator === 'delete') {
      const target = bare(unary.argument as Node)
      if (target.type === 'MemberExpression') tell(rootOf(target), target, 'delete')
    }
  for (const call of subject.inside(node, 'CallExpression')) {
    const method = methodOf(call)
    if (method === undefined || call.callee.type !== 'MemberExpression') continue
    const object = bare(call.callee.object as Node)
    if (MUTATORS.test(method)) tell(object, call.callee as Node, `${method}()`)
  }
  return found
}

/** The variable that a chain of members begins with: `a` of `a.b[1].c`. */
function rootOf(node: Node): Node {
  let at = bare(node)
  while (at.type === 'MemberExpression') at = bare(at.object as Node)
  return at
}

function declaresInside(subject: Subject, name: Node, outer: Node): boolean {
  if (name.type !== 'Identifier') return false
  for (const at of subject.around(name)) {
    if (at === outer) return false
    if (isFunction(at) && 'params' in at)
      for (const parameter of at.params as Node[])
        if (parameter.type === 'Identifier' && parameter.name === name.name) return true
  }
  return false
}

function fixOf(subject: Subject, node: Node, name: string): { fix?: Fix } {
  if (!('body' in node) || !node.body) return {}
  const body = node.body as Node
  if (body.type !== 'BlockStatement') return {}
  const [first] = body.body
  if (!first) return {}
  const lineStart = subject.text.lastIndexOf('\n', first.start - 1) + 1
  const indent = /^\s*/.exec(subject.text.slice(lineStart, first.start))![0]
  const breaks = lineStart > body.start
  return {
    fix: {
      title: `Work on a copy of '${name}'`,
      edits: [
        {
          start: first.start,
          end: first.start,
          text: `${name} = structuredClone(${name})${breaks ? `\n${indent}` : '; '}`,
        },
      ],
    },
  }
}
