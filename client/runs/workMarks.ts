// After a run, what its lines cost: a lens with the figures above each, and a mark beside it that is the hotter the more it cost.

import * as vscode from 'vscode'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { registerLenses } from '../lenses/lenses.ts'
import { heatTypes } from './heatTypes.ts'
import { adviceOf } from './lineAdvice.ts'
import { seenLines } from './lineTimes.ts'
import { heatOf, type LineWork, workOf, workText, workTooltip } from './lineWork.ts'
import type { RunBook } from './runBook.ts'

export function registerWorkMarks(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  book: RunBook,
  selector: vscode.DocumentSelector,
): void {
  /** The work of a line by the last run that did any there, by file and line as they were then. */
  const work = new Map<string, LineWork>()
  const page = vscode.Uri.joinPath(context.extensionUri, 'dist', 'docs', 'diagnostics.md')
  const heat = heatTypes()
  /** Lines of a document that show something now; what was edited since shows nothing. */
  const shown = (document: vscode.TextDocument): { line: number; work: LineWork }[] => {
    const byLine = new Map<number, LineWork>()
    for (const each of work.values()) {
      const at = book.lines.lineOf(document, each.run, each.figures)
      if (!at?.same) continue
      const known = byLine.get(at.line)
      if (!known || known.run.startedMs <= each.run.startedMs) byLine.set(at.line, each)
    }
    return [...byLine].map(([line, each]) => ({ line, work: each }))
  }
  const changed = registerLenses(context, selector, (document) =>
    shown(document).map(
      ({ line, work: each }) =>
        new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
          title: workText(each.figures),
          tooltip: workTooltip(each),
          command: 'heddle.showTaskGraph',
        }),
    ),
  )
  const diagnostics = vscode.languages.createDiagnosticCollection('heddle-costs')
  /** What a thread may use of its worker's memory, the smallest there is. */
  const memoryBytes = (): number => {
    const rooms = [...cluster.model.workers.values()].map(
      ({ info }) => info.memoryLimitBytes / Math.max(1, info.threads),
    )
    return rooms.length > 0 ? Math.min(...rooms) : 0
  }
  const advise = (
    document: vscode.TextDocument,
    lines: readonly { line: number; work: LineWork }[],
  ): void => {
    const room = memoryBytes()
    diagnostics.set(
      document.uri,
      lines.flatMap(({ line, work: { figures } }) => {
        const advice = adviceOf(figures, room)
        if (!advice) return []
        const { text, firstNonWhitespaceCharacterIndex } = document.lineAt(line)
        const range = new vscode.Range(line, firstNonWhitespaceCharacterIndex, line, text.trimEnd().length)
        const diagnostic = new vscode.Diagnostic(range, advice.message, vscode.DiagnosticSeverity.Information)
        diagnostic.source = 'heddle'
        diagnostic.code = { value: advice.code, target: page }
        return [diagnostic]
      }),
    )
  }
  const draw = (editor: vscode.TextEditor): void => {
    const lines = editor.document.uri.scheme === 'file' ? shown(editor.document) : []
    if (editor.document.uri.scheme === 'file') advise(editor.document, lines)
    heat.forEach((type, level) => {
      // Where threads were sampled, marks stand at the lines that they were seen at.
      const hot = lines.filter(
        ({ work: { run, share } }) => seenLines(run).length === 0 && heatOf(share) === level + 1,
      )
      editor.setDecorations(
        type,
        hot.map(({ line, work: { share } }) => ({
          range: editor.document.lineAt(line).range,
          hoverMessage: `${Math.round(100 * share)} % of the last run's work`,
        })),
      )
    })
  }
  const drawAll = (): void => vscode.window.visibleTextEditors.forEach(draw)
  context.subscriptions.push(
    diagnostics,
    ...heat,
    book.onEvent(({ run, message }) => {
      if (message.event.kind !== 'lines') return
      for (const each of workOf(run)) work.set(`${each.figures.file}\n${each.figures.line}`, each)
      drawAll()
      changed()
    }),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (work.size === 0) return
      for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) draw(editor)
    }),
  )
}
