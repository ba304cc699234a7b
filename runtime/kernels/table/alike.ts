// Brings expressions to one type: what that is, and how literals take it.

import {
  commonType,
  type DataType,
  integerRange,
  isDatetime,
  isFloat,
  isInteger,
  isList,
  isNumeric,
  sameType,
  typeText,
} from './dataType.ts'
import { type ExprNode, expressionText, type Literal } from './expression.ts'
import { ExpressionTypeError } from './expressionTypeError.ts'

export type Resolved = ExprNode & { readonly type: DataType }

export const described = (node: Resolved): string => `${expressionText(node)} is ${typeText(node.type)}`

/** Later arguments as the first one is. */
export function toFirst(args: Resolved[], node: ExprNode): Resolved[] {
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
export function alike(args: readonly Resolved[], node: ExprNode): Resolved[] {
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
export function cast(node: Resolved, type: DataType): Resolved {
  if (sameType(node.type, type)) return node
  if (node.kind === 'literal') {
    const value = literalAs(node.value, type)
    if (value !== undefined) return { kind: 'literal', value, type }
  }
  return { kind: 'cast', args: [node], to: type, strict: true, type }
}

function literalAs(value: Literal, type: DataType): Literal | undefined {
  if (value === null) return null
  if (isList(type) && Array.isArray(value)) {
    const items = value.map((item) => literalAs(item as Literal, type.list))
    return items.includes(undefined) ? undefined : (items as Literal[])
  }
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
