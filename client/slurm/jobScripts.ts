// Job scripts in an editor before they are sent: a document that nobody can change, that stands nowhere on disk, and that is sent from its top.

import * as vscode from 'vscode'
import type { SlurmPlan } from '../../runtime/protocol/slurmDesk.ts'
import { scriptsText } from './planText.ts'

const SCHEME = 'heddle-job-script'
const DECIDE = 'heddle.decideJobScript'

export class JobScripts
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #texts = new Map<string, string>()
  /** Of the scripts that are shown and not decided on. */
  readonly #waiting = new Map<string, (sends: boolean) => void>()
  /** Of those, the ones that Slurm would refuse. */
  readonly #refused = new Set<string>()
  readonly #registered: vscode.Disposable[]

  constructor() {
    this.#registered = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerCodeLensProvider({ scheme: SCHEME }, this),
      vscode.commands.registerCommand(DECIDE, (uri: string, sends: boolean) => this.#decide(uri, sends)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const tab of closed) this.#decide(uriOf(tab) ?? '', false)
      }),
    ]
  }

  dispose(): void {
    for (const each of this.#registered) each.dispose()
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? ''
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const id = uri.toString()
    if (!this.#waiting.has(id)) return []
    const top = new vscode.Range(0, 0, 0, 0)
    const lens = (title: string, sends: boolean): vscode.CodeLens =>
      new vscode.CodeLens(top, { title, command: DECIDE, arguments: [id, sends] })
    return this.#refused.has(id) ? [lens('Close', false)] : [lens('▷ Submit', true), lens('Cancel', false)]
  }

  /**
   * Shows what Slurm would get, until it is decided whether it is sent: at the top of the scripts, by closing them, or elsewhere.
   * @param elsewhere another way to decide; nothing when it was left undecided there. A notification leaves the screen while one reads.
   */
  async ask(
    profile: string,
    plan: SlurmPlan,
    elsewhere: () => Thenable<boolean | undefined>,
  ): Promise<boolean> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${profile} ${plan.id}.sh` })
    const id = uri.toString()
    this.#texts.set(id, scriptsText(profile, plan, Date.now()))
    if (plan.refused !== undefined) this.#refused.add(id)
    const decided = new Promise<boolean>((resolve) => this.#waiting.set(id, resolve))
    const document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true })
    void elsewhere().then((sends) => {
      if (sends !== undefined) this.#decide(id, sends)
    })
    const sends = await decided
    this.#texts.delete(id)
    this.#refused.delete(id)
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs)
    await vscode.window.tabGroups.close(tabs.filter((tab) => uriOf(tab) === id))
    return sends
  }

  #decide(id: string, sends: boolean): void {
    this.#waiting.get(id)?.(sends)
    this.#waiting.delete(id)
  }
}

const uriOf = ({ input }: vscode.Tab): string | undefined =>
  (input as { uri?: vscode.Uri } | undefined)?.uri?.toString()
