// The texts and paths that expressions are, as far as they are written out: templates, sums, `path.join(import.meta.dirname, …)`.

import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CallExpression, Node } from 'oxc-parser'
import { follow, type Place } from './follow.ts'
import { bare, methodOf, type Subject } from './subject.ts'

/** Texts that are made of texts, one of the other. */
const DEPTH_MAX = 20

/** The texts that an expression is; none where one of its parts is not written out. */
export function textsOf(place: Place, depth = 0): string[] {
  const { subject, node } = place
  if (depth > DEPTH_MAX) return []
  const inside = (part: Node): string[] => textsOf({ ...place, node: bare(part) }, depth + 1)
  /** What is one text alone. */
  const one = (part: Node): string | undefined => {
    const [only, ...others] = inside(part)
    return others.length === 0 ? only : undefined
  }
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : []
    case 'ArrayExpression':
      return node.elements.flatMap((element) => (element ? inside(element as Node) : []))
    case 'TemplateLiteral': {
      let text = node.quasis[0].value.cooked ?? ''
      for (const [i, part] of node.expressions.entries()) {
        const only = one(part as Node)
        if (only === undefined) return []
        text += only + (node.quasis[i + 1].value.cooked ?? '')
      }
      return [text]
    }
    case 'BinaryExpression': {
      const [left, right] = [one(node.left as Node), one(node.right as Node)]
      return node.operator === '+' && left !== undefined && right !== undefined ? [left + right] : []
    }
    case 'NewExpression':
      return subject.slice(node.callee) === 'URL' ? urlOf(subject, node, one) : []
    case 'CallExpression': {
      const joined = joinOf(place, node)
      if (joined === undefined) break
      const parts = node.arguments.map((each) =>
        each.type === 'SpreadElement' ? undefined : one(each as Node),
      )
      return parts.every((each) => each !== undefined) && parts.length > 0 ? [joined(...parts)] : []
    }
    case 'Identifier':
      if (node.name === '__dirname' && !subject.binding(node)) return [dirname(subject.file)]
      if (node.name === '__filename' && !subject.binding(node)) return [subject.file]
      break
    case 'MemberExpression': {
      const text = subject.slice(node)
      if (text === 'import.meta.dirname') return [dirname(subject.file)]
      if (text === 'import.meta.filename') return [subject.file]
      // `new URL('…', import.meta.url).pathname`
      if (/\.(pathname|href)$/.test(text) && bare(node.object as Node).type === 'NewExpression')
        return inside(node.object as Node)
      break
    }
    default:
      return []
  }
  const made = follow(place)
  return made ? textsOf(made, depth + 1) : []
}

/** `new URL('data.csv', import.meta.url)` is a file beside this one. */
function urlOf(
  subject: Subject,
  node: Extract<Node, { type: 'NewExpression' }>,
  one: (part: Node) => string | undefined,
): string[] {
  const [given, base] = node.arguments as Node[]
  const text = given && one(given)
  if (text === undefined) return []
  if (!base) return text.startsWith('file:') ? [fileURLToPath(text)] : [text]
  return subject.slice(base) === 'import.meta.url' && !/^[a-z]+:/i.test(text)
    ? [resolve(dirname(subject.file), decodeURIComponent(text))]
    : []
}

/** What a call makes of paths: `join` and `resolve` of Node's `path`, `fileURLToPath` and what gives a text as it is. */
function joinOf({ subject }: Place, call: CallExpression): ((...parts: string[]) => string) | undefined {
  const callee = bare(call.callee as Node)
  const method = methodOf(call)
  const named = callee.type === 'MemberExpression' ? bare(callee.object as Node) : callee
  if (named.type !== 'Identifier') return undefined
  const binding = subject.binding(named)
  const from = binding?.kind === 'import' ? binding.record?.source : undefined
  const name = method ?? binding?.imported
  if (/^(node:)?path(\/posix)?$/.test(from ?? '')) {
    if (name === 'join') return join
    // What is relative is so to the folder of the run, as paths are that are not resolved.
    if (name === 'resolve') return resolved
    if (name === 'dirname') return (part) => dirname(part)
  }
  if (/^(node:)?url$/.test(from ?? '') && name === 'fileURLToPath') return (part) => part
  return named.name === 'String' && !binding && !method ? (part) => part : undefined
}

/** From the last of them that is absolute on. */
const resolved = (...parts: string[]): string =>
  join(
    ...parts.slice(
      Math.max(
        0,
        parts.findLastIndex((each) => each.startsWith('/')),
      ),
    ),
  )
