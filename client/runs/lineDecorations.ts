// Writes what runs have to say beside their lines, in every visible editor.

import * as vscode from 'vscode'
import type { RunBook } from './runBook.ts'
import { marksOf } from './runMarks.ts'
import type { Run } from './runsModel.ts'
import { type LineText, type LineTone, lineText, pastText } from './runText.ts'

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
  const draw = (editor: vscode.TextEditor): void => {
    editor.setDecorations(type, decorationsOf(editor.document, book, inlineLengthMax()))
  }
  const drawAll = (): void => vscode.window.visibleTextEditors.forEach(draw)
  context.subscriptions.push(
    type,
    book.onChange(drawAll),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
    vscode.workspace.onDidChangeTextDocument((change) => {
      for (const editor of vscode.window.visibleTextEditors)
        if (editor.document === change.document) draw(editor)
    }),
  )
  drawAll()
}

function decorationsOf(
  document: vscode.TextDocument,
  book: RunBook,
  inlineLengthMax: number,
): vscode.DecorationOptions[] {
  const byLine = new Map<number, LineText>()
  for (const run of book.runs.values()) {
    if (run.file !== document.uri.fsPath) continue
    for (const { line, text } of marksIn(document, run, book, inlineLengthMax)) byLine.set(line, text)
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
  inlineLengthMax: number,
): { line: number; text: LineText }[] {
  if (run.expression) {
    const place = book.placeOf(run.run)
    if (!place) return []
    const line = document.positionAt(place.anchor.end).line
    const past = place.stale && run.end !== undefined
    return marksOf(run, line + 1, inlineLengthMax).map(({ text }) => ({
      line,
      text: past ? pastText(text) : text,
    }))
  }
  const marks = marksOf(run, undefined, inlineLengthMax).flatMap((mark) => {
    const line = book.lines.lineOf(document, run, mark)?.line
    return line === undefined ? [] : [{ line, text: mark.text }]
  })
  // A cell gives a value, beside its last line.
  const cell = book.placeOf(run.run)
  if (cell && run.result && !run.failure)
    marks.push({ line: document.positionAt(cell.anchor.end).line, text: lineText(run, inlineLengthMax) })
  return marks
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
