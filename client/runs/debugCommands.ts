// Debugging under VS Code's own JavaScript debugger: a failed task alone, stopped at its throw, or a run with breakpoints in tasks.

import { existsSync } from 'node:fs'
import * as vscode from 'vscode'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import type { LanguageServer } from '../languageServer/languageServer.ts'
import { debugRunConfiguration, debugTaskConfiguration, throwCondition } from './debugSetup.ts'
import { failedIn } from './failedTasks.ts'
import { expressionNow, NO_COMPUTATION } from './lensExpression.ts'
import type { ExpressionToRun, RunBook } from './runBook.ts'
import type { Run } from './runsModel.ts'

/** Marks the sessions that hold a task until the debugger is ready: the text that a throw is known by. */
const HELD = 'heddleThrow'
const READY = 'heddle: ready'

export function registerDebugCommands(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  book: RunBook,
  selector: vscode.DocumentSelector,
  server: () => Promise<LanguageServer>,
): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('heddle.debugTask', async (given?: string) => {
      const run = typeof given === 'string' ? book.runs.get(given) : latestFailed(book)
      if (!run?.failure?.task) {
        void vscode.window.showInformationMessage('No task has failed: there is nothing to debug.')
        return
      }
      const { inputsFile, message, kind } = run.failure.task
      if (!inputsFile || !existsSync(inputsFile)) {
        void vscode.window.showWarningMessage(whyGone(inputsFile))
        return
      }
      const file = vscode.Uri.file(run.file)
      await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), {
        ...debugTaskConfiguration({ ...(await cluster.programs(file)), label: run.label, inputsFile }),
        [HELD]: throwCondition(kind, message),
      })
    }),
    vscode.commands.registerCommand(
      'heddle.debugExpression',
      async (lens?: { uri: string; version: number; expression?: ExpressionToRun }) => {
        const document = lens
          ? await vscode.workspace.openTextDocument(vscode.Uri.parse(lens.uri))
          : vscode.window.activeTextEditor?.document
        // A debugger maps lines by the file, so what runs is what is saved.
        if (!document || !(await document.save())) return
        const expression =
          lens?.expression &&
          (await expressionNow({ ...lens, expression: lens.expression }, document.version, async (offset) =>
            (await server()).computationAt(document, offset),
          ))
        if (lens?.expression && !expression) {
          void vscode.window.showInformationMessage(NO_COMPUTATION)
          return
        }
        await vscode.debug.startDebugging(
          vscode.workspace.getWorkspaceFolder(document.uri),
          debugRunConfiguration({
            ...(await cluster.programs(document.uri)),
            file: document.uri.fsPath,
            expression,
          }),
        )
      },
    ),
    vscode.debug.registerDebugAdapterTrackerFactory('*', { createDebugAdapterTracker: trackHeld(new Map()) }),
    vscode.languages.registerCodeActionsProvider(
      selector,
      { provideCodeActions: (document, range) => actionsAt(book, document, range) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  )
}

/** A program that is held: its own session below the one that launched it, once there is one, and whether it said that it is ready. */
interface Held {
  program?: vscode.DebugSession
  ready: boolean
  gone: boolean
}

/** Lets a held program go once it is ready and its debugger is there: what it prints comes by the session that launched it. */
function trackHeld(
  held: Map<string, Held>,
): (session: vscode.DebugSession) => vscode.DebugAdapterTracker | undefined {
  return (session) => {
    const launch = session.parentSession ?? session
    const condition = launch.configuration[HELD] as string | undefined
    if (condition === undefined) return undefined
    const known: Held = held.get(launch.id) ?? { ready: false, gone: false }
    held.set(launch.id, known)
    if (session.parentSession) known.program ??= session
    const look = (): void => {
      if (known.gone || !known.ready || !known.program) return
      known.gone = true
      void letGo(known.program, condition)
    }
    return {
      onDidSendMessage(message: { type?: string; event?: string; body?: { output?: string } }) {
        if (message.event === 'output' && message.body?.output?.includes(READY)) known.ready = true
        look()
      },
      onWillStopSession() {
        if (session === launch) held.delete(launch.id)
      },
    }
  }
}

/** Has the debugger stop at the throw, then lets the task run. */
async function letGo(session: vscode.DebugSession, condition: string): Promise<void> {
  await session.customRequest('setExceptionBreakpoints', {
    filters: [],
    filterOptions: [{ filterId: 'all', condition }],
  })
  await session.customRequest('evaluate', { expression: 'heddleGo()', context: 'repl' })
}

function actionsAt(book: RunBook, document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
  const action = (title: string, command: string, argument: string): vscode.CodeAction => {
    const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix)
    made.command = { title, command, arguments: [argument] }
    return made
  }
  return failedIn(book.runs, document.uri.fsPath, range.start.line, range.end.line).flatMap((run) => [
    action('Debug This Task', 'heddle.debugTask', run.run),
    action('What Happened to This Task?', 'heddle.explainTask', run.failure!.task!.key),
  ])
}

function latestFailed(book: RunBook): Run | undefined {
  return [...book.runs.values()].findLast(({ end, failure }) => end && failure?.task)
}

function whyGone(inputsFile: string | undefined): string {
  const why = inputsFile
    ? 'they are kept with the worker that ran it, and that has ended'
    : 'they were too large to keep, or many others failed before it'
  return `The inputs of this task are gone: ${why}. Run it again, then debug the new failure.`
}
