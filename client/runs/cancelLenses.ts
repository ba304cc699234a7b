// A lens that cancels, beside the lens that ran it, for as long as the run goes on.

import * as vscode from 'vscode'
import type { RunBook } from './runBook.ts'

export function registerCancelLenses(
  context: vscode.ExtensionContext,
  book: RunBook,
  selector: vscode.DocumentSelector,
): void {
  const changed = new vscode.EventEmitter<void>()
  let shown = ''
  context.subscriptions.push(
    changed,
    book.onChange(() => {
      // Lenses are asked for anew only when a run began or ended: each time all of them are drawn again.
      const live = [...book.runs.values()].filter((run) => !run.end).map((run) => run.run)
      if (live.join() === shown) return
      shown = live.join()
      changed.fire()
    }),
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document) =>
        book.liveRunsOf(document.uri).map((run) => {
          const place = book.placeOf(run.run)
          const at = place ? document.positionAt(place.anchor.start) : new vscode.Position(0, 0)
          return new vscode.CodeLens(new vscode.Range(at, at), {
            title: '■ Cancel',
            tooltip: `Cancels ${run.label}`,
            command: 'heddle.cancelRun',
            arguments: [run.run],
          })
        }),
    }),
  )
}
