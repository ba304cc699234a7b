// How large a value evidently is: one of a written length, one that is read from a file, one that an array's computation gives.

import type { Node } from 'oxc-parser'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import { ELEMENT_BYTES } from './api.ts'
import { arrayOrigin, extentOf, itemBytes } from './arrayExtent.ts'
import { follow, type Place } from './follow.ts'
import { textsOf } from './paths.ts'
import { bare, methodOf, type Subject } from './subject.ts'

/** Bytes, or the file that has about as many. */
export type ValueSize = { bytes: number } | { paths: string[] }

/** Values that are made of values. */
const DEPTH_MAX = 20
const NUMBER_BYTES = 8
/** Methods that give as much as they are called on. */
const KEEPS =
  /^(fill|map|slice|sort|toSorted|reverse|toReversed|subarray|with|keys|values|entries|toString|trim|split|buffer)$/
const READS = /^(readFileSync|readFile)$/

/** Nothing where the text does not say. */
export function valueSize(place: Place, depth = 0): ValueSize | undefined {
  const { node } = place
  if (depth > DEPTH_MAX) return undefined
  const size = (part: Node): ValueSize | undefined => valueSize({ ...place, node: bare(part) }, depth + 1)
  switch (node.type) {
    case 'AwaitExpression':
      return computedSize(place, bare(node.argument as Node)) ?? size(node.argument as Node)
    case 'ArrayExpression': {
      const [first] = node.elements
      if (node.elements.length === 1 && first?.type === 'SpreadElement') return size(first.argument as Node)
      return { bytes: NUMBER_BYTES * node.elements.length }
    }
    case 'NewExpression':
      return sizeOfMade(place, node.callee as Node, node.arguments as Node[], size)
    case 'MemberExpression':
      return node.property.type === 'Identifier' && node.property.name === 'buffer'
        ? size(node.object as Node)
        : undefined
    case 'CallExpression': {
      const { callee } = node
      const [given] = node.arguments as Node[]
      const method = methodOf(node) ?? (callee.type === 'Identifier' ? callee.name : '')
      if (READS.test(method)) {
        const paths = given ? textsOf({ ...place, node: bare(given) }) : []
        return paths.length > 0 ? { paths } : undefined
      }
      if (method === 'Array') return sizeOfMade(place, callee as Node, node.arguments as Node[], size)
      if (/^(alloc|allocUnsafe)$/.test(method)) return { bytes: numberOf(place, given) }
      if (method === 'from' || method === 'structuredClone' || method === 'parse')
        return given ? (lengthSize(place, given) ?? size(given)) : undefined
      if (callee.type === 'MemberExpression') {
        if (method === 'repeat') return { bytes: numberOf(place, given) }
        if (KEEPS.test(method)) return size(callee.object as Node)
      }
    }
  }
  const made = follow(place)
  return made && valueSize(made, depth + 1)
}

/** `new Float64Array(1e6)`, `Array(1e6)`, `new Float64Array(list)`. */
function sizeOfMade(
  place: Place,
  callee: Node,
  [given]: readonly Node[],
  size: (part: Node) => ValueSize | undefined,
): ValueSize | undefined {
  const name = callee.type === 'Identifier' && !place.subject.binding(callee) ? callee.name : ''
  if (/^(Map|Set)$/.test(name)) return given && size(given)
  const each = ELEMENT_BYTES[name]
  if (each === undefined || !given) return undefined
  const length = numberOf(place, given)
  return length > 0 ? { bytes: each * length } : size(given)
}

/** `{ length: 1e6 }` */
function lengthSize(place: Place, given: Node): ValueSize | undefined {
  if (given.type !== 'ObjectExpression') return undefined
  const [length] = given.properties
  return length?.type === 'Property'
    ? { bytes: NUMBER_BYTES * numberOf(place, length.value as Node) }
    : undefined
}

/** What the computation of an array gives, where its shape is written out. */
function computedSize({ subject, frame }: Place, call: Node): ValueSize | undefined {
  if (call.type !== 'CallExpression' || methodOf(call) !== 'compute') return undefined
  if (call.callee.type !== 'MemberExpression') return undefined
  const node = bare(call.callee.object as Node)
  const origin =
    subject.kinds.meaning(node, frame).kind === 'array' ? arrayOrigin({ subject, node, frame }) : undefined
  const extent = origin && extentOf(origin, undefined)
  const each = extent && itemBytes(extent.dtype)
  return each === undefined
    ? undefined
    : { bytes: extent?.shape.reduce((bytes, length) => bytes * length, each) ?? 0 }
}

/** A number that is written out, or a constant, a parameter or a product of such; 0 for anything else. */
function numberOf(place: Place, given: Node | undefined, depth = 0): number {
  const node = given && bare(given)
  if (!node || depth > DEPTH_MAX) return 0
  if (node.type === 'Identifier') {
    const made = follow({ ...place, node })
    return made ? numberOf(made, made.node, depth + 1) : 0
  }
  if (node.type === 'Literal' && typeof node.value === 'number') return node.value
  if (node.type === 'BinaryExpression') {
    const [a, b] = [node.left, node.right].map((side) => numberOf(place, side as Node, depth + 1))
    if (node.operator === '*') return a * b
    if (node.operator === '**') return a ** b
    if (node.operator === '+') return a + b
    if (node.operator === '<<') return a * 2 ** b
  }
  return 0
}

/** Elements that the loops around its `push` give a list: `for (let i = 0; i < 1e6; i++) list.push(i)`. */
export function pushedBytes(subject: Subject, binding: Binding): number {
  let most = 0
  for (const use of subject.called(binding.name)) {
    const member = subject.parent(use)
    const call = member && subject.parent(member)
    if (subject.binding(use) !== binding || call?.type !== 'CallExpression' || methodOf(call) !== 'push')
      continue
    let turns = 1
    for (const at of subject.around(call)) {
      // Loops around its declaration make a new one in each turn.
      if (binding.declarations.some((each) => at.start <= each.start && each.end <= at.end)) break
      if (at.type === 'ForStatement') turns *= turnsOf(subject, at)
      else if (/Function|^(While|DoWhile|ForOf|ForIn|If)/.test(at.type)) turns = 0
    }
    most = Math.max(most, turns * NUMBER_BYTES)
  }
  return most
}

/** Of `for (let i = 0; i < 100; i++)`. */
function turnsOf(subject: Subject, { test, init, update }: Extract<Node, { type: 'ForStatement' }>): number {
  const isCounted =
    test?.type === 'BinaryExpression' &&
    /^<=?$/.test(test.operator) &&
    init?.type === 'VariableDeclaration' &&
    update?.type === 'UpdateExpression'
  return isCounted ? numberOf({ subject, node: test }, test.right as Node) : 0
}
