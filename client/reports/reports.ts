// Texts that explain something, shown as documents beside the editor: they can be read, searched and copied, and are saved nowhere.

import * as vscode from 'vscode'

const SCHEME = 'heddle-report'
/** VS Code's own view of Markdown as it is meant: tables are tables. */
const PREVIEW = 'vscode.markdown.preview.editor'

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
    const how = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true }
    try {
      await vscode.commands.executeCommand('vscode.openWith', uri, PREVIEW, how)
    } catch {
      // The preview is an extension, which can be turned off: its text can be read too.
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), how)
    }
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? 'This report is of an earlier window: ask for it again.\n'
  }

  dispose(): void {
    this.#registration.dispose()
    this.#changed.dispose()
  }
}
