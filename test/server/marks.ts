// Sources with marks: a line of `^^^ text` says something of the stretch above it, `$0` is where the cursor stands.

export interface MarkedSource {
  /** Without the marks. */
  text: string
  marks: { start: number; end: number; says: string }[]
  /** Where `$0` was, −1 without one. */
  cursor: number
}

/** @example marked('a + b\n^ one').marks // [{ start: 0, end: 1, says: 'one' }] */
export function marked(source: string): MarkedSource {
  const lines: string[] = []
  const marks: MarkedSource['marks'] = []
  let lineStart = 0
  let cursor = -1
  let offset = 0
  for (const given of source.split('\n')) {
    const mark = /^(?:\/\/)?\s*(\^+)\s*(.*)$/.exec(given)
    if (mark) {
      const column = given.indexOf('^')
      marks.push({ start: lineStart + column, end: lineStart + column + mark[1].length, says: mark[2] })
      continue
    }
    const at = given.indexOf('$0')
    const line = at < 0 ? given : given.slice(0, at) + given.slice(at + 2)
    if (at >= 0) cursor = offset + at
    lineStart = offset
    lines.push(line)
    offset += line.length + 1
  }
  return { text: lines.join('\n'), marks: marks.sort((a, b) => a.start - b.start), cursor }
}
