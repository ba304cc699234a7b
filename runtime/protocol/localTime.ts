// The moment that a step of a task's story begins with: in UTC as it travels, by the reader's own clock where it is read.

/**
 * A line of a story for somebody who reads it here; a line that begins with no moment is left as it is.
 * @param timeZone of the reader, by default this program's
 * @example withLocalTime('2026-03-01T09:30:01.204Z could run', 'Europe/Oslo') // '10:30:01.204 could run'
 */
export function withLocalTime(line: string, timeZone?: string): string {
  const [at] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z(?= )/.exec(line) ?? []
  if (at === undefined) return line
  const clock = new Date(at).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZone,
  })
  return clock + line.slice(at.length)
}
