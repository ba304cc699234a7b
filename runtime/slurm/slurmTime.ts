// Times as Slurm writes them: limits of jobs, and moments.

/**
 * A limit in milliseconds: `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours`, `days-hours:minutes` or
 * `days-hours:minutes:seconds`; Infinity for `UNLIMITED`, nothing for what is none.
 * @example parseWalltime('1-02:30') // 95_400_000
 */
export function parseWalltime(text: string): number | undefined {
  if (/^(UNLIMITED|INFINITE)$/i.test(text)) return Infinity
  const match = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(text.trim())
  if (!match) return undefined
  const [days, first, second, third] = match.slice(1).map((part) => Number(part ?? 0))
  const withDays = match[1] !== undefined
  if (withDays) return seconds(days, first, second, third)
  if (match[4] !== undefined) return seconds(0, first, second, third)
  return seconds(0, 0, first, second)
}

const seconds = (days: number, hours: number, minutes: number, rest: number): number =>
  1000 * (86_400 * days + 3600 * hours + 60 * minutes + rest)

/** Limits as `squeue` writes them, where two parts are minutes and seconds. @example parseLimit('10:00') // 600_000 */
export const parseLimit = (text: string): number | undefined =>
  /^\d+$/.test(text) ? undefined : parseWalltime(text)

/**
 * A moment in epoch milliseconds: of epoch seconds, which `SLURM_TIME_FORMAT=%s` asks for, or of a local time where a site's
 * Slurm does not heed it; nothing for `N/A` and `Unknown`.
 */
export function parseMoment(text: string): number | undefined {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return undefined
  return new Date(text).getTime()
}

/** A duration for people. @example timeText(5_400_000) // '1 h 30 min' */
export function timeText(ms: number): string {
  if (ms === Infinity) return 'no limit'
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 90) return `${s} s`
  const minutes = Math.round(s / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}
