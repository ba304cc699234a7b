// Where the lines of the text that was run stand now: runs speak of lines as they were when they began.

import { statSync } from 'node:fs'
import type * as vscode from 'vscode'
import { type Anchor, type Edit, shiftAnchor } from './anchor.ts'
import type { Run } from './runsModel.ts'

/** The text that a run began with, and what was edited since. */
interface Origin {
  uri: string
  text: string
  edits: Edit[]
}

interface Line {
  uri: string
  anchor: Anchor | undefined
  /** What stood there when the run began. */
  text: string
}

/** Texts are kept of so many runs, the latest ones. */
const ORIGINS_MAX = 40

export class RunLines {
  /** Of runs that have no id yet. */
  readonly #begun = new Set<Origin>()
  readonly #origins = new Map<string, Origin>()
  readonly #lines = new Map<string, Line>()
  /** Other files than the run's own, as they were when a line of theirs was first looked for: by run and file. */
  readonly #others = new Map<string, string>()

  /** The text is taken now; edits from here on move its lines. */
  begin(document: vscode.TextDocument): Origin {
    const origin = { uri: document.uri.toString(), text: document.getText(), edits: [] }
    this.#begun.add(origin)
    return origin
  }

  name(origin: Origin, run: string): void {
    this.#begun.delete(origin)
    this.#origins.set(run, origin)
    for (const old of [...this.#origins.keys()].slice(0, -ORIGINS_MAX)) this.#origins.delete(old)
  }

  /**
   * The line (from 0) on which a place of a run now stands, and whether its text is the same.
   * Nothing when the line was taken away, or when nobody knows what the file was when the run began.
   */
  lineOf(
    document: vscode.TextDocument,
    run: Run,
    place: { file: string; line: number },
  ): { line: number; same: boolean } | undefined {
    if (place.file !== document.uri.fsPath) return undefined
    const id = `${run.run}\n${run.startedMs}\n${place.file}\n${place.line}`
    let known = this.#lines.get(id)
    if (!known) {
      known = this.#find(document, run, place.line)
      if (!known) return undefined
      this.#lines.set(id, known)
    }
    if (!known.anchor) return undefined
    const { line } = document.positionAt(known.anchor.start)
    return { line, same: document.lineAt(line).text.trim() === known.text.trim() }
  }

  /** Whether a document is not what the run was of, white space aside; false where nobody knows. */
  isChanged(document: vscode.TextDocument, run: Run): boolean {
    const origin = this.#origins.get(run.run)
    const text =
      origin?.uri === document.uri.toString()
        ? origin.text
        : this.#others.get(`${run.run}\n${document.uri.fsPath}`)
    if (text === undefined) return false
    const now = document.getText()
    return now !== text && withoutSpace(now) !== withoutSpace(text)
  }

  /** The text that a run began with, while it is kept. */
  textOf(run: string): string | undefined {
    return this.#origins.get(run)?.text
  }

  shift(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    const uri = document.uri.toString()
    const edits = changes.map(
      ({ rangeOffset, rangeLength, text }): Edit => ({
        offset: rangeOffset,
        length: rangeLength,
        textLength: text.length,
      }),
    )
    for (const origin of [...this.#begun, ...this.#origins.values()])
      if (origin.uri === uri) origin.edits.push(...edits)
    for (const line of this.#lines.values())
      if (line.uri === uri) for (const edit of edits) line.anchor &&= shiftAnchor(line.anchor, edit)
  }

  #find(document: vscode.TextDocument, run: Run, line: number): Line | undefined {
    const uri = document.uri.toString()
    const origin = this.#origins.get(run.run)
    if (origin?.uri === uri) {
      const found = lineIn(origin.text, line)
      if (!found) return undefined
      let anchor: Anchor | undefined = found
      for (const edit of origin.edits) anchor &&= shiftAnchor(anchor, edit)
      return { uri, anchor, text: origin.text.slice(found.start, found.end) }
    }
    // A run of another window, or of before a reload: the file must be what it was then.
    if (line > document.lineCount || document.isDirty || changedAfter(document, run.startedMs))
      return undefined
    const { range, text } = document.lineAt(line - 1)
    this.#others.set(`${run.run}\n${document.uri.fsPath}`, document.getText())
    for (const old of [...this.#others.keys()].slice(0, -ORIGINS_MAX)) this.#others.delete(old)
    return { uri, anchor: { start: document.offsetAt(range.start), end: document.offsetAt(range.end) }, text }
  }
}

const withoutSpace = (text: string): string => text.replace(/\s+/g, '')

/** The stretch of a line (from 1), without its end. */
function lineIn(text: string, line: number): Anchor | undefined {
  let start = 0
  for (let n = 1; n < line; n++) {
    start = text.indexOf('\n', start) + 1
    if (start === 0) return undefined
  }
  const next = text.indexOf('\n', start)
  const end = next < 0 ? text.length : text[next - 1] === '\r' ? next - 1 : next
  return { start, end: Math.max(start, end) }
}

function changedAfter(document: vscode.TextDocument, ms: number): boolean {
  try {
    return statSync(document.uri.fsPath).mtimeMs > ms
  } catch {
    return true
  }
}
