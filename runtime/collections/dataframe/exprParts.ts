// Functions of texts, dates and lists, as expressions have them: `col('name').str.toUpperCase()`.

import { requireOptions } from '../../kernels/optionNames.ts'
import type { TimeUnit } from '../../kernels/table/dataType.ts'
import type { Literal } from '../../kernels/table/expression.ts'
import { type Expr, ExpressionError, requireEvery, requireWhole } from './expr.ts'

interface LiteralOption {
  /** Whether a pattern is taken as it stands. */
  literal?: boolean
}

function isLiteral(method: string, options: LiteralOption): boolean {
  requireOptions(method, options, { literal: true })
  return options.literal ?? false
}

/** @throws {ExpressionError} when it is not one character */
function requireLetter(method: string, fill: string): string {
  if (typeof fill !== 'string' || Array.from(fill).length !== 1)
    throw new ExpressionError(`${method} fills with one character, not ${JSON.stringify(fill)}`)
  return fill
}

/** @throws {ExpressionError} when there is no such time zone */
function requireZone(method: string, zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch (cause) {
    throw new ExpressionError(
      `${method} takes the name of a time zone such as 'Europe/Berlin' or 'UTC', not ${JSON.stringify(zone)}`,
      { cause },
    )
  }
}

/** Functions of texts; lengths and places count characters, not UTF-16 units. */
export class TextFunctions<C extends string, N extends string> {
  readonly #of: Expr<C, N>
  /** @internal */
  constructor(of: Expr<C, N>) {
    this.#of = of
  }
  length(): Expr<C, N, number | null> {
    return this.#of.call('str.length')
  }
  toUpperCase(): Expr<C, N, string | null> {
    return this.#of.call('str.toUpperCase')
  }
  toLowerCase(): Expr<C, N, string | null> {
    return this.#of.call('str.toLowerCase')
  }
  /** Whether a pattern is found; `literal` takes it as it stands. Patterns are Rust's: no look-around. */
  contains(pattern: string, options: LiteralOption = {}): Expr<C, N, boolean | null> {
    const literal = isLiteral('str.contains', options)
    return this.#of.call('str.contains', [pattern], { literal })
  }
  startsWith(text: string): Expr<C, N, boolean | null> {
    return this.#of.call('str.startsWith', [text])
  }
  endsWith(text: string): Expr<C, N, boolean | null> {
    return this.#of.call('str.endsWith', [text])
  }
  /** Replaces the first match; `$1` in the value stands for a group. */
  replace(pattern: string, value: string, options: LiteralOption = {}): Expr<C, N, string | null> {
    const literal = isLiteral('str.replace', options)
    return this.#of.call('str.replace', [pattern, value], { literal, all: false })
  }
  replaceAll(pattern: string, value: string, options: LiteralOption = {}): Expr<C, N, string | null> {
    const literal = isLiteral('str.replaceAll', options)
    return this.#of.call('str.replace', [pattern, value], { literal, all: true })
  }
  /** A part from `offset` (from the end when negative), of `length` characters or all that follow. */
  slice(offset: number, length?: number): Expr<C, N, string | null> {
    requireWhole('str.slice', offset, Number.NEGATIVE_INFINITY)
    return this.#of.call('str.slice', [], {
      offset,
      length: length === undefined ? undefined : requireWhole('str.slice', length, 0),
    })
  }
  /** Without white space at both ends. */
  trim(): Expr<C, N, string | null> {
    return this.#of.call('str.trim')
  }
  trimStart(): Expr<C, N, string | null> {
    return this.#of.call('str.trim', [], { side: 'start' })
  }
  trimEnd(): Expr<C, N, string | null> {
    return this.#of.call('str.trim', [], { side: 'end' })
  }
  padStart(length: number, fill = ' '): Expr<C, N, string | null> {
    return this.#of.call('str.padStart', [], {
      length: requireWhole('str.padStart', length, 0),
      fill: requireLetter('str.padStart', fill),
    })
  }
  padEnd(length: number, fill = ' '): Expr<C, N, string | null> {
    return this.#of.call('str.padEnd', [], {
      length: requireWhole('str.padEnd', length, 0),
      fill: requireLetter('str.padEnd', fill),
    })
  }
  /** A list of the parts between a separator. */
  split(separator: string): Expr<C, N> {
    return this.#of.call('str.split', [separator])
  }
  /** A group of the first match of a pattern; null where there is none. */
  extract(pattern: string, group = 1): Expr<C, N, string | null> {
    return this.#of.call('str.extract', [pattern], { group })
  }
  /** Reads dates; formats are strftime's (`%d.%m.%Y`), ISO by default. What cannot be read is an error, or null with `strict: false`. */
  toDate(format?: string, options: { strict?: boolean } = {}): Expr<C, N, Date | null> {
    requireOptions('str.toDate', options, { strict: true })
    const { strict = true } = options
    return this.#of.call('str.toDate', [], { format, strict })
  }
  toDatetime(format?: string, options: { strict?: boolean; unit?: TimeUnit } = {}): Expr<C, N, Date | null> {
    requireOptions('str.toDatetime', options, { strict: true, unit: true })
    const { strict = true, unit = 'us' } = options
    return this.#of.call('str.toDatetime', [], { format, strict, unit })
  }
}

