// Dates and times as whole numbers: days and ticks since 1970, in UTC or as a zone's clock shows them.

import { type DataType, TICKS, type TimeUnit } from '../dataType.ts'

export const MS_A_DAY = 86_400_000

/** Days since 1970 of `1994-01-31`; undefined when it is no date. */
export function parseDate(text: string): number | undefined {
  const match = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*$/.exec(text)
  if (!match) return undefined
  return daysOf(Number(match[1]), Number(match[2]), Number(match[3]))
}

function daysOf(year: number, month: number, day: number): number | undefined {
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined
  return at.getTime() / MS_A_DAY
}

const DATETIME =
  /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*$/

/** Ticks since 1970 of `1994-01-31T12:30:00.5`; an offset is taken off. Undefined when it is none. */
export function parseDatetime(
  text: string,
  { datetime: unit }: { readonly datetime: TimeUnit },
): bigint | undefined {
  const match = DATETIME.exec(text)
  if (!match) return undefined
  const days = daysOf(Number(match[1]), Number(match[2]), Number(match[3]))
  const [hour, minute, second] = [match[4], match[5], match[6]].map((part) => Number(part ?? 0))
  if (days === undefined || hour > 23 || minute > 59 || second > 59) return undefined
  const nanos = BigInt((match[7] ?? '').padEnd(9, '0') || '0')
  let seconds = BigInt(days) * 86_400n + BigInt(hour * 3600 + minute * 60 + second)
  if (match[8] && match[8] !== 'Z') {
    const sign = match[8][0] === '-' ? -1n : 1n
    const digits = match[8].replace(/\D/g, '')
    seconds -= sign * BigInt(Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60)
  }
  return seconds * BigInt(TICKS[unit]) + (nanos * BigInt(TICKS[unit])) / 1_000_000_000n
}

/** Whole division towards the past. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    })
    clocks.set(zone, clock)
  }
  return clock
}

/** How many seconds a zone's clock is ahead of UTC at a moment, in seconds since 1970. */
export function offsetSeconds(zone: string, atSeconds: number): number {
  if (zone === 'UTC') return 0
  const parts: Record<string, string> = {}
  for (const { type, value } of clockOf(zone).formatToParts(new Date(atSeconds * 1000))) parts[type] = value
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
  const shown = new Date(0)
  shown.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day))
  shown.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second), 0)
  return shown.getTime() / 1000 - atSeconds
}

/** What the clock on the wall shows, as if it were UTC: milliseconds since 1970, without what is finer. */
export function wallMs(
  ticks: bigint,
  type: { readonly datetime: TimeUnit; readonly zone?: string | undefined },
): number {
  const seconds = Number(floorDivide(ticks, BigInt(TICKS[type.datetime])))
  const rest = Number(floorDivide(ticks * 1000n, BigInt(TICKS[type.datetime]))) - seconds * 1000
  return (seconds + (type.zone ? offsetSeconds(type.zone, seconds) : 0)) * 1000 + rest
}

/** The moment at which a zone's clock shows this wall time, the earlier of two; undefined when it never does. */
export function momentOf(wallTicks: bigint, zone: string, unit: TimeUnit): bigint | undefined {
  const perSecond = BigInt(TICKS[unit])
  const wall = Number(floorDivide(wallTicks, perSecond))
  const candidates = [-86_400, 86_400]
    .map((shift) => wall - offsetSeconds(zone, wall + shift))
    .filter((moment) => moment + offsetSeconds(zone, moment) === wall)
  if (candidates.length === 0) return undefined
  return BigInt(Math.min(...candidates)) * perSecond + (wallTicks - BigInt(wall) * perSecond)
}

/** The ISO 8601 week that a day is in; days are since 1970. */
export function isoWeek(days: number): number {
  const weekday = isoWeekday(days)
  const thursday = days - weekday + 4
  const year = new Date(thursday * MS_A_DAY).getUTCFullYear()
  return Math.floor((thursday - Date.UTC(year, 0, 1) / MS_A_DAY) / 7) + 1
}

