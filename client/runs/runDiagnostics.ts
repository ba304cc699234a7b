// Marks the throwing line of a failed run in the user's file, with the frames that led there.

import { existsSync } from 'node:fs'
import * as vscode from 'vscode'
import type { SourcePlace } from '../../runtime/protocol/failure.ts'
import { failureReport } from './failureReport.ts'
import type { RunBook } from './runBook.ts'

export function registerRunDiagnostics(context: vscode.ExtensionContext, book: RunBook): void {
  const diagnostics = vscode.languages.createDiagnosticCollection('heddle-runs')
  const update = (): void => {
    const byFile = new Map<string, vscode.Diagnostic[]>()
    for (const run of book.runs.values()) {
      const report = run.end && failureReport(run)
      if (!report) continue
      const diagnostic = new vscode.Diagnostic(
        rangeAt(report.place),
        report.message,
        vscode.DiagnosticSeverity.Error,
      )
      diagnostic.source = 'heddle'
      // A frame in a file that is not there, as inside a bundle, leads nowhere.
      const related = report.related.filter(({ place }) => existsSync(place.file))
      diagnostic.relatedInformation = related.map(
        ({ place, message }) =>
          new vscode.DiagnosticRelatedInformation(
            new vscode.Location(vscode.Uri.file(place.file), rangeAt(place)),
            message,
          ),
      )
      const { file } = report.place
      byFile.set(file, [...(byFile.get(file) ?? []), diagnostic])
    }
    diagnostics.clear()
    for (const [file, list] of byFile) diagnostics.set(vscode.Uri.file(file), list)
  }
  let shown = false
  context.subscriptions.push(
    diagnostics,
    book.onChange((run) => {
      // Diagnostics are set anew only when a run ended, or one that had failed may have been dropped.
      if (run && !run.end && !shown) return
      update()
      shown = [...book.runs.values()].some((each) => each.failure)
    }),
  )
}

/** From the place to the end of its line, where the document is open: VS Code underlines a word by itself. */
function rangeAt(place: SourcePlace): vscode.Range {
  const line = Math.max(0, place.line - 1)
  const column = Math.max(0, place.column - 1)
  const document = vscode.workspace.textDocuments.find((each) => each.uri.fsPath === place.file)
  if (!document || line >= document.lineCount) return new vscode.Range(line, column, line, column + 1)
  const { text, firstNonWhitespaceCharacterIndex } = document.lineAt(line)
  const start = Math.min(column, Math.max(0, text.length - 1))
  return new vscode.Range(
    line,
    start > 0 ? start : firstNonWhitespaceCharacterIndex,
    line,
    text.trimEnd().length,
  )
}
