// The panels of the window: those beside the editor, found again after a reload, and the results below it.

import * as vscode from 'vscode'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { type PanelName, type PanelPage, showPanelPage, type WantedRun } from './panelPage.ts'

/** The panels that open beside the editor: their command, title and icon. */
const BESIDE = {
  dashboard: { command: 'heddle.showOverview', title: 'Heddle Overview', icon: 'overview' },
  taskGraph: { command: 'heddle.showTaskGraph', title: 'Task Graph', icon: 'graph' },
  taskStream: { command: 'heddle.showTaskStream', title: 'Task Stream', icon: 'stream' },
  workers: { command: 'heddle.showWorkers', title: 'Workers', icon: 'workers' },
  jobs: { command: 'heddle.showJobs', title: 'Jobs', icon: 'jobs' },
  gpu: { command: 'heddle.showGpu', title: 'GPU', icon: 'gpu' },
} as const satisfies Partial<Record<PanelName, { command: string; title: string; icon: string }>>

const RESULTS_VIEW = 'heddle.results'

/** A panel keeps what it has seen while another tab hides it: a task stream has no other memory. */
const RETAINED = { retainContextWhenHidden: true }

/**
 * Registers every panel and its command.
 * @returns shows the results of a run, or of the latest
 */
export function registerPanels(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
): (wanted?: WantedRun) => Promise<void> {
  let results: PanelPage | undefined
  let wanted: WantedRun | undefined
  for (const [name, about] of Object.entries(BESIDE)) {
    const panel = new BesidePanel(name as keyof typeof BESIDE, about, context.extensionUri, cluster)
    context.subscriptions.push(
      panel,
      vscode.commands.registerCommand(about.command, () => panel.show()),
      vscode.window.registerWebviewPanelSerializer(panel.viewType, panel),
    )
  }
  context.subscriptions.push(
    vscode.window.registerWebviewViewProvider(RESULTS_VIEW, {
      async resolveWebviewView(view) {
        const page = await showPanelPage(view.webview, 'results', cluster)
        results = page
        if (wanted) page.showRun(wanted)
        view.onDidDispose(() => {
          if (results === page) results = undefined
          page.dispose()
        })
      },
    }),
    vscode.commands.registerCommand('heddle.showResults', () => showResults(false)),
  )
  return async (run) => {
    wanted = run
    await showResults(false)
    if (run) results?.showRun(run)
  }
}

/** Brings the results up without taking the cursor out of the editor, unless asked to. */
export async function showResults(preserveFocus: boolean): Promise<void> {
  await vscode.commands.executeCommand(`${RESULTS_VIEW}.focus`, { preserveFocus })
}

/** A panel beside the editor: there is at most one of each. */
class BesidePanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly viewType: string
  readonly #name: PanelName
  readonly #title: string
  readonly #icon: { light: vscode.Uri; dark: vscode.Uri }
  readonly #cluster: WindowCluster
  #shown: vscode.WebviewPanel | undefined

  constructor(
    name: PanelName,
    about: { title: string; icon: string },
    extension: vscode.Uri,
    cluster: WindowCluster,
  ) {
    this.#name = name
    this.viewType = `heddle.${name}`
    this.#title = about.title
    const icons = vscode.Uri.joinPath(extension, 'media', 'icons')
    const icon = (shade: string) => vscode.Uri.joinPath(icons, `${about.icon}-${shade}.svg`)
    this.#icon = { light: icon('light'), dark: icon('dark') }
    this.#cluster = cluster
  }

  async show(): Promise<void> {
    if (this.#shown) {
      this.#shown.reveal(undefined, true)
      return
    }
    const viewColumn = vscode.ViewColumn.Beside
    const view = vscode.window.createWebviewPanel(
      this.viewType,
      this.#title,
      {
        viewColumn,
        preserveFocus: true,
      },
      RETAINED,
    )
    await this.#fill(view)
  }

  /** VS Code calls this for a panel that was open before a reload. */
  async deserializeWebviewPanel(view: vscode.WebviewPanel): Promise<void> {
    await this.#fill(view)
  }

  dispose(): void {
    // The view itself stays: VS Code brings it back after a reload.
    this.#shown = undefined
  }

  async #fill(view: vscode.WebviewPanel): Promise<void> {
    this.#shown = view
    view.iconPath = this.#icon
    let gone = false
    let relay: vscode.Disposable | undefined
    view.onDidDispose(() => {
      gone = true
      relay?.dispose()
      if (this.#shown === view) this.#shown = undefined
    })
    relay = await showPanelPage(view.webview, this.#name, this.#cluster)
    if (gone) relay.dispose()
  }
}
