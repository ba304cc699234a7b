// Expressions as a program writes them: `col('delay').gt(60)`. They only describe; engines work them out.

import { inspect } from 'node:util'
import { type OptionNames, requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { parseEvery } from '../../kernels/table/columns/dates.ts'
import { type DataType, fullType } from '../../kernels/table/dataType.ts'
import { type ExprNode, expressionText, type Literal, type Options } from '../../kernels/table/expression.ts'
import type { FunctionName } from '../../kernels/table/functionCatalogue.ts'
import { CategoryFunctions } from './exprCategories.ts'
import { DEPTH_MAX, withinDepth } from './exprDepth.ts'
import { DateParts, ListFunctions, TextFunctions } from './exprParts.ts'

/** An argument of an expression's method is not what it should be. */
export class ExpressionError extends TypeError {
  override name = 'ExpressionError'
}

/** What may stand where an expression is wanted: another one, or a value. A text is a text, not a column. */
export type Operand<C extends string = string> = Expr<C> | Literal

/** How values that are no number become one of a quantile. */
export type Interpolation = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint'

export interface ApproximateOptions {
  /** Whether a nearly right answer will do where the exact one needs all values of all partitions. */
  approximate?: boolean
}

export interface QuantileOptions extends ApproximateOptions {
  /** How values between two become one; `'linear'` by default. Approximate ones are always linear. */
  interpolation?: Interpolation
}

const INTERPOLATIONS: readonly Interpolation[] = ['linear', 'lower', 'higher', 'nearest', 'midpoint']
const QUANTILE_OPTIONS: OptionNames<QuantileOptions> = { approximate: true, interpolation: true }
const RANKS = ['average', 'min', 'max', 'dense', 'ordinal'] as const

export interface RollingOptions {
  /** How many values a window needs to give one; all of them by default. */
  minPeriods?: number
  /** The row in the middle of its window rather than at its end. */
  center?: boolean
}

declare const reads: unique symbol
declare const gives: unique symbol

/**
 * An expression over columns. `C` are the columns it reads, `N` the name of the column it gives, where those are known.
 * @example
 * const speed = col('distance').div(col('hours')).as('speed')
 */
export class Expr<out C extends string = string, out N extends string = string, out V = unknown> {
  declare readonly [reads]?: C
  declare readonly [gives]?: [N, V]
  /** @internal */
  readonly node: ExprNode

  /** @internal Expressions begin with `col`, `lit`, `when` or `struct`. */
  constructor(node: ExprNode) {
    const standing = withinDepth(node)
    if (!standing)
      throw new ExpressionError(
        `an expression is nested more than ${DEPTH_MAX} deep: make a column of a part of it first, with withColumns`,
      )
    this.node = standing
  }

  toString(): string {
    return expressionText(this.node)
  }

  [inspect.custom](): string {
    return this.toString()
  }

  /** @internal */
  call<R = V>(fn: FunctionName, args: readonly Operand[] = [], options?: Options): Expr<C, N, R> {
    return new Expr({
      kind: 'call',
      fn,
      args: [this.node, ...args.map(nodeOfOperand)],
      ...(options && { options }),
    })
  }

  /**
   * The same values under another name.
   * @example col('delay').mean().as('late')
   */
  as<M extends string>(name: M): Expr<C, M, V> {
    return new Expr({ kind: 'alias', args: [this.node], name: requireName(name) })
  }

  /**
   * As another type. What cannot be cast is an error, or null with `strict: false`.
   * @example col('id').cast('string')
   */
  cast(type: DataType, options: { strict?: boolean } = {}): Expr<C, N> {
    requireOptions('cast', options, { strict: true })
    const { strict = true } = options
    return new Expr({ kind: 'cast', args: [this.node], to: fullType(type), strict })
  }

  // — Arithmetic

  /** Sum; texts one behind the other. */
  add<D extends string = never>(other: Operand<D>): Expr<C | D, N> {
    return this.call('add', [other]) as Expr<C | D, N>
  }
  sub<D extends string = never>(other: Operand<D>): Expr<C | D, N> {
    return this.call('sub', [other]) as Expr<C | D, N>
  }
  mul<D extends string = never>(other: Operand<D>): Expr<C | D, N> {
    return this.call('mul', [other]) as Expr<C | D, N>
  }
  /** Quotient, always a float64. */
  div<D extends string = never>(other: Operand<D>): Expr<C | D, N, number | null> {
    return this.call('div', [other]) as Expr<C | D, N, number | null>
  }
  /** Quotient, rounded down. */
  floorDiv<D extends string = never>(other: Operand<D>): Expr<C | D, N> {
    return this.call('floorDiv', [other]) as Expr<C | D, N>
  }
  /** What `floorDiv` leaves: it has the divisor's sign. */
  mod<D extends string = never>(other: Operand<D>): Expr<C | D, N> {
    return this.call('mod', [other]) as Expr<C | D, N>
  }
  /** To a power, as a float64. */
  pow(exponent: number): Expr<C, N, number | null> {
    if (typeof exponent !== 'number') throw new ExpressionError('pow takes a number as its exponent')
    return this.call('pow', [], { exponent })
  }
  neg(): Expr<C, N> {
    return this.call('neg')
  }
  abs(): Expr<C, N> {
    return this.call('abs')
  }
  sign(): Expr<C, N, number | null> {
    return this.call('sign')
  }
  sqrt(): Expr<C, N, number | null> {
    return this.call('sqrt')
  }
  exp(): Expr<C, N, number | null> {
    return this.call('exp')
  }
  /** The natural logarithm, or that of a base. */
  log(base?: number): Expr<C, N, number | null> {
    return this.call('log', [], { base })
  }
  log1p(): Expr<C, N, number | null> {
    return this.call('log1p')
  }
  floor(): Expr<C, N> {
    return this.call('floor')
  }
  ceil(): Expr<C, N> {
    return this.call('ceil')
  }
  /** To so many decimals, halves away from zero. */
  round(decimals = 0): Expr<C, N> {
    return this.call('round', [], { decimals: requireWhole('round', decimals, 0) })
  }
  /** No smaller than `low`, no larger than `high`; NaN and null stay. */
  clip(low: number | bigint | null, high: number | bigint | null): Expr<C, N> {
    return this.call('clip', [low, high])
  }
  sin(): Expr<C, N, number | null> {
    return this.call('sin')
  }
  cos(): Expr<C, N, number | null> {
    return this.call('cos')
  }
  tan(): Expr<C, N, number | null> {
    return this.call('tan')
  }
  asin(): Expr<C, N, number | null> {
    return this.call('asin')
  }
  acos(): Expr<C, N, number | null> {
    return this.call('acos')
  }
  atan(): Expr<C, N, number | null> {
    return this.call('atan')
  }
  sinh(): Expr<C, N, number | null> {
    return this.call('sinh')
  }
  cosh(): Expr<C, N, number | null> {
    return this.call('cosh')
  }
  tanh(): Expr<C, N, number | null> {
    return this.call('tanh')
  }

  // — Comparison and logic. What is absent compares as absent; NaN equals NaN and is larger than every number.

  eq<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('eq', [other]) as Expr<C | D, N, boolean | null>
  }
  neq<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('neq', [other]) as Expr<C | D, N, boolean | null>
  }
  lt<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('lt', [other]) as Expr<C | D, N, boolean | null>
  }
  lte<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('lte', [other]) as Expr<C | D, N, boolean | null>
  }
  gt<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('gt', [other]) as Expr<C | D, N, boolean | null>
  }
  gte<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('gte', [other]) as Expr<C | D, N, boolean | null>
  }
  /** Whether `low ≤ value ≤ high`. */
  between<D extends string = never>(low: Operand<D>, high: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.gte(low).and(this.lte(high))
  }
  /** Whether the value is one of a list. */
  isIn(values: readonly Literal[]): Expr<C, N, boolean | null> {
    if (!Array.isArray(values)) throw new ExpressionError('isIn takes a list of values')
    return this.call('isIn', [values])
  }
  and<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('and', [other]) as Expr<C | D, N, boolean | null>
  }
  or<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('or', [other]) as Expr<C | D, N, boolean | null>
  }
  xor<D extends string = never>(other: Operand<D>): Expr<C | D, N, boolean | null> {
    return this.call('xor', [other]) as Expr<C | D, N, boolean | null>
  }
  not(): Expr<C, N, boolean | null> {
    return this.call('not')
  }

  // — Absent values

  isNull(): Expr<C, N, boolean> {
    return this.call('isNull')
  }
  isNotNull(): Expr<C, N, boolean> {
    return this.call('isNotNull')
  }
  /** Puts a value, or another column's, where there is none. */
  fillNull<D extends string = never>(value: Operand<D>): Expr<C | D, N> {
    return this.call('fillNull', [value]) as Expr<C | D, N>
  }
  isNaN(): Expr<C, N, boolean | null> {
    return this.call('isNaN')
  }
  isFinite(): Expr<C, N, boolean | null> {
    return this.call('isFinite')
  }
  fillNaN(value: number | null): Expr<C, N, number | null> {
    return this.call('fillNaN', [value])
  }
  /** The last value before that is not absent. */
  forwardFill(): Expr<C, N> {
    return this.call('forwardFill')
  }
  /** The next value behind that is not absent. */
  backwardFill(): Expr<C, N> {
    return this.call('backwardFill')
  }

  // — Parts of texts, dates, lists and structs

  /** Functions of texts. */
  get str(): TextFunctions<C, N> {
    return new TextFunctions(this as Expr<C, N>)
  }
  /** Functions of dates, datetimes, times and durations. */
  get dt(): DateParts<C, N> {
    return new DateParts(this as Expr<C, N>)
  }
  /** Functions of lists. */
  get list(): ListFunctions<C, N> {
    return new ListFunctions(this as Expr<C, N>)
  }
  /** Functions of categories. */
  get cat(): CategoryFunctions<C, N> {
    return new CategoryFunctions(this as Expr<C, N>)
  }
  /**
   * One field of a struct.
   * @example col('place').field('city')
   */
  field<M extends string>(name: M): Expr<C, M> {
    return this.call('field', [], { name: requireName(name) }) as Expr<C> as Expr<C, M>
  }

  // — Aggregates: one value of a group, or of the whole table

  sum(): Expr<C, N, number | bigint> {
    return this.call('sum')
  }
  mean(): Expr<C, N, number | null> {
    return this.call('mean')
  }
  min(): Expr<C, N, V> {
    return this.call('min')
  }
  max(): Expr<C, N, V> {
    return this.call('max')
  }
  /** How many values there are, absent ones not counted. */
  count(): Expr<C, N, number> {
    return this.call('count')
  }
  nullCount(): Expr<C, N, number> {
    return this.call('nullCount')
  }
  /**
   * How many different values there are; absent is one of them. `approximate` lets groups of several partitions be counted
   * in at most 16 kB each, with a standard error of 0.8 % (HyperLogLog++).
   */
  nUnique(options: ApproximateOptions = {}): Expr<C, N, number> {
    requireOptions('nUnique', options, { approximate: true })
    const { approximate } = options
    return this.call('nUnique', [], approximate ? { approximate } : undefined)
  }
  /** As `quantile(0.5)`. */
  median(options: ApproximateOptions = {}): Expr<C, N, number | null> {
    requireOptions('median', options, { approximate: true })
    const { approximate } = options
    return this.call('median', [], approximate ? { approximate } : undefined)
  }
  /**
   * The value below which a share `q` of all lies. `approximate` lets groups of several partitions keep a few hundred
   * centroids in place of all values (a t-digest): the rank is off by less than 1 %, and by far less at both ends.
   * @example table.groupBy('city').agg(col('t').quantile(0.99, { approximate: true }))
   */
  quantile(q: number, how: Interpolation | QuantileOptions = 'linear'): Expr<C, N, number | null> {
    requireShare(q)
    const { interpolation, approximate } = quantileChoices(how)
    return this.call('quantile', [], { q, interpolation, ...(approximate && { approximate }) })
  }
  /** The standard deviation; `ddof` is what the number of values is reduced by. */
  std(ddof = 1): Expr<C, N, number | null> {
    return this.call('std', [], { ddof })
  }
  var(ddof = 1): Expr<C, N, number | null> {
    return this.call('var', [], { ddof })
  }
  product(): Expr<C, N, number> {
    return this.call('product')
  }
  first(): Expr<C, N, V> {
    return this.call('first')
  }
  last(): Expr<C, N, V> {
    return this.call('last')
  }
  any(): Expr<C, N, boolean> {
    return this.call('any')
  }
  all(): Expr<C, N, boolean> {
    return this.call('all')
  }
  /** All values of a group as a list. */
  implode(): Expr<C, N> {
    return this.call('implode')
  }

  // — Windows: a row depends on the others, in their order

  /**
   * Works the expression out within the rows that agree in `keys`: an aggregate stands in each of them.
   * @example col('delay').sub(col('delay').mean().over('origin'))
   */
  over<K extends string>(...keys: (K | Expr<K>)[]): Expr<C | K, N, V> {
    if (keys.length === 0) throw new ExpressionError('over takes at least one column')
    return new Expr({ kind: 'over', args: [this.node, ...keys.map((key) => columnNode(key))] })
  }
  /** The value `n` rows before; behind, where `n` is negative. */
  shift(n = 1): Expr<C, N> {
    return this.call('shift', [], { n: requireWhole('shift', n, Number.NEGATIVE_INFINITY) })
  }
  /** What the value is more than `n` rows before. */
  diff(n = 1): Expr<C, N> {
    return this.call('diff', [], { n: requireWhole('diff', n, 1) })
  }
  cumSum(): Expr<C, N> {
    return this.call('cumSum')
  }
  cumMin(): Expr<C, N> {
    return this.call('cumMin')
  }
  cumMax(): Expr<C, N> {
    return this.call('cumMax')
  }
  cumCount(): Expr<C, N, number> {
    return this.call('cumCount')
  }
  cumProd(): Expr<C, N, number | null> {
    return this.call('cumProd')
  }
  /** The place of a value among all, from 1. Equal ones: their mean place, or as `method` says. */
  rank(
    method: (typeof RANKS)[number] = 'average',
    options: { descending?: boolean } = {},
  ): Expr<C, N, number | null> {
    requireOneOf('rank: method', method, RANKS)
    requireOptions('rank', options, { descending: true })
    const { descending = false } = options
    return this.call('rank', [], { method, descending })
  }
  reverse(): Expr<C, N> {
    return this.call('reverse')
  }
  rollingSum(window: number, options: RollingOptions = {}): Expr<C, N, number | null> {
    return this.#rolling('rollingSum', window, options)
  }
  rollingMean(window: number, options: RollingOptions = {}): Expr<C, N, number | null> {
    return this.#rolling('rollingMean', window, options)
  }
  rollingMin(window: number, options: RollingOptions = {}): Expr<C, N, number | null> {
    return this.#rolling('rollingMin', window, options)
  }
  rollingMax(window: number, options: RollingOptions = {}): Expr<C, N, number | null> {
    return this.#rolling('rollingMax', window, options)
  }
  rollingStd(window: number, options: RollingOptions = {}): Expr<C, N, number | null> {
    return this.#rolling('rollingStd', window, options)
  }
  rollingVar(window: number, options: RollingOptions = {}): Expr<C, N, number | null> {
    return this.#rolling('rollingVar', window, options)
  }
  rollingMedian(window: number, options: RollingOptions = {}): Expr<C, N, number | null> {
    return this.#rolling('rollingMedian', window, options)
  }

  #rolling(fn: FunctionName, window: number, options: RollingOptions): Expr<C, N, number | null> {
    requireOptions<RollingOptions>(fn, options, { minPeriods: true, center: true })
    const { minPeriods, center } = options
    return this.call(fn, [], {
      window: requireWhole(fn, window, 1),
      minPeriods: minPeriods === undefined ? undefined : requireWhole(`${fn}: minPeriods`, minPeriods, 1),
      center,
    })
  }
}

