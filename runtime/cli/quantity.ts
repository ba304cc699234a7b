// Times, rates and counts as a person reads them on one line.

/** @example timeText(1234) // '1.23 s' */
export function timeText(ms: number): string {
  if (ms < 999.5) return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 99.95) return `${seconds < 9.995 ? seconds.toFixed(2) : seconds.toFixed(1)} s`
  return clockText(ms)
}

/** @example clockText(75_000) // '1:15' */
export function clockText(ms: number): string {
  const all = Math.round(ms / 1000)
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
  const two = (n: number): string => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

/** @example rateText(8234) // '8.2k/s' */
export function rateText(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)}M/s`
  if (perSecond >= 1e3) return `${(perSecond / 1e3).toFixed(1)}k/s`
  return `${perSecond >= 9.95 ? Math.round(perSecond) : perSecond.toFixed(1)}/s`
}

/** @example countText(1234567) // '1,234,567' */
export const countText = (count: number): string => count.toLocaleString('en')

/** @example plural(1, 'task') // '1 task' */
export const plural = (count: number, thing: string): string =>
  `${countText(count)} ${thing}${count === 1 ? '' : 's'}`

/** How many tasks of a call there were, or were done before it failed or was given up. */
export const doneText = (finished: number, total: number, cutShort = false): string =>
  cutShort ? `${countText(finished)} of ${plural(total, 'task')}` : plural(total, 'task')
