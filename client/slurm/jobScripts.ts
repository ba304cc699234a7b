// Job scripts in an editor before they are sent: a document that nobody can change, and that stands nowhere on disk.

import * as vscode from 'vscode'
import type { SlurmPlan } from '../../runtime/protocol/slurmDesk.ts'
import { scriptsText } from './planText.ts'

const SCHEME = 'heddle-job-script'

export class JobScripts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>()
  readonly #registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this)

  dispose(): void {
    this.#registered.dispose()
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? ''
  }

  /** Shows what Slurm would get; the tab closes with `close`. */
  async show(profile: string, plan: SlurmPlan): Promise<vscode.Uri> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${profile} ${plan.id}.sh` })
    this.#texts.set(uri.toString(), scriptsText(profile, plan, Date.now()))
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true })
    return uri
  }

  async close(uri: vscode.Uri): Promise<void> {
    this.#texts.delete(uri.toString())
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs)
    const own = tabs.filter(({ input }) => (input as { uri?: vscode.Uri }).uri?.toString() === uri.toString())
    await vscode.window.tabGroups.close(own)
  }
}