/**
 * A column by its name.
 * @example col('delay').gt(60)
 */
export function col<const N extends string>(name: N): Expr<N, N> {
  return new Expr({ kind: 'column', name: requireName(name) })
}

/**
 * A value as an expression: the same in every row. Numbers are float64 where nothing makes them another type.
 * @example lit('late').as('kind')
 */
export function lit<V extends Literal>(value: V, type?: DataType): Expr<never, 'literal', V> {
  const node: ExprNode = { kind: 'literal', value: requireLiteral(value) }
  return new Expr(
    type === undefined ? node : { kind: 'cast', args: [node], to: fullType(type), strict: true },
  )
}

/** How many rows there are, in a group or in all. */
export function len(): Expr<never, 'len', number> {
  return new Expr({ kind: 'call', fn: 'len', args: [] })
}

/**
 * Several columns as one struct.
 * @example struct(col('city'), col('street').as('road')).as('place')
 */
export function struct<C extends string>(...fields: (C | Expr<C>)[]): Expr<C> {
  return new Expr({ kind: 'struct', args: fields.map((field) => columnNode(field)) })
}

/**
 * The first value that is not absent.
 * @throws {ExpressionError} when the first is no expression
 * @example coalesce(col('nickname'), col('name'), 'nobody').as('called')
 */
