// Lines and columns of a source text, and the piece of it that an error shows.

/** Both count from 1. */
export interface LineColumn {
  line: number
  column: number
}

/** The line and column of an offset in UTF-16 units. */
export function lineColumn(source: string, offset: number): LineColumn {
  let line = 1
  let last = -1
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) {
    line++
    last = at
  }
  return { line, column: offset - last }
}

/**
 * The lines around a place, the place marked, e.g.
 * ```
 *   1 | const a = 1
 * > 2 | let b = = 2
 *     |         ^
 * ```
 */
export function codeFrame(source: string, { line, column }: LineColumn): string {
  const lines = source.split(/\r?\n/)
  const first = Math.max(1, line - 2)
  const last = Math.min(lines.length, line + 1)
  const width = String(last).length
  const out: string[] = []
  for (let number = first; number <= last; number++) {
    const text = lines[number - 1].slice(0, 160)
    out.push(`${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`)
    if (number === line) {
      const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
      out.push(`  ${' '.repeat(width)} | ${before}^`)
    }
  }
  return out.join('\n')
}

/** A file's text as the parser sees it: a byte-order mark says nothing. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

export function languageOf(file: string): 'ts' | 'tsx' | 'js' | 'jsx' {
  if (/\.[cm]?ts$/.test(file)) return 'ts'
  if (file.endsWith('.tsx')) return 'tsx'
  return file.endsWith('.jsx') ? 'jsx' : 'js'
}
