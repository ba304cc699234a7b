// From an expression to where its value is made: through variables, parameters, calls of the user's functions, and files.

import type { CallExpression, Node } from 'oxc-parser'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import type { FunctionLike } from '../../runtime/functions/analysis/sourceUnit.ts'
import { fieldOf } from './fields.ts'
import type { Meaning } from './kinds.ts'
import { exportOf, importedFrom } from './modules.ts'
import { bare, isFunction, type Subject } from './subject.ts'

/** A call that is being looked into: its arguments say what the parameters are. */
export interface Frame {
  fn: FunctionLike
  call: CallExpression
  /** Where the call stands. */
  caller: { subject: Subject; frame?: Frame }
  depth: number
  /** What expressions inside are, under these arguments. */
  meanings: Map<Node, Meaning>
}

/** An expression of a text, as one call of the function around it sees it. */
export interface Place {
  subject: Subject
  node: Node
  frame?: Frame
}

/** Functions that call each other deeper than this are not what makes a collection. */
const DEPTH_MAX = 8

/** What a name stands for, one step further; nothing where that is not to be seen. */
export function follow({ subject, node: given, frame }: Place): Place | undefined {
  const node = bare(given)
  if (node.type === 'AwaitExpression') return { subject, node: bare(node.argument as Node), frame }
  if (node.type === 'Identifier') {
    const binding = subject.binding(node)
    return binding && ofBinding(subject, binding, frame)
  }
  if (node.type === 'MemberExpression') return ofMember({ subject, node, frame })
  if (node.type === 'CallExpression') {
    const [only, ...others] = resultsOf({ subject, node, frame })?.results ?? []
    return others.length === 0 ? only : undefined
  }
  return undefined
}

/** What a variable is made of. */
export function ofBinding(subject: Subject, binding: Binding, frame?: Frame): Place | undefined {
  if (binding.kind === 'import') {
    const { record, imported } = binding
    const found = record && importedFrom(subject, record.source, imported ?? '')
    return found?.kind === 'node' ? { subject: found.subject, node: bare(found.node) } : undefined
  }
  if (binding.kind === 'parameter') return ofParameter(subject, binding, frame)
  if (binding.writes.length > 0 || !binding.simple) return undefined
  const [declaration] = binding.declarations
  if (declaration?.type === 'VariableDeclarator')
    return declaration.init ? { subject, node: bare(declaration.init as Node), frame } : undefined
  return declaration?.type === 'FunctionDeclaration' ? { subject, node: declaration, frame } : undefined
}

/** The argument that a parameter has in the call that is looked into, or its default. */
function ofParameter(subject: Subject, binding: Binding, frame: Frame | undefined): Place | undefined {
  if (binding.writes.length > 0) return undefined
  for (let at = frame; at; at = at.caller.frame) {
    const index = (at.fn.params as Node[]).findIndex((each) => parameterName(each) === binding.name)
    const parameter = at.fn.params[index] as Node | undefined
    // One of that name of another function around or inside it is another one.
    if (!parameter || !binding.declarations.some((each) => contains(at.fn, each))) continue
    const given = at.call.arguments[index]
    if (at.call.arguments.slice(0, index + 1).some((each) => each.type === 'SpreadElement')) return undefined
    if (given) return { subject: at.caller.subject, node: bare(given as Node), frame: at.caller.frame }
    return parameter.type === 'AssignmentPattern'
      ? { subject, node: bare(parameter.right as Node), frame: at }
      : undefined
  }
  return undefined
}

/** `data.flights` of a module, of a class, or of an object that is written out. */
function ofMember({ subject, node, frame }: Place): Place | undefined {
  if (node.type !== 'MemberExpression' || node.computed) return undefined
  const field = fieldOf({ subject, node, frame })
  if (field || node.property.type !== 'Identifier') return field
  const { name } = node.property
  const object = bare(node.object as Node)
  if (object.type === 'Identifier') {
    const binding = subject.binding(object)
    if (binding?.kind === 'import' && binding.record) {
      const found = importedFrom(subject, binding.record.source, binding.imported ?? '')
      if (found?.kind === 'module') {
        const one = exportOf(found.subject, name)
        return one?.kind === 'node' ? { subject: one.subject, node: bare(one.node) } : undefined
      }
    }
  }
  let at: Place | undefined = { subject, node: object, frame }
  for (let i = 0; at && at.node.type !== 'ObjectExpression' && i < DEPTH_MAX; i++)
    at = at.node.type === 'Identifier' ? follow(at) : undefined
  if (at?.node.type !== 'ObjectExpression') return undefined
  for (const property of at.node.properties) {
    if (property.type !== 'Property' || property.computed) return undefined
    if (property.key.type === 'Identifier' && property.key.name === name)
      return { ...at, node: bare(property.value as Node) }
  }
  return undefined
}

/** Where the values of a call of one of the user's functions are made, and whether the call gives a promise of them. */
export function resultsOf({
  subject,
  node,
  frame,
}: Place): { fn: FunctionLike; of: Subject; results: Place[] } | undefined {
  if (node.type !== 'CallExpression') return undefined
  let at: Place | undefined = { subject, node: bare(node.callee as Node), frame }
  for (let i = 0; at && !isFunction(at.node) && i < DEPTH_MAX; i++)
    at = at.node.type === 'Identifier' || at.node.type === 'MemberExpression' ? follow(at) : undefined
  if (!at || !isFunction(at.node)) return undefined
  const fn = at.node as FunctionLike
  if (fn.generator || !fn.body) return undefined
  const depth = (frame?.depth ?? 0) + 1
  if (depth > DEPTH_MAX) return undefined
  for (let outer = frame; outer; outer = outer.caller.frame) if (outer.fn === fn) return undefined
  const inside: Frame = { fn, call: node, caller: { subject, frame }, depth, meanings: new Map() }
  const of = at.subject
  const bodies =
    fn.body.type === 'BlockStatement'
      ? of
          .inside(fn, 'ReturnStatement')
          .filter((each) => of.functionAround(each) === (fn as Node))
          .map(({ argument }) => argument as Node | null)
      : [fn.body as Node]
  const results = bodies.flatMap((body): Place[] =>
    body ? [{ subject: of, node: bare(body), frame: inside }] : [],
  )
  return results.length < bodies.length ? undefined : { fn, of, results }
}

/** The name under which heddle exports what an identifier stands for, wherever it is passed on. */
export function heddleName(subject: Subject, identifier: Node): string | undefined {
  const binding = subject.binding(identifier)
  if (binding?.kind !== 'import' || !binding.record) return undefined
  const found = importedFrom(subject, binding.record.source, binding.imported ?? '')
  return found?.kind === 'heddle' ? found.name : undefined
}

function parameterName(parameter: Node): string | undefined {
  if (parameter.type === 'Identifier') return parameter.name
  if (parameter.type === 'AssignmentPattern' && parameter.left.type === 'Identifier')
    return parameter.left.name
  return undefined
}

const contains = (outer: { start: number; end: number }, inner: { start: number; end: number }): boolean =>
  outer.start <= inner.start && inner.end <= outer.end
