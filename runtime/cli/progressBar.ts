// The progress of calls as text: bars for a terminal, plain lines for everything else. Pure: data in, text out.

import { clockText, countText, doneText, plural, rateText, timeText } from './quantity.ts'
import { type SiteState, siteName } from './runState.ts'
import type { Style } from './style.ts'

const FULL = '▇'
const EMPTY = '▁'
const WIDTH_MAX = 30
const WIDTH_MIN = 8
/** Bars that a terminal shows at once. */
const BARS_MAX = 3

/**
 * One line a call, no longer than `columns`.
 * @param nowMs epoch milliseconds, or any clock that `beganMs` was taken from
 */
export function progressBars(
  sites: readonly SiteState[],
  columns: number,
  nowMs: number,
  style: Style,
): string[] {
  const shown = sites.slice(0, BARS_MAX)
  const lines = shown.map((site) => barOf(site, columns, nowMs, style))
  const more = sites.length - shown.length
  if (more > 0) lines.push(style.dim(`… and ${plural(more, 'more call')}`))
  return lines
}

function barOf(site: SiteState, columns: number, nowMs: number, style: Style): string {
  const { total, finished, erred } = site
  const done = Math.min(total, finished + erred)
  const share = total > 0 ? done / total : 0
  const parts = [
    `${countText(done)}/${countText(total)}`,
    `${Math.floor(100 * share)}%`,
    ...(erred > 0 ? [`${countText(erred)} failed`] : []),
    ...(site.rate > 0 ? [rateText(site.rate)] : []),
    timeLeft(site, done, nowMs),
  ]
  const room = Math.max(20, columns) - 1
  const name = cut(siteName(site.site), Math.floor(room / 3))
  // The least important parts go first where the terminal is narrow.
  while (parts.length > 1 && name.length + 2 + WIDTH_MIN + parts.join(' · ').length > room) parts.pop()
  const text = parts.join(' · ')
  const width = Math.min(WIDTH_MAX, room - name.length - 2 - text.length)
  if (width < WIDTH_MIN) return cut(`${name} ${text}`, room)
  const full = Math.round(share * width)
  const colour = erred > 0 ? style.red : style.green
  return `${style.bold(name)} ${colour(FULL.repeat(full))}${style.dim(EMPTY.repeat(width - full))} ${text}`
}

function timeLeft({ total, rate, beganMs }: SiteState, done: number, nowMs: number): string {
  if (rate <= 0 || done === 0) return clockText(nowMs - beganMs)
  return `${clockText((1000 * (total - done)) / rate)} left`
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`

/** A call began. */
export const beganLine = (site: SiteState): string => `${siteName(site.site)}: ${plural(site.total, 'task')}`

/** A call goes on. */
export function progressLine(site: SiteState, nowMs: number): string {
  const done = Math.min(site.total, site.finished + site.erred)
  const parts = [
    `${countText(done)}/${countText(site.total)} (${Math.floor((100 * done) / Math.max(1, site.total))}%)`,
  ]
  if (site.erred > 0) parts.push(`${countText(site.erred)} failed`)
  if (site.rate > 0) parts.push(rateText(site.rate))
  parts.push(timeLeft(site, done, nowMs))
  return `${siteName(site.site)}: ${parts.join(', ')}`
}

/** A call is over. */
export const computedLine = (site: SiteState): string =>
  `${siteName(site.site)}: ${doneText(site.finished, site.total, site.cutShort)} in ${timeText(site.durationMs ?? 0)}`
