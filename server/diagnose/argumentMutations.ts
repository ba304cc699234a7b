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
  for (const parameter of node.params) addNames(parameter as Node, parameters)
  if (parameters.size === 0) return []
  const told = new Set<string>()
  const found: Finding[] = []
  const tell = (given: Node, at: Node, how: string): void => {
    const root = partOf(subject, given, node as Node)
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
    const [first] = call.arguments
    if (subject.slice(call.callee) === 'Object.assign' && first)
      tell(rootOf(first as Node), call.callee as Node, 'Object.assign()')
  }
  return found
}

/** The names of a parameter that are parts of what was given: what `...rest` gathers is new. */
function addNames(parameter: Node, names: Set<string>): void {
  switch (parameter.type) {
    case 'Identifier':
      names.add(parameter.name)
      return
    case 'AssignmentPattern':
      addNames(parameter.left as Node, names)
      return
    case 'ArrayPattern':
      for (const element of parameter.elements) if (element) addNames(element as Node, names)
      return
    case 'ObjectPattern':
      for (const property of parameter.properties)
        if (property.type === 'Property') addNames(property.value as Node, names)
  }
}

/** The parameter that a constant of the function is a part of: `row` for `list` of `const list = row.values`. */
function partOf(subject: Subject, root: Node, fn: Node): Node {
  let at = root
  for (let steps = 0; steps < 10 && at.type === 'Identifier'; steps++) {
    const binding = subject.binding(at)
    const [declaration] = binding?.declarations ?? []
    if (!binding?.simple || binding.writes.length > 0 || declaration?.type !== 'VariableDeclarator') return at
    if (!declaration.init || declaration.start < fn.start || declaration.end > fn.end) return at
    const init = bare(declaration.init as Node)
    if (init.type !== 'MemberExpression' && init.type !== 'Identifier') return at
    at = rootOf(init)
  }
  return at
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
