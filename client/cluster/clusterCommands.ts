// The commands that start, stop and show the window's cluster.

import * as vscode from 'vscode'
import { tellFailure } from '../runs/runCommands.ts'
import type { TreeNode } from '../tree/treeModel.ts'
import { NotStarted } from './notAttached.ts'
import type { WindowCluster } from './windowCluster.ts'

export function registerClusterCommands(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  log: vscode.LogOutputChannel,
): void {
  const start = async (): Promise<void> => {
    const location = vscode.ProgressLocation.Window
    try {
      await vscode.window.withProgress({ location, title: 'Starting a local cluster' }, () =>
        cluster.startLocal(vscode.window.activeTextEditor?.document.uri),
      )
    } catch (error) {
      if (!(error instanceof NotStarted)) void tellFailure(error as Error, log)
    }
  }
  const commands: Record<string, (row?: TreeNode) => unknown> = {
    'heddle.startLocalCluster': start,
    'heddle.stopCluster': () =>
      cluster.current?.found.kind === 'slurm'
        ? vscode.commands.executeCommand('heddle.downCluster')
        : cluster.stop(),
    'heddle.restartCluster': async () => {
      const { found } = cluster.current ?? {}
      if (found?.kind === 'slurm') {
        const jobs = Math.max(1, cluster.model.jobs?.wanted.workers ?? 1)
        // Asks first, and gives nothing when the person would rather keep it.
        const ended = await vscode.commands.executeCommand('heddle.downCluster')
        if (ended) await vscode.commands.executeCommand('heddle.connectCluster', found.name, jobs)
      } else if (found?.kind === 'address')
        void vscode.window.showInformationMessage(
          `Heddle: cluster ${found.name} was started by code or in a terminal, and how is not known here: restart it there.`,
        )
      else if (found?.kind === 'ssh') {
        await cluster.stop()
        await vscode.commands.executeCommand('heddle.connectHost', found.name, true)
      } else {
        await cluster.stop()
        await start()
      }
    },
    'heddle.openDashboard': async (row?: TreeNode) => {
      if (row?.url !== undefined) return openInBrowser(row.url)
      if (!cluster.address) await start()
      const { phase } = cluster.model
      if (phase.kind === 'running') await openInBrowser(phase.dashboardUrl)
    },
    'heddle.showOutput': () => log.show(),
  }
  for (const [name, run] of Object.entries(commands))
    context.subscriptions.push(vscode.commands.registerCommand(name, run))
}

/** In a remote window the address is of the other machine: VS Code forwards the port. */
async function openInBrowser(url: string): Promise<void> {
  await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(url)))
}
