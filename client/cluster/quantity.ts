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

/** @example plural(1, 'worker') // '1 worker' */
export const plural = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`
