// On which lines a collection is made, and on which it becomes part of others: runs tell what each line cost.

import type { Node } from 'oxc-parser'
import { originOf } from './origin.ts'
import { bare, type Subject } from './subject.ts'

/** A line of a file, from 1. */
export interface SourceLine {
  file: string
  line: number
}

export interface CollectionLines {
  /** Where its steps are called, from the beginning on. */
  made: SourceLine[]
  /** Where methods are called on it and on what comes of it, through variables of its file: steps that follow run within the same tasks. */
  used: SourceLine[]
}

export function linesOf(subject: Subject, expression: Node): CollectionLines {
  const steps = originOf(subject, expression)?.steps ?? []
  const made = new Lines()
  for (const { file, line } of steps) made.add(file, line)
  const used = new Lines()
  if (steps.length > 0) climb(subject, expression, used, new Set())
  return { made: made.list, used: used.list }
}

class Lines {
  readonly list: SourceLine[] = []

  add(file: string, line: number): void {
    if (!this.list.some((each) => each.file === file && each.line === line)) this.list.push({ file, line })
  }
}

/** Goes from an expression to what is called on it, and from what becomes a variable to where that is named. */
function climb(subject: Subject, node: Node, used: Lines, seen: Set<Node>): void {
  if (seen.has(node)) return
  seen.add(node)
  const parent = subject.parent(node)
  if (!parent) return
  if (parent.type === 'MemberExpression' && parent.object === node) {
    const call = subject.parent(parent)
    if (call?.type !== 'CallExpression' || call.callee !== parent) return
    used.add(subject.file, subject.lineOf(parent.property.start))
    climb(subject, call, used, seen)
  } else if (parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier') {
    for (const name of namesOf(subject, parent, parent.id.name)) climb(subject, name, used, seen)
  } else if (bare(parent) === bare(node)) climb(subject, parent, used, seen)
}

/** Where a variable is named after it was declared. */
const namesOf = (subject: Subject, declarator: Node, name: string): Node[] =>
  subject.called(name).filter((each) => subject.binding(each)?.declarations[0] === declarator)