export function coalesce<C extends string>(first: Expr<C>, ...others: Operand<C>[]): Expr<C> {
  if (!(first instanceof Expr))
    throw new ExpressionError(
      `coalesce takes an expression first, e.g. coalesce(col('city'), 'none'), not ${typeof first === 'string' ? `'${first}': a text is a value` : `a value of type ${typeof first}`}`,
    )
  return others.reduce<Expr<C>>((all, other) => all.fillNull(other), first)
}

/** A condition that waits for its value. */
export interface When<C extends string> {
  then<D extends string = never>(value: Operand<D>): Then<C | D>
}

/** Values by conditions; without `otherwise`, what fits none is null. */
export class Then<out C extends string = string> extends Expr<C> {
  readonly #branches: readonly ExprNode[]

  /** @internal */
  constructor(branches: readonly ExprNode[]) {
    super({ kind: 'when', args: [...branches, { kind: 'literal', value: null }] })
    this.#branches = branches
  }

  when<D extends string>(condition: Expr<D>): When<C | D> {
    return {
      // biome-ignore lint/suspicious/noThenProperty: `when … then … otherwise` is what expressions of tables are called everywhere.
      then: (value) => new Then([...this.#branches, nodeOfOperand(condition), nodeOfOperand(value)]),
    }
  }

  otherwise<D extends string = never>(value: Operand<D>): Expr<C | D> {
    return new Expr({ kind: 'when', args: [...this.#branches, nodeOfOperand(value)] })
  }
}

/**
 * One value or another, by a condition.
 * @example when(col('delay').gt(60)).then('late').when(col('delay').gt(15)).then('slow').otherwise('fine').as('kind')
 */
export function when<C extends string>(condition: Expr<C>): When<C> {
  if (!(condition instanceof Expr))
    throw new ExpressionError("when takes a condition, e.g. when(col('delay').gt(60))")
  return {
    // biome-ignore lint/suspicious/noThenProperty: as above.
    then: (value) => new Then([condition.node, nodeOfOperand(value)]),
  }
}

/** A column by its name, or an expression, as a node. */
export function columnNode(column: string | Expr): ExprNode {
  if (column instanceof Expr) return column.node
  return { kind: 'column', name: requireName(column) }
}

export function nodeOfOperand(operand: Operand): ExprNode {
  if (operand instanceof Expr) return operand.node
  return { kind: 'literal', value: requireLiteral(operand) }
}

function requireLiteral(value: unknown): Literal {
  if (value === undefined)
    throw new ExpressionError('an expression cannot hold undefined: use null for what is absent')
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new ExpressionError(
      `an expression cannot hold a ${typeof value}: functions run with mapPartitions or apply`,
    )
  if (typeof value === 'object' && value !== null && !(value instanceof Date) && !Array.isArray(value))
    throw new ExpressionError(
      'an expression holds numbers, texts, booleans, dates, null and lists of them; for a struct use struct(…)',
    )
  return value as Literal
}

function requireName<N extends string>(name: N): N {
  if (Array.isArray(name))
    throw new ExpressionError(
      `columns are named one by one here, not in a list: ${name.map((each) => JSON.stringify(each)).join(', ')}`,
    )
  if (typeof name !== 'string') throw new ExpressionError(`a column's name is a text, not ${String(name)}`)
  return name
}

/** @throws {ExpressionError} when it is no share of all */
function requireShare(q: number): void {
  if (!(q >= 0 && q <= 1)) throw new ExpressionError(`quantile takes a share from 0 to 1, not ${q}`)
}

/**
 * What is said of a quantile beside the share.
 * @throws {OptionError} when it has no such option or interpolation
 */
export function quantileChoices(how: Interpolation | QuantileOptions): Required<QuantileOptions> {
  if (typeof how !== 'string') requireOptions('quantile', how, QUANTILE_OPTIONS)
  const { interpolation = 'linear', approximate = false } =
    typeof how === 'string' ? { interpolation: how } : how
  requireOneOf('quantile: interpolation', interpolation, INTERPOLATIONS)
  return { interpolation, approximate }
}

/** @throws {ExpressionError} when it is no whole number ≥ `least` */
export function requireWhole(what: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least)
    throw new ExpressionError(
      `${what} takes a whole number${least > -Infinity ? ` ≥ ${least}` : ''}, not ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`,
    )
  return value
}

/** @throws {ExpressionError} when it is no length of time */
export function requireEvery(what: string, every: string): string {
  if (typeof every !== 'string' || !parseEvery(every))
    throw new ExpressionError(
      `${what} takes a length of time such as '15m', '1h', '1d', '1w', '1mo' or '1y', not ${JSON.stringify(every)}`,
    )
  return every
}
