// What of a text a type checker is asked about: names and expressions of which the text alone does not say what they are.

import type { Node } from 'oxc-parser'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import { bare, isFunction, methodOf, type Subject } from '../knowledge/subject.ts'

/** Of literals and operators nothing is to be asked. */
const MADE = /^(Call|New|Await|Member|Conditional|Logical)Expression$|^Identifier$/

/** Offsets of the declarations of names that matter and are not known: those with members that are asked for, and those that tasks take along. */
export function namesToAsk(subject: Subject): number[] {
  const offsets = new Set<number>()
  const ask = (binding: Binding | undefined): void => {
    const [declaration] = binding?.declarations ?? []
    if (!binding || !declaration || /^(class|enum|namespace|function)$/.test(binding.kind)) return
    const { kind } = subject.kinds.ofBinding(binding)
    if (kind !== undefined) return
    offsets.add(declaration.type === 'VariableDeclarator' ? declaration.id.start : declaration.start)
  }
  for (const { object } of subject.all('MemberExpression'))
    if (object.type === 'Identifier') ask(subject.binding(object as Node))
  for (const { unit } of subject.tasks) for (const { binding } of unit.captures.values()) ask(binding)
  for (const { id, init } of subject.all('VariableDeclarator'))
    if (id.type === 'Identifier' && init && !isKnown(subject, bare(init as Node))) offsets.add(id.start)
  return [...offsets].sort((a, b) => a - b)
}

/** Methods of which it matters what they are called on, whatever they are given. */
const MATTERS = /^(compute|persist|result|gather|toParquet|toCsv)$/
/** A variable is asked about as a name. */
const ASKED = /^(Call|Await|Member|Conditional|Logical)Expression$/

/** Stretches of the expressions that matter and are not known: what computes or is given functions, and what is used as a value. */
export function expressionsToAsk(subject: Subject): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = []
  const ask = (given: Node): void => {
    const node = bare(given)
    if (!ASKED.test(node.type) || subject.kinds.meaning(node).kind !== undefined) return
    // Of what the language's own objects have, such as `list.length`, nothing is to be asked.
    if (node.type === 'MemberExpression' && !node.computed && node.object.type === 'Identifier') {
      if (/^(length|size)$/.test(subject.slice(node.property))) return
    }
    spans.push({ start: node.start, end: node.end })
  }
  for (const call of subject.all('CallExpression')) {
    const method = methodOf(call)
    if (method === undefined || call.callee.type !== 'MemberExpression') continue
    const takesFunction = call.arguments.some(
      (each) => isFunction(bare(each as Node)) || each.type === 'Identifier',
    )
    if (MATTERS.test(method) || takesFunction) ask(call.callee.object as Node)
  }
  for (const spread of subject.all('SpreadElement')) ask(spread.argument as Node)
  for (const loop of subject.all('ForOfStatement')) ask(loop.right as Node)
  for (const template of subject.all('TemplateLiteral'))
    for (const part of template.expressions) ask(part as Node)
  for (const { left, right } of subject.all('BinaryExpression'))
    for (const side of [left, right]) if (mayGive(bare(side as Node))) ask(side as Node)
  return spans.sort((a, b) => a.start - b.start || a.end - b.end)
}

/** `f()` and `list[0]`: of the many fields in sums nobody has to be asked. */
const mayGive = (node: Node): boolean =>
  node.type === 'CallExpression' || (node.type === 'MemberExpression' && node.computed)

/** The text alone tells what a variable is made of: one of heddle's things, what one of their methods gives, or none of either. */
function isKnown(subject: Subject, init: Node): boolean {
  if (!MADE.test(init.type) || subject.kinds.meaning(init).kind !== undefined) return true
  const made = init.type === 'AwaitExpression' ? bare(init.argument as Node) : init
  return (
    made.type === 'CallExpression' &&
    made.callee.type === 'MemberExpression' &&
    subject.kinds.of(made.callee.object as Node) !== undefined
  )
}
