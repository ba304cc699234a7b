// Resolved expressions as native ones.

import type { Cell } from '../columns/column.ts'
import {
  type DataType,
  isDatetime,
  isDuration,
  isFloat,
  isInteger,
  isList,
  isText,
  TICKS,
  type TimeUnit,
} from '../dataType.ts'
import { type ExprNode, type Literal, nameOf, type Options } from '../expression.ts'
import type { FunctionName } from '../functionCatalogue.ts'
import { ticksOf } from '../resolve.ts'
import { type NativeExpr, type NativeThen, polars } from './native.ts'
import { castTo, momentsOf } from './nativeCast.ts'
import { columnHash, hashCode } from './nativeHash.ts'
import { isNameless, nativeType } from './nativeType.ts'

/** A whole output column: the expression under its name. */
export function nativeColumn(node: ExprNode): NativeExpr {
  return nativeExpr(node).alias(nameOf(node))
}

export function nativeExpr(node: ExprNode): NativeExpr {
  switch (node.kind) {
    case 'column':
      return polars().col(node.name)
    case 'literal':
      return nativeLiteral(node.value, node.type ?? 'null')
    case 'alias':
      return nativeExpr(node.args[0]).alias(node.name)
    case 'cast':
      return castTo(nativeExpr(node.args[0]), node.args[0].type as DataType, node.to, node.strict)
    case 'over':
      return nativeExpr(node.args[0]).over(node.args.slice(1).map(nativeExpr) as never)
    case 'struct': {
      const names = Object.keys((node.type as { struct: Record<string, DataType> }).struct)
      return polars().asStruct(node.args.map((arg, i) => nativeExpr(arg).alias(names[i] as never)))
    }
    case 'when': {
      const args = node.args.map(nativeExpr)
      const tests = args.filter((_, i) => i % 2 === 0).slice(0, -1)
      return chosen(
        tests.map((test, i) => [test, args[2 * i + 1]]),
        args.at(-1) as NativeExpr,
      )
    }
    case 'call': {
      const terms = node.fn === 'and' || node.fn === 'or' ? termsOf(node) : []
      if (terms.length > TERMS_FEW) {
        const all = terms.map(nativeExpr)
        return node.fn === 'and' ? polars().allHorizontal(all) : polars().anyHorizontal(all)
      }
      // The list of `isIn` is put together by its own builder.
      const args = (node.fn === 'isIn' ? node.args.slice(0, 1) : node.args).map(nativeExpr)
      const built = BUILDERS[node.fn](args, node.options ?? {}, node)
      return RETYPED.has(node.fn) && node.type !== 'null'
        ? built.cast(nativeType(node.type as DataType), true)
        : built
    }
  }
}

/** Of more conditions than this polars gets one list: it takes those that are nested apart and puts them together one by one. */
const TERMS_FEW = 32

/** The conditions of a chain, which is no deep one. */
function termsOf(node: ExprNode, fn = (node as Extract<ExprNode, { kind: 'call' }>).fn): ExprNode[] {
  return node.kind === 'call' && node.fn === fn ? node.args.flatMap((arg) => termsOf(arg, fn)) : [node]
}

type Branch = readonly [test: NativeExpr, value: NativeExpr]
const BRANCHES_FEW = 64

/** The value of the first test that is true. Of many, in groups of branches: to polars each one is nested in the one before. */
function chosen(branches: readonly Branch[], otherwise: NativeExpr): NativeExpr {
  if (branches.length > BRANCHES_FEW) {
    const size = Math.ceil(Math.sqrt(branches.length))
    const groups = Array.from({ length: Math.ceil(branches.length / size) }, (_, i): Branch => {
      const own = branches.slice(i * size, (i + 1) * size)
      return [anyOf(own.map(([test]) => test)), chosen(own, otherwise)]
    })
    return chosen(groups, otherwise)
  }
  let made: NativeThen | undefined
  for (const [test, value] of branches) made = (made ?? polars()).when(test).then(value)
  return (made as NativeThen).otherwise(otherwise)
}

