// A lens that cancels, beside the lens that ran it, for as long as the run goes on.

import * as vscode from 'vscode'
import { registerLenses } from '../lenses/lenses.ts'
import { LastingRuns } from './lastingRuns.ts'
import type { RunBook } from './runBook.ts'

export function registerCancelLenses(
  context: vscode.ExtensionContext,
  book: RunBook,
  selector: vscode.DocumentSelector,
): void {
  const lasting = new LastingRuns()
  const changed = registerLenses(context, selector, (document) =>
    book
      .liveRunsOf(document.uri)
      .filter((run) => lasting.has(run.run))
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
  )
  let waiting: NodeJS.Timeout | undefined
  const look = (): void => {
    clearTimeout(waiting)
    const { changed: differ, againMs } = lasting.look(book.runs.values(), performance.now())
    waiting = againMs === undefined ? undefined : setTimeout(look, againMs)
    if (differ) changed()
  }
  context.subscriptions.push({ dispose: () => clearTimeout(waiting) }, book.onChange(look))
}
