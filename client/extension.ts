// The extension's beginning and end: what is registered at once, and what waits for a file that imports heddle.

import * as vscode from 'vscode'
import { registerClusterCommands } from './cluster/clusterCommands.ts'
import type { ClusterModel } from './cluster/clusterModel.ts'
import { registerExplainCommands } from './cluster/explainCommands.ts'
import { registerScaleCommands } from './cluster/scaleCommands.ts'
import { WindowCluster } from './cluster/windowCluster.ts'
import { registerDataView } from './data/dataView.ts'
import { registerHeldLenses } from './data/heldLenses.ts'
import { HeldLook } from './data/heldLook.ts'
import { registerHistory } from './history/historyView.ts'
import { registerLanguageModelTools } from './languageModel/tools.ts'
import { importsHeddle, LANGUAGES } from './languageServer/importsHeddle.ts'
import type { Additions, LanguageServer } from './languageServer/languageServer.ts'
import { registerPanels } from './panels/panels.ts'
import { Reports } from './reports/reports.ts'
import { registerCancelLenses } from './runs/cancelLenses.ts'
import { registerDebugCommands } from './runs/debugCommands.ts'
import { LastWork } from './runs/lastWork.ts'
import { registerLineDecorations } from './runs/lineDecorations.ts'
import { lastRunText } from './runs/lineWork.ts'
import { RunBook } from './runs/runBook.ts'
import { registerRunCommands } from './runs/runCommands.ts'
import { registerRunDiagnostics } from './runs/runDiagnostics.ts'
import type { Runs } from './runs/runsModel.ts'
import { registerSaveRows } from './runs/saveRows.ts'
import { registerTimeMarks } from './runs/timeMarks.ts'
import { registerWorkMarks } from './runs/workMarks.ts'
import { readSettings } from './settings/settings.ts'
import { registerNewExample } from './setUp/newExample.ts'
import { registerSetUp } from './setUp/setUpFolder.ts'
import { registerConnectCommand } from './slurm/connectCommand.ts'
import { registerJobCommands } from './slurm/jobCommands.ts'
import { mayStartLocal } from './slurm/localWarning.ts'
import { lensesOf, registerRunOnLenses } from './slurm/runOnLenses.ts'
import { SlurmReach } from './slurm/slurmReach.ts'
import { ConnectHost } from './ssh/connectHost.ts'
import { SshHosts } from './ssh/sshHosts.ts'
import { SshReach } from './ssh/sshReach.ts'
import { registerStatusBar } from './status/statusBar.ts'
import { registerClusterTree } from './tree/clusterTree.ts'

/** What the extension offers to tests and to other extensions. */
export interface HeddleApi {
  readonly cluster: ClusterModel
  readonly runs: Runs
  /** Milliseconds that activation took. */
  readonly activationMs: number
}

const SELECTOR = LANGUAGES.map((language) => ({ language, scheme: 'file' }))

export function activate(context: vscode.ExtensionContext): HeddleApi {
  const begun = performance.now()
  const log = vscode.window.createOutputChannel('Heddle', { log: true })
  const cluster = new WindowCluster(context, log)
  cluster.beforeLocal = () => mayStartLocal(context)
  const programs = () => cluster.programs(undefined)
  const slurm = new SlurmReach(programs, log)
  const ssh = new SshReach(programs, log)
  const hosts = new SshHosts(context)
  const server = languageServerOnDemand(context, log, {
    lenses: (lenses) => lensesOf(lenses, cluster),
    lastRun: ({ made, used }, document, at) =>
      work.linesOf(document).some(({ line }) => line === at)
        ? undefined
        : (lastRunText(work.at(made)) ?? lastRunText(work.at(used))),
  })
  const book = new RunBook(cluster, async (document, expressions) =>
    (await server()).neededTexts(document, expressions),
  )
  const work = new LastWork(book)
  const reports = new Reports()
  context.subscriptions.push(log, cluster, book, work, reports)
  registerClusterCommands(context, cluster, log)
  registerRunCommands(context, cluster, book, server, log)
  registerSaveRows(context, book)
  registerDebugCommands(context, cluster, book, SELECTOR, server)
  registerExplainCommands(context, cluster, book, reports)
  registerScaleCommands(context, cluster)
  registerRunOnLenses(context, cluster, SELECTOR)
  const connect = new ConnectHost(cluster, ssh, hosts)
  registerConnectCommand(context, cluster, slurm, { connect, hosts }, log)
  registerJobCommands(context, cluster, reports)
  const showResultsOf = registerPanels(context, cluster)
  registerHistory(context, book, reports, showResultsOf)
  const held = new HeldLook(cluster, book)
  context.subscriptions.push(held)
  registerDataView(context, held, book)
  registerHeldLenses(context, held, book, SELECTOR)
  registerLanguageModelTools(context, cluster, book, server)
  registerSetUp(context, cluster.bundledRuntime, log, async () => (await server()).foldersChanged())
  registerNewExample(context)
  registerStatusBar(context, cluster)
  registerClusterTree(context, cluster, hosts)
  registerLineDecorations(context, book, () => readSettings().inlineLengthMax)
  registerRunDiagnostics(context, book)
  registerCancelLenses(context, book, SELECTOR)
  registerWorkMarks(context, cluster, work, SELECTOR)
  registerTimeMarks(context, book)
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('heddle')) cluster.settingsChanged()
    }),
  )
  void cluster.findAgain((note) => (note.kind === 'slurm' ? slurm.findAgain(note) : ssh.findAgain(note)))
  return { cluster: cluster.model, runs: book.runs, activationMs: performance.now() - begun }
}

/** Starts the language server with the first open file that imports heddle, or when a command needs it. */
function languageServerOnDemand(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  additions: Additions,
): () => Promise<LanguageServer> {
  let starting: Promise<LanguageServer> | undefined
  const start = async (): Promise<LanguageServer> => {
    // Loaded only now: it is the larger half of the extension's code.
    const module = await import('./languageServer/languageServer.ts')
    const server = new module.LanguageServer(context, SELECTOR, log, additions)
    context.subscriptions.push(server)
    await server.start()
    return server
  }
  const once = (): Promise<LanguageServer> => {
    starting ??= start()
    return starting
  }
  const look = (document: vscode.TextDocument): void => {
    if (starting || !LANGUAGES.some((language) => language === document.languageId)) return
    if (!importsHeddle(document.getText())) return
    void vscode.commands.executeCommand('setContext', 'heddle.active', true)
    once().catch((error: unknown) =>
      log.error(`the language server does not start: ${(error as Error).message}`),
    )
  }
  context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document }) => look(document)),
  )
  vscode.workspace.textDocuments.forEach(look)
  return once
}

/** Everything is disposed of by VS Code; the cluster's keeper notices that this window has gone. */
export function deactivate(): void {}
