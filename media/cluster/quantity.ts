// How counts, rates, bytes, durations and shares are written for people.

const THIN_COMMA = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** @example count(1234567) // '1,234,567' */
export const count = (n: number): string => THIN_COMMA.format(n)

/** Three digits and a letter. @example short(20400) // '20.4k' */
export function short(n: number): string {
  const size = Math.abs(n)
  if (size < 10 && !Number.isInteger(n)) return n.toFixed(1)
  if (size < 1000) return String(Math.round(n))
  for (const [unit, letter] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (size >= unit * 0.9995) return `${threeDigits(n / unit)}${letter}`
  return String(Math.round(n))
}

/** Powers of 1000, as memory limits are written, and the status bar and lenses of lines tell bytes. @example bytes(3_221_225_472) // '3.22 GB' */
export function bytes(n: number): string {
  if (Math.abs(n) < 999.5) return `${Math.round(n)} B`
  const units = ['kB', 'MB', 'GB', 'TB', 'PB']
  let value = n / 1000
  let unit = 0
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${threeDigits(value)} ${units[unit]}`
}

/** @example duration(0.0123) // '12.3 µs'; duration(75_000) // '1 min 15 s' */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 1) return `${threeDigits(ms * 1000)} µs`
  if (ms < 999.5) return `${threeDigits(ms)} ms`
  if (ms < 59_995) return `${threeDigits(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** A share as whole percent, where only all is 100 and only nothing is 0. @example percent(999, 1000) // '99%' */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '0%'
  const exact = (100 * part) / whole
  if (part > 0 && exact < 1) return '<1%'
  return `${part < whole ? Math.min(99, Math.round(exact)) : Math.round(exact)}%`
}

/** @example plural(1, 'worker') // '1 worker'; plural(1200, 'task') // '1,200 tasks' */
export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`

/** A time of day, in the reader's zone. @example clock(0) // '00:00:00' in UTC */
export function clock(epochMs: number): string {
  const at = new Date(epochMs)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':')
}

function threeDigits(n: number): string {
  const size = Math.abs(n)
  return n.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)
}
