// What a module adds to its functions and classes after their declaration: `F.prototype.m = …`, `C.count = 0`,
// `Object.assign(f, …)`. At the top level it belongs to the declaration, and goes where that goes; elsewhere it is noted.

import type { Expression, Node, Program } from 'oxc-parser'
import { memberPath, type Purity, stripTypes } from './purity.ts'
import type { Binding, Scope } from './scope.ts'
import type { Walk } from './walk.ts'

const CHANGES =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf|freeze|seal)|(util\.)?inherits)$/

/** Adds such statements of the top level to the declarations of what they change, or marks what has to be taken as it is. */
export function declareLateParts({ body }: Program, { scope, changes }: Walk, purity: Purity): void {
  const declared = new Set<Node>()
  for (const statement of body as Node[]) {
    if (statement.type !== 'ExpressionStatement') continue
    const node = stripTypes(statement.expression as Node)
    const change = isOperation(node) ? undefined : changeOf(node)
    const binding = change && scope.bindings.get(change.name)
    if (!change || !binding || binding.kind === 'import') continue
    declared.add(node)
    if (belongs(binding, change, purity)) binding.declarations.push(statement)
    else binding.changed = true
  }
  for (const { node, binding } of changes) if (!declared.has(node)) binding.changed = true
}

/** Notes a change of a function or class that is made where it is declared, or of a prototype anywhere. */
export function noteChange(walk: Walk, node: Node, scope: Scope): void {
  const change = changeOf(node)
  if (change) note(walk, node, change, scope)
}

/** The same of a statement that gives a class to a call: `mixin(C)`. What the call does is its own affair. */
export function noteMixin(walk: Walk, statement: Node, scope: Scope): void {
  let call = statement.type === 'ExpressionStatement' ? stripTypes(statement.expression as Node) : statement
  if (call.type === 'AwaitExpression') call = stripTypes(call.argument as Node)
  if (call.type !== 'CallExpression' || memberPath(call.callee as Node).startsWith('console.')) return
  for (const argument of call.arguments) {
    const change = named(argument as Node, [])
    if (change) note(walk, call, change, scope, true)
  }
}

function note(walk: Walk, node: Node, change: Change, scope: Scope, classesAlone = false): void {
  const binding = scope.lookup(change.name)
  if (!binding || !(isClass(binding) || (isFunction(binding) && !(classesAlone && !change.ofPrototype))))
    return
  if (walk.runsLater(binding) && (classesAlone || !change.ofPrototype)) {
    binding.touched = true
    return
  }
  walk.changes.push({ node, binding })
}

function isClass({ kind, declarations: [first] }: Binding): boolean {
  return kind === 'class' || declaredAs(first)?.type === 'ClassExpression'
}

function isFunction({ kind, declarations: [first] }: Binding): boolean {
  return kind === 'function' || /Function/.test(declaredAs(first)?.type ?? '')
}

const declaredAs = (declaration: Node): Node | undefined =>
  declaration.type === 'VariableDeclarator' && declaration.init
    ? stripTypes(declaration.init as Node)
    : undefined

/** `C.count += 1` depends on what was there. */
const isOperation = (node: Node): boolean =>
  node.type === 'UpdateExpression' || (node.type === 'AssignmentExpression' && node.operator !== '=')

interface Change {
  /** The variable whose value is changed. */
  name: string
  ofPrototype: boolean
  values: Node[]
}

function changeOf(node: Node): Change | undefined {
  if (node.type === 'AssignmentExpression') {
    const left = stripTypes(node.left as Node)
    return left.type === 'MemberExpression' ? named(left, [node.right as Node]) : undefined
  }
  if (node.type === 'UpdateExpression') {
    const argument = stripTypes(node.argument as Node)
    return argument.type === 'MemberExpression' ? named(argument, []) : undefined
  }
  if (node.type !== 'CallExpression' || !CHANGES.test(memberPath(node.callee as Node))) return undefined
  const [target, ...values] = node.arguments
  return target && named(target as Node, values as Node[])
}

function named(target: Node, values: Node[]): Change | undefined {
  let at = stripTypes(target)
  let ofPrototype = false
  while (at.type === 'MemberExpression') {
    if (!at.computed && at.property.type === 'Identifier' && at.property.name === 'prototype')
      ofPrototype = true
    at = stripTypes(at.object as Node)
  }
  return at.type === 'Identifier' ? { name: at.name, ofPrototype, values } : undefined
}

/** A class is made again on a worker whatever its static fields are; the properties of a function travel where they can. */
function belongs(binding: Binding, { ofPrototype, values }: Change, purity: Purity): boolean {
  if (ofPrototype || isClass(binding)) return true
  return values.every((one) => purity.isPure(one as Expression) || isPlain(one, purity))
}

function isPlain(node: Node, purity: Purity): boolean {
  return (
    node.type === 'ObjectExpression' &&
    node.properties.every(
      (one) => one.type === 'Property' && !one.computed && purity.isPure(one.value as Expression),
    )
  )
}