/** Parts of dates and times, as the clock of their own zone shows them. */
export class DateParts<C extends string, N extends string> {
  readonly #of: Expr<C, N>
  /** @internal */
  constructor(of: Expr<C, N>) {
    this.#of = of
  }
  year(): Expr<C, N, number | null> {
    return this.#of.call('dt.year')
  }
  /** 1 to 12. */
  month(): Expr<C, N, number | null> {
    return this.#of.call('dt.month')
  }
  day(): Expr<C, N, number | null> {
    return this.#of.call('dt.day')
  }
  /** 1 for Monday to 7 for Sunday. */
  weekday(): Expr<C, N, number | null> {
    return this.#of.call('dt.weekday')
  }
  /** The week of ISO 8601. */
  week(): Expr<C, N, number | null> {
    return this.#of.call('dt.week')
  }
  /** The day of the year, from 1. */
  ordinalDay(): Expr<C, N, number | null> {
    return this.#of.call('dt.ordinalDay')
  }
  quarter(): Expr<C, N, number | null> {
    return this.#of.call('dt.quarter')
  }
  hour(): Expr<C, N, number | null> {
    return this.#of.call('dt.hour')
  }
  minute(): Expr<C, N, number | null> {
    return this.#of.call('dt.minute')
  }
  second(): Expr<C, N, number | null> {
    return this.#of.call('dt.second')
  }
  millisecond(): Expr<C, N, number | null> {
    return this.#of.call('dt.millisecond')
  }
  /** The day alone. */
  date(): Expr<C, N, Date | null> {
    return this.#of.call('dt.date')
  }
  /** The beginning of the hour, day, … that a moment is in: `'15m'`, `'1h'`, `'1d'`, `'1w'`, `'1mo'`, `'1y'`. */
  truncate(every: string): Expr<C, N, Date | null> {
    return this.#of.call('dt.truncate', [], { every: requireEvery('dt.truncate', every) })
  }
  /** As a text, by strftime's pattern: `%Y-%m-%d %H:%M`. */
  format(pattern: string): Expr<C, N, string | null> {
    return this.#of.call('dt.format', [], { format: pattern })
  }
  /** Whole seconds, milliseconds, … since 1970. */
  epoch(unit: 's' | TimeUnit = 'ms'): Expr<C, N, bigint | null> {
    return this.#of.call('dt.epoch', [], { unit })
  }
  /** The same moment on another zone's clock. */
  toZone(zone: string): Expr<C, N, Date | null> {
    requireZone('dt.toZone', zone)
    return this.#of.call('dt.toZone', [], { zone })
  }
  /** The same clock time, said to be of a zone; without one, of none. */
  asZone(zone?: string): Expr<C, N, Date | null> {
    if (zone !== undefined) requireZone('dt.asZone', zone)
    return this.#of.call('dt.asZone', [], { zone })
  }
  totalDays(): Expr<C, N, bigint | null> {
    return this.#of.call('dt.totalDays')
  }
  totalHours(): Expr<C, N, bigint | null> {
    return this.#of.call('dt.totalHours')
  }
  totalMinutes(): Expr<C, N, bigint | null> {
    return this.#of.call('dt.totalMinutes')
  }
  totalSeconds(): Expr<C, N, bigint | null> {
    return this.#of.call('dt.totalSeconds')
  }
  totalMilliseconds(): Expr<C, N, bigint | null> {
    return this.#of.call('dt.totalMilliseconds')
  }
}

/** Functions of lists. */
export class ListFunctions<C extends string, N extends string> {
  readonly #of: Expr<C, N>
  /** @internal */
  constructor(of: Expr<C, N>) {
    this.#of = of
  }
  length(): Expr<C, N, number | null> {
    return this.#of.call('list.length')
  }
  sum(): Expr<C, N> {
    return this.#of.call('list.sum')
  }
  min(): Expr<C, N> {
    return this.#of.call('list.min')
  }
  max(): Expr<C, N> {
    return this.#of.call('list.max')
  }
  mean(): Expr<C, N, number | null> {
    return this.#of.call('list.mean')
  }
  /** An item by its place, from the end when negative; null where there is none. */
  get(index: number): Expr<C, N> {
    return this.#of.call('list.get', [], { index: requireWhole('list.get', index, Number.NEGATIVE_INFINITY) })
  }
  first(): Expr<C, N> {
    return this.get(0)
  }
  last(): Expr<C, N> {
    return this.get(-1)
  }
  contains(value: Literal): Expr<C, N, boolean | null> {
    return this.#of.call('list.contains', [value])
  }
  /** The texts of a list as one. */
  join(separator = ','): Expr<C, N, string | null> {
    return this.#of.call('list.join', [], { separator })
  }
  sort(options: { descending?: boolean } = {}): Expr<C, N> {
    requireOptions('list.sort', options, { descending: true })
    const { descending = false } = options
    return this.#of.call('list.sort', [], { descending })
  }
  reverse(): Expr<C, N> {
    return this.#of.call('list.reverse')
  }
  /** Each item once, where it first comes. */
  unique(): Expr<C, N> {
    return this.#of.call('list.unique')
  }
  slice(offset: number, length?: number): Expr<C, N> {
    return this.#of.call('list.slice', [], { offset, length })
  }
}
