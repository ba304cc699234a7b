// Functions of one row, in JavaScript. Absent values are dealt with before: none of these gets one as its first argument.

import { kernel } from '../../kernel.ts'
import { type DataType, isDuration, isInteger, isWide, TICKS } from '../dataType.ts'
import type { Options } from '../expression.ts'
import type { FunctionName } from '../functionCatalogue.ts'
import { quantile } from './aggregate.ts'
import type { Cell } from './column.ts'
import {
  floorDivide,
  formatted,
  isoWeek,
  isoWeekday,
  MS_A_DAY,
  momentOf,
  parseDate,
  parseDatetime,
  truncated,
  wallMs,
} from './dates.ts'
import { compareCells, keyText } from './groupRows.ts'

/** What a function knows beside its cells. */
export interface Call {
  readonly types: readonly DataType[]
  readonly type: DataType
  readonly options: Options
}

type ElementFunction = (cells: readonly Cell[], call: Call) => Cell

/** A function that this engine does not have: polars does. */
export class NotInColumnsError extends Error {
  override name = 'NotInColumnsError'
  constructor(what: string) {
    super(
      `${what} needs polars, which is not installed here: npm install nodejs-polars@0.25.2 on every machine that runs workers`,
    )
  }
}
kernel('error.NotInColumnsError', NotInColumnsError)

const bits = (type: DataType): number => Number(String(type).replace(/\D/g, ''))

/** A whole number as its type wraps it. */
function wrapped(value: bigint | number, type: DataType): Cell {
  if (!isInteger(type)) return value
  const whole = type.startsWith('u')
    ? BigInt.asUintN(bits(type), BigInt(value))
    : BigInt.asIntN(bits(type), BigInt(value))
  return type === 'int64' || type === 'uint64' ? whole : Number(whole)
}

const arithmetic =
  (onNumbers: (a: number, b: number) => number, onWhole: (a: bigint, b: bigint) => bigint): ElementFunction =>
  ([a, b], { type }) => {
    if (typeof a === 'bigint')
      return isInteger(type) ? wrapped(onWhole(a, b as bigint), type) : onWhole(a, b as bigint)
    const value = onNumbers(a as number, b as number)
    return isInteger(type)
      ? wrapped(Math.trunc(value), type)
      : type === 'float32'
        ? Math.fround(value)
        : value
  }

const float =
  (fn: (value: number) => number): ElementFunction =>
  ([value]) =>
    fn(value as number)

const compare =
  (test: (order: number) => boolean): ElementFunction =>
  ([a, b]) => {
    if (typeof a === 'boolean') return test(Number(a) - Number(b))
    // Lists and structs are alike or not.
    return test(
      typeof a === 'object' && !(a instanceof Uint8Array)
        ? Number(keyText([a]) !== keyText([b]))
        : compareCells(a, b),
    )
  }

const onFloat =
  (fn: (value: number) => number): ElementFunction =>
  ([value], { types }) =>
    typeof value === 'number' && (types[0] === 'float64' || types[0] === 'float32') ? fn(value) : value

/** Wall milliseconds of a date, datetime or time. */
function wall(cell: Cell, type: DataType): number {
  if (type === 'date') return (cell as number) * MS_A_DAY
  if (type === 'time') return Number((cell as bigint) / 1_000_000n)
  return wallMs(cell as bigint, type as { datetime: 'us' })
}

const part =
  (read: (ms: number) => number): ElementFunction =>
  ([cell], { types }) =>
    read(wall(cell, types[0]))

const span =
  (seconds: number): ElementFunction =>
  ([cell], { types }) =>
    (cell as bigint) / BigInt(Math.round(TICKS[isDuration(types[0]) ? types[0].duration : 'us'] * seconds))

const patterns = new Map<string, RegExp>()

/** polars' patterns are Rust's: `(?i)` and its like stand at their beginning. */
function pattern(source: string, literal: boolean, flags = ''): RegExp {
  const key = `${flags}/${literal}/${source}`
  let found = patterns.get(key)
  if (!found) {
    const inline = literal ? null : /^\(\?([imsx]+)\)/.exec(source)
    const body = literal
      ? source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      : inline
        ? source.slice(inline[0].length)
        : source
    found = new RegExp(body, `u${flags}${inline ? inline[1].replace('x', '') : ''}`)
    patterns.set(key, found)
    if (patterns.size > 100) patterns.delete(patterns.keys().next().value as string)
  }
  return found
}

