// What a module's declarations hold that code may change afterwards without assigning a variable: static fields, weak collections.

import type { Class, Node } from 'oxc-parser'
import { memberPath, stripTypes } from './purity.ts'
import type { Binding } from './scope.ts'

/** The static fields of a class whose values, or what these hold, may become others. */
export interface StaticFields {
  /** Private ones, e.g. `#cache`. */
  privates: string[]
  /** Numbers that are counted up or down: each process has its own count. */
  counted: string[]
}

/** What is looked at when a declaration is sent that each worker makes for itself. */
export type KeptState = 'weak' | 'namespace'

/** Nothing where the class has no static fields, or none but constants. */
export function staticFieldsOf(
  node: Class,
  source: string,
  binding: Binding | undefined,
): StaticFields | undefined {
  const fields: StaticFields = { privates: [], counted: [] }
  let mayChange = binding?.touched === true
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') mayChange = true
    if (member.type !== 'PropertyDefinition' || !member.static || member.declare) continue
    // Other modules may assign what is exported.
    mayChange ||= binding?.exportedAs !== undefined
    const { key } = member
    const isPrivate = key.type === 'PrivateIdentifier'
    if (isPrivate) fields.privates.push(`#${key.name}`)
    const name = isPrivate
      ? `#${key.name}`
      : key.type === 'Identifier' && !member.computed
        ? key.name
        : undefined
    if (name !== undefined && isCounted(name, source)) fields.counted.push(name)
    mayChange ||= !isConstant(member.value) || name === undefined || isAssigned(name, source)
  }
  return mayChange ? fields : undefined
}

/** Whether a function is given properties by statements behind it, or by functions that run later: `f.cache = {}`, `f.calls++`. */
export function holdsProperties({ touched, changed, declarations, writes }: Binding): boolean {
  if (writes.length > 0) return false
  return (
    touched === true || changed === true || declarations.some(({ type }) => type === 'ExpressionStatement')
  )
}

/** The state that a closed declaration holds apart from static fields. */
export function keptStateOf({ kind, declarations }: Binding): KeptState | undefined {
  const [first] = declarations
  if (kind === 'const' && first.type === 'VariableDeclarator' && first.init) {
    const made = stripTypes(first.init as Node)
    const isWeak = made.type === 'NewExpression' && /^Weak(Map|Set)$/.test(memberPath(made.callee))
    return isWeak ? 'weak' : undefined
  }
  return declarations.some(givesVariables) ? 'namespace' : undefined
}

/** A namespace that exports variables is an object at run time. */
function givesVariables(node: Node): boolean {
  if (node.type !== 'TSModuleDeclaration' || node.body?.type !== 'TSModuleBlock') return false
  return node.body.body.some(
    (one) => one.type === 'ExportNamedDeclaration' && one.declaration?.type === 'VariableDeclaration',
  )
}

function isConstant(value: Node | null): boolean {
  if (!value) return true
  const node = stripTypes(value)
  if (node.type === 'TemplateLiteral') return node.expressions.length === 0
  if (node.type === 'UnaryExpression') return isConstant(node.argument)
  return /^(Literal|ArrowFunctionExpression|FunctionExpression)$/.test(node.type)
}

const isAssigned = (name: string, source: string): boolean =>
  source.includes(`.${name}`) &&
  new RegExp(
    `\\.${escaped(name)}\\s*(=(?![=>])|\\*\\*=|\\?\\?=|\\|\\|=|&&=|<<=|>>>?=|[-+*/%&|^]=)`,
    'u',
  ).test(source)

const isCounted = (name: string, source: string): boolean =>
  source.includes(`.${name}`) &&
  new RegExp(
    `\\.${escaped(name)}\\s*(\\+\\+|--|[-+]=)|(\\+\\+|--)[\\w$.]+\\.${escaped(name)}(?![\\w$])`,
    'u',
  ).test(source)

const escaped = (name: string): string => name.replaceAll('$', '\\$')
