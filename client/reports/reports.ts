// Texts that explain something, shown as documents beside the editor: they can be read, searched and copied, and are saved nowhere.

import * as vscode from 'vscode'

const SCHEME = 'heddle-report'

export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>()
  readonly #changed = new vscode.EventEmitter<vscode.Uri>()
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this)
  readonly onDidChange = this.#changed.event

  /** Shows a report under its title; the next one of that title takes its place. */
  async show(title: string, lines: readonly string[]): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}.md` })
    this.#texts.set(uri.path, `${lines.join('\n')}\n`)
    this.#changed.fire(uri)
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    })
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? 'This report is of an earlier window: ask for it again.\n'
  }

  dispose(): void {
    this.#registration.dispose()
    this.#changed.dispose()
  }
}
