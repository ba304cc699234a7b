// A user's file that cannot be parsed: what is wrong, where, and the lines around it.

import { codeFrame, lineColumn } from './sourceText.ts'

export class SourceSyntaxError extends SyntaxError {
  override name = 'SyntaxError'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly frame: string

  constructor(file: string, source: string, offset: number, problem: string) {
    const at = lineColumn(source, offset)
    const frame = codeFrame(source, at)
    super(`${file}:${at.line}:${at.column}: ${problem}\n\n${frame}\n`)
    this.file = file
    this.line = at.line
    this.column = at.column
    this.frame = frame
    // The stack of the parser helps nobody: the place is the user's file.
    this.stack = `SyntaxError: ${this.message}`
  }
}
