// The lines at which a run's tasks spent most of their time, as a table for a terminal. Pure.

import { relative } from 'node:path'
import type { LineTime } from '../protocol/runs.ts'
import { timeText } from './quantity.ts'

/** Lines that are told. */
const LINES_MAX = 15
const TEXT_LENGTH_MAX = 80

/**
 * @param textOf the text of a line of a file, where it can be had
 * @returns the hottest lines first, one a row; nothing when there is no time to tell of
 * @example profileTable(times, textOf, '/home/ada')[0] // '  3.10 s  74 %  analysis.ts:12  const h = hash(text)'
 */
export function profileTable(
  times: readonly LineTime[],
  textOf: (file: string, line: number) => string | undefined,
  folder: string,
): string[] {
  const msOf = ({ selfMs, calledMs }: LineTime): number => selfMs + calledMs
  const total = times.reduce((sum, time) => sum + msOf(time), 0)
  if (total === 0) return []
  const rows = times
    .toSorted((one, other) => msOf(other) - msOf(one))
    .slice(0, LINES_MAX)
    .map((time) => ({
      ms: timeText(msOf(time)),
      share: `${Math.round((100 * msOf(time)) / total)} %`,
      place: `${relative(folder, time.file)}:${time.line}`,
      text: (textOf(time.file, time.line) ?? '').trim().slice(0, TEXT_LENGTH_MAX),
    }))
  const width = (name: 'ms' | 'share' | 'place'): number => Math.max(...rows.map((row) => row[name].length))
  const [ms, share, place] = [width('ms'), width('share'), width('place')]
  return rows.map((row) =>
    `  ${row.ms.padStart(ms)}  ${row.share.padStart(share)}  ${row.place.padEnd(place)}  ${row.text}`.trimEnd(),
  )
}
