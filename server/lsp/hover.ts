// What a hover says: what a collection is and comes from, and what a task's function takes along.

import type { Node } from 'oxc-parser'
import { describeCollection, describeTask, originOf } from '../knowledge/describe.ts'
import type { Source } from '../knowledge/sources.ts'
import { methodOf, type Subject } from '../knowledge/subject.ts'
import type { FileFacts } from '../metadata/fileFacts.ts'

export interface HoverText {
  start: number
  end: number
  markdown: string
}

/**
 * @param factsOf what is known of a source's files
 * @param threads that a worker has, for estimates
 */
export async function hoverAt(
  subject: Subject,
  offset: number,
  factsOf: (source: Source) => Promise<FileFacts | undefined>,
  threads = 1,
): Promise<HoverText | undefined> {
  const name = subject.all('Identifier').find((each) => each.start <= offset && offset <= each.end)
  if (!name) return undefined
  const blocks: string[][] = []
  const expression = meantBy(subject, name)
  const origin = originOf(subject, expression)
  if (origin)
    blocks.push(describeCollection(origin, origin.source && (await factsOf(origin.source)), threads))
  const task = taskOf(subject, name)
  if (task) blocks.push(describeTask(subject, task))
  if (blocks.length === 0) return undefined
  const markdown = blocks.map((lines) => lines.join('  \n')).join('\n\n---\n\n')
  return { start: name.start, end: name.end, markdown }
}

/** A name at the end of a chain means all of it: `map` of `numbers.map(f)`. A declared name means what it is made of. */
function meantBy(subject: Subject, name: Node): Node {
  const parent = subject.parent(name)
  if (parent?.type === 'MemberExpression' && parent.property === name) {
    const call = subject.parent(parent)
    return call?.type === 'CallExpression' && call.callee === parent ? call : parent
  }
  if (parent?.type === 'VariableDeclarator' && parent.id === name && parent.init) return parent.init as Node
  return name
}

function taskOf(subject: Subject, name: Node): Subject['tasks'][number] | undefined {
  const binding = subject.binding(name)
  return subject.tasks.find(({ unit, call }) => {
    const { node } = unit
    if ('id' in node && node.id && (node.id as Node).start === name.start) return true
    if (binding && unit.selfBinding === binding) return true
    const parent = subject.parent(node as Node)
    if (parent?.type === 'VariableDeclarator') {
      if (parent.id === name) return true
      return binding?.declarations[0] === parent
    }
    if (binding && (binding.declarations[0] as Node | undefined) === (node as Node)) return true
    // On the method of a call whose argument is a function written there.
    return (
      methodOf(call) !== undefined &&
      call.callee.type === 'MemberExpression' &&
      call.callee.property.start === name.start &&
      parent === (call as Node)
    )
  })
}
