// Which names of a text a type checker is asked about: variables of which the text alone does not say what they are.

import type { Node } from 'oxc-parser'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import { bare, type Subject } from '../knowledge/subject.ts'

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
