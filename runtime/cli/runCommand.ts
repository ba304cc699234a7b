// `heddle run FILE`: a cluster and a session process, started together; progress, errors and times on standard error.

import type { ChildProcess } from 'node:child_process'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { beginLocalCluster } from '../cluster/localCluster.ts'
import { type SchedulerSettings, SETTING_OPTIONS, settingsOfValues } from '../cluster/schedulerSettings.ts'
import { workerCounts } from '../cluster/workerCounts.ts'
import { WORKER_MEMORY_OPTIONS, workerMemoryOptions } from '../cluster/workerMemory.ts'
import { isRunEvent, saysItHandles, startSession } from '../host/sessionProcess.ts'
import type { RunEvent, RunSpec } from '../protocol/runs.ts'
import { BESIDE_BARS } from './besideBars.ts'
import { chosenCluster } from './clusterChoice.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT, exitCodeOfSignal } from './exitCodes.ts'
import { failureText } from './failureText.ts'
import { Interrupts } from './interrupts.ts'
import { profileTable } from './profileTable.ts'
import { ProgressView } from './progressView.ts'
import { plural } from './quantity.ts'
import { applyEvent, newRunState, type RunState } from './runState.ts'
import { timesLine } from './runTimes.ts'
import { styleFor } from './style.ts'
import { UsageError } from './usageError.ts'

/** The cluster that a run uses: it may still be starting. */
interface RunCluster {
  /** What the session is told: the path of `cluster.json`, or an address. */
  where: string
  starts: boolean
  ready: Promise<ReadyCluster>
}

interface ReadyCluster {
  dashboardUrl: string
  description: string
  startMs?: number
  close(): Promise<void>
}

export async function runCommand(args: readonly string[]): Promise<number> {
  const { values, spec, local, settings } = readArguments(args)
  const style = styleFor(process.stderr.isTTY)
  const state = newRunState()
  const view = new ProgressView(process.stderr, style, state, { quiet: values.quiet })
  const interrupts = new Interrupts()
  const cluster =
    values.connect === undefined
      ? localCluster(local, settings, interrupts, (text) => view.pass(text))
      : await connectedCluster(values.connect)
  const session = startSession({
    spec,
    run: `cli-${process.pid}`,
    cluster: cluster.where,
    clusterStarts: cluster.starts,
    output: 'inherit',
    ...(!values.quiet && process.stderr.isTTY && { execArgv: BESIDE_BARS }),
  })
  interrupts.endOnSignal(session)
  session.on('message', (message) => {
    if (saysItHandles(message)) interrupts.handled()
  })
  const end = sessionEnd(session, (event) => {
    applyEvent(state, event, Date.now())
    if (event.kind === 'notice') view.say(style.dim(`heddle: ${event.text}`))
    else view.changed(event)
  })
  let ready: ReadyCluster
  try {
    ready = await cluster.ready
  } catch (error) {
    session.kill('SIGKILL')
    await end
    throw error
  }
  try {
    if (!values.quiet) {
      view.say(style.dim(`heddle: ${ready.description}`))
      view.say(style.dim(`heddle: dashboard ${ready.dashboardUrl}`))
    }
    const { exitCode, signal } = await end
    view.clear()
    const interrupted = interrupts.signal
    if (interrupted) view.say(`heddle: ended by ${interrupted}`)
    else if (state.failure)
      view.say(`${style.red('heddle:')} ${failureText(state.failure, readText, process.cwd(), style)}`)
    else if (signal) view.say(`${style.red('heddle:')} the program was ended by ${signal}`)
    const sites = [...state.sites.values()]
    if (!values.quiet)
      view.say(
        style.dim(`heddle: ${timesLine({ clusterMs: ready.startMs, sites, totalMs: performance.now() })}`),
      )
    if (values.profile) view.say(profileText(state))
    if (interrupted && !(interrupts.isHandled && exitCode !== null)) return exitCodeOfSignal(interrupted)
    return signal ? exitCodeOfSignal(signal) : (exitCode ?? EXIT.failed)
  } finally {
    view.clear()
    await ready.close()
  }
}

