// The commands of a Slurm cluster's jobs: more or fewer, following the load, ending one, its log, and the end of all.

import * as vscode from 'vscode'
import type { JobsQuestion } from '../../runtime/protocol/jobs.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import type { Reports } from '../reports/reports.ts'
import type { TreeNode } from '../tree/treeModel.ts'
import { adaptOf, scaleOf } from './jobWishes.ts'

export function registerJobCommands(
  context: vscode.ExtensionContext,
  cluster: WindowCluster,
  reports: Reports,
): void {
  const ask = async (question: JobsQuestion): Promise<unknown> =>
    cluster.connection?.query('jobs', undefined, question)
  const commands: Record<string, (given?: unknown) => Promise<unknown>> = {
    'heddle.scaleJobs': async () => {
      const { wanted, pools } = wantedOf(cluster)
      const text = await vscode.window.showInputBox({
        title: 'Scale: how much of the cluster?',
        prompt: `Jobs (4), cores (32 cores), workers or memory (64GB)${pools.length > 1 ? `; with a pool: ${pools.join(', ')} (2 jobs of ${pools[1]})` : ''}`,
        value: String(wanted),
        validateInput: (value) => (scaleOf(value) ? undefined : 'Write 4, 32 cores, 8 workers or 64GB.'),
      })
      return text === undefined ? undefined : ask({ scale: scaleOf(text) })
    },
    'heddle.adaptJobs': async () => {
      const text = await vscode.window.showInputBox({
        title: 'Follow the load',
        prompt:
          'From how many jobs to how many? Jobs are asked for when there is work, and let go when there is none.',
        value: '0-10',
        validateInput: (value) => (adaptOf(value) ? undefined : 'Write two numbers: 0-10.'),
      })
      return text === undefined ? undefined : ask({ adapt: adaptOf(text) })
    },
    'heddle.cancelJob': async (given) => {
      const job = await jobOf(cluster, given, 'Cancel which job?', true)
      return job === undefined ? undefined : ask({ cancel: job })
    },
    'heddle.showJobLog': async (given) => {
      const job = await jobOf(cluster, given, 'The log of which job?', false)
      if (job === undefined) return
      const lines = (await ask({ log: job })) as string[]
      const said = lines.length > 0 ? lines : ['It has printed nothing yet.']
      await reports.show(`Log of job ${job}`, [`# Log of job ${job}`, '', '```', ...said, '```'])
    },
    'heddle.downCluster': async () => {
      const { current } = cluster
      if (current?.found.kind !== 'slurm') return false
      const { name } = current.found
      const choice = await vscode.window.showWarningMessage(
        `End the cluster of ${name}? Its jobs are cancelled and its files removed, with the results that it holds.`,
        { modal: true },
        'End It',
      )
      if (!choice) return false
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: `Ending ${name}` },
        () => cluster.stop(current),
      )
      return true
    },
    'heddle.switchCluster': async (given) => {
      const id = typeof given === 'string' ? given : (given as TreeNode | undefined)?.id.split('/')[1]
      const known = cluster.all.find((each) => each.id === id)
      if (known) cluster.switchTo(known)
      else await vscode.commands.executeCommand('heddle.connectCluster')
    },
  }
  for (const [name, run] of Object.entries(commands))
    context.subscriptions.push(
      vscode.commands.registerCommand(name, async (given?: unknown) => {
        try {
          return await run(given)
        } catch (error) {
          void vscode.window.showErrorMessage(`Heddle: ${(error as Error).message}`)
          return undefined
        }
      }),
    )
}

function wantedOf({ model }: WindowCluster): { wanted: number; pools: string[] } {
  const wanted = model.jobs?.wanted ?? {}
  return { wanted: wanted.workers ?? 0, pools: Object.keys(wanted) }
}

/** Of a row of the tree, of a panel's button, or as the person picks. */
async function jobOf(
  { model }: WindowCluster,
  given: unknown,
  title: string,
  live: boolean,
): Promise<string | undefined> {
  if (typeof given === 'string') return given
  const row = (given as TreeNode | undefined)?.job
  if (row !== undefined) return row
  const jobs = (model.jobs?.jobs ?? []).filter(({ state }) => !live || state !== 'ended')
  const items = jobs.map(({ id, text, pool }) => ({ label: id, description: `${pool}: ${text}` }))
  return (await vscode.window.showQuickPick(items, { title }))?.label
}
