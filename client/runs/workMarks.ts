// After a run, what its lines cost: a lens with the figures above each, a mark beside it that is the hotter the more it cost, and all of it in a hover.

import * as vscode from 'vscode'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { registerLenses } from '../lenses/lenses.ts'
import { heatTypes } from './heatTypes.ts'
import type { LastWork } from './lastWork.ts'
import { adviceOf } from './lineAdvice.ts'
import { seenLines } from './lineTimes.ts'
import { heatOf, type LineWork, workText, workTooltip } from './lineWork.ts'
import { plainMarkdown } from './plainMarkdown.ts'

export function registerWorkMarks(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  work: LastWork,
  selector: vscode.DocumentSelector,
): void {
  const page = vscode.Uri.joinPath(context.extensionUri, 'dist', 'docs', 'diagnostics.md')
  const heat = heatTypes()
  /** Shows nothing by itself: a line that is pointed at tells of its last run. */
  const told = vscode.window.createTextEditorDecorationType({})
  const changed = registerLenses(context, selector, (document) =>
    work.linesOf(document).map(
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
    const lines = editor.document.uri.scheme === 'file' ? work.linesOf(editor.document) : []
    if (editor.document.uri.scheme === 'file') advise(editor.document, lines)
    heat.forEach((type, level) => {
      // Where threads were sampled, marks stand at the lines that they were seen at.
      const hot = lines.filter(
        ({ work: { run, share } }) => seenLines(run).length === 0 && heatOf(share) === level + 1,
      )
      editor.setDecorations(
        type,
        hot.map(({ line }) => editor.document.lineAt(line).range),
      )
    })
    editor.setDecorations(
      told,
      lines.map(({ line, work: each }) => ({
        range: editor.document.lineAt(line).range,
        hoverMessage: plainMarkdown(workTooltip(each)),
      })),
    )
  }
  const drawAll = (): void => vscode.window.visibleTextEditors.forEach(draw)
  context.subscriptions.push(
    diagnostics,
    ...heat,
    told,
    work.onChange(() => {
      drawAll()
      changed()
    }),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (work.isEmpty) return
      for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) draw(editor)
    }),
  )
}
