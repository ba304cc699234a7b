// Numbers as the status bar and the tree write them.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/**
 * Bytes in decimal units, as memory limits are written.
 * @example bytesText(1_240_000_000) // '1.2 GB'
 */
export function bytesText(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`
}

/** A time that is left. @example left(5_400_000) // '1 h 30 min' */
export function left(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes < 2) return `${Math.max(0, Math.round(ms / 1000))} s`
  if (minutes < 90) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** @example plural(1, 'worker') // '1 worker' */
export const plural = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`
