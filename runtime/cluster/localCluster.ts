// A cluster on this machine that belongs to this process: its scheduler, and through it the workers, end with it.

import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { entryPath } from '../host/entries.ts'
import { schedulerEnvironment } from '../host/largePages.ts'
import { spawnWithLifeline } from '../host/lifeline.ts'
import { clusterFileOf, newClusterId, removeRunFolder, runFolderParent } from '../host/runFolder.ts'
import type { ClusterAddress } from '../protocol/cluster.ts'
import { schedulerArguments } from './schedulerOptions.ts'
import { checkedSettings, type SchedulerSettings } from './schedulerSettings.ts'
import { type WorkerCountsRequest, workerCounts } from './workerCounts.ts'
import type { WorkerMemoryRequest } from './workerMemory.ts'

/** What a local cluster is asked to be. */
export interface LocalClusterOptions extends SchedulerSettings, WorkerMemoryRequest {
  /** Worker processes; 1 by default, since threads of one process share memory. */
  workers?: number
  /** Threads of each worker; by default the machine's cores, shared out. */
  threadsPerWorker?: number
  /** Of each worker: `'4GB'`, `'512MiB'`, a fraction of the machine's memory, or bytes. */
  memoryLimit?: string | number
  /** TCP port of the dashboard; any free one by default. */
  port?: number
  /** Hears what the cluster's processes print; by default it goes to this process's standard error. */
  onOutput?: (text: string) => void
}

export interface LocalCluster {
  address: ClusterAddress
  /** The path of its `cluster.json`. */
  file: string
  /** Resolves when the scheduler's process is gone, however it ended. */
  ended: Promise<void>
  /** Ends it, and waits until nothing of it is left. */
  close(): Promise<void>
}

/** The cluster's scheduler did not start: its own reason is in the text. */
export class ClusterStartError extends Error {
  override name = 'ClusterStartError'
}

/** How long a scheduler may take to end in order: workers get two seconds of it. */
const CLOSE_MS_MAX = 6000

/** How long workers may take to notice that their scheduler was killed. */
const LINGER_MS_MAX = 2000

/**
 * Starts a scheduler and its workers; resolves when the scheduler listens. Workers may join a moment later.
 * @throws {WorkerCountError} {@link MemoryLimitError} {@link SchedulerSettingError} {@link ClusterStartError}
 */
export async function startLocalCluster(options: LocalClusterOptions = {}): Promise<LocalCluster> {
  const starting = beginLocalCluster(options)
  return starting.ready
}

/** A cluster on its way: where its file will be is known at once. */
export interface StartingCluster {
  file: string
  ready: Promise<LocalCluster>
}

/**
 * Starts a scheduler and its workers and does not wait: for who has something to do meanwhile.
 * @throws {WorkerCountError} {@link MemoryLimitError} at once; `ready` rejects with a {@link ClusterStartError}
 */
export function beginLocalCluster(options: LocalClusterOptions = {}): StartingCluster {
  const request: WorkerCountsRequest = {
    workers: options.workers,
    threads: options.threadsPerWorker,
    memoryLimit: options.memoryLimit,
    memoryShares: options.memoryShares,
    spillFolder: options.spillFolder,
    spillLimit: options.spillLimit,
  }
  const local = workerCounts(request)
  const id = newClusterId()
  const settings = checkedSettings(options)
  // Its client shows what tasks print, in the same terminal that has the workers' output.
  const args = schedulerArguments({ id, port: options.port ?? 0, local, settings, quietTasks: true })
  const child = spawnWithLifeline(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', entryPath('scheduler'), ...args],
    {
      // A session of its own: Ctrl-C in the terminal is for the user's program, which then lets go of the cluster.
      detached: true,
      env: schedulerEnvironment(),
      stdio: ['ignore', 'pipe', options.onOutput ? 'pipe' : 'inherit'],
      windowsHide: true,
    },
  )
  const { onOutput } = options
  if (onOutput) {
    child.stderr!.setEncoding('utf8').on('data', onOutput)
    unreference(child.stderr)
  }
  const ended = endOf(child).finally(() => removeRunFolder(id))
  return { file: clusterFileOf(join(runFolderParent(), id)), ready: readyCluster(child, ended) }
}

async function readyCluster(child: ChildProcess, ended: Promise<void>): Promise<LocalCluster> {
  let file: string
  try {
    file = await readyOf(child, ended)
  } catch (error) {
    child.kill('SIGKILL')
    await ended
    throw error
  }
  // From now on the cluster alone keeps nobody's process alive.
  child.unref()
  unreference(child.stdout)
  return {
    address: JSON.parse(readFileSync(file, 'utf8')) as ClusterAddress,
    file,
    ended,
    close: () => closeCluster(child, ended),
  }
}

async function closeCluster(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.ref()
  reference(child.stdout)
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS_MAX)
  await ended
  clearTimeout(force)
}

/** Resolves when the scheduler is gone, and what it started: they share its output, which ends with the last of them. */
const endOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
    // A program that a task started may hold the output for as long as it likes.
    child.once('exit', () => setTimeout(resolve, LINGER_MS_MAX).unref())
  })

/** The path of `cluster.json` that the scheduler says when it listens. */
function readyOf(child: ChildProcess, ended: Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new ClusterStartError(`the scheduler cannot be started: ${cause.message}`, { cause })),
    )
    // Its last line may come after its end.
    ended.then(() =>
      reject(
        new ClusterStartError(
          `the scheduler ended before it listened (${child.signalCode ?? `exit code ${child.exitCode}`}); what it printed is above`,
        ),
      ),
    )
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('ready ')) resolve(line.slice('ready '.length))
      else if (line.startsWith('failed '))
        reject(new ClusterStartError(`the cluster cannot start: ${line.slice('failed '.length)}`))
    })
  })
}

function reference(stream: unknown): void {
  ;(stream as { ref?: () => void } | null)?.ref?.()
}

/** Pipes of child processes are sockets, though their type does not say so. */
function unreference(stream: unknown): void {
  ;(stream as { unref?: () => void } | null)?.unref?.()
}
