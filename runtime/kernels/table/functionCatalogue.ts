// Every function of expressions: what it takes, what it gives, and whether it looks at one row, a group or a window.

import {
  type DataType,
  isDatetime,
  isDuration,
  isFloat,
  isInteger,
  isList,
  isNumeric,
  isStruct,
} from './dataType.ts'
import type { Options } from './expression.ts'

/**
 * `element`: one row gives one row. `aggregate`: a group gives one row. `window`: a row depends on others, whose order
 * matters.
 */
export type FunctionKind = 'element' | 'aggregate' | 'window'

/** What arguments must be; `common` and `float` also make them all the same type. */
export type Wants =
  | 'common'
  | 'arithmetic'
  | 'number'
  | 'float'
  | 'text'
  | 'boolean'
  | 'instant'
  | 'calendar'
  | 'clock'
  | 'duration'
  | 'list'
  | 'numberList'
  | 'textList'
  | 'struct'
  | 'ordered'
  | 'span'
  | 'any'

export interface FunctionRule {
  readonly kind: FunctionKind
  readonly wants: Wants
  readonly gives: DataType | ((args: readonly DataType[], options: Options) => DataType)
}

const same = ([first]: readonly DataType[]): DataType => first
/** Sums are as wide as numbers get, so that they do not overflow where the cells just fit. */
const wide = ([first]: readonly DataType[]): DataType => {
  if (isDuration(first) || isFloat(first)) return isFloat(first) ? 'float64' : first
  return isInteger(first) && first.startsWith('uint') ? 'uint64' : 'int64'
}
const floatOrSpan = ([first]: readonly DataType[]): DataType =>
  isDuration(first) || isDatetime(first) ? first : 'float64'
const inner = ([first]: readonly DataType[]): DataType => (isList(first) ? first.list : 'null')
const listOf = ([first]: readonly DataType[]): DataType => ({ list: first })
const difference = ([first]: readonly DataType[]): DataType => {
  if (isDatetime(first)) return { duration: first.datetime }
  if (first === 'date') return { duration: 'us' }
  return isInteger(first) && first.startsWith('uint') ? 'int64' : first
}

const element = (wants: Wants, gives: FunctionRule['gives']): FunctionRule => ({
  kind: 'element',
  wants,
  gives,
})
const aggregate = (wants: Wants, gives: FunctionRule['gives']): FunctionRule => ({
  kind: 'aggregate',
  wants,
  gives,
})
const window = (wants: Wants, gives: FunctionRule['gives']): FunctionRule => ({
  kind: 'window',
  wants,
  gives,
})

