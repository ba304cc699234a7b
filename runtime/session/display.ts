// A value as something a panel can show: rows as a table, other data as a tree, the rest as text. Pure, and cut to a size.

import { inspect } from 'node:util'
import { Table } from '../collections/dataframe/table.ts'
import { NdArray } from '../kernels/array/ndArray.ts'
import type { Display, DisplayNode } from '../protocol/runs.ts'
import { arrayDisplay } from './arrayDisplay.ts'

/** How much of a value is shown. */
export interface DisplayLimits {
  rows: number
  columns: number
  cellChars: number
  /** Nodes of a tree, all levels together. */
  nodes: number
  depth: number
  textChars: number
  /** Numbers of an array. */
  elements: number
}

export const LIMITS: DisplayLimits = {
  rows: 1000,
  columns: 100,
  cellChars: 200,
  nodes: 2000,
  depth: 8,
  textChars: 100_000,
  elements: 131_072,
}

/** The longest `line` that stands beside the user's code. */
const LINE_CHARS = 80

/**
 * The display of a value.
 * @example displayOf([{ a: 1 }, { a: 2 }]) // a table of one column and two rows
 */
export function displayOf(value: unknown, limits: DisplayLimits = LIMITS): Display {
  if (typeof value === 'string') return textDisplay(value, limits)
  const array = arrayDisplay(value, limits.elements)
  if (array) return array
  if (value instanceof NdArray) return textDisplay(inspect(value), limits)
  const table = tableOf(value instanceof Table ? value.toRecords() : value, limits)
  if (table) return table
  const tree = new TreeBuilder(limits)
  const node = tree.node(value, undefined, 0)
  if (!node.children) return textDisplay(node.text, limits)
  return { kind: 'tree', value: node, cut: tree.cut }
}

function textDisplay(text: string, limits: DisplayLimits): Display {
  const cut = text.length > limits.textChars
  return { kind: 'text', text: cut ? text.slice(0, limits.textChars) : text, cut }
}

/** The value in one line. */
export function lineOf(value: unknown): string {
  return clipped(summary(value, 2), LINE_CHARS)
}

/** Rows of records, or of lists of the same length, as a table; nothing when the value is something else. */
function tableOf(value: unknown, limits: DisplayLimits): Display | undefined {
  if (!Array.isArray(value) || value.length < 2) return undefined
  const shown = value.slice(0, limits.rows)
  if (shown.every(isRecord)) {
    const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))]
    if (columns.length === 0 || columns.length > limits.columns) return undefined
    return table(
      columns,
      shown,
      (row, column) => (row as Record<string, unknown>)[column],
      value.length,
      limits,
    )
  }
  const width = Array.isArray(shown[0]) ? shown[0].length : 0
  if (width < 2 || width > limits.columns) return undefined
  if (!shown.every((row) => Array.isArray(row) && row.length === width)) return undefined
  const columns = Array.from({ length: width }, (_, i) => String(i))
  return table(columns, shown, (row, column) => (row as unknown[])[Number(column)], value.length, limits)
}

function table(
  columns: string[],
  shown: readonly unknown[],
  cell: (row: unknown, column: string) => unknown,
  totalRows: number,
  limits: DisplayLimits,
): Display {
  const numeric = columns.map((column) => {
    const cells = shown.map((row) => cell(row, column)).filter((each) => each !== undefined && each !== null)
    return cells.length > 0 && cells.every((each) => typeof each === 'number' || typeof each === 'bigint')
  })
  const rows = shown.map((row) =>
    columns.map((column) => {
      return cellText(cell(row, column), limits)
    }),
  )
  return { kind: 'table', columns, numeric, rows, totalRows }
}

/** What stands in a cell of a table. */
export function cellText(value: unknown, limits: DisplayLimits = LIMITS): string {
  if (value === undefined) return ''
  // Without JavaScript's mark: the column says that they are numbers, and sorts them as such.
  if (typeof value === 'bigint') return String(value)
  return clipped(typeof value === 'string' ? value : summary(value, 1), limits.cellChars)
}

const isRecord = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

class TreeBuilder {
  readonly #limits: DisplayLimits
  readonly #above = new Set<object>()
  #left: number
  cut = false

  constructor(limits: DisplayLimits) {
    this.#limits = limits
    this.#left = limits.nodes
  }

  node(value: unknown, label: string | undefined, depth: number): DisplayNode {
    this.#left--
    const node: DisplayNode = {
      ...(label !== undefined && { label: clipped(label, this.#limits.cellChars) }),
      text: clipped(summary(value, 1), this.#limits.cellChars),
      type: typeOf(value),
    }
    if (typeof value !== 'object' || value === null) return node
    const parts = partsOf(value)
    if (!parts || parts.length === 0) return node
    if (this.#above.has(value)) return { ...node, text: `${node.text} (again)` }
    if (depth >= this.#limits.depth || this.#left <= 0) {
      this.cut = true
      return node
    }
    this.#above.add(value)
    node.children = []
    for (const [name, part] of parts) {
      if (this.#left <= 0) {
        this.cut = true
        break
      }
      node.children.push(this.node(part, name, depth + 1))
    }
    if (parts.length === PARTS_MAX) this.cut = true
    this.#above.delete(value)
    return node
  }
}

/** No more parts of one value than this are looked at. */
const PARTS_MAX = 1000

/** What stands inside a value, by name; nothing for a leaf. */
function partsOf(value: object): [string, unknown][] | undefined {
  if (Array.isArray(value) || isNumbers(value))
    return Array.from({ length: Math.min(value.length, PARTS_MAX) }, (_, i) => [String(i), value[i]])
  if (value instanceof Map)
    return [...value.entries().take(PARTS_MAX)].map(([key, part]) => [summary(key, 0), part])
  if (value instanceof Set) return [...value.values().take(PARTS_MAX)].map((part, i) => [String(i), part])
  if (value instanceof Date || value instanceof RegExp || value instanceof Promise) return undefined
  if (value instanceof Error) return [['message', value.message], ...Object.entries(value)]
  return Object.entries(value).slice(0, PARTS_MAX)
}

type Numbers = ArrayLike<number | bigint> & ArrayBufferView

const isNumbers = (value: object): value is Numbers =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

function typeOf(value: unknown): DisplayNode['type'] {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number'
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'undefined':
      return 'null'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value) || isNumbers(value)) return 'array'
      return value instanceof Date ? 'date' : 'object'
    default:
      return 'other'
  }
}

/** A value in one line, `depth` levels of it spelt out. */
function summary(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 2 * LINE_CHARS ? `${value.slice(0, 2 * LINE_CHARS)}…` : value)
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
  if (value instanceof Table) return `Table(${value.length} × ${value.columns.length})`
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

const clipped = (text: string, chars: number): string => {
  const line = text.length > 4 * chars ? text.slice(0, 4 * chars) : text
  return line.length > chars ? `${line.slice(0, chars - 1)}…` : line
}
