// What a hover says: what a collection is and comes from, and what a task's function takes along.

import type { Node } from 'oxc-parser'
import type { Outline, Recipe } from '../../runtime/protocol/recipe.ts'
import { describeCollection, describeTask } from '../knowledge/describe.ts'
import { type CollectionLines, linesOf } from '../knowledge/lines.ts'
import { originOf } from '../knowledge/origin.ts'
import { recipeOf } from '../knowledge/recipe.ts'
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
 * @param outlineOf what the package itself says of a collection that is made so
 */
export async function hoverAt(
  subject: Subject,
  offset: number,
  factsOf: (source: Source) => Promise<FileFacts | undefined>,
  threads = 1,
  outlineOf?: (recipe: Recipe) => Promise<Outline | undefined>,
): Promise<HoverText | undefined> {
  const name = nameAt(subject, offset)
  if (!name) return undefined
  const blocks: string[][] = []
  const node = meantBy(subject, name)
  const origin = originOf(subject, node)
  if (origin) {
    const recipe = outlineOf && recipeOf({ subject, node })
    const outline = recipe && (await outlineOf(recipe))
    const facts = origin.source && (await factsOf(origin.source))
    blocks.push(describeCollection(origin, facts, threads, outline))
  }
  const task = taskOf(subject, name)
  if (task) blocks.push(describeTask(subject, task))
  if (blocks.length === 0) return undefined
  const markdown = blocks.map((lines) => lines.join('  \n')).join('\n\n---\n\n')
  return { start: name.start, end: name.end, markdown }
}

/** Where the collection at an offset is made and used. */
export function linesAt(subject: Subject, offset: number): CollectionLines {
  const name = nameAt(subject, offset)
  return name ? linesOf(subject, meantBy(subject, name)) : { made: [], used: [] }
}

const nameAt = (subject: Subject, offset: number): Node | undefined =>
  subject.all('Identifier').find((each) => each.start <= offset && offset <= each.end)

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
