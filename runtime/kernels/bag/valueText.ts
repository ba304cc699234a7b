// A value as text in one line, and as what stands in a cell of a table. Pure.

import { inspect } from 'node:util'
import { NdArray } from '../array/ndArray.ts'

/** Characters of a cell. */
export const CELL_CHARS = 200

/** So much of a text inside a value is written. */
const TEXT_CHARS = 160

/** By this a class of ours says what it is in one line. */
export const inOneLine: unique symbol = Symbol('heddle.inOneLine')

/** What stands in a cell of a table. */
export function cellText(value: unknown, chars = CELL_CHARS): string {
  if (value === undefined) return ''
  // Without JavaScript's mark: the column says that they are numbers, and sorts them as such.
  if (typeof value === 'bigint') return String(value)
  return clipped(typeof value === 'string' ? value : summary(value, 1), chars)
}

/** A value in one line, `depth` levels of it spelt out. */
export function summary(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > TEXT_CHARS ? `${value.slice(0, TEXT_CHARS)}…` : value)
    case 'bigint':
      return `${value}n`
    case 'function':
      return `function ${value.name || '(anonymous)'}`
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'object':
      return value === null ? 'null' : summaryOfObject(value, depth)
    default:
      return String(value)
  }
}

function summaryOfObject(value: object, depth: number): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (inOneLine in value) return (value as { [inOneLine](): string })[inOneLine]()
  if (value instanceof NdArray) return inspect(value).replace(/\s+/g, ' ')
  const name = value.constructor?.name ?? 'Object'
  if (Array.isArray(value) || isNumbers(value)) {
    const shown = depth > 0 ? spelt(value, (part) => summary(part, depth - 1)) : undefined
    if (shown !== undefined) return Array.isArray(value) ? `[${shown}]` : `${name} [${shown}]`
    return `${name}(${value.length})`
  }
  if (value instanceof Map || value instanceof Set) return `${name}(${value.size})`
  const entries = Object.entries(value)
  const prefix = name === 'Object' ? '' : `${name} `
  if (depth === 0 || entries.length > SPELT_MAX) return entries.length === 0 ? `${prefix}{}` : `${prefix}{…}`
  const shown = entries.map(
    ([key, part]) =>
      `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${summary(part, depth - 1)}`,
  )
  return shown.length === 0 ? `${prefix}{}` : `${prefix}{ ${shown.join(', ')} }`
}

/** Lists up to this long, and objects of so many properties, are spelt out in a line. */
const SPELT_MAX = 12

function spelt(list: ArrayLike<unknown>, write: (part: unknown) => string): string | undefined {
  if (list.length > SPELT_MAX) return undefined
  return Array.from(list, write).join(', ')
}

/** A text cut to so many characters. */
export const clipped = (text: string, chars: number): string => {
  const line = text.length > 4 * chars ? text.slice(0, 4 * chars) : text
  return line.length > chars ? `${line.slice(0, chars - 1)}…` : line
}

type Numbers = ArrayLike<number | bigint> & ArrayBufferView

/** Whether it is a typed array. */
export const isNumbers = (value: object): value is Numbers =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)
