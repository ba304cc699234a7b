// Gives every part of an expression its type, and writes down each conversion: engines then convert nothing by themselves.

import { alike, cast, described, literalType, type Resolved } from './alike.ts'
import { castRefusal } from './castable.ts'
import { type DataType, fullType, isDatetime, isDuration, isStruct, TICKS, typeText } from './dataType.ts'
import { argsOf, type ExprNode, expressionText, type Literal, some } from './expression.ts'
import { ExpressionTypeError } from './expressionTypeError.ts'
import { ruleOf } from './functionCatalogue.ts'
import { prepared } from './preparedArguments.ts'
import { fieldOf, MissingColumnError, type Schema } from './schema.ts'

/**
 * The same expression with types.
 * @throws {MissingColumnError} when it reads a column that is not in `schema`
 * @throws {ExpressionTypeError} when a function gets what it cannot take
 */
export function resolve(node: ExprNode, schema: Schema): Resolved {
  switch (node.kind) {
    case 'column':
      return { ...node, type: fieldOf(schema, node.name).type }
    case 'literal':
      return { ...node, type: node.type ?? literalType(node.value) }
    case 'alias': {
      const input = resolve(node.args[0], schema)
      return { ...node, args: [input], type: input.type }
    }
    case 'cast': {
      const to = fullType(node.to)
      const input = resolve(node.args[0], schema)
      requireCastable(input, to)
      return { ...node, to, args: [input], type: to }
    }
    case 'over': {
      const args = node.args.map((arg) => resolve(arg, schema))
      return { ...node, args, type: args[0].type }
    }
    case 'struct': {
      const args = node.args.map((arg) => resolve(arg, schema))
      const names = args.map((arg, i) => structName(node.args[i], arg, i))
      return {
        ...node,
        args,
        type: { struct: Object.fromEntries(names.map((name, i) => [name, args[i].type])) },
      }
    }
    case 'when':
      return when(node, schema)
    case 'call':
      return call(node, schema)
  }
}

const structName = (node: ExprNode, _resolved: Resolved, i: number): string =>
  node.kind === 'alias' || node.kind === 'column' ? node.name : `field_${i}`

function when(node: Extract<ExprNode, { kind: 'when' }>, schema: Schema): Resolved {
  const args = node.args.map((arg) => resolve(arg, schema))
  const isCondition = (i: number): boolean => i % 2 === 0 && i < args.length - 1
  args.forEach((arg, i) => {
    if (isCondition(i) && arg.type !== 'boolean' && arg.type !== 'null')
      throw new ExpressionTypeError(
        `when(…) takes a condition that is true or false, but ${described(arg)}: compare it, e.g. with .gt(0)`,
      )
  })
  const values = alike(
    args.filter((_, i) => !isCondition(i)),
    node,
  )
  let next = 0
  const all = args.map((arg, i) => (isCondition(i) ? cast(arg, 'boolean') : values[next++]))
  return { ...node, args: all, type: values[0].type }
}

function call(node: Extract<ExprNode, { kind: 'call' }>, schema: Schema): Resolved {
  const { wants, gives } = ruleOf(node.fn)
  const args = node.args.map((arg) => resolve(arg, schema))
  const options = node.options ?? {}
  if (node.fn === 'isIn') return isIn(node, args)
  requireRows(node)
  if (node.fn === 'field') requireField(node, args[0])
  const temporal = node.fn === 'add' || node.fn === 'sub' ? timeArithmetic(node, args) : undefined
  if (temporal) return temporal
  const ready = prepared(node, args, wants)
  const types = ready.map((arg) => arg.type)
  return { ...node, args: ready, type: typeof gives === 'function' ? gives(types, options) : gives }
}

/** An aggregate of what is one value for all rows would count it once, or once a row: nobody can tell. */
function requireRows(node: Extract<ExprNode, { kind: 'call' }>): void {
  const isAggregate = (part: ExprNode): boolean =>
    part.kind === 'call' && ruleOf(part.fn).kind === 'aggregate'
  const isOne = (part: ExprNode): boolean =>
    isAggregate(part) || (part.kind !== 'column' && part.kind !== 'over' && argsOf(part).every(isOne))
  const [input] = node.args
  if (input && isAggregate(node) && isOne(input) && some(input, isAggregate))
    throw new ExpressionTypeError(
      `${expressionText(node)}: ${expressionText(input)} is one value for all rows, of which there is no ${node.fn}. Take ${node.fn} of the rows, or of values with .over(…).`,
    )
}

function requireField(node: Extract<ExprNode, { kind: 'call' }>, input: Resolved): void {
  if (input.type === 'null')
    throw new ExpressionTypeError(
      `${expressionText(node)}: ${expressionText(input)} has no value in any row, and so no fields. Say its type in schema.`,
    )
  if (!isStruct(input.type)) return
  const name = String(node.options?.name)
  if (!(name in input.type.struct))
    throw new MissingColumnError(name, Object.keys(input.type.struct), `field of ${expressionText(input)}`)
}

/** A list of values, each as the first argument is. */
function isIn(node: Extract<ExprNode, { kind: 'call' }>, [input, list]: Resolved[]): Resolved {
  const values = (list as Extract<ExprNode, { kind: 'literal' }>).value as readonly Literal[]
  const first = input
  const items = values.map((value): Resolved => ({ kind: 'literal', value, type: literalType(value) }))
  const fitted = items.length === 0 ? [first] : alike([first, ...items], node)
  const type = fitted[0].type
  return {
    ...node,
    args: [
      fitted[0],
      {
        kind: 'literal',
        value: fitted.slice(1).map((item) => (item as { value: Literal }).value),
        type: { list: type },
      },
    ],
    type: 'boolean',
  }
}

/** Sums and differences of dates, datetimes and durations. */
function timeArithmetic(node: Extract<ExprNode, { kind: 'call' }>, args: Resolved[]): Resolved | undefined {
  const [a, b] = args
  const temporal = (type: DataType): boolean => type === 'date' || isDatetime(type)
  if (temporal(a.type) && temporal(b.type) && node.fn === 'sub') {
    const [left, right] = alike(
      args.map((arg) => (arg.type === 'date' ? cast(arg, { datetime: 'us' }) : arg)),
      node,
    )
    const unit = isDatetime(left.type) ? left.type.datetime : 'us'
    return { ...node, args: [left, right], type: { duration: unit } }
  }
  if (temporal(a.type) && isDuration(b.type)) {
    const left = a.type === 'date' ? cast(a, { datetime: 'us' }) : a
    const unit = isDatetime(left.type) ? left.type.datetime : 'us'
    return { ...node, args: [left, cast(b, { duration: unit })], type: left.type }
  }
  if (isDuration(a.type) && temporal(b.type) && node.fn === 'add')
    return timeArithmetic({ ...node, args: [node.args[1], node.args[0]] }, [b, a])
  return undefined
}

function requireCastable(input: Resolved, to: DataType): void {
  const refusal = castRefusal(input.type, to)
  if (refusal)
    throw new ExpressionTypeError(`${described(input)} and cannot be cast to ${typeText(to)}: ${refusal}.`)
}

/** Ticks since 1970 of a moment, in the unit of a type. */
export const ticksOf = (at: Date, type: { readonly datetime: 'ms' | 'us' | 'ns' }): bigint =>
  BigInt(at.getTime()) * BigInt(TICKS[type.datetime] / 1000)
