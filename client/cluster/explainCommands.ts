// The commands that explain: why something is not running, why a worker died, and what the cluster wrote.

import * as vscode from 'vscode'
import type { Reports } from '../reports/reports.ts'
import { workerDeath } from '../reports/workerDeath.ts'
import type { RunBook } from '../runs/runBook.ts'
import { currentSite } from '../runs/runsModel.ts'
import { progressText, seconds } from '../runs/runText.ts'
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
    const key =
      typeof given === 'string'
        ? given
        : await vscode.window.showInputBox({
            title: "Why isn't it running?",
            prompt: 'The key of a task, as the task graph shows it',
          })
    if (!key || !cluster.connection) return
    const [why, story] = await Promise.all([
      cluster.connection.query('explain', key),
      cluster.connection.query('story', key),
    ])
    await reports.show('A task', [
      `# ${key}`,
      '',
      ...linesOf(why),
      '',
      '## What happened to it',
      '',
      ...linesOf(story),
    ])
  })
  command('heddle.explainWorkerDeath', async (node?: TreeNode) => {
    const { gone } = cluster.model
    const known = gone.find(({ info }) => node?.id.endsWith(`/gone/${info.worker}`))
    const chosen = known ?? (gone.length <= 1 ? gone[0] : await pick(gone))
    if (chosen) await reports.show('Why did the worker die?', workerDeath(chosen))
    else void vscode.window.showInformationMessage('No worker of this cluster has died.')
  })
  command('heddle.showClusterLogs', async () => {
    if (!cluster.connection) return
    const logs = linesOf(await cluster.connection.query('logs'))
    await reports.show('Cluster log', [
      '# Log of the cluster',
      '',
      ...(logs.length > 0 ? logs : ['Nothing was written.']),
    ])
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

/** The lines of a report, whatever they are. */
export function linesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return value === undefined ? [] : [String(value)]
  return value.map((each) => {
    if (typeof each === 'string') return each
    const { atMs, level, text, worker } = each as {
      atMs?: number
      level?: string
      text?: string
      worker?: string
    }
    const time = atMs === undefined ? '' : `${new Date(atMs).toLocaleTimeString('en-GB')} `
    return `${time}${level ? `${level}: ` : ''}${worker ? `${worker}: ` : ''}${text ?? JSON.stringify(each)}`
  })
}
