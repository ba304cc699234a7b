// The commands that explain: why something is not running, why a worker died, and what the cluster wrote.

import * as vscode from 'vscode'
import { leftOnDemand } from '../../runtime/protocol/cluster.ts'
import { type LogLine, logReport } from '../reports/logReport.ts'
import type { Reports } from '../reports/reports.ts'
import { type FailedTask, failedTaskReport, liveTaskReport } from '../reports/taskReport.ts'
import { workerDeath } from '../reports/workerDeath.ts'
import { failedTasks } from '../runs/failedTasks.ts'
import type { RunBook } from '../runs/runBook.ts'
import { currentSite } from '../runs/runsModel.ts'
import { failureTitle, progressText, seconds } from '../runs/runText.ts'
import type { TreeNode } from '../tree/treeModel.ts'
import type { WindowCluster } from './windowCluster.ts'

export function registerExplainCommands(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  book: RunBook,
  reports: Reports,
): void {
  const command = (name: string, run: (...args: never[]) => unknown): void => {
    context.subscriptions.push(vscode.commands.registerCommand(name, run as (...args: unknown[]) => unknown))
  }
  command('heddle.explainRun', async () => {
    await reports.show("Why isn't it running?", await explanation(cluster, book))
  })
  command('heddle.explainTask', async (given?: string) => {
    const failed = failedTasks(book.runs)
    const key = typeof given === 'string' ? given : await askKey(failed)
    if (!key) return
    const known = failed.find(({ task }) => task.key === key)
    if (known) {
      await reports.show('A task', failedTaskReport(known, vscode.workspace.asRelativePath))
      return
    }
    if (!cluster.connection) {
      void vscode.window.showInformationMessage(
        `No cluster runs, and ${key} failed in no run of this window.`,
      )
      return
    }
    const [why, story] = await Promise.all([
      cluster.connection.query('explain', key),
      cluster.connection.query('story', key),
    ])
    await reports.show('A task', liveTaskReport(key, linesOf(why), linesOf(story)))
  })
  command('heddle.explainWorkerDeath', async (node?: TreeNode) => {
    const gone = cluster.model.gone.filter(({ reason }) => !leftOnDemand(reason))
    const known = gone.find(({ info }) => node?.id.endsWith(`/gone/${info.worker}`))
    const chosen = known ?? (gone.length <= 1 ? gone[0] : await pick(gone))
    if (chosen) await reports.show('Why did the worker die?', workerDeath(chosen))
    else void vscode.window.showInformationMessage('No worker of this cluster has died.')
  })
  command('heddle.showClusterLogs', async () => {
    if (!cluster.connection) return
    const lines = (await cluster.connection.query('logs')) as LogLine[]
    const time = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB')
    await reports.show('Cluster log', logReport(lines, time))
  })
}

/** The key of a task that failed lately, or one that the person knows. */
async function askKey(failed: readonly FailedTask[]): Promise<string | undefined> {
  const another = '$(edit) Another key…'
  const items = failed.map(({ task, run }) => ({
    label: task.key,
    description: failureTitle(task),
    detail: run.label,
  }))
  const chosen =
    items.length === 0
      ? another
      : (
          await vscode.window.showQuickPick([...items, { label: another, description: '', detail: '' }], {
            title: 'Which task?',
            placeHolder: 'Tasks that failed',
            ignoreFocusOut: true,
          })
        )?.label
  if (chosen !== another) return chosen
  return await vscode.window.showInputBox({
    title: 'What happened to a task?',
    prompt: 'The key of a task, as the task graph shows it',
    ignoreFocusOut: true,
  })
}

/** What the window knows of its runs, and what the scheduler says of their tasks. */
async function explanation(cluster: WindowCluster, book: RunBook): Promise<string[]> {
  const lines = ["# Why isn't it running?", '']
  const { phase } = cluster.model
  if (!cluster.connection)
    return [
      ...lines,
      phase.kind === 'starting'
        ? 'The cluster is still starting: runs begin as soon as it stands.'
        : 'No cluster runs. A click on ▷ Run starts one.',
    ]
  const live = [...book.runs.values()].filter((run) => !run.end)
  for (const run of live) {
    const site = currentSite(run)
    const age = seconds(Date.now() - run.startedMs)
    lines.push(
      site
        ? `- **${run.label}**, for ${age}: ${progressText(site)}`
        : `- **${run.label}**, for ${age}: its own code runs, before anything was computed`,
    )
  }
  if (live.length === 0) lines.push('Nothing of this window runs.')
  return [
    ...lines,
    '',
    '## The cluster',
    '',
    ...linesOf(await cluster.connection.query('why')).map((line) => `- ${line}`),
  ]
}

async function pick(gone: WindowCluster['model']['gone']): Promise<(typeof gone)[number] | undefined> {
  const items = gone.map((worker) => ({ label: worker.info.name, description: worker.reason, worker }))
  return (await vscode.window.showQuickPick(items, { title: 'Which worker?' }))?.worker
}

/** What the scheduler answers where it explains something: sentences. */
export const linesOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]