/** 1 for Monday to 7 for Sunday. */
export const isoWeekday = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1

const pad = (value: number | bigint, width: number): string => String(value).padStart(width, '0')
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** A wall time by a pattern of strftime's: `%Y %m %d %H %M %S %y %b %B %a %A %j %F %T %e %I %p %%`. */
export function formatted(ms: number, pattern: string): string {
  const at = new Date(ms)
  const days = Math.floor(ms / MS_A_DAY)
  return pattern.replace(/%([a-zA-Z%])/g, (whole, letter: string) => {
    switch (letter) {
      case 'Y':
        return pad(at.getUTCFullYear(), 4)
      case 'y':
        return pad(at.getUTCFullYear() % 100, 2)
      case 'm':
        return pad(at.getUTCMonth() + 1, 2)
      case 'd':
        return pad(at.getUTCDate(), 2)
      case 'e':
        return String(at.getUTCDate()).padStart(2)
      case 'H':
        return pad(at.getUTCHours(), 2)
      case 'I':
        return pad(at.getUTCHours() % 12 || 12, 2)
      case 'p':
        return at.getUTCHours() < 12 ? 'AM' : 'PM'
      case 'M':
        return pad(at.getUTCMinutes(), 2)
      case 'S':
        return pad(at.getUTCSeconds(), 2)
      case 'j':
        return pad(days - Date.UTC(at.getUTCFullYear(), 0, 1) / MS_A_DAY + 1, 3)
      case 'a':
        return DAYS[isoWeekday(days) - 1].slice(0, 3)
      case 'A':
        return DAYS[isoWeekday(days) - 1]
      case 'b':
        return MONTHS[at.getUTCMonth()].slice(0, 3)
      case 'B':
        return MONTHS[at.getUTCMonth()]
      case 'F':
        return formatted(ms, '%Y-%m-%d')
      case 'T':
        return formatted(ms, '%H:%M:%S')
      case '%':
        return '%'
      default:
        return whole
    }
  })
}

const STEP = /^(\d+)(ms|mo|us|ns|[smhdwqy])$/

/** A length of time in words: `15m`, `1h`, `2d`, `1w`, `3mo`, `1q`, `1y`. Undefined when it is none. */
export function parseEvery(every: string): { count: number; unit: string } | undefined {
  const match = STEP.exec(every)
  return match && Number(match[1]) > 0 ? { count: Number(match[1]), unit: match[2] } : undefined
}

const MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: MS_A_DAY,
  w: 7 * MS_A_DAY,
}

/** How many milliseconds a length of time has; only of units that are always equally long. */
export function periodMs(period: string): number {
  const { count, unit } = parseEvery(period) as { count: number; unit: string }
  return count * MS[unit]
}

/** The beginning of the window that a wall time is in. Windows count from 1970; weeks begin on Monday. */
export function truncated(ms: number, every: string): number {
  const { count, unit } = parseEvery(every) as { count: number; unit: string }
  if (unit === 'mo' || unit === 'q' || unit === 'y') {
    const months = count * (unit === 'mo' ? 1 : unit === 'q' ? 3 : 12)
    const at = new Date(ms)
    const index = (at.getUTCFullYear() - 1970) * 12 + at.getUTCMonth()
    const first = Math.floor(index / months) * months
    return Date.UTC(1970 + Math.floor(first / 12), ((first % 12) + 12) % 12, 1)
  }
  const length = count * (MS[unit] ?? 1)
  // The first Monday after 1 January 1970.
  const origin = unit === 'w' ? 4 * MS_A_DAY : 0
  return Math.floor((ms - origin) / length) * length + origin
}

/** A date or datetime as people read it. */
export function timeText(value: number | bigint, type: DataType): string {
  if (type === 'date') return new Date(Number(value) * MS_A_DAY).toISOString().slice(0, 10)
  const { datetime, zone } = type as { datetime: TimeUnit; zone?: string }
  const iso = new Date(wallMs(BigInt(value), { datetime, zone })).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, iso.endsWith('.000Z') ? 19 : 23)}`
}
