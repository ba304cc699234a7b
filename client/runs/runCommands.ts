// The commands that run and cancel: what they run, and what they say when nothing can be run.

import * as vscode from 'vscode'
import { NotStarted } from '../cluster/notAttached.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import type { LanguageServer } from '../languageServer/languageServer.ts'
import { NoNodeError } from '../node/nodeChoice.ts'
import { showResults } from '../panels/panels.ts'
import { readSettings } from '../settings/settings.ts'
import { cellAround } from './cells.ts'
import { expressionNow, NO_COMPUTATION } from './lensExpression.ts'
import type { ExpressionToRun, RunBook } from './runBook.ts'
import type { Run } from './runsModel.ts'
import { failureTitle, isWholeOnLine } from './runText.ts'

/** What a lens of the language server hands over. */
interface LensArguments {
  uri: string
  version: number
  expression?: ExpressionToRun
  cell?: ExpressionToRun
  /** The id of the cluster to run on; the current one when absent. */
  cluster?: string
}

export function registerRunCommands(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  book: RunBook,
  server: () => Promise<LanguageServer>,
  log: vscode.LogOutputChannel,
): void {
  const command = (name: string, run: (...args: never[]) => unknown): void => {
    context.subscriptions.push(vscode.commands.registerCommand(name, run as (...args: unknown[]) => unknown))
  }
  const start = async (
    document: vscode.TextDocument,
    expression?: ExpressionToRun,
    cell?: ExpressionToRun,
    on?: string,
  ): Promise<string | undefined> => {
    if (document.isUntitled) {
      void vscode.window.showWarningMessage(
        'Save the file first: a run needs a folder to look up its imports in.',
      )
      return undefined
    }
    try {
      return await book.start(document, expression, cell, undefined, on)
    } catch (error) {
      if (error instanceof NotStarted) return undefined
      // Not waited for: whoever ran the command has its answer, whether or not the message is ever dismissed.
      void tellFailure(error as Error, log)
      return undefined
    }
  }

  command('heddle.runFile', async (lens?: LensArguments | vscode.Uri) => {
    const document = await documentOf(lens)
    const on = lens instanceof vscode.Uri ? undefined : lens?.cluster
    return document && (await start(document, undefined, undefined, on))
  })
  command('heddle.runExpression', async (lens?: LensArguments) => {
    const document = await documentOf(lens)
    if (!document) return undefined
    const computationAt = async (offset: number): Promise<ExpressionToRun | undefined> =>
      (await server()).computationAt(document, offset)
    const expression = lens?.expression
      ? await expressionNow({ ...lens, expression: lens.expression }, document.version, computationAt)
      : await computationAt(document.offsetAt(vscode.window.activeTextEditor!.selection.active))
    if (expression) return await start(document, expression, undefined, lens?.cluster)
    void vscode.window.showInformationMessage(NO_COMPUTATION)
    return undefined
  })
  command('heddle.runCell', async (lens?: LensArguments) => {
    const document = await documentOf(lens)
    if (!document) return undefined
    if (lens?.cell && lens.version === document.version) return await start(document, undefined, lens.cell)
    const offset = lens?.cell?.start ?? document.offsetAt(vscode.window.activeTextEditor!.selection.active)
    const cell = cellAround(document.getText(), offset)
    if (cell) return await start(document, undefined, cell)
    void vscode.window.showInformationMessage('There is no cell here: cells begin with a line // %%.')
    return undefined
  })
  command('heddle.cancelRun', async (given?: string | { entry: { run: string } }) => {
    const run = typeof given === 'string' ? given : (given?.entry?.run ?? (await pickLive(book)))
    if (run) book.cancel(run)
  })

  context.subscriptions.push(
    book.onEvent(({ run, message }) => {
      const { event } = message
      if (event.kind === 'output') log.info(`${run.label}: ${event.text.trimEnd()}`)
      if (event.kind === 'notice') log.info(`${run.label}: ${event.text}`)
      if (!book.isOwn(run.run)) return
      if (event.kind === 'result' && !isWholeOnLine(event, readSettings().inlineLengthMax))
        void showResults(true)
      if (event.kind === 'ended') tellEnd(run, log)
    }),
    cluster.onLost(({ reason, wasCurrent }) => {
      const again = wasCurrent ? ['Start Again'] : []
      void vscode.window
        .showErrorMessage(`The Heddle cluster ended: ${reason}`, ...again, 'Show Output')
        .then((choice) => {
          if (choice === 'Start Again') void vscode.commands.executeCommand('heddle.startLocalCluster')
          if (choice === 'Show Output') log.show(true)
        })
    }),
  )
}

/** A failure that has a line of the user's is marked there; any other has to be told. */
function tellEnd(run: Run, log: vscode.LogOutputChannel): void {
  const { failure, end } = run
  if (!failure || end?.reason === 'cancelled') return
  log.error(`${run.label}: ${failure.stack || failureTitle(failure)}`)
  if (failure.place ?? failure.task?.place ?? failure.frames[0]) return
  void vscode.window
    .showErrorMessage(`${run.label}: ${failureTitle(failure)}`, 'Show Output')
    .then((choice) => {
      if (choice) log.show(true)
    })
}

/** Says why a run could not begin, with the way out. */
export async function tellFailure(error: Error, log: vscode.LogOutputChannel): Promise<void> {
  log.error(error.stack ?? error.message)
  const settings = 'Open Settings'
  const output = 'Show Output'
  const choice = await (error instanceof NoNodeError
    ? vscode.window.showErrorMessage(error.message, settings, output)
    : vscode.window.showErrorMessage(`Heddle: ${error.message}`, output))
  if (choice === settings) await openNodePath()
  if (choice === output) log.show(true)
}

/** The user's settings do not show those of another machine. */
async function openNodePath(): Promise<void> {
  const command = vscode.env.remoteName ? 'openRemoteSettings' : 'openSettings'
  await vscode.commands.executeCommand(`workbench.action.${command}`, { query: 'heddle.nodePath' })
}

async function documentOf(
  given: LensArguments | vscode.Uri | undefined,
): Promise<vscode.TextDocument | undefined> {
  if (given instanceof vscode.Uri) return await vscode.workspace.openTextDocument(given)
  if (given?.uri) return await vscode.workspace.openTextDocument(vscode.Uri.parse(given.uri))
  const document = vscode.window.activeTextEditor?.document
  if (!document) void vscode.window.showInformationMessage('Open a TypeScript or JavaScript file first.')
  return document
}

async function pickLive(book: RunBook): Promise<string | undefined> {
  const live = [...book.runs.values()].filter((run) => !run.end)
  if (live.length <= 1) return live[0]?.run
  const items = live.map((run) => ({ label: run.label, description: run.file, run: run.run }))
  return (await vscode.window.showQuickPick(items, { title: 'Cancel which run?' }))?.run
}
