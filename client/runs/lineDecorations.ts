// Writes what runs have to say beside their lines, in every visible editor.

import * as vscode from 'vscode'
import { type Anchor, shiftAnchor } from './anchor.ts'
import type { RunBook } from './runBook.ts'
import { type Mark, marksOf } from './runMarks.ts'
import type { Run } from './runsModel.ts'
import type { LineText, LineTone } from './runText.ts'

const COLOURS: Record<LineTone, string> = {
  progress: 'heddle.progressForeground',
  result: 'heddle.resultForeground',
  failure: 'heddle.failureForeground',
  quiet: 'heddle.quietForeground',
}

export function registerLineDecorations(
  context: vscode.ExtensionContext,
  book: RunBook,
  inlineLengthMax: () => number,
): void {
  const type = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  })
  const lines = new MarkedLines()
  const draw = (editor: vscode.TextEditor): void => {
    editor.setDecorations(type, decorationsOf(editor.document, book, lines, inlineLengthMax()))
  }
  const drawAll = (): void => vscode.window.visibleTextEditors.forEach(draw)
  context.subscriptions.push(
    type,
    book.onChange(drawAll),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
    vscode.workspace.onDidChangeTextDocument((change) => {
      lines.shift(change)
      for (const editor of vscode.window.visibleTextEditors)
        if (editor.document === change.document) draw(editor)
    }),
  )
  drawAll()
}

function decorationsOf(
  document: vscode.TextDocument,
  book: RunBook,
  lines: MarkedLines,
  inlineLengthMax: number,
): vscode.DecorationOptions[] {
  const byLine = new Map<number, LineText>()
  for (const run of book.runs.values()) {
    if (run.file !== document.uri.fsPath) continue
    for (const { line, text } of marksIn(document, run, book, lines, inlineLengthMax)) byLine.set(line, text)
  }
  for (const { uri, anchor } of book.pending) {
    if (uri.toString() !== document.uri.toString()) continue
    const line = anchor ? document.positionAt(anchor.end).line : 0
    byLine.set(line, { text: 'starting…', tone: 'progress' })
  }
  return [...byLine].map(([line, text]) => decoration(document, line, text))
}

/** Marks on lines as they are now, counted from 0. */
function marksIn(
  document: vscode.TextDocument,
  run: Run,
  book: RunBook,
  lines: MarkedLines,
  inlineLengthMax: number,
): { line: number; text: LineText }[] {
  if (run.expression) {
    const place = book.placeOf(run.run)
    if (!place || (place.stale && run.end)) return []
    const line = document.positionAt(place.anchor.end).line
    return marksOf(run, line + 1, inlineLengthMax).map(({ text }) => ({ line, text }))
  }
  return marksOf(run, undefined, inlineLengthMax).flatMap((mark) => {
    const line = lines.lineOf(document, run, mark)
    return line === undefined ? [] : [{ line, text: mark.text }]
  })
}

function decoration(
  document: vscode.TextDocument,
  line: number,
  { text, tone }: LineText,
): vscode.DecorationOptions {
  const { end } = document.lineAt(Math.min(line, document.lineCount - 1)).range
  return {
    range: new vscode.Range(end, end),
    renderOptions: {
      after: {
        // CSS content: a space at its ends would be lost.
        contentText: text.replaceAll(' ', '\u00a0'),
        color: new vscode.ThemeColor(COLOURS[tone]),
        margin: '0 0 0 2.5ch',
      },
    },
  }
}

/** Remembers where the lines of marks went while their document was edited. */
class MarkedLines {
  readonly #anchors = new Map<string, { uri: string; anchor: Anchor | undefined }>()

  /** The line (from 0) on which a mark now stands; nothing when its line was taken away. */
  lineOf(document: vscode.TextDocument, run: Run, mark: Mark): number | undefined {
    if (mark.file !== document.uri.fsPath) return undefined
    const key = `${run.run}\n${mark.file}\n${mark.line}`
    let known = this.#anchors.get(key)
    if (!known) {
      if (mark.line > document.lineCount) return undefined
      const { range } = document.lineAt(mark.line - 1)
      const anchor = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) }
      known = { uri: document.uri.toString(), anchor }
      this.#anchors.set(key, known)
    }
    return known.anchor && document.positionAt(known.anchor.start).line
  }

  shift({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const uri = document.uri.toString()
    for (const known of this.#anchors.values()) {
      if (known.uri !== uri) continue
      for (const { rangeOffset, rangeLength, text } of contentChanges)
        known.anchor &&= shiftAnchor(known.anchor, {
          offset: rangeOffset,
          length: rangeLength,
          textLength: text.length,
        })
    }
  }
}
