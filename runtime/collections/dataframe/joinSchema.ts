// The columns that a join gives, and its keys, both sides of the same type.

import { commonType, typeText } from '../../kernels/table/dataType.ts'
import { type ExprNode, expressionText, nameOf } from '../../kernels/table/expression.ts'
import { ExpressionTypeError } from '../../kernels/table/expressionTypeError.ts'
import { namesOf, requireDistinct, type Schema } from '../../kernels/table/schema.ts'
import type { JoinHow } from '../../kernels/table/steps.ts'
import { resolvedFor, withExprs } from './build.ts'
import type { Plan } from './plan.ts'

const areColumns = (a: ExprNode, b: ExprNode): boolean => a.kind === 'column' && b.kind === 'column'

/**
 * Tables whose key columns are of the same types: in an outer join one column has the keys of both.
 * @throws {ExpressionTypeError} when keys cannot be compared
 */
export function withKeysAlike(
  left: Plan,
  right: Plan,
  leftOn: readonly ExprNode[],
  rightOn: readonly ExprNode[],
): [left: Plan, right: Plan] {
  const { leftOn: lefts, rightOn: rights } = joinSchema(
    left.schema,
    right.schema,
    leftOn,
    rightOn,
    'semi',
    '',
  )
  const made = (keys: readonly ExprNode[]): ExprNode[] =>
    keys.filter((key, i) => areColumns(leftOn[i], rightOn[i]) && key.kind !== 'column')
  const withMade = (plan: Plan, keys: readonly ExprNode[]): Plan => {
    const own = made(keys)
    return own.length === 0 ? plan : withExprs(plan, 'join', own)
  }
  return [withMade(left, lefts), withMade(right, rights)]
}

/** What may be done about names that clash although a suffix stands behind those of the right table. */
export const otherSuffix = (suffix: string): string =>
  `choose another suffix than ${JSON.stringify(suffix)}, or rename one of them before`

/**
 * @throws {DuplicateColumnError} when names clash although the suffix stands behind those of the right table
 * @throws {MissingColumnError} when a key is not there
 * @throws {ExpressionTypeError} when keys cannot be compared
 */
export function joinSchema(
  left: Schema,
  right: Schema,
  leftOn: readonly ExprNode[],
  rightOn: readonly ExprNode[],
  how: JoinHow,
  suffix: string,
): { leftOn: ExprNode[]; rightOn: ExprNode[]; schema: Schema } {
  const lefts = resolvedFor('join, left table', leftOn, left)
  const rights = resolvedFor('join, right table', rightOn, right)
  const keys = lefts.map((key, i) => {
    const type = commonType(key.type, rights[i].type)
    if (!type)
      throw new ExpressionTypeError(
        `join: ${expressionText(leftOn[i])} is ${typeText(key.type)} and ${expressionText(rightOn[i])} is ${typeText(rights[i].type)}: cast one of them`,
      )
    const as = (node: ExprNode, own: typeof type): ExprNode =>
      typeText(own) === typeText(type)
        ? node
        : {
            kind: 'alias',
            args: [{ kind: 'cast', args: [node], to: type, strict: true }],
            name: nameOf(node),
          }
    return [as(leftOn[i], key.type), as(rightOn[i], rights[i].type)] as const
  })
  const all = { leftOn: keys.map(([key]) => key), rightOn: keys.map(([, key]) => key) }
  if (how === 'semi' || how === 'anti') return { ...all, schema: left }
  // Where both keys are columns, the left one stands for both.
  const merged = new Set(rightOn.filter((key, i) => areColumns(key, leftOn[i])).map(nameOf))
  const own = new Set(namesOf(left))
  const added = right
    .filter(({ name }) => !merged.has(name))
    .map((field) => (own.has(field.name) ? { ...field, name: `${field.name}${suffix}` } : field))
  const schema = [...left, ...added]
  requireDistinct(namesOf(schema), 'join', otherSuffix(suffix))
  return { ...all, schema }
}
