// Expressions over the columns of a table, as plain data: they travel as they are and each engine reads them its own way.

import type { DataType } from './dataType.ts'
import { typeText } from './dataType.ts'
import type { FunctionName } from './functionCatalogue.ts'

/** A cell that stands in an expression. */
export type Literal = number | bigint | string | boolean | null | Date | readonly Literal[]

export type Options = Readonly<Record<string, string | number | boolean | undefined>>

/** `type` is what `resolve` found the values to be; the user's own expressions do not have it yet. */
export type ExprNode =
  | { readonly kind: 'column'; readonly name: string; readonly type?: DataType }
  | { readonly kind: 'literal'; readonly value: Literal; readonly type?: DataType }
  | {
      readonly kind: 'call'
      readonly fn: FunctionName
      readonly args: readonly ExprNode[]
      readonly options?: Options
      readonly type?: DataType
    }
  | {
      readonly kind: 'when'
      /** Conditions and their values, then what is given otherwise. */
      readonly args: readonly ExprNode[]
      readonly type?: DataType
    }
  | {
      readonly kind: 'cast'
      readonly args: readonly [ExprNode]
      readonly to: DataType
      /** A value that cannot be cast is an error, not null. */
      readonly strict: boolean
      readonly type?: DataType
    }
  | {
      readonly kind: 'alias'
      readonly args: readonly [ExprNode]
      readonly name: string
      readonly type?: DataType
    }
  /** The first argument is worked out within the rows that agree in all others. */
  | { readonly kind: 'over'; readonly args: readonly ExprNode[]; readonly type?: DataType }
  | { readonly kind: 'struct'; readonly args: readonly ExprNode[]; readonly type?: DataType }

export const argsOf = (node: ExprNode): readonly ExprNode[] => ('args' in node ? node.args : [])

/** The same node with other arguments. */
export function withArgs(node: ExprNode, args: readonly ExprNode[]): ExprNode {
  return 'args' in node ? ({ ...node, args } as ExprNode) : node
}

/** The columns that an expression reads, each once. */
export function columnsIn(node: ExprNode, found = new Set<string>()): Set<string> {
  if (node.kind === 'column') found.add(node.name)
  for (const arg of argsOf(node)) columnsIn(arg, found)
  return found
}

/** Whether something is true of any part of an expression. */
export const some = (node: ExprNode, test: (node: ExprNode) => boolean): boolean =>
  test(node) || argsOf(node).some((arg) => some(arg, test))

/** The expression with every part that `change` has an answer for replaced, from the top. */
export function replaced(node: ExprNode, change: (node: ExprNode) => ExprNode | undefined): ExprNode {
  const own = change(node)
  if (own) return own
  const args = argsOf(node)
  if (args.length === 0) return node
  const next = args.map((arg) => replaced(arg, change))
  return next.every((arg, i) => arg === args[i]) ? node : withArgs(node, next)
}

/** The column that an expression gives: its alias, or the first column that it reads. */
export function nameOf(node: ExprNode): string {
  switch (node.kind) {
    case 'alias':
    case 'column':
      return node.name
    case 'literal':
      return 'literal'
    case 'when':
      return nameOf(node.args[1])
    case 'struct':
      return node.args.length > 0 ? nameOf(node.args[0]) : 'struct'
    case 'call':
      if (node.fn === 'len') return 'len'
      if (node.fn === 'field') return String(node.options?.name)
      return node.args.length > 0 ? nameOf(node.args[0]) : node.fn
    default:
      return nameOf(node.args[0])
  }
}

const INFIX: Partial<Record<FunctionName, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  floorDiv: '//',
  pow: '**',
  eq: '==',
  neq: '!=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  and: 'and',
  or: 'or',
  xor: 'xor',
}

/**
 * An expression as people read it.
 * @example expressionText(col('delay').gt(60).node) // 'delay > 60'
 */
export function expressionText(node: ExprNode): string {
  switch (node.kind) {
    case 'column':
      return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(node.name) ? node.name : `\`${node.name}\``
    case 'literal':
      return literalText(node.value)
    case 'alias':
      return `${expressionText(node.args[0])} as ${node.name}`
    case 'cast':
      return `${operand(node.args[0])}.cast(${typeText(node.to)})`
    case 'over':
      return `${operand(node.args[0])}.over(${node.args.slice(1).map(expressionText).join(', ')})`
    case 'struct':
      return `struct(${node.args.map(expressionText).join(', ')})`
    case 'when': {
      const parts: string[] = []
      for (let i = 0; i + 1 < node.args.length; i += 2)
        parts.push(`when ${expressionText(node.args[i])} then ${expressionText(node.args[i + 1])}`)
      return `${parts.join(' ')} otherwise ${expressionText(node.args.at(-1) as ExprNode)}`
    }
    case 'call':
      return callText(node)
  }
}

function callText(node: Extract<ExprNode, { kind: 'call' }>): string {
  const { fn, args, options = {} } = node
  const infix = INFIX[fn]
  if (infix && args.length === 2) return `${operand(args[0])} ${infix} ${operand(args[1])}`
  if (fn === 'not') return `not ${operand(args[0])}`
  if (fn === 'neg') return `-${operand(args[0])}`
  const given = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  const inside = [
    ...args.slice(1).map(expressionText),
    ...(given.length > 0 ? [`{ ${given.join(', ')} }`] : []),
  ]
  return args.length === 0 ? `${fn}(${inside.join(', ')})` : `${operand(args[0])}.${fn}(${inside.join(', ')})`
}

function operand(node: ExprNode): string {
  const text = expressionText(node)
  const compound =
    node.kind === 'alias' ||
    node.kind === 'when' ||
    (node.kind === 'call' && (INFIX[node.fn] !== undefined || node.fn === 'not' || node.fn === 'neg'))
  return compound ? `(${text})` : text
}

const FEW = 6

function literalText(value: Literal): string {
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) {
    const shown = value.slice(0, FEW).map(literalText).join(', ')
    return `[${shown}${value.length > FEW ? `, … ${value.length - FEW} more` : ''}]`
  }
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}
