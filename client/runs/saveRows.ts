// Saves all rows of a result: the panel has the first of them, so its expression or cell runs again and the cluster writes the file.

import path from 'node:path'
import * as vscode from 'vscode'
import type { RowsFile } from '../../runtime/protocol/runs.ts'
import { cellAround } from './cells.ts'
import type { RunBook } from './runBook.ts'

const FORMATS: readonly { label: string; detail: string; format: RowsFile['format']; ending: string }[] = [
  { label: 'CSV', detail: 'Text that every program reads', format: 'csv', ending: 'csv' },
  {
    label: 'Parquet',
    detail: 'Small, with its types, quick to read again',
    format: 'parquet',
    ending: 'parquet',
  },
  { label: 'Arrow', detail: 'An Arrow IPC file, exact to the bit', format: 'arrow', ending: 'arrow' },
]

export function registerSaveRows(context: vscode.ExtensionContext, book: RunBook): void {
  /** Runs that save, by what they write. */
  const saving = new Map<string, string>()
  context.subscriptions.push(
    vscode.commands.registerCommand('heddle.saveRows', async (given?: string) => {
      const run = given ? book.runs.get(given) : [...book.runs.values()].findLast(({ result }) => result)
      const place = run && book.placeOf(run.run)
      const what = run?.result?.display.kind === 'array' ? 'elements' : 'rows'
      if (!run || !(run.expression ?? run.cell) || !place || place.stale) {
        const why = place?.stale ? 'its code was changed since' : 'where it stands is not known any more'
        void vscode.window.showInformationMessage(
          `All ${what} are saved by running the code again, and ${why}: click ▷ Run first.`,
        )
        return
      }
      const format = await vscode.window.showQuickPick(FORMATS, {
        title: `Save all ${what} of ${run.label} as`,
      })
      if (!format) return
      const file = await vscode.window.showSaveDialog({
        title: `Save as ${format.label}`,
        defaultUri: vscode.Uri.file(path.join(path.dirname(run.file), `${what}.${format.ending}`)),
        filters: { [format.label]: [format.ending] },
      })
      if (!file) return
      const document = await vscode.workspace.openTextDocument(place.uri)
      const save = { path: withEnding(file.fsPath, format.ending), format: format.format }
      const { start, end } = place.anchor
      const expression = run.expression && { start, end, label: run.label }
      const cell = expression ? undefined : cellAround(document.getText(), start)
      try {
        saving.set(await book.start(document, expression, cell, save), save.path)
      } catch (error) {
        void vscode.window.showErrorMessage(`Heddle: ${(error as Error).message}`)
      }
    }),
    book.onEvent(({ run, message }) => {
      const file = saving.get(run.run)
      if (message.event.kind !== 'ended' || !file) return
      saving.delete(run.run)
      if (message.event.reason === 'cancelled')
        void vscode.window.showInformationMessage(`${path.basename(file)} was not saved: it was cancelled.`)
      if (message.event.reason !== 'finished') return
      void vscode.window.showInformationMessage(`${path.basename(file)} is saved.`, 'Open').then((choice) => {
        if (choice) void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file))
      })
    }),
  )
}

/** What has no ending would be taken for a folder. */
const withEnding = (file: string, ending: string): string =>
  path.extname(file) === '' ? `${file}.${ending}` : file