const letters = (text: string): string[] => Array.from(text)
const asList = (cell: Cell): readonly Cell[] => cell as readonly Cell[]
const present = (cell: Cell): Cell[] => asList(cell).filter((each) => each !== null)
const sumOf = (cells: readonly Cell[], type: DataType): Cell =>
  type === 'float64'
    ? cells.reduce<number>((sum, cell) => sum + Number(cell), 0)
    : wrapped(
        cells.reduce<bigint>((sum, cell) => sum + BigInt(cell as number), 0n),
        type,
      )

export const ELEMENT: Partial<Record<FunctionName, ElementFunction>> = {
  add: (cells, call) =>
    typeof cells[0] === 'string'
      ? cells[0] + (cells[1] as string)
      : arithmetic(
          (a, b) => a + b,
          (a, b) => a + b,
        )(cells, call),
  sub: arithmetic(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  mul: (cells, call) => {
    const [a, b] = cells as readonly number[]
    // Beyond 2^53 a product of floats has lost its last digits, which are what is left of one that wraps.
    if (isInteger(call.type) && !isWide(call.type) && !Number.isSafeInteger(a * b))
      return wrapped(BigInt(a) * BigInt(b), call.type)
    return arithmetic(
      (left, right) => left * right,
      (left, right) => left * right,
    )(cells, call)
  },
  div: ([a, b]) => (a as number) / (b as number),
  floorDiv: (cells, call) => {
    if (isInteger(call.type) && Number(cells[1]) === 0) return null
    return arithmetic((a, b) => Math.floor(a / b), floorDivide)(cells, call)
  },
  mod: (cells, call) => {
    if (isInteger(call.type) && Number(cells[1]) === 0) return null
    return arithmetic(
      (a, b) => a - Math.floor(a / b) * b,
      (a, b) => a - floorDivide(a, b) * b,
    )(cells, call)
  },
  pow: ([value], { options }) =>
    options.exponent === 0.5 ? Math.sqrt(Number(value)) : Number(value) ** Number(options.exponent),
  neg: ([value], { type }) =>
    typeof value === 'bigint'
      ? wrapped(-value, type)
      : isInteger(type)
        ? wrapped(-(value as number), type)
        : -(value as number),
  abs: ([value], { type }) =>
    typeof value === 'bigint'
      ? value < 0n
        ? wrapped(-value, type)
        : value
      : isInteger(type)
        ? wrapped(Math.abs(value as number), type)
        : Math.abs(value as number),
  sign: float((value) => (value > 0 ? 1 : value < 0 ? -1 : value)),
  sqrt: float(Math.sqrt),
  exp: float(Math.exp),
  log: ([value], { options }) =>
    options.base === undefined
      ? Math.log(value as number)
      : Math.log(value as number) / Math.log(Number(options.base)),
  log1p: float(Math.log1p),
  floor: onFloat(Math.floor),
  ceil: onFloat(Math.ceil),
  round: (cells, call) =>
    onFloat((value) => {
      const scale = 10 ** Number(call.options.decimals ?? 0)
      const scaled = Math.abs(value) * scale
      return Number.isFinite(scaled) ? (Math.sign(value) * Math.round(scaled)) / scale : value
    })(cells, call),
  clip: ([value, low, high]) => {
    if (Number.isNaN(value)) return value
    if (low !== null && compareCells(value, low) < 0) return low
    return high !== null && compareCells(value, high) > 0 ? high : value
  },
  sin: float(Math.sin),
  cos: float(Math.cos),
  tan: float(Math.tan),
  asin: float(Math.asin),
  acos: float(Math.acos),
  atan: float(Math.atan),
  sinh: float(Math.sinh),
  cosh: float(Math.cosh),
  tanh: float(Math.tanh),
  isNaN: ([value]) => Number.isNaN(value),
  isFinite: ([value]) => typeof value === 'bigint' || Number.isFinite(value),
  fillNaN: ([value, other]) => (Number.isNaN(value) ? other : value),
  eq: compare((order) => order === 0),
  neq: compare((order) => order !== 0),
  lt: compare((order) => order < 0),
  lte: compare((order) => order <= 0),
  gt: compare((order) => order > 0),
  gte: compare((order) => order >= 0),
  xor: ([a, b]) => a !== b,
  not: ([value]) => !value,
  'str.length': ([text]) => letters(text as string).length,
  'str.toUpperCase': ([text]) => (text as string).toUpperCase(),
  'str.toLowerCase': ([text]) => (text as string).toLowerCase(),
  'str.contains': ([text, sought], { options }) =>
    pattern(sought as string, options.literal === true).test(text as string),
  'str.startsWith': ([text, sought]) => (text as string).startsWith(sought as string),
  'str.endsWith': ([text, sought]) => (text as string).endsWith(sought as string),
  'str.replace': ([text, sought, value], { options }) => {
    const literal = options.literal === true
    const put = literal
      ? () => value as string
      : (value as string).replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) =>
          /^\d+$/.test(name) ? `$${name}` : `$<${name}>`,
        )
    return (text as string).replace(pattern(sought as string, literal, options.all ? 'g' : ''), put as string)
  },
  'str.slice': ([text], { options }) => {
    const all = letters(text as string)
    const offset = Number(options.offset)
    const start = offset < 0 ? all.length + offset : offset
    const end = options.length === undefined ? all.length : start + Number(options.length)
    return all.slice(Math.max(0, start), Math.max(0, end)).join('')
  },
  'str.trim': ([text], { options }) =>
    options.side === 'start'
      ? (text as string).trimStart()
      : options.side === 'end'
        ? (text as string).trimEnd()
        : (text as string).trim(),
  'str.padStart': ([text], { options }) =>
    String(options.fill ?? ' ').repeat(Math.max(0, Number(options.length) - letters(text as string).length)) +
    text,
  'str.padEnd': ([text], { options }) =>
    text +
    String(options.fill ?? ' ').repeat(Math.max(0, Number(options.length) - letters(text as string).length)),
  'str.split': ([text, by]) => (by === '' ? letters(text as string) : (text as string).split(by as string)),
  'str.extract': ([text, sought], { options }) =>
    pattern(sought as string, false).exec(text as string)?.[Number(options.group ?? 1)] ?? null,
  'str.toDate': ([text], { options }) => {
    if (options.format !== undefined && options.format !== '%Y-%m-%d')
      throw new NotInColumnsError('str.toDate with a format of its own')
    return required(parseDate(text as string), text, 'date', options)
  },
  'str.toDatetime': ([text], { options, type }) => {
    if (options.format !== undefined) throw new NotInColumnsError('str.toDatetime with a format of its own')
    return required(parseDatetime(text as string, type as { datetime: 'us' }), text, 'datetime', options)
  },
  'dt.year': part((ms) => new Date(ms).getUTCFullYear()),
  'dt.month': part((ms) => new Date(ms).getUTCMonth() + 1),
  'dt.day': part((ms) => new Date(ms).getUTCDate()),
  'dt.weekday': part((ms) => isoWeekday(Math.floor(ms / MS_A_DAY))),
  'dt.week': part((ms) => isoWeek(Math.floor(ms / MS_A_DAY))),
  'dt.ordinalDay': part(
    (ms) => Math.floor(ms / MS_A_DAY) - Date.UTC(new Date(ms).getUTCFullYear(), 0, 1) / MS_A_DAY + 1,
  ),
  'dt.quarter': part((ms) => Math.floor(new Date(ms).getUTCMonth() / 3) + 1),
  'dt.hour': part((ms) => new Date(ms).getUTCHours()),
  'dt.minute': part((ms) => new Date(ms).getUTCMinutes()),
  'dt.second': part((ms) => new Date(ms).getUTCSeconds()),
  'dt.millisecond': part((ms) => ((ms % 1000) + 1000) % 1000),
  'dt.date': part((ms) => Math.floor(ms / MS_A_DAY)),
  'dt.truncate': ([cell], { types, options }) => {
    const [type] = types
    const start = truncated(wall(cell, type), String(options.every))
    if (type === 'date') return Math.floor(start / MS_A_DAY)
    const { datetime, zone } = type as { datetime: 'us'; zone?: string }
    const perMs = BigInt(TICKS[datetime] / 1000)
    if (!zone) return BigInt(start) * perMs
    // An hour that a clock shows twice begins twice, and what is in the second one began with it.
    const here = (floorDivide(cell as bigint, perMs) - BigInt(wall(cell, type) - start)) * perMs
    if (wall(here, type) === start) return here
    return momentOf(BigInt(start) * perMs, zone, datetime) ?? null
  },
  'dt.format': ([cell], { types, options }) => formatted(wall(cell, types[0]), String(options.format)),
  'dt.epoch': ([cell], { types, options }) => {
    const { datetime } = types[0] as { datetime: 'us' }
    const unit = options.unit ?? 'ms'
    const perUnit = unit === 's' ? 1 : TICKS[unit as 'ms']
    return perUnit <= TICKS[datetime]
      ? floorDivide(cell as bigint, BigInt(TICKS[datetime] / perUnit))
      : (cell as bigint) * BigInt(perUnit / TICKS[datetime])
  },
  'dt.toZone': ([cell]) => cell,
  'dt.asZone': ([cell], { types, type }) => {
    const from = types[0] as { datetime: 'us'; zone?: string }
    const { zone } = type as { zone?: string }
    const perMs = BigInt(TICKS[from.datetime] / 1000)
    const ticks = cell as bigint
    const shown = from.zone
      ? BigInt(wallMs(ticks, from)) * perMs + (ticks - floorDivide(ticks, perMs) * perMs)
      : ticks
    return zone ? (momentOf(shown, zone, from.datetime) ?? null) : shown
  },
  'dt.totalDays': span(86_400),
  'dt.totalHours': span(3600),
  'dt.totalMinutes': span(60),
  'dt.totalSeconds': span(1),
  'dt.totalMilliseconds': span(0.001),
  'list.length': ([list]) => asList(list).length,
  'list.sum': ([list], { type }) => sumOf(present(list), type),
  'list.min': ([list]) =>
    present(list).reduce<Cell>(
      (best, cell) => (best === null || compareCells(cell, best) < 0 ? cell : best),
      null,
    ),
  'list.max': ([list]) =>
    present(list).reduce<Cell>(
      (best, cell) => (best === null || compareCells(cell, best) > 0 ? cell : best),
      null,
    ),
  'list.mean': ([list]) => {
    const cells = present(list)
    return cells.length === 0
      ? null
      : cells.reduce<number>((sum, cell) => sum + Number(cell), 0) / cells.length
  },
  'list.get': ([list], { options }) => asList(list).at(Number(options.index)) ?? null,
  'list.contains': ([list, value]) =>
    value === null
      ? asList(list).includes(null)
      : present(list).some((cell) => compareCells(cell, value) === 0),
  'list.join': ([list], { options }) => present(list).join(String(options.separator ?? ',')),
  'list.sort': ([list], { options }) => {
    const cells = present(list).sort(compareCells)
    if (options.descending) cells.reverse()
    return [...new Array<Cell>(asList(list).length - cells.length).fill(null), ...cells]
  },
  'list.reverse': ([list]) => [...asList(list)].reverse(),
  'list.unique': ([list]) => {
    const seen: Cell[] = []
    for (const cell of asList(list))
      if (
        !seen.some((each) =>
          each === null || cell === null ? each === cell : compareCells(each, cell) === 0,
        )
      )
        seen.push(cell)
    return seen
  },
  'list.quantile': ([list], { options }) =>
    quantile(present(list), Number(options.q), String(options.interpolation ?? 'linear')),
  'list.slice': ([list], { options }) => {
    const all = asList(list)
    const offset = Number(options.offset)
    const start = offset < 0 ? Math.max(0, all.length + offset) : offset
    return all.slice(start, options.length === undefined ? undefined : start + Number(options.length))
  },
  field: ([struct], { options }) =>
    (struct as { readonly [field: string]: Cell })[String(options.name)] ?? null,
}

function required(value: Cell | undefined, text: Cell, what: string, options: Options): Cell {
  if (value === undefined && options.strict !== false)
    throw new TypeError(
      `${JSON.stringify(text)} is no ${what}: say strict: false to get null for what cannot be read`,
    )
  return value ?? null
}
