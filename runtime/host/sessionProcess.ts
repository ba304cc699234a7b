// Starts a session process: the one that loads the user's file and is the client of a cluster.

import type { ChildProcess } from 'node:child_process'
import { dirname } from 'node:path'
import { STARTING_ENV } from '../cluster/startingCluster.ts'
import type { RunEvent, RunSpec } from '../protocol/runs.ts'
import { entryPath } from './entries.ts'
import { spawnWithLifeline } from './lifeline.ts'

export interface SessionRequest {
  spec: RunSpec
  /** What the scheduler calls the run. */
  run: string
  /** The path of the cluster's `cluster.json`, or an address that `Client.connect` takes. */
  cluster: string
  /** The run's output as it stands, or as pipes. */
  output: 'inherit' | 'pipe'
  /** Options of V8 and Node, for tests and for debuggers. */
  execArgv?: readonly string[]
  /** The cluster starts at the same time: its file may come later than the session. */
  clusterStarts?: boolean
  /** Another program in place of the session's own. */
  entry?: string
}

/** Starts it; its events come over the process's channel, and it ends when this process does. */
export function startSession(request: SessionRequest): ChildProcess {
  const { spec, run, cluster, output } = request
  return spawnWithLifeline(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--enable-source-maps',
      ...(request.execArgv ?? []),
      request.entry ?? entryPath('session'),
      ...(spec.args ?? []),
    ],
    {
      cwd: spec.cwd ?? dirname(spec.file),
      env: {
        ...process.env,
        ...spec.env,
        HEDDLE_RUN: JSON.stringify(spec),
        HEDDLE_RUN_ID: run,
        HEDDLE_CLUSTER: cluster,
        ...(request.clusterStarts && { [STARTING_ENV]: '1' }),
      },
      // Events carry bytes, which JSON would garble.
      serialization: 'advanced',
      stdio: [output === 'inherit' ? 'inherit' : 'ignore', output, output, 'ipc'],
    },
  )
}

/** What turns a spare session into the session of a run. */
export interface SpareOrder {
  kind: 'become'
  spec: RunSpec
  run: string
}

/** Tells a session that is started without a run to load all that it will need and to wait for a {@link SpareOrder}. */
export const SPARE_ENV = 'HEDDLE_SPARE'

/** Starts a session ahead of its run, so that nobody has to wait for a process to start. */
export function startSpareSession(cluster: string): ChildProcess {
  return spawnWithLifeline(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--enable-source-maps', entryPath('session')],
    {
      env: { ...process.env, HEDDLE_CLUSTER: cluster, [SPARE_ENV]: '1' },
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
}

/** Whether what came over a session's channel is one of its events. A user's program may send things of its own. */
export function isRunEvent(message: unknown): message is RunEvent {
  return (
    typeof message === 'object' &&
    message !== null &&
    RUN_EVENTS.has((message as { kind?: unknown }).kind as RunEvent['kind'])
  )
}

/** What a session says over its channel when the program in it handles a signal itself: it is given time. */
export const HANDLES_SIGNAL = { kind: 'handles-signal' } as const

/** Whether a message says so. */
export function saysItHandles(message: unknown): boolean {
  return (message as { kind?: unknown } | null)?.kind === HANDLES_SIGNAL.kind
}

const RUN_EVENTS: ReadonlySet<RunEvent['kind']> = new Set([
  'started',
  'output',
  'computing',
  'progress',
  'computed',
  'curve',
  'result',
  'failed',
  'lines',
  'notice',
  'ended',
])