export function nativeLiteral(value: Literal, type: DataType): NativeExpr {
  const pl = polars()
  if (value === null) return isNameless(type) ? pl.lit(null) : pl.lit(null).cast(nativeType(type), true)
  const target = nativeType(type)
  if (value instanceof Date) {
    if (type === 'date')
      return pl
        .lit(Math.floor(value.getTime() / 86_400_000))
        .cast(nativeType('int32'), true)
        .cast(target, true)
    return wide(ticksOf(value, isDatetime(type) ? type : { datetime: 'ms' })).cast(target, true)
  }
  if (typeof value === 'bigint')
    return type === 'uint64' ? pl.lit(value).cast(target, true) : wide(value).cast(target, true)
  if (typeof value === 'number') {
    if (isInteger(type)) return pl.lit(value).cast(target, true)
    if (isDuration(type) || isDatetime(type)) return wide(BigInt(Math.round(value))).cast(target, true)
    return pl.lit(value).cast(target, true)
  }
  return pl.lit(value).cast(target, true)
}

/** A cell of a column as a literal. */
export function cellLiteral(cell: Cell, type: DataType): NativeExpr {
  if (cell === null) return nativeLiteral(null, type)
  const target = nativeType(type)
  if (typeof cell === 'bigint' && type !== 'uint64') return wide(cell).cast(target, true)
  if (type === 'date' && typeof cell === 'number') return nativeLiteral(cell, 'int32').cast(target, true)
  return nativeLiteral(cell as Literal, type)
}

/** A whole number of 64 bits: polars takes bigints as unsigned, so a negative one is made of its opposite. */
function wide(value: bigint): NativeExpr {
  const pl = polars()
  const int64 = nativeType('int64')
  if (value >= 0n) return pl.lit(value).cast(int64, true)
  return pl
    .lit(-(value + 1n))
    .cast(int64, true)
    .mul(wide(0n).sub(wide(1n)))
    .sub(wide(1n))
}

/** Functions whose native answer may be of another type than ours. */
const RETYPED = new Set<FunctionName>([
  'len',
  'count',
  'nullCount',
  'nUnique',
  'sum',
  'product',
  'mean',
  'median',
  'quantile',
  'std',
  'var',
  'cumSum',
  'cumCount',
  'cumProd',
  'rank',
  'diff',
  'str.length',
  'list.length',
  'list.sum',
  'list.mean',
  'dt.year',
  'dt.month',
  'dt.day',
  'dt.weekday',
  'dt.week',
  'dt.ordinalDay',
  'dt.hour',
  'dt.minute',
  'dt.second',
  'dt.epoch',
  'rollingSum',
  'rollingMean',
  'rollingMin',
  'rollingMax',
  'rollingStd',
  'rollingVar',
  'rollingMedian',
])

const FEW = 16

type Builder = (args: NativeExpr[], options: Options, node: Extract<ExprNode, { kind: 'call' }>) => NativeExpr

const method =
  (name: string): Builder =>
  ([first, ...rest]) =>
    first[name](...rest)

const isAbsent = (node: ExprNode): boolean => node.kind === 'literal' && node.value === null

/** What is absent compares as absent. polars ends the process where a struct meets a null that stands in the program. */
const comparison =
  (name: string): Builder =>
  ([a, b], _, { args }) => {
    if (!args.some(isAbsent)) return a[name](b)
    const nothing = nativeLiteral(null, 'boolean')
    const [rows] = isAbsent(args[0]) ? [b] : [a]
    return polars().when(rows.isNull()).then(nothing).otherwise(nothing)
  }

const rolling =
  (name: string): Builder =>
  ([first], { window, minPeriods, center }) =>
    first[name]({
      windowSize: Number(window),
      minPeriods: Number(minPeriods ?? window),
      center: Boolean(center),
    } as never)

/** polars has no running extremes of texts: they are those of the texts' ranks, each row of which is where one begins. */
const runningExtreme =
  (name: 'cumMin' | 'cumMax'): Builder =>
  ([first], _, node) => {
    const type = node.args[0].type as DataType
    if (!isText(type)) return first[name](false as never)
    const pl = polars()
    const rank = first.cast(nativeType('string'), true).rank('dense' as never, false as never)
    const begins = pl
      .when(rank.eq(rank[name](false as never)))
      .then(first)
      .otherwise(pl.lit(null))
    return pl.when(first.isNull()).then(pl.lit(null)).otherwise(begins.forwardFill())
  }