export const CATALOGUE = {
  // Arithmetic
  add: element('arithmetic', same),
  sub: element('arithmetic', same),
  mul: element('arithmetic', same),
  div: element('float', 'float64'),
  floorDiv: element('arithmetic', same),
  mod: element('arithmetic', same),
  pow: element('float', 'float64'),
  neg: element('number', same),
  abs: element('number', same),
  sign: element('float', 'float64'),
  sqrt: element('float', 'float64'),
  exp: element('float', 'float64'),
  log: element('float', 'float64'),
  log1p: element('float', 'float64'),
  floor: element('number', same),
  ceil: element('number', same),
  round: element('number', same),
  clip: element('common', same),
  sin: element('float', 'float64'),
  cos: element('float', 'float64'),
  tan: element('float', 'float64'),
  asin: element('float', 'float64'),
  acos: element('float', 'float64'),
  atan: element('float', 'float64'),
  sinh: element('float', 'float64'),
  cosh: element('float', 'float64'),
  tanh: element('float', 'float64'),
  isNaN: element('number', 'boolean'),
  isFinite: element('number', 'boolean'),
  fillNaN: element('float', 'float64'),
  // Comparison
  eq: element('common', 'boolean'),
  neq: element('common', 'boolean'),
  lt: element('common', 'boolean'),
  lte: element('common', 'boolean'),
  gt: element('common', 'boolean'),
  gte: element('common', 'boolean'),
  isIn: element('any', 'boolean'),
  // Logic
  and: element('boolean', 'boolean'),
  or: element('boolean', 'boolean'),
  xor: element('boolean', 'boolean'),
  not: element('boolean', 'boolean'),
  // Absent values
  isNull: element('any', 'boolean'),
  isNotNull: element('any', 'boolean'),
  fillNull: element('common', same),
  // Texts
  'str.length': element('text', 'uint32'),
  'str.toUpperCase': element('text', 'string'),
  'str.toLowerCase': element('text', 'string'),
  'str.contains': element('text', 'boolean'),
  'str.startsWith': element('text', 'boolean'),
  'str.endsWith': element('text', 'boolean'),
  'str.replace': element('text', 'string'),
  'str.slice': element('text', 'string'),
  'str.trim': element('text', 'string'),
  'str.padStart': element('text', 'string'),
  'str.padEnd': element('text', 'string'),
  'str.split': element('text', { list: 'string' }),
  'str.extract': element('text', 'string'),
  'str.toDate': element('text', 'date'),
  'str.toDatetime': element('text', (_, { unit }) => ({ datetime: (unit ?? 'us') as 'us' })),
  // Dates and times
  'dt.year': element('calendar', 'int32'),
  'dt.month': element('calendar', 'int8'),
  'dt.day': element('calendar', 'int8'),
  'dt.weekday': element('calendar', 'int8'),
  'dt.week': element('calendar', 'int8'),
  'dt.ordinalDay': element('calendar', 'int16'),
  'dt.quarter': element('calendar', 'int8'),
  'dt.hour': element('clock', 'int8'),
  'dt.minute': element('clock', 'int8'),
  'dt.second': element('clock', 'int8'),
  'dt.millisecond': element('clock', 'int32'),
  'dt.date': element('calendar', 'date'),
  'dt.truncate': element('calendar', same),
  'dt.format': element('calendar', 'string'),
  'dt.epoch': element('instant', 'int64'),
  'dt.toZone': element('instant', ([first], { zone }) => ({
    datetime: isDatetime(first) ? first.datetime : 'us',
    ...(zone === undefined ? {} : { zone: String(zone) }),
  })),
  'dt.asZone': element('instant', ([first], { zone }) => ({
    datetime: isDatetime(first) ? first.datetime : 'us',
    ...(zone === undefined ? {} : { zone: String(zone) }),
  })),
  'dt.totalDays': element('duration', 'int64'),
  'dt.totalHours': element('duration', 'int64'),
  'dt.totalMinutes': element('duration', 'int64'),
  'dt.totalSeconds': element('duration', 'int64'),
  'dt.totalMilliseconds': element('duration', 'int64'),
  // Lists and structs
  'list.length': element('list', 'uint32'),
  'list.sum': element('numberList', (args) => wide([inner(args)])),
  'list.min': element('list', inner),
  'list.max': element('list', inner),
  'list.mean': element('numberList', 'float64'),
  'list.get': element('list', inner),
  'list.contains': element('list', 'boolean'),
  'list.join': element('textList', 'string'),
  'list.sort': element('list', same),
  'list.reverse': element('list', same),
  'list.unique': element('list', same),
  'list.slice': element('list', same),
  'list.quantile': element('numberList', 'float64'),
  field: element('struct', ([first], { name }) => (isStruct(first) ? first.struct[String(name)] : 'null')),
  // Aggregates
  len: aggregate('any', 'uint32'),
  count: aggregate('any', 'uint32'),
  nullCount: aggregate('any', 'uint32'),
  nUnique: aggregate('any', 'uint32'),
  sum: aggregate('number', wide),
  product: aggregate('float', 'float64'),
  mean: aggregate('float', floatOrSpan),
  median: aggregate('float', floatOrSpan),
  quantile: aggregate('float', floatOrSpan),
  std: aggregate('float', 'float64'),
  var: aggregate('float', 'float64'),
  min: aggregate('ordered', same),
  max: aggregate('ordered', same),
  first: aggregate('any', same),
  last: aggregate('any', same),
  any: aggregate('boolean', 'boolean'),
  all: aggregate('boolean', 'boolean'),
  implode: aggregate('any', listOf),
  // States of aggregates, which plans make and no program writes
  /** The different values, absent ones left out. */
  distinct: aggregate('any', listOf),
  /** What a count of different values knows of each: the beginning of its hash and the rank behind it. */
  hashCodes: aggregate('any', { list: 'uint32' }),
  /** The lists of a group one behind the other; with `distinct`, each value once. */
  gather: aggregate('list', same),
  /** The quantile of the values of all lists: of one row's it is that of `list.quantile`, for which polars starts anew each time. */
  quantileOfLists: aggregate('numberList', 'float64'),
  // Windows
  shift: window('any', same),
  diff: window('span', difference),
  cumSum: window('number', wide),
  cumMin: window('ordered', same),
  cumMax: window('ordered', same),
  cumCount: window('any', 'uint32'),
  cumProd: window('float', 'float64'),
  rank: window('ordered', (_, { method }) =>
    method === undefined || method === 'average' ? 'float64' : 'uint32',
  ),
  rollingSum: window('float', 'float64'),
  rollingMean: window('float', 'float64'),
  rollingMin: window('float', 'float64'),
  rollingMax: window('float', 'float64'),
  rollingStd: window('float', 'float64'),
  rollingVar: window('float', 'float64'),
  rollingMedian: window('float', 'float64'),
  forwardFill: window('any', same),
  backwardFill: window('any', same),
  reverse: window('any', same),
} satisfies Record<string, FunctionRule>

export type FunctionName = keyof typeof CATALOGUE

export const ruleOf = (fn: FunctionName): FunctionRule => CATALOGUE[fn]

/** In words, what a function's argument must be, and whether a type is that. */
export const WANTS: Readonly<
  Record<Exclude<Wants, 'common' | 'any'>, [text: string, test: (type: DataType) => boolean]>
> = {
  arithmetic: [
    'numbers, durations or texts',
    (type) =>
      isNumeric(type) ||
      isDuration(type) ||
      isDatetime(type) ||
      type === 'date' ||
      type === 'string' ||
      type === 'category',
  ],
  number: ['numbers', (type) => isNumeric(type) || isDuration(type)],
  float: ['numbers', isNumeric],
  text: ['texts', (type) => type === 'string' || type === 'category'],
  boolean: ['booleans', (type) => type === 'boolean'],
  instant: ['a datetime', isDatetime],
  calendar: ['a date or a datetime', (type) => type === 'date' || isDatetime(type)],
  clock: ['a datetime or a time', (type) => type === 'time' || isDatetime(type)],
  duration: ['a duration', isDuration],
  list: ['a list', isList],
  numberList: [
    'a list of numbers',
    (type) =>
      isList(type) &&
      (isNumeric(type.list) || isDuration(type.list) || /^(boolean|null)$/.test(String(type.list))),
  ],
  textList: ['a list of texts', (type) => isList(type) && /^(string|category|null)$/.test(String(type.list))],
  struct: ['a struct', isStruct],
  span: [
    'numbers, dates, datetimes or durations',
    (type) => isNumeric(type) || type === 'date' || isDatetime(type) || isDuration(type),
  ],
  ordered: ['values that have an order', (type) => !isList(type) && !isStruct(type) && type !== 'binary'],
}
