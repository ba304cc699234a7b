// Which expressions flat columns know, told by their types alone: before any work is done.

import { type DataType, isDatetime, isDuration, isFloat, isInteger, isWide, sameType } from '../dataType.ts'
import type { ExprNode } from '../expression.ts'
import { ruleOf } from '../functionCatalogue.ts'

const isNumber = (type: DataType | undefined): boolean =>
  type !== undefined && (isInteger(type) || isFloat(type))
/** What has a number a row, whatever that means. */
const isPlain = (type: DataType | undefined): boolean =>
  isNumber(type) ||
  type === 'boolean' ||
  type === 'date' ||
  type === 'time' ||
  (type !== undefined && (isDatetime(type) || isDuration(type)))
const isFlatType = (type: DataType | undefined): boolean =>
  isPlain(type) || type === 'category' || type === 'string' || type === 'binary'

/** Whether an expression gives one cell a row. */
export const isFlatRow = (node: ExprNode): boolean => isFlat(node, false) && readsColumn(node)

/** Whether an expression gives one cell a group. */
export const isFlatAggregate = (node: ExprNode): boolean => isFlat(node, true) && hasAggregate(node)

/** A key of groups is a column. */
export const isFlatKey = (node: ExprNode): boolean =>
  node.kind === 'alias' ? isFlatKey(node.args[0]) : node.kind === 'column' && isFlatType(node.type)

const readsColumn = (node: ExprNode): boolean =>
  node.kind === 'column' || ('args' in node && node.args.some(readsColumn))
const hasAggregate = (node: ExprNode): boolean =>
  (node.kind === 'call' && ruleOf(node.fn).kind === 'aggregate') ||
  ('args' in node && node.args.some(hasAggregate))

function isFlat(node: ExprNode, groups: boolean): boolean {
  switch (node.kind) {
    case 'column':
      return isFlatType(node.type)
    case 'alias':
      return isFlat(node.args[0], groups)
    case 'literal':
      return (node.value === null || typeof node.value === 'number') && isNumber(node.type)
    case 'cast':
      return isFlatCast(node.args[0].type, node.to) && isFlat(node.args[0], groups)
    case 'when':
      return (
        node.args.length === 3 && node.type === 'float64' && node.args.every((arg) => isFlat(arg, groups))
      )
    case 'call':
      return isFlatCall(node, groups)
    default:
      return false
  }
}

function isFlatCast(from: DataType | undefined, to: DataType): boolean {
  if (from === undefined) return false
  if (sameType(from, to)) return true
  return (to === 'float64' && isNumber(from)) || (to === 'uint32' && (from === 'int64' || from === 'uint64'))
}

function isFlatCall(node: Extract<ExprNode, { kind: 'call' }>, groups: boolean): boolean {
  const [input] = node.args
  if (ruleOf(node.fn).kind === 'aggregate')
    return (
      groups && isFlatReduction(node) && node.args.every((arg) => isFlat(arg, groups) && readsColumn(arg))
    )
  if (isShift(node)) return isFlat(input, groups)
  const isArithmetic = /^(add|sub|mul|div|sqrt|fillNull)$/.test(node.fn) && node.type === 'float64'
  return (
    (isArithmetic || (node.fn === 'gt' && isNumber(input.type) && !isWide(input.type ?? 'null'))) &&
    node.args.every((arg) => isFlat(arg, groups))
  )
}

/** Whether it is a whole number of 32 bits and a literal more, or less. */
export const isShift = ({ fn, args, type }: Extract<ExprNode, { kind: 'call' }>): boolean =>
  (fn === 'add' || fn === 'sub') &&
  type === 'int32' &&
  args.length === 2 &&
  args[0].type === 'int32' &&
  args[1].kind === 'literal' &&
  typeof args[1].value === 'number'

function isFlatReduction({ fn, args: [input], type }: Extract<ExprNode, { kind: 'call' }>): boolean {
  switch (fn) {
    case 'len':
    case 'count':
    case 'nullCount':
    case 'first':
    case 'last':
      return true
    case 'sum':
    case 'var':
    case 'std':
      return isNumber(input.type)
    case 'mean':
      return isNumber(input.type) && type === 'float64'
    case 'min':
    case 'max':
      return isPlain(input.type)
    default:
      return false
  }
}
