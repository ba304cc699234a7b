// Above the line that asked for it: what its variable holds on the cluster, and a way to let go of it.

import * as vscode from 'vscode'
import type { HeldData } from '../../runtime/protocol/runs.ts'
import { registerLenses } from '../lenses/lenses.ts'
import type { RunBook } from '../runs/runBook.ts'
import { heldLens, holdersOnLines, runOf } from './dataModel.ts'
import type { HeldLook } from './heldLook.ts'

export function registerHeldLenses(
  context: vscode.ExtensionContext,
  look: HeldLook,
  book: RunBook,
  selector: vscode.DocumentSelector,
): void {
  /** The line (from 0) on which the place of data stands now. */
  const lineOf = (
    document: vscode.TextDocument,
    holder: Pick<HeldData, 'clientName' | 'place'>,
  ): number | undefined => {
    const { place } = holder
    if (place?.file !== document.uri.fsPath) return undefined
    const run = runOf(holder, book.runs.values())
    if (run) return book.lines.lineOf(document, run, place)?.line
    // Of a program that was started elsewhere: the file is taken as it stands.
    return place.line <= document.lineCount ? place.line - 1 : undefined
  }
  const changed = registerLenses(context, selector, (document) =>
    look.held.flatMap((held) => {
      const lines = holdersOnLines(held).flatMap((each) => lineOf(document, each) ?? [])
      return [...new Set(lines)].flatMap((line) => {
        const lens = heldLens(held, document.lineAt(line).text, book.runs.values())
        if (!lens) return []
        const range = new vscode.Range(line, 0, line, 0)
        return [new vscode.CodeLens(range, { ...lens, command: 'heddle.releaseData', arguments: [{ held }] })]
      })
    }),
  )
  context.subscriptions.push(look.onChange(changed))
}
