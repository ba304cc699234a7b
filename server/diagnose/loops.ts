// Whether a loop's turns need each other: then its computations cannot be gathered into one.

import type { Node } from 'oxc-parser'
import { forEachChild } from '../../runtime/functions/analysis/hoist.ts'
import { forEachName } from '../../runtime/functions/analysis/patterns.ts'
import { bare, isFunction, type Subject } from '../knowledge/subject.ts'

/** What a variable is made of, or changed by, in one place of a loop. */
interface Flow {
  names: string[]
  from: Node
}

const ADDS = /^(push|unshift|set|add|splice|fill)$/

/**
 * Whether what one turn computes goes into a later one, or decides whether there is one: a descent, a fixed point, a search.
 * @param awaiting the computation, somewhere in the loop
 */
export function feedsItself(subject: Subject, loop: Node, awaiting: Node): boolean {
  const flows = [...flowsOf(subject, loop)]
  const computed = new Set<string>()
  closeOver(flows, computed, ({ from }) => contains(from, awaiting) || mentions(from, computed))
  const isComputed = (node: Node): boolean => contains(node, awaiting) || mentions(node, computed)
  if (stopsOf(subject, loop).some(isComputed)) return true
  // What is made anew in each turn carries nothing on.
  for (const name of declaredIn(subject, loop)) computed.delete(name)
  if (computed.size === 0) return false
  const needed = new Set<string>()
  namesIn(awaiting, needed)
  for (let size = -1; size !== needed.size; ) {
    size = needed.size
    for (const { names, from } of flows) if (names.some((name) => needed.has(name))) namesIn(from, needed)
  }
  return [...computed].some((name) => needed.has(name))
}

/** The variables that are others in each turn of a loop. */
export function declaredIn(subject: Subject, loop: Node): Set<string> {
  const names = new Set<string>()
  for (const declarator of subject.inside(loop, 'VariableDeclarator'))
    forEachName(declarator.id, (name) => void names.add(name))
  return names
}

function closeOver(flows: readonly Flow[], names: Set<string>, takes: (flow: Flow) => boolean): void {
  for (let size = -1; size !== names.size; ) {
    size = names.size
    for (const flow of flows) if (takes(flow)) for (const name of flow.names) names.add(name)
  }
}

function* flowsOf(subject: Subject, loop: Node): Generator<Flow> {
  for (const { id, init } of subject.inside(loop, 'VariableDeclarator'))
    if (init) yield { names: namesOf(id as Node), from: init as Node }
  for (const { left, right } of subject.inside(loop, 'AssignmentExpression'))
    yield { names: namesOf(left as Node), from: right as Node }
  for (const call of subject.inside(loop, 'CallExpression')) {
    const { callee } = call
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') continue
    if (!ADDS.test(callee.property.name)) continue
    for (const argument of call.arguments) yield { names: namesOf(callee), from: argument as Node }
  }
}

/** The conditions that end the loop. */
function stopsOf(subject: Subject, loop: Node): Node[] {
  const stops: Node[] = []
  if ('test' in loop && loop.test) stops.push(loop.test as Node)
  for (const leave of subject.inside(loop, 'BreakStatement', 'ReturnStatement', 'ThrowStatement'))
    for (const at of subject.around(leave)) {
      if (at === loop || isFunction(at)) break
      if (at.type === 'IfStatement') stops.push(at.test as Node)
    }
  return stops
}

/** The variables that a pattern, or the object of a member, stands for. */
function namesOf(target: Node): string[] {
  let at = bare(target)
  while (at.type === 'MemberExpression') at = bare(at.object as Node)
  const names: string[] = []
  if (at.type === 'Identifier') names.push(at.name)
  else if (at.type === 'ArrayPattern' || at.type === 'ObjectPattern')
    forEachName(at, (name) => void names.push(name))
  return names
}

function namesIn(node: Node, names: Set<string>): void {
  if (node.type === 'Identifier') names.add(node.name)
  forEachChild(node, (child) => namesIn(child, names))
}

export function mentions(node: Node, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false
  const found = new Set<string>()
  namesIn(node, found)
  return [...names].some((name) => found.has(name))
}

const contains = (outer: Node, inner: Node): boolean => outer.start <= inner.start && inner.end <= outer.end
