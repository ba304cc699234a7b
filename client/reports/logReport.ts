// The cluster's log as a table that is read as Markdown. Pure.

export interface LogLine {
  atMs: number
  level: string
  text: string
}

/** The latest line stands first: it is what somebody who opens the log wants to know. @param time how a moment is written, where the reader is */
export function logReport(lines: readonly LogLine[], time: (ms: number) => string): string[] {
  if (lines.length === 0) return ['# Log of the cluster', '', 'Nothing was written.']
  return [
    '# Log of the cluster',
    '',
    '| time | the latest first |',
    '| --- | --- |',
    ...lines
      .toReversed()
      .map(({ atMs, level, text }) => `| ${time(atMs)} | ${marked(level)}${plainText(text)} |`),
  ]
}

const marked = (level: string): string => (level === 'info' ? '' : `**${plainText(level)}** `)

/** Text that Markdown shows as it is. */
export const plainText = (text: string): string =>
  text
    .trimEnd()
    .replace(/[\\`*_{}[\]<>|#~&]/g, '\\$&')
    .replaceAll('\n', '<br>')
