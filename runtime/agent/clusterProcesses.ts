// Schedulers and workers that an agent starts: processes of their own, which go on when the agent ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { JOIN_ENV } from '../cluster/joinAddress.ts'
import type { ClusterAddress } from '../protocol/cluster.ts'
import type { SchedulerStart, WorkerStart } from './requests.ts'

/** A process of a cluster did not start on this machine: the text is its own. */
export class RemoteStartError extends Error {
  override name = 'RemoteStartError'
}

/** Resolves when it listens. @throws {RemoteStartError} */
export async function startScheduler({
  runtime,
  args,
  env,
  logFolder,
}: SchedulerStart): Promise<ClusterAddress> {
  const logFile = join(logFolder, `scheduler-${Date.now().toString(36)}-${process.pid}.log`)
  const child = startDetached(runtime, 'scheduler', args, { ...process.env, ...env }, logFile)
  const file = await readyFile(child, logFile)
  return JSON.parse(readFileSync(file, 'utf8')) as ClusterAddress
}

/** Starts a worker with its supervisor in one process, which ends when its scheduler is gone. */
export function startWorker({ runtime, address, args, env, logFolder }: WorkerStart): number {
  const logFile = join(logFolder, `worker-${address.id}-${Date.now().toString(36)}-${nextWorker++}.log`)
  // In the environment, since the token must not stand in the arguments, which every user of the machine can read.
  const whole = { ...process.env, ...env, [JOIN_ENV]: JSON.stringify(address) }
  const child = startDetached(runtime, 'cli', ['worker', ...args], whole, logFile)
  child.on('error', () => {}) // It has no number then, and its absence is told by the cluster.
  child.stdout!.destroy()
  child.unref()
  return child.pid ?? -1
}

let nextWorker = 0

function startDetached(
  runtime: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  logFile: string,
): ChildProcess {
  mkdirSync(join(logFile, '..'), { recursive: true, mode: 0o700 })
  const log = openSync(logFile, 'a', 0o600)
  try {
    return spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(runtime, 'dist', `${program}.js`), ...args],
      {
        ...{ detached: true, cwd: '/', stdio: ['ignore', 'pipe', log] },
        // Says to who removes old bundles that this one is in use; all that it starts inherits it.
        env: { ...env, HEDDLE_RUNTIME: runtime },
      },
    )
  } finally {
    closeSync(log)
  }
}

/** The path of `cluster.json` that a scheduler says when it listens. */
function readyFile(child: ChildProcess, logFile: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new RemoteStartError(`the scheduler cannot be started: ${cause.message}`, { cause })),
    )
    child.once('close', (code, signal) => {
      const last = readFileSync(logFile, 'utf8').trim().split('\n').at(-1) ?? ''
      reject(
        new RemoteStartError(
          `the scheduler ended before it listened (${signal ?? `exit code ${code}`}): ${last}`,
        ),
      )
    })
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('failed '))
        return reject(new RemoteStartError(`the cluster cannot start: ${line.slice('failed '.length)}`))
      if (!line.startsWith('ready ')) return
      child.stdout!.destroy()
      child.unref()
      resolve(line.slice('ready '.length))
    })
  })
}

const STOP_MS_MAX = 8000
const LOOK_MS = 50

/** Ends a scheduler in order, by force when that takes too long; resolves when it is gone. */
export async function stopProcess(pid: number): Promise<void> {
  if (!signalled(pid, 'SIGTERM')) return
  for (let waited = 0; waited < STOP_MS_MAX; waited += LOOK_MS) {
    await setTimeout(LOOK_MS)
    if (!signalled(pid, 0)) return
  }
  signalled(pid, 'SIGKILL')
}

function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}
