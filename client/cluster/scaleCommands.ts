// The commands that change how many workers a cluster has, and start them anew.

import * as vscode from 'vscode'
import { RESTARTED_BY_USER } from '../../runtime/protocol/cluster.ts'
import type { JobsQuestion } from '../../runtime/protocol/jobs.ts'
import { adaptOf } from '../slurm/jobWishes.ts'
import type { WindowCluster } from './windowCluster.ts'

const WORKERS_MAX = 1024
/** What is offered for the most workers of a cluster that follows its load. */
const LOAD_WORKERS = 4
/** A worker that runs native code may take a moment to end. */
const LEAVE_MS_MAX = 30_000

export function registerScaleCommands(context: vscode.ExtensionContext, cluster: WindowCluster): void {
  const scale = async (given?: number): Promise<void> => {
    const { connection, model } = cluster
    if (!connection) return
    const now = model.workers.size
    const workers = typeof given === 'number' ? given : await askCount(now)
    if (workers === undefined || workers === now) return
    await tried(() => connection.scale(workers))
  }
  context.subscriptions.push(
    vscode.commands.registerCommand('heddle.scaleCluster', (given?: unknown) =>
      scale(typeof given === 'number' ? given : undefined),
    ),
    vscode.commands.registerCommand('heddle.addWorker', () => scale(cluster.model.workers.size + 1)),
    vscode.commands.registerCommand('heddle.removeWorker', () =>
      scale(Math.max(0, cluster.model.workers.size - 1)),
    ),
    vscode.commands.registerCommand('heddle.adaptWorkers', async () => {
      const { connection, model } = cluster
      if (!connection) return
      const limits = await askLimits(model.follows ?? { minimum: 1, maximum: LOAD_WORKERS })
      if (limits) await tried(async () => void (await connection.query('jobs', undefined, { adapt: limits })))
    }),
    vscode.commands.registerCommand('heddle.restartWorkers', async () => {
      const { connection, model } = cluster
      if (!connection) return
      const count = Math.max(1, model.workers.size)
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Restarting the workers' },
        () =>
          tried(async () => {
            await connection.scale(0, RESTARTED_BY_USER)
            await gone(cluster)
            await connection.scale(count, RESTARTED_BY_USER)
          }),
      )
    }),
  )
}

/** @param now what stands there at first */
async function askLimits(now: {
  minimum: number
  maximum: number
}): Promise<JobsQuestion['adapt'] | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Follow the load',
    prompt:
      'From how many workers to how many? They are started when there is work, and let go when there is none, until another number is asked for.',
    value: `${now.minimum}-${now.maximum}`,
    validateInput: (value) => (adaptOf(value) ? undefined : 'Write two numbers: 1-4.'),
  })
  return text === undefined ? undefined : adaptOf(text)
}

async function askCount(now: number): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'How many workers?',
    prompt: `There are ${now}. Fewer workers give their results to those that stay.`,
    value: String(now),
    validateInput: (value) =>
      /^\d+$/.test(value) && Number(value) <= WORKERS_MAX
        ? undefined
        : `A whole number from 0 to ${WORKERS_MAX}.`,
  })
  return text === undefined ? undefined : Number(text)
}

/** Waits until no worker is left. */
function gone(cluster: WindowCluster): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      readings.dispose()
      reject(new Error('the workers did not end in time'))
    }, LEAVE_MS_MAX)
    const look = (): void => {
      if (cluster.model.workers.size > 0) return
      clearTimeout(timer)
      readings.dispose()
      resolve()
    }
    const readings = cluster.onReadings(look)
    look()
  })
}

async function tried(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    void vscode.window.showErrorMessage(`Heddle: ${(error as Error).message}`)
  }
}
