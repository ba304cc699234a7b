// Two runs side by side, line by line: what each cost, and what changed. Pure.

import { bytesText } from '../cluster/quantity.ts'
import { grouped, seconds } from '../runs/runText.ts'
import type { HistoryEntry } from './history.ts'

/**
 * A report in Markdown.
 * @param lineOf the text of a line of a file as it is now, where it can be read
 */
export function compareRuns(
  a: HistoryEntry,
  b: HistoryEntry,
  lineOf: (file: string, line: number) => string | undefined,
): string[] {
  const [before, after] = a.startedMs <= b.startedMs ? [a, b] : [b, a]
  const time = (entry: HistoryEntry): string => new Date(entry.startedMs).toLocaleTimeString('en-GB')
  const duration = ({ durationMs }: HistoryEntry): string =>
    durationMs === undefined ? 'still running' : seconds(durationMs)
  const lines = [
    `## \`${before.label.replaceAll('`', "'")}\``,
    '',
    `| | ${time(before)} | ${time(after)} | |`,
    '| --- | ---: | ---: | ---: |',
    `| outcome | ${before.outcome} | ${after.outcome} | |`,
    `| whole run | ${duration(before)} | ${duration(after)} | ${change(before.durationMs, after.durationMs)} |`,
  ]
  const texts: string[] = []
  const places = new Map<string, { file: string; line: number }>()
  for (const { file, line } of [...before.lines, ...after.lines])
    places.set(`${file}:${line}`, { file, line })
  for (const [id, { file, line }] of [...places].sort(([, x], [, y]) => x.line - y.line)) {
    const [one, two] = [before, after].map(({ lines: all }) =>
      all.find((each) => `${each.file}:${each.line}` === id),
    )
    const figures = (of: typeof one): string =>
      of ? `${grouped(of.tasks)} tasks, ${seconds(of.workMs)}, ${bytesText(of.bytes)}` : 'nothing'
    const text = lineOf(file, line)?.trim()
    const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
    lines.push(
      `| ${name}:${line} | ${figures(one)} | ${figures(two)} | ${change(one?.workMs, two?.workMs)} |`,
    )
    if (text) texts.push(`- ${name}:${line} \`${text.replaceAll('`', "'")}\``)
  }
  // Below the table: beside its figures long lines would push them out of sight.
  if (texts.length > 0) lines.push('', ...texts)
  if (places.size === 0)
    lines.push('', 'Neither of them says what its lines cost: nothing of theirs was computed anew.')
  return lines
}

/** @example change(200, 100) // '2.0 × faster' */
function change(before: number | undefined, after: number | undefined): string {
  if (!before || !after) return ''
  const times = before / after
  if (times > 0.95 && times < 1.05) return 'the same'
  return times > 1 ? `${times.toFixed(1)} × faster` : `${(1 / times).toFixed(1)} × slower`
}
