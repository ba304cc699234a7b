// Reads expressions that say more than what they name: objects with methods, long sums, calls, assignments.

import type {
  BinaryExpression,
  CallExpression,
  Function as FunctionNode,
  LogicalExpression,
  NewExpression,
  Node,
  ObjectExpression,
  PrivateInExpression,
} from 'oxc-parser'
import { noteChange } from './lateParts.ts'
import { readFunction, readParametersAndBody } from './readFunction.ts'
import { Scope } from './scope.ts'
import type { SourceUnit } from './sourceUnit.ts'
import type { Walk } from './walk.ts'

export function readObject(walk: Walk, node: ObjectExpression, scope: Scope): void {
  const methods: SourceUnit[] = []
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      walk.visit(property.argument, scope)
      continue
    }
    if (property.computed) walk.visit(property.key as Node, scope)
    const { key } = property
    const name = property.computed
      ? undefined
      : key.type === 'Identifier'
        ? key.name
        : key.type === 'Literal'
          ? String(key.value)
          : undefined
    if (property.method) {
      const unit = readFunction(walk, property.value as FunctionNode, scope, 'method', { name })
      if (!unit) continue
      unit.start = property.start
      unit.end = property.end
      if (property.computed) unit.computedKey = key as Node
      methods.push(unit)
    } else if (property.kind !== 'init') {
      walk.frames.push({ unit: undefined, arrow: false, defers: true })
      readParametersAndBody(walk, property.value as FunctionNode, new Scope(scope))
      walk.frames.pop()
    } else walk.visit(property.value, scope, { name: name === '__proto__' ? undefined : name })
  }
  if (methods.length > 0) walk.objectsWithMethods.push({ node, methods })
}

/** Long sums lean to the left: they are read in a loop, since their depth is their length. */
export function readOperands(
  walk: Walk,
  node: BinaryExpression | PrivateInExpression | LogicalExpression,
  scope: Scope,
): void {
  const right: Node[] = []
  let at: Node = node as Node
  while (at.type === 'BinaryExpression' || at.type === 'LogicalExpression') {
    right.push(at.right)
    at = at.left as Node
  }
  if (at.type === 'PrivateIdentifier') walk.usesPrivateName(at.name)
  else walk.visit(at, scope)
  for (const operand of right.reverse()) walk.visit(operand, scope)
}

export function readCall(walk: Walk, node: CallExpression | NewExpression, scope: Scope): void {
  const { callee } = node
  noteChange(walk, node, scope)
  noteCallOfName(walk, node)
  const calledAtOnce = callee.type === 'FunctionExpression' || callee.type === 'ArrowFunctionExpression'
  walk.visit(callee, scope, { calledAtOnce })
  for (const argument of node.arguments)
    walk.visit(argument.type === 'SpreadElement' ? argument.argument : argument, scope)
  if (callee.type !== 'Identifier' || scope.lookup(callee.name)) return
  if (node.type === 'NewExpression') {
    const specifier = callee.name === 'URL' ? fileUrlOf(node) : undefined
    if (specifier !== undefined) walk.fileUrls.push({ node, specifier })
    return
  }
  if (callee.name === 'eval') for (const frame of walk.frames) if (frame.unit) frame.unit.usesEval = true
  const [first] = node.arguments
  if (callee.name === 'require' && first?.type === 'Literal' && typeof first.value === 'string')
    walk.requireCalls.push({ node, argument: first, specifier: first.value })
}

/** Calls as `client.submit(f, 1)` say at run time where they stand. */
function noteCallOfName(walk: Walk, node: CallExpression | NewExpression): void {
  const { callee } = node
  if (node.type !== 'CallExpression' || node.arguments.length === 0 || callee.type !== 'MemberExpression')
    return
  const { property, computed } = callee
  if (!computed && property.type === 'Identifier' && PLACED_METHODS.has(property.name))
    walk.placedCalls.push({ at: property.start, node })
}

/**
 * Methods whose calls are so many that a walk of the stack for each would be felt. `map` is none of them: a call makes many
 * tasks, and arrays have one that tasks call all the time.
 */
const PLACED_METHODS: ReadonlySet<string> = new Set(['submit'])

/** The path in `new URL('./x', import.meta.url)`. */
function fileUrlOf({ arguments: [path, base] }: NewExpression): string | undefined {
  if (path?.type !== 'Literal' || typeof path.value !== 'string' || !/^\.{1,2}\//.test(path.value))
    return undefined
  const isOwnUrl =
    base?.type === 'MemberExpression' &&
    base.object.type === 'MetaProperty' &&
    base.property.type === 'Identifier' &&
    base.property.name === 'url'
  return isOwnUrl ? path.value : undefined
}
