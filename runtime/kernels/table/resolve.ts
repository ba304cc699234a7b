// Gives every part of an expression its type, and writes down each conversion: engines then convert nothing by themselves.

import { kernel } from '../kernel.ts'
import {
  commonType,
  type DataType,
  fullType,
  integerRange,
  isDatetime,
  isDuration,
  isFloat,
  isInteger,
  isList,
  isNumeric,
  isStruct,
  isText,
  sameType,
  TICKS,
  typeText,
} from './dataType.ts'
import { argsOf, type ExprNode, expressionText, type Literal, some } from './expression.ts'
import { ruleOf, WANTS, type Wants } from './functionCatalogue.ts'
import { fieldOf, MissingColumnError, type Schema } from './schema.ts'

/** An expression asks for what the types of its columns do not allow. */
export class ExpressionTypeError extends TypeError {
  override name = 'ExpressionTypeError'
}
kernel('error.ExpressionTypeError', ExpressionTypeError)

export type Resolved = ExprNode & { readonly type: DataType }

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

/** Arguments as their function wants them. */
function prepared(node: Extract<ExprNode, { kind: 'call' }>, args: Resolved[], wants: Wants): Resolved[] {
  if (wants === 'any') return args
  if (wants !== 'common') {
    const [words, test] = WANTS[wants]
    // Beside the first, texts and lists take patterns and values of their own.
    const checked = /^(text|struct)$|list$/i.test(wants) ? args.slice(0, 1) : args
    for (const arg of checked) {
      const spans =
        (node.fn === 'mean' || node.fn === 'median' || node.fn === 'quantile') && isDuration(arg.type)
      if (arg.type !== 'null' && !test(arg.type) && !spans)
        throw new ExpressionTypeError(
          `${expressionText(node)}: ${node.fn} takes ${words}, but ${described(arg)}. ${wayOut(arg.type, wants)}`,
        )
    }
  }
  switch (wants) {
    case 'common':
    case 'arithmetic':
      if (node.fn === 'clip' || node.fn === 'fillNull') return toFirst(args, node)
      return alike(args, node)
    case 'float':
      return args.map((arg) => (isDuration(arg.type) ? arg : cast(arg, 'float64')))
    case 'boolean':
      return args.map((arg) => cast(arg, 'boolean'))
    case 'text':
      return args.map((arg) => (isText(arg.type) || arg.type === 'null' ? cast(arg, 'string') : arg))
    case 'list': {
      const first = args[0]
      const item = isList(first.type) ? first.type.list : 'null'
      const fits = node.fn === 'list.contains'
      return [first, ...args.slice(1).map((arg) => (fits ? cast(arg, item) : arg))]
    }
    default:
      return args
  }
}

function wayOut(type: DataType, wants: Wants): string {
  if (wants === 'textList' && isList(type)) return "Make texts of its items with .cast({ list: 'string' })."
  if (wants === 'text') return "Make texts of it with .cast('string')."
  if (type === 'boolean') return "Make numbers of it with .cast('int64')."
  if (isText(type) && (wants === 'calendar' || wants === 'instant' || wants === 'clock'))
    return 'Read texts as dates with .str.toDate(format) or .str.toDatetime(format).'
  if (isText(type)) return "Read numbers from it with .cast('float64')."
  return 'Cast it with .cast(type).'
}

const described = (node: Resolved): string => `${expressionText(node)} is ${typeText(node.type)}`

