// A value as something a panel can show: rows as a table, other data as a tree, the rest as text. Pure, and cut to a size.

import { inspect } from 'node:util'
import { Table } from '../collections/dataframe/table.ts'
import { NdArray } from '../kernels/array/ndArray.ts'
import { listTableOf, numericOf, valueAt } from '../kernels/bag/listTable.ts'
import { CELL_CHARS, cellText, clipped, isNumbers, summary } from '../kernels/bag/valueText.ts'
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
  cellChars: CELL_CHARS,
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

/** A list of rows as a table; nothing when the value is something else. */
function tableOf(value: unknown, limits: DisplayLimits): Display | undefined {
  const table = listTableOf(value, limits)
  if (!table) return undefined
  const { form, columns, rows } = table
  const shown = rows
    .slice(0, limits.rows)
    .map((row) => columns.map((_, column) => cellText(valueAt(form, row, column), limits.cellChars)))
  return {
    kind: 'table',
    columns,
    numeric: numericOf(table, limits.rows),
    rows: shown,
    totalRows: rows.length,
  }
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
