// Job scripts in an editor before they are sent: a document that nobody can change, and that stands nowhere on disk.

import * as vscode from 'vscode'
import type { SlurmPlan } from '../../runtime/protocol/slurmDesk.ts'
import { left } from '../cluster/quantity.ts'

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

/** When Slurm would start, as a person is told. @param nowMs epoch milliseconds */
export function startText({ startMs, refused }: SlurmPlan, nowMs: number): string {
  if (refused !== undefined) return `Slurm would refuse it: ${refused}`
  if (startMs === undefined) return 'Slurm does not say when it would start.'
  if (startMs < nowMs + 60_000) return 'Slurm would start it now.'
  return `Slurm would start it in about ${left(startMs - nowMs)}, ${new Date(startMs).toLocaleString()}.`
}

export function scriptsText(profile: string, plan: SlurmPlan, nowMs: number): string {
  const head = [
    `# What Slurm gets for the profile ${profile}. Nothing is sent yet.`,
    `# ${startText(plan, nowMs)}`,
  ]
  const scripts = plan.scripts.map(
    ({ name, script }) => `# ──── ${TITLES[name] ?? `pool ${name}`} ────\n${script}`,
  )
  return `${head.join('\n')}\n\n${scripts.join('\n')}`
}

const TITLES: Readonly<Record<string, string>> = {
  scheduler: "the scheduler's own job",
  workers: 'jobs of workers',
}
