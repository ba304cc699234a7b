// What a language model may ask of Heddle: how the cluster does, to run an expression, and why a task is where it is. Running asks first.

import * as vscode from 'vscode'
import { withLocalTime } from '../../runtime/protocol/localTime.ts'
import { linesOf } from '../cluster/explainCommands.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import type { LanguageServer } from '../languageServer/languageServer.ts'
import type { RunBook } from '../runs/runBook.ts'
import type { Run } from '../runs/runsModel.ts'
import { clusterInWords, questionOf, runInWords } from './words.ts'

interface RunInput {
  file: string
  /** From 1. */
  line: number
}

export function registerLanguageModelTools(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  book: RunBook,
  server: () => Promise<LanguageServer>,
): void {
  // Editors that are built on VS Code may lack them.
  if (typeof vscode.lm?.registerTool !== 'function') return
  const text = (value: string): vscode.LanguageModelToolResult =>
    new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(value)])
  context.subscriptions.push(
    vscode.lm.registerTool('heddle_cluster_status', {
      invoke: () => text(clusterInWords(cluster.model)),
    }),
    vscode.lm.registerTool<RunInput>('heddle_run_expression', {
      prepareInvocation: async ({ input: { file, line } }) => ({
        invocationMessage: `Running line ${line} of ${file} with Heddle`,
        confirmationMessages: {
          title: 'Run with Heddle',
          message: questionOf(file, line, await codeAt(file, line)),
        },
      }),
      invoke: async ({ input }, token) => text(await runAt(input, book, server, token)),
    }),
    vscode.lm.registerTool<{ key: string }>('heddle_explain_task', {
      invoke: async ({ input: { key } }) => {
        if (!cluster.connection) return text('No cluster runs.')
        const [why, story] = [
          await cluster.connection.query('explain', key),
          await cluster.connection.query('story', key),
        ]
        return text([...linesOf(why), ...linesOf(story).map((line) => withLocalTime(line))].join('\n'))
      },
    }),
  )
}

async function documentOf(file: string): Promise<vscode.TextDocument> {
  const [found] = await vscode.workspace.findFiles(vscode.workspace.asRelativePath(file), null, 1)
  return await vscode.workspace.openTextDocument(found ?? vscode.Uri.file(file))
}

/** A line of a file; nothing where there is none, which is told when it is to run. */
async function codeAt(file: string, line: number): Promise<string | undefined> {
  try {
    return (await documentOf(file)).lineAt(line - 1).text.trim()
  } catch {
    return undefined
  }
}

async function runAt(
  { file, line }: RunInput,
  book: RunBook,
  server: () => Promise<LanguageServer>,
  token: vscode.CancellationToken,
): Promise<string> {
  const document = await documentOf(file)
  if (line < 1 || line > document.lineCount) return `${file} has no line ${line}.`
  const offset = document.offsetAt(document.lineAt(line - 1).range.end)
  const expression = await (await server()).computationAt(document, offset)
  if (!expression)
    return `There is no computation in line ${line} of ${file}: it needs an awaited compute(), persist(), gather() or result().`
  const id = await book.start(document, expression)
  const run = await new Promise<Run | undefined>((resolve) => {
    const over = (): void => {
      const now = book.runs.get(id)
      if (now && !now.end && !token.isCancellationRequested) return
      if (now && !now.end) book.cancel(id)
      changes.dispose()
      stopped.dispose()
      resolve(now)
    }
    const changes = book.onChange(over)
    const stopped = token.onCancellationRequested(over)
    over()
  })
  return run ? runInWords(run) : 'The run was dropped.'
}