function requireField(node: Extract<ExprNode, { kind: 'call' }>, input: Resolved): void {
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

/** Later arguments as the first one is. */
function toFirst(args: Resolved[], node: ExprNode): Resolved[] {
  const both = alike(args, node)
  const first = args[0]
  // A column stays what it is where the others fit into it.
  if (isNumeric(first.type) && args.slice(1).every((arg) => fits(arg, first.type)))
    return [first, ...args.slice(1).map((arg) => cast(arg, first.type))]
  return both
}

const fits = (node: Resolved, type: DataType): boolean =>
  node.kind === 'literal' && typeof node.value === 'number' && isNumeric(type)
    ? isFloat(type) || literalFits(node.value, type)
    : sameType(node.type, type)

/** All of the one type that can hold them. */
function alike(args: readonly Resolved[], node: ExprNode): Resolved[] {
  const firm = args.filter((arg) => !isLoose(arg))
  let type = firm.reduce<DataType | undefined>(
    (common, arg) => (common === undefined ? arg.type : join(common, arg.type, node)),
    undefined,
  )
  for (const arg of args) if (isLoose(arg)) type = looseJoin(type, arg, node)
  return args.map((arg) => cast(arg, type as DataType))
}

function join(a: DataType, b: DataType, node: ExprNode): DataType {
  const common = commonType(a, b)
  if (!common)
    throw new ExpressionTypeError(
      `${expressionText(node)}: ${typeText(a)} and ${typeText(b)} do not go together. Cast one of them with .cast(type).`,
    )
  return common
}

/** Numbers and texts that stand in the program take the type of what they meet, where they fit. */
const isLoose = (node: Resolved): boolean =>
  node.kind === 'literal' &&
  (typeof node.value === 'number' ||
    typeof node.value === 'string' ||
    typeof node.value === 'bigint' ||
    node.value instanceof Date)

function looseJoin(type: DataType | undefined, node: Resolved, whole: ExprNode): DataType {
  const { value } = node as Extract<ExprNode, { kind: 'literal' }>
  if (type === undefined || type === 'null') return node.type
  if ((typeof value === 'number' || typeof value === 'bigint') && isNumeric(type)) {
    if (isFloat(type)) return type
    if (typeof value === 'bigint' || Number.isInteger(value))
      return isInteger(type) && literalFits(value, type)
        ? type
        : join(type, typeof value === 'bigint' ? node.type : 'int64', whole)
    return 'float64'
  }
  if (typeof value === 'string' && (type === 'date' || isDatetime(type))) {
    if (Number.isNaN(Date.parse(value)))
      throw new ExpressionTypeError(
        `${expressionText(whole)}: ${JSON.stringify(value)} is no date; write it as "1994-01-31" or "1994-01-31T12:00:00"`,
      )
    return type === 'date' && value.length > 10 ? { datetime: 'us' } : type
  }
  if (value instanceof Date && (type === 'date' || isDatetime(type)))
    return type === 'date' && value.getTime() % 86_400_000 !== 0 ? { datetime: 'ms' } : type
  if (typeof value === 'string' && type === 'category') return 'string'
  return join(type, node.type, whole)
}

function literalFits(value: number | bigint, type: DataType): boolean {
  if (!isInteger(type) || (typeof value === 'number' && !Number.isInteger(value))) return false
  const [low, high] = integerRange(type)
  return BigInt(value) >= low && BigInt(value) <= high
}

/** The type of a literal that nothing gave another: what JavaScript has, so every number is a float64. */
export function literalType(value: Literal): DataType {
  switch (typeof value) {
    case 'number':
      return 'float64'
    case 'bigint':
      return value > 2n ** 63n - 1n ? 'uint64' : 'int64'
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
  }
  if (value === null) return 'null'
  if (value instanceof Date) return { datetime: 'ms' }
  const types = (value as readonly Literal[]).map(literalType)
  return { list: types.reduce<DataType>((common, type) => commonType(common, type) ?? 'string', 'null') }
}

/** The expression as another type; a literal becomes one of that type. */
function cast(node: Resolved, type: DataType): Resolved {
  if (sameType(node.type, type)) return node
  if (node.kind === 'literal') {
    const value = literalAs(node.value, type)
    if (value !== undefined) return { kind: 'literal', value, type }
  }
  return { kind: 'cast', args: [node], to: type, strict: true, type }
}

function literalAs(value: Literal, type: DataType): Literal | undefined {
  if (value === null) return null
  if (isFloat(type) && (typeof value === 'number' || typeof value === 'bigint')) return Number(value)
  if (isInteger(type) && (typeof value === 'number' || typeof value === 'bigint') && literalFits(value, type))
    return type === 'int64' || type === 'uint64' ? BigInt(value) : Number(value)
  if (typeof value === 'string' && (type === 'date' || isDatetime(type))) return wallDate(value)
  if (value instanceof Date && (type === 'date' || isDatetime(type))) return value
  if (typeof value === 'string' && type === 'string') return value
  return undefined
}

/** A date without a zone means that wall clock, here kept as if it were UTC. */
function wallDate(text: string): Date {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text)
  return new Date(zoned || text.length <= 10 ? text : `${text}Z`)
}

function requireCastable(input: Resolved, to: DataType): void {
  const from = input.type
  if (from === 'null' || sameType(from, to)) return
  const nested = (type: DataType): boolean => isList(type) || isStruct(type)
  if (nested(from) !== nested(to) && !(isList(to) && !isStruct(from)))
    throw new ExpressionTypeError(
      `${expressionText(input)} is ${typeText(from)} and cannot be cast to ${typeText(to)}. Take a part of it first, e.g. .list.get(0) or .field(name).`,
    )
  if (isText(from) && to === 'boolean')
    throw new ExpressionTypeError(
      `${expressionText(input)} is ${typeText(from)} and cannot be cast to boolean: say which texts are true, e.g. with .eq('true') or .isIn([...]).`,
    )
  if (from === 'category' && isNumeric(to))
    throw new ExpressionTypeError(
      `${expressionText(input)} is category: its codes differ between partitions. Cast it to 'string' first if its texts are numbers.`,
    )
}

/** Ticks since 1970 of a moment, in the unit of a type. */
export const ticksOf = (at: Date, type: { readonly datetime: 'ms' | 'us' | 'ns' }): bigint =>
  BigInt(at.getTime()) * BigInt(TICKS[type.datetime] / 1000)
