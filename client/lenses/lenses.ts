// Lenses of the window that change while it runs.

import * as vscode from 'vscode'
import { LensNews } from './lensNews.ts'

/**
 * Registers lenses.
 * @returns what to call whenever they have changed
 */
export function registerLenses(
  context: vscode.ExtensionContext,
  selector: vscode.DocumentSelector,
  lensesOf: (document: vscode.TextDocument) => vscode.CodeLens[],
): () => void {
  const changed = new vscode.EventEmitter<void>()
  const news = new LensNews(
    () => changed.fire(),
    () =>
      vscode.window.visibleTextEditors
        .filter(({ document }) => vscode.languages.match(selector, document) > 0)
        .map(({ document }) => document.uri.toString()),
  )
  context.subscriptions.push(
    changed,
    news,
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document) => {
        news.asked(document.uri.toString())
        return lensesOf(document)
      },
    }),
  )
  return () => news.changed()
}
