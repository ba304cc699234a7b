// After a run, at which lines its tasks spent their time: a mark in the gutter and the time beside the line, grey once the
// file is not what the run was of.

import * as vscode from 'vscode'
import { heatTypes } from './heatTypes.ts'
import { type SeenLine, seenLines, seenText, seenTooltip } from './lineTimes.ts'
import { heatOf } from './lineWork.ts'
import { plainMarkdown } from './plainMarkdown.ts'
import type { RunBook } from './runBook.ts'

interface ShownLine {
  line: number
  seen: SeenLine
  changed: boolean
}

export function registerTimeMarks(context: vscode.ExtensionContext, book: RunBook): void {
  /** By file: the lines of the last run that was seen there. */
  const byFile = new Map<string, SeenLine[]>()
  const hot = heatTypes()
  const past = heatTypes(true)
  const beside = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  })
  const shown = (document: vscode.TextDocument): ShownLine[] =>
    (byFile.get(document.uri.fsPath) ?? []).flatMap((seen) => {
      const at = book.lines.lineOf(document, seen.run, seen.time)
      return at
        ? [{ line: at.line, seen, changed: !at.same || book.lines.isChanged(document, seen.run) }]
        : []
    })
  const draw = (editor: vscode.TextEditor): void => {
    const { document } = editor
    const lines = document.uri.scheme === 'file' ? shown(document) : []
    for (const changed of [false, true])
      (changed ? past : hot).forEach((type, level) => {
        const own = lines.filter((each) => each.changed === changed && heatOf(each.seen.share) === level + 1)
        editor.setDecorations(
          type,
          own.map(({ line }) => document.lineAt(line).range),
        )
      })
    editor.setDecorations(
      beside,
      lines.map((each) => textBeside(document, each)),
    )
  }
  const drawAll = (): void => vscode.window.visibleTextEditors.forEach(draw)
  context.subscriptions.push(
    ...hot,
    ...past,
    beside,
    book.onEvent(({ run, message }) => {
      if (message.event.kind !== 'lines') return
      const lines = Map.groupBy(seenLines(run), ({ time }) => time.file)
      if (lines.size === 0) return
      for (const [file, seen] of lines) byFile.set(file, seen)
      drawAll()
    }),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (!byFile.has(document.uri.fsPath)) return
      for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) draw(editor)
    }),
  )
}

function textBeside(
  document: vscode.TextDocument,
  { line, seen, changed }: ShownLine,
): vscode.DecorationOptions {
  const { end } = document.lineAt(line).range
  return {
    range: new vscode.Range(end, end),
    hoverMessage: plainMarkdown(seenTooltip(seen, changed)),
    renderOptions: {
      after: {
        // CSS content: a space at its ends would be lost.
        contentText: seenText(seen, changed).replaceAll(' ', '\u00a0'),
        color: new vscode.ThemeColor(changed ? 'disabledForeground' : 'heddle.quietForeground'),
        margin: '0 0 0 2.5ch',
      },
    },
  }
}
