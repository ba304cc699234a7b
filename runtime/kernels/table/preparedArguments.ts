// Arguments as functions of expressions want them: checked, and of one type where they must be.

import { alike, cast, described, type Resolved, toFirst } from './alike.ts'
import { type DataType, isDuration, isList, isNumeric, isStruct, isText, typeText } from './dataType.ts'
import { type ExprNode, expressionText } from './expression.ts'
import { ExpressionTypeError } from './expressionTypeError.ts'
import { type FunctionName, ruleOf, WANTS, type Wants } from './functionCatalogue.ts'
import { wayOut } from './wayOut.ts'

type Call = Extract<ExprNode, { kind: 'call' }>

/** Arguments as their function wants them. */
export function prepared(node: Call, given: readonly Resolved[], wants: Wants): Resolved[] {
  const args = wants === 'any' ? [...given] : withTypes(node, given, wants)
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
      return node.fn === 'clip' || node.fn === 'fillNull' ? toFirst(args, node) : compared(node, args)
    case 'arithmetic':
      return summed(node, args)
    case 'float':
      return args.map((arg) => (isDuration(arg.type) ? arg : cast(arg, 'float64')))
    case 'boolean':
      return args.map((arg) => cast(arg, 'boolean'))
    case 'text':
      return args.map((arg) => (isText(arg.type) || arg.type === 'null' ? cast(arg, 'string') : arg))
    case 'list': {
      return node.fn === 'list.contains' ? withItem(node, args[0], args[1]) : args
    }
    default:
      return args
  }
}

/** What has no type, as one that the function takes: every row of it is absent. */
const ABSENT: Partial<Record<Wants, DataType>> = {
  arithmetic: 'float64',
  number: 'float64',
  instant: { datetime: 'us' },
  calendar: { datetime: 'us' },
  clock: { datetime: 'us' },
  duration: { duration: 'us' },
  span: 'float64',
  list: { list: 'string' },
  numberList: { list: 'float64' },
  textList: { list: 'string' },
}

/** The first argument with a type, if only that of absent values. */
function withTypes(node: Call, args: readonly Resolved[], wants: Wants): Resolved[] {
  const isWindow = ruleOf(node.fn).kind === 'window'
  const type = wants === 'ordered' && isWindow ? 'float64' : ABSENT[wants]
  return args.map((arg, i) => (i === 0 && arg.type === 'null' && type ? cast(arg, type) : arg))
}

const COMPARISONS: readonly FunctionName[] = ['lt', 'lte', 'gt', 'gte']

/** Values of one type; what is to be larger or smaller has an order. */
function compared(node: Call, args: readonly Resolved[]): Resolved[] {
  const same = alike(args, node)
  const [{ type }] = same
  if (COMPARISONS.includes(node.fn) && (isList(type) || isStruct(type)))
    throw new ExpressionTypeError(
      `${expressionText(node)}: ${typeText(type)} has no order. ${wayOut(type, 'ordered')}`,
    )
  return same
}

/** Arguments of one type that can be added, subtracted, and so on. */
function summed(node: Call, args: readonly Resolved[]): Resolved[] {
  const same = alike(args, node)
  const [{ type }] = same
  if (isText(type) && node.fn === 'add') return same.map((arg) => cast(arg, 'string'))
  const fits = isNumeric(type) || (isDuration(type) && (node.fn === 'add' || node.fn === 'sub'))
  if (!fits && type !== 'null')
    throw new ExpressionTypeError(
      `${expressionText(node)}: ${node.fn} takes ${node.fn === 'add' ? 'numbers, durations or texts' : node.fn === 'sub' ? 'numbers, durations and moments' : 'numbers'}, but ${same.length > 1 ? 'these are' : 'this is'} ${typeText(type)}. ${wayOut(type, 'number')}`,
    )
  return same
}

/** A list and a value that it may hold, as one type. */
function withItem(node: ExprNode, list: Resolved, value: Resolved): Resolved[] {
  if (!isList(list.type) || list.type.list === 'null') return [list, cast(value, 'null')]
  const [{ type }] = alike([{ kind: 'column', name: 'item', type: list.type.list }, value], node)
  return [cast(list, { list: type }), cast(value, type)]
}