/** What lies between two ticks of time, as a whole number of units. */
const spans =
  (unitSeconds: number): Builder =>
  ([first], _, node) => {
    const type = node.args[0].type as DataType
    const ticks = Math.round(TICKS[isDuration(type) ? type.duration : 'us'] * unitSeconds)
    const whole = wide(BigInt(ticks))
    const physical = first.cast(nativeType('int64') as never, true as never)
    // Towards zero, as JavaScript's bigints divide.
    const size = physical.abs().floordiv(whole)
    return polars()
      .when(physical.lt(wide(0n)))
      .then(wide(0n).sub(size))
      .otherwise(size)
  }

/** NaN is left out while there is any other number: polars does so here and not there. */
const extreme =
  (name: 'min' | 'max'): Builder =>
  ([first], _, node) => {
    const type = node.args[0].type as DataType
    if (!isFloat(type)) return first[name]()
    return first
      .fillNan(polars().lit(null).cast(nativeType(type), true))
      [name]()
      .fillNull(first[name]())
  }

const isNumber = (node: ExprNode): boolean => isFloat(node.type as DataType)
const no = (input: NativeExpr): NativeExpr =>
  polars().when(input.isNull()).then(polars().lit(null)).otherwise(polars().lit(false))

const BUILDERS: Record<FunctionName, Builder> = {
  add: method('add'),
  sub: method('sub'),
  mul: method('mul'),
  div: method('truediv'),
  floorDiv: method('floordiv'),
  mod: method('mod'),
  pow: ([first], { exponent }) => first.pow(Number(exponent) as never),
  neg: ([first], _, node) => zeroOf(node.type as DataType).sub(first),
  abs: method('abs'),
  sign: ([first]) => {
    const pl = polars()
    const of = (value: number): NativeExpr => nativeLiteral(value, 'float64')
    return pl
      .when(first.isNan())
      .then(first)
      .when(first.gt(of(0)))
      .then(of(1))
      .when(first.lt(of(0)))
      .then(of(-1))
      .otherwise(first)
  },
  sqrt: ([first]) => first.pow(0.5 as never),
  exp: method('exp'),
  log: ([first], { base }) => first.log((base === undefined ? Math.E : Number(base)) as never),
  log1p: method('log1P'),
  floor: ([first], _, { args }) => (isNumber(args[0]) ? first.floor() : first),
  ceil: ([first], _, { args }) => (isNumber(args[0]) ? first.ceil() : first),
  round: ([first], { decimals }, { args }) =>
    isNumber(args[0]) ? first.round(Number(decimals ?? 0) as never, 'halfawayfromzero' as never) : first,
  clip: method('clip'),
  sin: method('sin'),
  cos: method('cos'),
  tan: method('tan'),
  asin: method('arcsin'),
  acos: method('arccos'),
  atan: method('arctan'),
  sinh: method('sinh'),
  cosh: method('cosh'),
  tanh: method('tanh'),
  isNaN: ([first], _, { args }) => (isNumber(args[0]) ? first.isNan() : no(first)),
  isFinite: ([first], _, { args }) => (isNumber(args[0]) ? first.isFinite() : no(first).not()),
  fillNaN: ([first, value]) => first.fillNan(value),
  eq: comparison('eq'),
  neq: comparison('neq'),
  lt: comparison('lt'),
  lte: comparison('ltEq'),
  gt: comparison('gt'),
  gte: comparison('gtEq'),
  isIn: ([first], _, { args }) => {
    const { value, type } = args[1] as Extract<ExprNode, { kind: 'literal' }>
    const items = value as readonly Literal[]
    const inner = isList(type as DataType) ? (type as { list: DataType }).list : 'null'
    const found = items.filter((item) => item !== null)
    // A long list becomes a column of its own, which polars hashes.
    if (found.length > FEW && found.every((item) => typeof item === 'string'))
      return first.isIn(polars().lit(polars().JsSeries.newOptStr('', found)), false as never)
    return either(
      found.map((item) => first.eq(nativeLiteral(item, inner))),
      first,
    )
  },
  and: method('and'),
  or: method('or'),
  xor: method('xor'),
  not: method('not'),
  isNull: method('isNull'),
  isNotNull: method('isNotNull'),
  fillNull: method('fillNull'),
  'str.length': ([first]) => first.strLengths(),
  'str.toUpperCase': method('strToUppercase'),
  'str.toLowerCase': method('strToLowercase'),
  'str.contains': ([first, pattern], { literal }) =>
    first.strContains(pattern, Boolean(literal) as never, true as never),
  'str.startsWith': method('strStartsWith'),
  'str.endsWith': method('strEndsWith'),
  'str.replace': ([first, pattern, value], { literal, all }) =>
    all
      ? first.strReplaceAll(pattern, value, Boolean(literal) as never)
      : first.strReplace(pattern, value, Boolean(literal) as never, 1 as never),
  'str.slice': ([first], { offset, length }) => {
    const pl = polars()
    const most = length === undefined ? pl.lit(null) : pl.lit(Number(length))
    return first.strSlice(
      pl.lit(Number(offset)).cast(nativeType('int64'), true),
      most.cast(nativeType('uint64'), true),
    )
  },
  'str.trim': ([first], { side }) =>
    first.strStripChars(
      polars().lit(null).cast(nativeType('string'), true),
      (side !== 'end') as never,
      (side !== 'start') as never,
    ),
  'str.padStart': ([first], { length, fill }) =>
    first.strPadStart(polars().lit(Number(length)), String(fill ?? ' ') as never),
  'str.padEnd': ([first], { length, fill }) =>
    first.strPadEnd(polars().lit(Number(length)), String(fill ?? ' ') as never),
  'str.split': ([first, by]) => first.strSplit(by, false as never),
  'str.extract': ([first, pattern], { group }) => first.strExtract(pattern, Number(group ?? 1) as never),
  'str.toDate': ([first], { format, strict }) =>
    first.strToDate(
      String(format ?? '%Y-%m-%d') as never,
      (strict !== false) as never,
      true as never,
      true as never,
    ),
  'str.toDatetime': ([first], { format, unit, strict }) =>
    momentsOf(
      first,
      format === undefined ? undefined : String(format),
      (unit ?? 'us') as TimeUnit,
      strict !== false,
    ),
  'dt.year': method('year'),
  'dt.month': method('month'),
  'dt.day': method('day'),
  'dt.weekday': method('weekday'),
  'dt.week': method('week'),
  'dt.ordinalDay': method('ordinalDay'),
  'dt.quarter': ([first]) =>
    first
      .month()
      .cast(nativeType('int32'), true)
      .add(polars().lit(2).cast(nativeType('int32'), true))
      .floordiv(polars().lit(3).cast(nativeType('int32'), true))
      .cast(nativeType('int8'), true),
  'dt.hour': method('hour'),
  'dt.minute': method('minute'),
  'dt.second': method('second'),
  'dt.millisecond': ([first]) =>
    first
      .nanosecond()
      .cast(nativeType('int32'), true)
      .floordiv(polars().lit(1_000_000).cast(nativeType('int32'), true)),
  'dt.date': ([first], _, { args: [of] }) => castTo(first, of.type as DataType, 'date', true),
  'dt.truncate': ([first], { every }) => first.dtTruncate(polars().lit(String(every))),
  // A date is the midnight that it begins with: a pattern may ask for hours.
  'dt.format': ([first], { format }, { args: [of] }) =>
    castTo(
      first,
      of.type as DataType,
      of.type === 'date' ? { datetime: 'us' } : (of.type as DataType),
      true,
    ).strftime(String(format) as never),
  'dt.epoch': ([first], { unit }) =>
    first
      .dtCastTimeUnit((unit === 's' ? 'ms' : (unit ?? 'ms')) as never)
      .cast(nativeType('int64'), true)
      .floordiv(wide(unit === 's' ? 1000n : 1n)),
  'dt.toZone': ([first], { zone }) => first.dtConvertTimeZone(String(zone) as never),
  'dt.asZone': ([first], { zone, ambiguous }) =>
    first.dtReplaceTimeZone(
      (zone === undefined ? null : String(zone)) as never,
      polars().lit(String(ambiguous ?? 'earliest')),
      'null' as never,
    ),
  'dt.totalDays': spans(86_400),
  'dt.totalHours': spans(3600),
  'dt.totalMinutes': spans(60),
  'dt.totalSeconds': spans(1),
  'dt.totalMilliseconds': spans(0.001),
  'list.length': method('listLengths'),
  'list.sum': method('listSum'),
  'list.min': method('listMin'),
  'list.max': method('listMax'),
  'list.mean': method('listMean'),
  'list.get': ([first], { index }) => first.listGet(polars().lit(Number(index)), true as never),
  'list.contains': ([first, value]) => first.listContains(value, true as never),
  'list.join': ([first], { separator }) =>
    first.listJoin(polars().lit(String(separator ?? ',')), true as never),
  'list.sort': ([first], { descending }) => first.listSort(Boolean(descending) as never),
  'list.reverse': ([first]) => first.listEval(polars().element().reverse()),
  'list.unique': ([first]) => first.listEval(polars().element().uniqueStable()),
  'list.slice': ([first], { offset, length }) =>
    first.listSlice(
      polars().lit(Number(offset)),
      length === undefined
        ? polars().lit(null).cast(nativeType('int64'), true)
        : polars().lit(Number(length)),
    ),
  'list.quantile': ([first], { q, interpolation }) =>
    first
      .listEval(
        polars()
          .element()
          .quantile(polars().lit(Number(q)), String(interpolation ?? 'linear') as never),
      )
      .listGet(polars().lit(0), true as never),
  field: ([first], { name }) => first.structFieldByName(String(name) as never),
  len: () => polars().len(),
  count: method('count'),
  nullCount: method('nullCount'),
  nUnique: method('nUnique'),
  sum: ([first], _, node) => first.cast(nativeType(node.type as DataType), true).sum(),
  product: method('product'),
  mean: method('mean'),
  median: method('median'),
  quantile: ([first], { q, interpolation }) =>
    first.quantile(polars().lit(Number(q)), String(interpolation ?? 'linear') as never),
  std: ([first], { ddof }) => first.std(Number(ddof ?? 1) as never),
  var: ([first], { ddof }) => first.var(Number(ddof ?? 1) as never),
  min: extreme('min'),
  max: extreme('max'),
  first: method('first'),
  last: method('last'),
  any: ([first]) => first.any(true as never),
  all: ([first]) => first.all(true as never),
  implode: method('implode'),
  distinct: ([first]) => first.dropNulls().unique().implode(),
  hashCodes: ([first], _, { args }) =>
    hashCode(columnHash(first, args[0].type as DataType))
      .unique()
      .implode(),
  gather: ([first], { distinct }) => {
    // An empty list would give a row of its own.
    const values = first.filter(first.listLengths().gt(polars().lit(0))).explode()
    return (distinct ? values.unique() : values).implode()
  },
  quantileOfLists: ([first], { q, interpolation }) =>
    first.explode().quantile(polars().lit(Number(q)), String(interpolation ?? 'linear') as never),
  shift: ([first], { n }) => first.shift(polars().lit(Number(n ?? 1))),
  diff: ([first], { n }, node) => {
    const type = node.type as DataType
    const input = isInteger(type) ? first.cast(nativeType(type), true) : first
    const inner = node.args[0].type === 'date' ? input.cast(nativeType({ datetime: 'us' }), true) : input
    return inner.sub(inner.shift(polars().lit(Number(n ?? 1))))
  },
  cumSum: ([first], _, node) => first.cast(nativeType(node.type as DataType), true).cumSum(false as never),
  cumMin: runningExtreme('cumMin'),
  cumMax: runningExtreme('cumMax'),
  cumCount: ([first]) => first.cumCount(false as never),
  cumProd: ([first]) => first.cumProd(false as never),
  rank: ([first], { method: how, descending }) =>
    first.rank(String(how ?? 'average') as never, Boolean(descending) as never),
  rollingSum: rolling('rollingSum'),
  rollingMean: rolling('rollingMean'),
  rollingMin: rolling('rollingMin'),
  rollingMax: rolling('rollingMax'),
  rollingStd: rolling('rollingStd'),
  rollingVar: rolling('rollingVar'),
  rollingMedian: rolling('rollingMedian'),
  forwardFill: method('forwardFill'),
  backwardFill: method('backwardFill'),
  reverse: method('reverse'),
}

function zeroOf(type: DataType): NativeExpr {
  if (isDuration(type)) return wide(0n).cast(nativeType(type), true)
  return nativeLiteral(isInteger(type) ? 0 : -0, type)
}

/** True where one of the tests is; what is absent stays so. */
function either(tests: NativeExpr[], input: NativeExpr): NativeExpr {
  return tests.length === 0 ? no(input) : anyOf(tests)
}

function anyOf(tests: readonly NativeExpr[]): NativeExpr {
  // A balanced tree: a long list must not become a deep one.
  let level: readonly NativeExpr[] = tests
  while (level.length > 1) {
    const next: NativeExpr[] = []
    for (let i = 0; i < level.length; i += 2)
      next.push(i + 1 < level.length ? level[i].or(level[i + 1]) : level[i])
    level = next
  }
  return level[0]
}
