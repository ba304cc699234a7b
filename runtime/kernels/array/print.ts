// Arrays as NumPy prints them: 8 digits at most, columns aligned, long axes shortened to their ends.

import { type DType, NAT, type TimeUnit } from './dtype.ts'
import type { NdArray } from './ndArray.ts'

const PRECISION = 8
const THRESHOLD = 1000
const EDGE = 3
const LINE_CHARS = 75

/**
 * @param indent columns in front of the first line
 * @param separator between elements: a space for `print`, `', '` for `repr`
 */
export function printArray(array: NdArray, indent = 0, separator = ' '): string {
  if (array.shape.length === 0) return scalarText(array.elementAt(array.offset), array.type)
  if (array.size === 0) return EMPTY
  return printed(array, array.size > THRESHOLD, indent, separator)
}

/**
 * A long array of which the first and the last places along each axis are here, as it prints: seven along each axis that is longer,
 * the one in the middle standing for those left out.
 */
export const printEnds = (ends: NdArray, indent: number, separator: string): string =>
  printed(ends, true, indent, separator)

/**
 * The places along an axis that `printEnds` is to be given.
 * @example endPlaces(100) // [0, 1, 2, 3, 97, 98, 99]
 */
export const endPlaces = (length: number): number[] =>
  length <= 2 * EDGE ? Array.from({ length }, (_, i) => i) : [0, 1, 2, 3, length - 3, length - 2, length - 1]

function printed(array: NdArray, shortened: boolean, indent: number, separator: string): string {
  const shown: unknown[] = []
  collect(array, 0, array.offset, shortened, shown)
  const format = formatter(shown, array.type)
  return lines(array, 0, array.offset, shortened, format, indent + 1, separator.trimEnd())
}

const EMPTY = '[]'

/** One element as NumPy prints it by itself: with all digits that tell it from others. */
function scalarText(value: unknown, type: DType): string {
  if (type.kind === 'f') return allDigits(value as number, type.bytes === 4)
  if (type.kind !== 'c') return type.unit ? timeText(value as bigint, type) : formatter([value], type)(value)
  const { re, im } = value as { re: number; im: number }
  const single = type.bytes === 8
  const imaginary = allDigits(im, single).replace(/\.0$/, '')
  if (re === 0 && !Object.is(re, -0)) return `${imaginary}j`
  return `(${allDigits(re, single).replace(/\.0$/, '')}${/^[-]/.test(imaginary) ? '' : '+'}${imaginary}j)`
}

function allDigits(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const text = shortest(value, single)
  const [mantissa, exponent] = text.split('e')
  const e = Number(exponent)
  if (e >= -4 && e < 16) {
    const written = plain(text)
    return written.includes('.') ? written : `${written}.0`
  }
  return `${mantissa}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`
}

/** Places along an axis that are shown; −1 stands for those left out. */
function places(length: number, shortened: boolean): number[] {
  if (!shortened || length <= 2 * EDGE) return Array.from({ length }, (_, i) => i)
  return [0, 1, 2, -1, length - 3, length - 2, length - 1]
}

function collect(array: NdArray, axis: number, at: number, shortened: boolean, into: unknown[]): void {
  if (axis === array.shape.length) {
    into.push(array.elementAt(at))
    return
  }
  for (const place of places(array.shape[axis], shortened))
    if (place >= 0) collect(array, axis + 1, at + place * array.strides[axis], shortened, into)
}

function lines(
  array: NdArray,
  axis: number,
  at: number,
  shortened: boolean,
  format: (value: unknown) => string,
  indent: number,
  comma: string,
): string {
  const parts = places(array.shape[axis], shortened).map((place) => {
    if (place < 0) return '...'
    const next = at + place * array.strides[axis]
    if (axis === array.shape.length - 1) return format(array.elementAt(next))
    return lines(array, axis + 1, next, shortened, format, indent + 1, comma)
  })
  if (axis < array.shape.length - 1) {
    const gap = `${comma}${'\n'.repeat(array.shape.length - 1 - axis)}${' '.repeat(indent)}`
    return `[${parts.join(gap)}]`
  }
  // A row is broken where it grows too long.
  let text = ''
  let line = ''
  parts.forEach((part, i) => {
    const word = part + (i < parts.length - 1 ? comma : '')
    const width = indent + line.length + (line ? 1 : 0) + word.length + (i === parts.length - 1 ? 1 : 0)
    if (line && width > LINE_CHARS) {
      text += `${line.trimEnd()}\n${' '.repeat(indent)}`
      line = word
    } else line += (line ? ' ' : '') + word
  })
  return `[${text}${line}]`
}

function formatter(values: readonly unknown[], type: DType): (value: unknown) => string {
  if (type.kind === 'f') return floatFormatter(values as number[], type.bytes === 4)
  if (type.kind === 'c') {
    const single = type.bytes === 8
    const parts = values as { re: number; im: number }[]
    const re = floatFormatter(
      parts.map((value) => value.re),
      single,
    )
    const im = floatFormatter(
      parts.map((value) => value.im),
      single,
      true,
    )
    return (value) => {
      const { re: real, im: imaginary } = value as { re: number; im: number }
      const text = im(imaginary)
      const digits = text.trimEnd()
      return `${re(real)}${digits}j${' '.repeat(text.length - digits.length)}`
    }
  }
  const text = (value: unknown): string =>
    type.kind === 'b'
      ? value
        ? 'True'
        : 'False'
      : type.unit
        ? timeText(value as bigint, type)
        : String(value)
  const quoted =
    type.kind === 'M' && values.length > 0 ? (value: unknown): string => `'${text(value)}'` : text
  const width = Math.max(...values.map((value) => quoted(value).length))
  return (value) => quoted(value).padStart(width)
}