const OPTIONS = {
  workers: { type: 'string' },
  threads: { type: 'string' },
  'memory-limit': { type: 'string' },
  ...WORKER_MEMORY_OPTIONS,
  connect: { type: 'string' },
  ...SETTING_OPTIONS,
  profile: { type: 'boolean' },
  inspect: { type: 'boolean' },
  expression: { type: 'string' },
  'no-freeze': { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
} as const

function readArguments(args: readonly string[]) {
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  const { values, positionals } = parseCommandLine(own, OPTIONS, true)
  if (positionals.length === 0) throw new UsageError('say which file to run: heddle run FILE')
  const [given, ...rest] = positionals
  if (rest.length > 0)
    throw new UsageError(
      `only one file can be run, and ${JSON.stringify(rest[0])} is one more: the program's own arguments come after --`,
    )
  const counts = {
    workers: values.workers,
    threads: values.threads,
    memoryLimit: values['memory-limit'],
    ...workerMemoryOptions(values),
  }
  const settings = settingsOfValues(values)
  if (values.connect !== undefined) {
    if (Object.values(counts).some((value) => value !== undefined))
      throw new UsageError(
        '--workers, --threads, --memory-limit and the like are of a new cluster: leave them out with --connect',
      )
    if (Object.keys(settings).length > 0)
      throw new UsageError(
        '--saturation, --record and --check-invariants are of a new cluster: give them to its `heddle scheduler`',
      )
  }
  const spec: RunSpec = {
    file: readableFile(given),
    args: end < 0 ? [] : args.slice(end + 1),
    cwd: process.cwd(),
    inspect: values.inspect ?? false,
    ...(values.profile && { profile: 'whole' as const }),
    ...(values.expression !== undefined && { expression: expressionAt(values.expression) }),
  }
  // The workers of this run's own cluster find it in their environment; those of another keep what they were started with.
  process.env.HEDDLE_FREEZE = values['no-freeze'] ? '0' : (process.env.HEDDLE_FREEZE ?? '1')
  const local = workerCounts(counts, { workers: '--workers', threads: '--threads' })
  return { values, spec, local, settings }
}

/** @throws {UsageError} */
function expressionAt(text: string): RunSpec['expression'] {
  const [, start, end] = /^(\d+):(\d+)$/.exec(text) ?? []
  if (start === undefined)
    throw new UsageError(
      `--expression must be two offsets into the file, e.g. 120:145, not ${JSON.stringify(text)}`,
    )
  return { start: Number(start), end: Number(end), label: text }
}

/** @throws {UsageError} naming the file */
function readableFile(given: string): string {
  const file = resolve(given)
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) throw new UsageError(`${given} is not there (looked for ${file})`)
  if (!found.isFile()) throw new UsageError(`${given} is no file: name the program to run`)
  try {
    accessSync(file, constants.R_OK)
  } catch {
    throw new UsageError(`${given} cannot be read: check its permissions`)
  }
  return file
}

function localCluster(
  counts: ReturnType<typeof workerCounts>,
  settings: SchedulerSettings,
  interrupts: Interrupts,
  onOutput: (text: string) => void,
): RunCluster {
  const beganMs = performance.now()
  const { file, ready } = beginLocalCluster({
    workers: counts.workers,
    threadsPerWorker: counts.threads,
    memoryLimit: `${counts.memoryLimitBytes}B`,
    memoryShares: counts.memory?.memoryShares,
    spillFolder: counts.memory?.spillFolder,
    spillLimit: counts.memory?.spillLimitBytes,
    ...settings,
    onOutput,
  })
  const described = ready.then((cluster) => {
    interrupts.beforeForce(() => void process.kill(cluster.address.pid, 'SIGKILL'))
    return {
      dashboardUrl: cluster.address.dashboardUrl,
      description: `local cluster: ${plural(counts.workers, 'worker')} × ${plural(counts.threads, 'thread')}`,
      startMs: performance.now() - beganMs,
      close: () => cluster.close(),
    }
  })
  // It is awaited a little later, when the session has been started.
  described.catch(() => {})
  return { where: file, starts: true, ready: described }
}

async function connectedCluster(connect: string): Promise<RunCluster> {
  const { address, info } = await chosenCluster(connect)
  const threads = info.workers.reduce((sum, worker) => sum + worker.threads, 0)
  process.env.HEDDLE_TOKEN = address.token
  return {
    where: /^(ws|wss|tcp|unix):/.test(connect) ? address.control : resolve(connect),
    starts: false,
    ready: Promise.resolve({
      dashboardUrl: info.dashboardUrl,
      description: `cluster ${info.id}: ${plural(info.workers.length, 'worker')}, ${plural(threads, 'thread')}`,
      close: async () => {},
    }),
  }
}

/** Where the time went, of a run that was asked to say so. */
function profileText({ times = [] }: RunState): string {
  const texts = new Map<string, string[] | undefined>()
  const textOf = (file: string, line: number): string | undefined => {
    if (!texts.has(file)) texts.set(file, readText(file)?.split(/\r?\n/))
    return texts.get(file)?.[line - 1]
  }
  const table = profileTable(times, textOf, process.cwd())
  if (table.length === 0) return 'heddle: no task was seen in code of yours'
  return ['heddle: time in your code, all threads together', ...table].join('\n')
}

/** How the session's process ended. Its channel may hold a last event after it is gone. */
function sessionEnd(
  session: ChildProcess,
  receive: (event: RunEvent) => void,
): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  session.on('message', (message) => {
    if (isRunEvent(message)) receive(message)
  })
  return new Promise((done, reject) => {
    session.once('error', reject)
    session.once('close', (exitCode, signal) => done({ exitCode, signal }))
  })
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
