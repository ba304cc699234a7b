// A lens that cancels, beside the lens that ran it, for as long as the run goes on.

import * as vscode from 'vscode'
import type { RunBook } from './runBook.ts'

/** Runs that are over sooner need no lens. */
const LONG_RUN_MS = 400

export function registerCancelLenses(
  context: vscode.ExtensionContext,
  book: RunBook,
  selector: vscode.DocumentSelector,
): void {
  const changed = new vscode.EventEmitter<void>()
  let shown = new Set<string>()
  let waiting: NodeJS.Timeout | undefined
  const show = (): void => {
    waiting = undefined
    const live = new Set([...book.runs.values()].filter((run) => !run.end).map((run) => run.run))
    if (live.size === shown.size && [...live].every((run) => shown.has(run))) return
    shown = live
    changed.fire()
  }
  context.subscriptions.push(
    changed,
    { dispose: () => clearTimeout(waiting) },
    // Lenses are asked for anew only when it is worth it, since each time all of them are drawn again: a run that is over
    // at once never shows a lens.
    book.onChange(() => {
      waiting ??= setTimeout(show, LONG_RUN_MS)
    }),
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document) =>
        book
          .liveRunsOf(document.uri)
          .filter((run) => shown.has(run.run))
          .flatMap((run) => {
            const place = book.placeOf(run.run)
            const at = place ? document.positionAt(place.anchor.start) : new vscode.Position(0, 0)
            const range = new vscode.Range(at, at)
            return [
              new vscode.CodeLens(range, {
                title: '■ Cancel',
                tooltip: `Cancels ${run.label}`,
                command: 'heddle.cancelRun',
                arguments: [run.run],
              }),
              new vscode.CodeLens(range, {
                title: 'Why?',
                tooltip: "Why isn't it running? What it waits for, and what would help.",
                command: 'heddle.explainRun',
              }),
            ]
          }),
    }),
  )
}