/** Ticks as ISO 8601, or as a plain number for spans of time. */
export function timeText(ticks: bigint, type: DType): string {
  if (ticks === NAT) return 'NaT'
  if (type.kind === 'm') return String(ticks)
  const unit = type.unit as TimeUnit
  const perDay = { D: 1n, h: 24n, m: 1440n, s: 86400n, ms: 86400000n, us: 86400000000n, ns: 86400000000000n }[
    unit
  ]
  let days = ticks / perDay
  let rest = ticks % perDay
  if (rest < 0n) {
    days -= 1n
    rest += perDay
  }
  const date = new Date(Number(days) * 86_400_000).toISOString().slice(0, 10)
  if (unit === 'D') return date
  const nanos = (rest * 86400000000000n) / perDay
  const pad = (value: bigint, digits = 2): string => String(value).padStart(digits, '0')
  const hour = pad(nanos / 3600000000000n)
  if (unit === 'h') return `${date}T${hour}`
  const minute = pad((nanos / 60000000000n) % 60n)
  if (unit === 'm') return `${date}T${hour}:${minute}`
  const second = pad((nanos / 1000000000n) % 60n)
  const digits = { s: 0, ms: 3, us: 6, ns: 9 }[unit]
  const fraction = digits > 0 ? `.${pad(nanos % 1000000000n, 9).slice(0, digits)}` : ''
  return `${date}T${hour}:${minute}:${second}${fraction}`
}

/** The shortest digits that tell a number of its precision from its neighbours. */
function shortest(value: number, single: boolean): string {
  if (!single) return value.toExponential()
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits)
    if (Math.fround(Number(text)) === value) return text
  }
  return value.toExponential(9)
}

function floatFormatter(
  values: readonly number[],
  single: boolean,
  signed = false,
): (value: unknown) => string {
  const finite = values.filter(Number.isFinite)
  const sizes = finite.filter((value) => value !== 0).map(Math.abs)
  const most = Math.max(...sizes)
  const least = Math.min(...sizes)
  const scientific = sizes.length > 0 && (most >= 1e8 || least < 1e-4 || most / least > 1000)
  const parts = scientific
    ? scientificParts(finite, single)
    : { digits: decimalsOf(finite, single), exponentDigits: 0 }
  const write = (value: number): string => {
    const sign = signed && (value >= 0 || Number.isNaN(value)) && !Object.is(value, -0) ? '+' : ''
    if (Number.isNaN(value)) return `${sign}nan`
    if (!Number.isFinite(value)) return value > 0 ? `${sign}inf` : '-inf'
    if (!scientific) {
      const minus = Object.is(value, -0) ? '-' : ''
      return sign + minus + trimmed(toFixedRounded(value, single, parts.digits), parts.digits)
    }
    const [mantissa, exponent] = toExponentialRounded(value, single, parts.digits)
    const minus = Object.is(value, -0) ? '-' : ''
    const e = Number(exponent)
    return `${sign}${minus}${mantissa}${mantissa.includes('.') ? '' : '.'}${'0'.repeat(
      Math.max(0, parts.digits - (mantissa.split('.')[1]?.length ?? 0)),
    )}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(parts.exponentDigits, '0')}`
  }
  const fill = scientific ? 0 : parts.digits
  const padded = (value: number): string => {
    const text = write(value)
    if (scientific || !Number.isFinite(value)) return text
    const decimals = text.split('.')[1]?.length ?? 0
    return text + ' '.repeat(Math.max(0, fill - decimals))
  }
  const width = Math.max(...values.map((value) => padded(value).length))
  return (value) => padded(value as number).padStart(width)
}

/** Exact decimal text of a number rounded to a count of decimals, from its shortest digits. */
function toFixedRounded(value: number, single: boolean, digits: number): string {
  const text = plain(shortest(value, single))
  const decimals = text.split('.')[1]?.length ?? 0
  return decimals <= digits ? text : value.toFixed(digits)
}

function toExponentialRounded(value: number, single: boolean, digits: number): [string, string] {
  const [mantissa, exponent] = shortest(value, single).split('e')
  if ((mantissa.split('.')[1]?.length ?? 0) <= digits) return [mantissa, exponent]
  return value.toExponential(digits).split('e') as [string, string]
}

/** `1.5e+2` as `150`. */
function plain(exponential: string): string {
  const [mantissa, exponent] = exponential.split('e')
  const negative = mantissa.startsWith('-')
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  const text =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`
  return (negative ? '-' : '') + text
}

/** Without zeros at the end, but with the point. */
function trimmed(text: string, _digits: number): string {
  if (!text.includes('.')) return `${text}.`
  return text.replace(/0+$/, '')
}

/** The most decimals that any number needs, up to the precision. */
function decimalsOf(values: readonly number[], single: boolean): number {
  let most = 0
  for (const value of values) {
    const fixed = trimmed(toFixedRounded(value, single, PRECISION), PRECISION)
    most = Math.max(most, fixed.split('.')[1]?.length ?? 0)
  }
  return most
}

function scientificParts(
  values: readonly number[],
  single: boolean,
): { digits: number; exponentDigits: number } {
  let digits = 0
  let exponentDigits = 2
  for (const value of values) {
    const [mantissa, exponent] = toExponentialRounded(value, single, PRECISION)
    digits = Math.max(digits, mantissa.replace(/0+$/, '').split('.')[1]?.length ?? 0)
    exponentDigits = Math.max(exponentDigits, String(Math.abs(Number(exponent))).length)
  }
  return { digits, exponentDigits }
}
