// Casts of cells, in JavaScript.

import {
  type DataType,
  integerRange,
  isDatetime,
  isDuration,
  isInteger,
  isList,
  isStruct,
  TICKS,
  typeText,
} from '../dataType.ts'
import type { Cell } from './column.ts'
import { floorDivide, MS_A_DAY, parseDate, parseDatetime, wallMs } from './dates.ts'
import { NotInColumnsError } from './elementFunctions.ts'
import { CellTypeError, parseTime } from './values.ts'

const NS_A_DAY = 86_400_000_000_000n

/** @throws {CellTypeError} when a value cannot be cast and must not become null */
export function castCell(cell: Cell, from: DataType, to: DataType, strict: boolean): Cell {
  if (cell === null) return null
  if (isList(to))
    return isList(from)
      ? (cell as readonly Cell[]).map((each) => castCell(each, from.list, to.list, strict))
      : [castCell(cell, from, to.list, strict)]
  if (isStruct(to) && isStruct(from)) {
    const fields = cell as { readonly [field: string]: Cell }
    return Object.fromEntries(
      Object.entries(to.struct).map(([name, type]) => [
        name,
        castCell(fields[name] ?? null, from.struct[name] ?? 'null', type, strict),
      ]),
    )
  }
  const value = casted(cell, from, to)
  if (value === undefined && strict)
    throw new CellTypeError(
      `${String(cell)} cannot be cast to ${typeText(to)}: cast with { strict: false } to get null instead`,
    )
  return value ?? null
}

function casted(cell: Cell, from: DataType, to: DataType): Cell | undefined {
  if (isInteger(to)) return wholeNumber(cell, to)
  if (to === 'float64' || to === 'float32') {
    const value = typeof cell === 'string' ? (cell.trim() === '' ? undefined : Number(cell)) : Number(cell)
    if (value === undefined || (Number.isNaN(value) && typeof cell === 'string' && !/^nan$/i.test(cell)))
      return undefined
    return to === 'float32' ? Math.fround(value) : value
  }
  if (to === 'string' || to === 'category') return castText(cell, from)
  if (to === 'boolean')
    return typeof cell === 'boolean' ? cell : typeof cell === 'string' ? undefined : Number(cell) !== 0
  if (to === 'date') {
    if (isDatetime(from)) return Math.floor(wallMs(cell as bigint, from) / MS_A_DAY)
    return typeof cell === 'string' ? parseDate(cell) : wholeNumber(cell, 'int32')
  }
  if (to === 'time') return timeOf(cell, from)
  if (isDatetime(to)) {
    if (from === 'date')
      return inTicks(BigInt(cell as number) * BigInt(MS_A_DAY) * BigInt(TICKS[to.datetime] / 1000))
    if (isDatetime(from)) return scaled(cell as bigint, TICKS[from.datetime], TICKS[to.datetime])
    return typeof cell === 'string' ? parseDatetime(cell, to) : wholeNumber(cell, 'int64')
  }
  if (isDuration(to)) {
    if (from === 'time') return lengthOf(cell as bigint, TICKS.ns, TICKS[to.duration])
    return isDuration(from)
      ? lengthOf(cell as bigint, TICKS[from.duration], TICKS[to.duration])
      : wholeNumber(cell, 'int64')
  }
  return cell
}

/** What is behind the point goes; what does not fit is none. */
function wholeNumber(cell: Cell, to: DataType): Cell | undefined {
  if (!isInteger(to)) return undefined
  if (typeof cell === 'string' && !/^[+-]?\d+$/.test(cell)) return undefined
  if (typeof cell === 'number' && !Number.isFinite(cell)) return undefined
  const whole = BigInt(typeof cell === 'number' ? Math.trunc(cell) : (cell as bigint | boolean | string))
  const [low, high] = integerRange(to)
  if (whole < low || whole > high) return undefined
  return to === 'int64' || to === 'uint64' ? whole : Number(whole)
}

/** A time of day, in nanoseconds. */
function timeOf(cell: Cell, from: DataType): Cell | undefined {
  if (typeof cell === 'string') return parseTime(cell)
  if (isDatetime(from)) {
    const perSecond = BigInt(TICKS[from.datetime])
    const finer = (cell as bigint) - floorDivide(cell as bigint, perSecond) * perSecond
    const seconds = Math.floor(wallMs(cell as bigint, from) / 1000)
    return (
      BigInt(((seconds % 86_400) + 86_400) % 86_400) * 1_000_000_000n + finer * (1_000_000_000n / perSecond)
    )
  }
  const nanos = wholeNumber(cell, 'int64') as bigint | undefined
  return nanos !== undefined && nanos >= 0n && nanos < NS_A_DAY ? nanos : undefined
}

const inTicks = (ticks: bigint): bigint | undefined =>
  BigInt.asIntN(64, ticks) === ticks ? ticks : undefined

const scaled = (ticks: bigint, from: number, to: number): bigint | undefined =>
  to >= from ? inTicks(ticks * BigInt(to / from)) : floorDivide(ticks, BigInt(from / to))

/** A length in other ticks: what is finer goes, towards zero. */
const lengthOf = (ticks: bigint, from: number, to: number): bigint | undefined =>
  to >= from ? inTicks(ticks * BigInt(to / from)) : ticks / BigInt(from / to)

function castText(cell: Cell, from: DataType): string | undefined {
  if (typeof cell === 'number') {
    if (from === 'date') return new Date(cell * MS_A_DAY).toISOString().slice(0, 10)
    if (isInteger(from)) return String(cell)
    if (Number.isNaN(cell)) return 'NaN'
    if (!Number.isFinite(cell)) return cell > 0 ? 'inf' : '-inf'
    return Number.isInteger(cell) && Math.abs(cell) < 1e16
      ? `${Object.is(cell, -0) ? '-0' : cell}.0`
      : String(cell)
  }
  if (from === 'time') return clockText(cell as bigint)
  if (cell instanceof Uint8Array) return decoded(cell)
  if (isDatetime(from)) throw new NotInColumnsError('a datetime as text without dt.format')
  return String(cell)
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Thousandths, millionths or billionths of a second, if there are any. */
function clockText(nanos: bigint): string {
  const two = (value: bigint): string => String(value).padStart(2, '0')
  const seconds = nanos / 1_000_000_000n
  const rest = String(nanos % 1_000_000_000n).padStart(9, '0')
  const digits = rest.replace(/(000)+$/, '')
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map(two).join(':')
  return digits === '' ? clock : `${clock}.${digits}`
}
