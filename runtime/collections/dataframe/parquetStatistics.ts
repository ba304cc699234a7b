// What a row group's statistics say: whether a condition can be true for any of its rows.

import type { RowGroup } from 'hyparquet'
import { type DataType, isDatetime, isInteger, isText, TICKS } from '../../kernels/table/dataType.ts'
import { argsOf, type ExprNode, type Literal } from '../../kernels/table/expression.ts'
import type { Schema } from '../../kernels/table/schema.ts'

/** The smallest and largest value of a column's rows, as cells. */
export interface RangeOf {
  min: number | bigint | string
  max: number | bigint | string
  nulls: boolean
}

/** The ranges of a row group's columns, of those that have them. */
export function rangesOf(group: RowGroup, schema: Schema): Map<string, RangeOf> {
  const ranges = new Map<string, RangeOf>()
  for (const { meta_data: meta } of group.columns) {
    if (meta?.path_in_schema.length !== 1) continue
    const type = schema.find(({ name }) => name === meta.path_in_schema[0])?.type
    const { min_value: min, max_value: max, null_count: nulls } = meta.statistics ?? {}
    if (type === undefined || min === undefined || max === undefined) continue
    const [low, high] = [cellOf(min, type), cellOf(max, type)]
    // Long texts are cut in statistics, and floats may hold NaN beside: neither can be trusted for all conditions.
    if (low === undefined || high === undefined || typeof low !== typeof high) continue
    ranges.set(meta.path_in_schema[0], {
      min: low,
      max: high,
      nulls: nulls === undefined || Number(nulls) > 0,
    })
  }
  return ranges
}

/** How many whole numbers or days there can be in pieces of these ranges, the absent one among them; nothing where one is unknown. */
export function valuesAtMost(ranges: readonly (RangeOf | undefined)[]): number | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const range of ranges) {
    if (range === undefined || typeof range.min === 'string' || typeof range.max === 'string')
      return undefined
    low = Math.min(low, Number(range.min))
    high = Math.max(high, Number(range.max))
  }
  return high < low ? undefined : high - low + 2
}

function cellOf(value: unknown, type: DataType): number | bigint | string | undefined {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) return undefined
    if (type === 'date') return Math.floor(value.getTime() / 86_400_000)
    return isDatetime(type) && type.datetime === 'ms' ? BigInt(value.getTime()) : undefined
  }
  if (isInteger(type)) {
    if (typeof value !== 'bigint' && !Number.isInteger(value)) return undefined
    return type === 'int64' || type === 'uint64' ? BigInt(value as number) : Number(value)
  }
  if (isText(type)) return typeof value === 'string' && value.length < 32 ? value : undefined
  return undefined
}

/** Whether a resolved condition may be true for some row; when in doubt it may. */
export function mayHold(node: ExprNode, rangeOf: (column: string) => RangeOf | undefined): boolean {
  if (node.kind !== 'call') return true
  const [a, b] = argsOf(node)
  if (node.fn === 'and') return mayHold(a, rangeOf) && mayHold(b, rangeOf)
  if (node.fn === 'or') return mayHold(a, rangeOf) || mayHold(b, rangeOf)
  if (a?.kind !== 'column' || b?.kind !== 'literal') return true
  const range = rangeOf(a.name)
  if (!range) return true
  if (node.fn === 'isIn')
    return (b.value as readonly Literal[]).some((value) => within(comparedAs(value, a.type), range, 'eq'))
  return within(comparedAs(b.value, a.type), range, node.fn)
}

function within(value: number | bigint | string | undefined, { min, max }: RangeOf, fn: string): boolean {
  if (value === undefined || typeof value !== typeof min) return true
  switch (fn) {
    case 'eq':
      return value >= min && value <= max
    case 'lt':
      return min < value
    case 'lte':
      return min <= value
    case 'gt':
      return max > value
    case 'gte':
      return max >= value
    default:
      return true
  }
}

/** A literal as the cell that it is compared as. */
function comparedAs(value: Literal, type: DataType | undefined): number | bigint | string | undefined {
  if (type === undefined) return undefined
  if (value instanceof Date) {
    if (type === 'date') return value.getTime() / 86_400_000
    return isDatetime(type) ? BigInt(value.getTime()) * BigInt(TICKS[type.datetime] / 1000) : undefined
  }
  if (isInteger(type) && (typeof value === 'bigint' || typeof value === 'number'))
    return type === 'int64' || type === 'uint64' ? BigInt(value) : Number(value)
  // Texts are compared as UTF-16 here and as UTF-8 there: only plain ones are sure to agree.
  return typeof value === 'string' && /^[\x20-\x7e]*$/.test(value) ? value : undefined
}
